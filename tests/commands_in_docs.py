"""The command lines of the README and of the pages, as their text has them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[1]
PAGES = (
    TOP / "README.md",
    TOP / "CONTRIBUTING.md",
    TOP / "seedcode/seed/files/README.md",
    *sorted(TOP.glob("docs/*.md")),
)
_FENCED = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^```\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_SCONES = re.compile(r"(?<![\w/.~-])(?:\.venv/(?:sdk3/)?bin/)?(scones(?: [^|;)#]*)?)")
_PROGRAMS = ("scones", "make", "git", "aws", "eval", "pip", "get-pipeline-definition", "run-pipeline")


@dataclass(frozen=True)
class Line:
    """A line of a block of commands; `note` is its comment, which says where it runs if not everywhere."""

    page: Path
    command: str
    note: str

    @property
    def is_aws_s(self) -> bool:
        """Whether the text says that it is for AWS itself."""
        return "on AWS" in self.note

    @property
    def is_long(self) -> bool:
        """Whether the text says that it downloads much or takes long."""
        return re.search(r"\b(downloads|takes|asks a package index)\b", self.note) is not None

    def __str__(self) -> str:
        return f"{self.page.relative_to(TOP)}: {self.command}"


def list_blocks(page: Path) -> list[list[Line]]:
    """The blocks of a page that are made of commands, line by line."""
    blocks = [[_parse(page, line) for line in found.splitlines() if line] for found in _BLOCK.findall(_read(page))]
    return [block for block in blocks if block and all(_is_command(line.command) for line in block)]


def _parse(page: Path, text: str) -> Line:
    command, _, note = text.partition(" #")
    return Line(page, command.strip(), note.strip())


def _is_command(text: str) -> bool:
    first = next((word for word in text.split() if "=" not in word), "")
    return Path(first).name in (*_PROGRAMS, "jupyter")


def list_calls(page: Path) -> list[str]:
    """Every call of `scones` within a page, in blocks and in sentences, without its placeholders' marks."""
    text = _read(page)
    blocks = (line.lstrip("$ ") for block in _FENCED.findall(text) for line in block.splitlines())
    pieces = [line for line in blocks if _is_command(line) and not line.startswith("git ")]  # whose remote is `scones`
    pieces += [
        span for span in _INLINE.findall(_FENCED.sub("", text)) if _SCONES.match(span) or span.startswith("eval ")
    ]
    return sorted({call for piece in pieces for call in _find_calls(piece)})


def _find_calls(piece: str) -> Iterator[str]:
    for found in _SCONES.findall(re.sub(r"\\\|[\w.]+", "", piece)):
        words = [word for word in found.replace("[", "").replace("]", "").split() if word != "..."]
        yield " ".join(words)


def list_local_calls(page: Path) -> set[str]:
    """Every call of `localaws` within a page's sentences."""
    found = re.findall(r"`(?:eval \"\$\(|SCONES_\w+=\w+ )?(localaws [a-z][^`)]*)", _read(page))
    return {call.replace("[", "").replace("]", "") for call in found}


def list_modules() -> set[str]:
    """The modules that the pages' sentences run by `python -m`."""
    return {name for page in PAGES for name in re.findall(r"`python -m ([\w.]+)", _read(page))}


def list_targets() -> set[str]:
    """The targets of make that the pages name."""
    return {
        target
        for page in PAGES
        if page.name != "README.md" or page.parent == TOP  # the seed has a Makefile of its own
        for target in re.findall(r"(?<![\w-])make ([a-z][a-z0-9-]*)(?=[`\s])", _commands_only(_read(page)))
    }


def _commands_only(text: str) -> str:
    lines = [line for block in _FENCED.findall(text) for line in block.splitlines() if _is_command(line)]
    return "\n".join([*lines, *(f"{span}`" for span in _INLINE.findall(_FENCED.sub("", text)))]) + "\n"


def split(call: str) -> list[str]:
    """A call's words, as a shell hands them on."""
    return shlex.split(call)[1:]


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8")
