"""The documents as text: pages, their code blocks, links and headings."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.companions.places import ROOT

DOCS = ROOT / "docs"
EXAMPLES = sorted((DOCS / "examples").glob("*.py"))
PAGES = [
    ROOT / "README.md",
    *sorted(DOCS.glob("*.md")),
    ROOT / ".github" / "CONTRIBUTING.md",
    ROOT / ".github" / "SECURITY.md",
    ROOT / "CHANGELOG.md",
]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    page: Path
    language: str
    text: str
    line: int

    @property
    def name(self) -> str:
        return f"{self.page.name}:{self.line}"


def page(name: str) -> str:
    """The text of a page by its name under `docs/`."""
    return (DOCS / name).read_text()


def blocks(language: str) -> list[Block]:
    """Every fenced block of that language, of all pages."""
    return [
        Block(path, language, found[2], path.read_text()[: found.start()].count("\n") + 2)
        for path in PAGES
        for found in _BLOCK.finditer(path.read_text())
        if found[1] == language
    ]


def prose(path: Path) -> str:
    """A page without its fenced blocks."""
    return _BLOCK.sub("", path.read_text())


def links(path: Path) -> list[str]:
    """The targets of a page's links and pictures, those within the project."""
    return [target for target in _LINK.findall(prose(path)) if "://" not in target and not target.startswith("mailto:")]


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as they are made where the pages are read: lower case, hyphens for blanks."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(path)))
    return {word.strip().replace(" ", "-") for word in words}


def tables(text: str) -> dict[str, str]:
    """The made tables of a page, by name: what stands between `<!-- table: NAME -->` and `<!-- end -->`."""
    return dict(re.findall(r"<!-- table: ([\w-]+) -->\n(.*?)<!-- end -->", text, re.DOTALL))


def with_tables(text: str, made: dict[str, str]) -> str:
    """The page with its tables made anew."""

    def anew(found: re.Match[str]) -> str:
        return f"<!-- table: {found[1]} -->\n{made[found[1]]}<!-- end -->"

    return re.sub(r"<!-- table: ([\w-]+) -->\n.*?<!-- end -->", anew, text, flags=re.DOTALL)
