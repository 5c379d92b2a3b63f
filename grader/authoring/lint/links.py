"""Rules on links: those to files and headings of the repository lead there; an address of the web is well formed.

Nothing is fetched, so that the command works without a network and says the same tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from grader.authoring.lint.lecture import Lecture
from grader.authoring.lint.markdown import read_markdown
from grader.authoring.lint.passages import Passage
from grader.authoring.lint.rule import Place, rule
from grader.authoring.script import read_script

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?|mailto:[^@\s]+@[\w-]+(\.[\w-]+)+")


@rule("`{target}` is not an address.", "Write it whole: https://host.org/path.")
def addresses_are_well_formed(passage: Passage) -> Iterator[Place]:
    for link in passage.markdown.links if passage.prose else ():
        if SCHEME.match(link.target) and not ADDRESS.fullmatch(link.target):
            yield passage.place(link.start, target=link.target)


@rule("The link `{target}` leads to no file of the repository.", "It starts from the folder {folder}.")
def links_lead_to_files(passage: Passage) -> Iterator[Place]:
    for link in _links_within(passage):
        if link.file is None:
            yield passage.place(link.start, target=link.target, folder=link.folder)


@rule("The link `{target}` leads to no heading.", "Write the heading in lower case, with hyphens for spaces.")
def links_lead_to_headings(passage: Passage) -> Iterator[Place]:
    for link in _links_within(passage):
        if link.file and link.anchor and link.anchor not in anchors_in(link.file):
            yield passage.place(link.start, target=link.target)


class _LinkWithin(NamedTuple):
    start: int
    target: str
    folder: str  # that the link starts from
    file: Path | None  # None if there is no such file, or none in the repository
    anchor: str


def _links_within(passage: Passage) -> Iterator[_LinkWithin]:
    root = passage.root.resolve()
    # The links of a lecture and of its quiz start from the notebook.
    folder = root / "notebooks" if passage.path.suffix in (".py", ".yml") else passage.path.resolve().parent
    for link in passage.markdown.links if passage.prose else ():
        if not SCHEME.match(link.target):
            path, anchor = (unquote(part) for part in (urlsplit(link.target).path, urlsplit(link.target).fragment))
            file = (folder / path).resolve() if path else passage.path.resolve()
            if file.suffix == ".ipynb" and file.parent == root / "notebooks":
                file = root / "solutions" / f"{file.stem}.py"
            found = file if file.is_relative_to(root) and file.exists() else None
            yield _LinkWithin(link.start, link.target, f"{folder.relative_to(root)}/", found, anchor)


def anchors_in(file: Path) -> set[str]:
    """What a link can name in a page or a lecture: GitHub's names for headings, Jupyter's for a notebook's, and ids."""
    if file.suffix != ".py":
        page = read_markdown(file.read_text(encoding="utf-8"))
        return {heading.anchor for heading in page.headings} | page.ids
    cells = [passage.markdown for passage in Lecture(read_script(file)).prose]
    headings = [heading for cell in cells for heading in cell.headings]
    return {name for each in headings for name in (each.anchor, each.text.replace(" ", "-"))}.union(
        *(cell.ids for cell in cells)
    )
