"""The documentation leads where it says: every relative link has its file, and every fragment its heading."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from console.reference import write_reference

TOP = Path(__file__).parents[2]
PAGES = [*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")]


def _fragments(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)", page.read_text(encoding="utf-8"))
    missing = []
    for path, fragment in links:
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (fragment and fragment not in _fragments(target)):
            missing.append(f"{path}#{fragment}")
    assert missing == []


def test_the_index_names_every_page() -> None:
    index = (TOP / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {page.name for page in (TOP / "docs").glob("*.md")} - {"index.md"}
    assert [name for name in sorted(pages) if f"]({name})" not in index] == []


def test_the_command_reference_is_what_the_parsers_say() -> None:
    assert (TOP / "docs" / "commands.md").read_text(encoding="utf-8").splitlines() == list(write_reference())


def test_the_readme_s_python_is_the_pipelines_own() -> None:
    (shown,) = re.findall(r"```python\n(.*?)```", (TOP / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    own = (TOP / "pipelines" / "definition.py").read_text(encoding="utf-8")
    assert textwrap.indent(shown, "    ") in own


def test_the_readme_s_picture_is_small() -> None:
    assert (TOP / "docs" / "tour.webp").stat().st_size <= 2_000_000
