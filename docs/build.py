"""Builds the documentation as a site in dist/site, with search: `make docs`.

The pages are those of the repository, at the same places, so their links hold; the navigation is docs/index.md's.
Zensical comes from the authors of Material for MkDocs, which it replaces, and reads the same settings:
https://zensical.org/compatibility/configuration
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).resolve().parents[1]
STAGE = TOP / "dist" / "pages"
SITE = TOP / "dist" / "site"
INDEX = TOP / "docs" / "index.md"
FOLDERS = ("docs", "examples")
"""Whose pages are in the site, beside those at the top."""
PICTURES = ("*.svg", "*.png", "*.webp", "*.gif")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")
_ROW = re.compile(r"^\| \[([^\]]+)\]\(([^)]+)\)", re.MULTILINE)
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_THEME = {
    "name": "material",
    "features": ["navigation.sections", "navigation.top", "search.highlight", "content.code.copy"],
    "palette": [
        {
            "media": "(prefers-color-scheme: light)",
            "scheme": "default",
            "toggle": {"icon": "lucide/sun", "name": "Dark"},
        },
        {
            "media": "(prefers-color-scheme: dark)",
            "scheme": "slate",
            "toggle": {"icon": "lucide/moon", "name": "Light"},
        },
    ],
    "font": False,
}
"""Without fonts of another host: the site works without a network."""


def list_pages() -> list[Path]:
    """The pages, below the repository's top."""
    found = [*TOP.glob("*.md"), *(page for folder in FOLDERS for page in (TOP / folder).rglob("*.md"))]
    return sorted(page.relative_to(TOP) for page in found)


def build_navigation(index: str) -> list[dict[str, Any]]:
    """The navigation: the sections of the index, each with its pages."""
    _, *rest = _SECTION.split(index)
    sections: list[dict[str, Any]] = [{"Start": "README.md"}, {"All pages": "docs/index.md"}]
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        pages = [{label: _place(link)} for label, link in _ROW.findall(text)]
        sections.append({name: pages})
    return sections


def _place(link: str) -> str:
    return str((INDEX.parent / link).resolve().relative_to(TOP))


def stage(pages: list[Path]) -> None:
    """Copy the pages and their pictures; a link to what the site does not have becomes the path in the repository."""
    shutil.rmtree(STAGE, ignore_errors=True)
    for page in pages:
        target = STAGE / page
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (TOP / page).read_text(encoding="utf-8")
        target.write_text(_LINK.sub(partial(_resolve, page=page, pages=pages), text), encoding="utf-8")
    for picture in (found for pattern in PICTURES for found in (TOP / "docs").rglob(pattern)):
        target = STAGE / picture.relative_to(TOP)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, target)


def _resolve(link: re.Match[str], page: Path, pages: list[Path]) -> str:
    target = (TOP / page.parent / link[2]).resolve()
    return link[0] if target.relative_to(TOP) in pages else f"{link[1]} (`{target.relative_to(TOP)}`)"


def find_broken() -> Iterator[str]:
    """Links within the built site that lead to no page."""
    for page in sorted(SITE.rglob("*.html")):
        for link in re.findall(r'href="(?!https?:|mailto:)([^"#?]+)', page.read_text(encoding="utf-8")):
            target = (page.parent / link).resolve()
            if not link.startswith("/") and not (target.is_file() or (target / "index.html").is_file()):
                yield f"{page.relative_to(SITE)}: {link}"


def main() -> None:
    """Stage, build, and look whether every link leads somewhere."""
    pages = list_pages()
    stage(pages)
    settings = {
        "site_name": "Scones",
        "docs_dir": str(STAGE.relative_to(TOP)),
        "site_dir": str(SITE.relative_to(TOP)),
        "theme": _THEME,
        "nav": build_navigation(INDEX.read_text(encoding="utf-8")),
        "plugins": ["search"],
        "markdown_extensions": ["tables", "admonition", {"toc": {"permalink": True}}, "pymdownx.superfences"],
    }
    written = TOP / "dist" / "mkdocs.yml"
    written.write_text(yaml.safe_dump(settings | {"docs_dir": "pages", "site_dir": "site"}), encoding="utf-8")
    zensical = Path(sys.executable).with_name("zensical")
    done = subprocess.run([zensical, "build", "--clean", "-f", str(written)], cwd=TOP / "dist", check=False)
    if done.returncode:
        sys.exit(f"zensical ended with {done.returncode}; the lines above say why.")
    if broken := list(find_broken()):
        sys.exit("Links of the site lead nowhere:\n" + "\n".join(broken))
    sys.stdout.write(f"The site is in {SITE.relative_to(TOP)}: open {SITE / 'index.html'}.\n")


if __name__ == "__main__":
    main()
