"""What repair has to know about the cells of a source, read once in each process.

In: the graded version of a source: stubs for solutions, hidden tests still there, checksums computed. Out: its description.
"""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode

from grader.core.cell_names import guessed_names, names_of
from grader.core.cells import CellKind, grade_id_of, is_locked, kind_of, released_text, text_of, tidied
from grader.core.remembered import remembered

MOST_PARSED_TEXT = 50_000  # characters of a cell


@dataclass(frozen=True)
class SourceCell:
    """A cell of the source, with what matching and ordering need to know of it."""

    cell: NotebookNode
    kind: CellKind
    grade_id: str
    locked: bool
    texts: frozenset[str]  # as released and as graded, tidied
    released: str
    binds: frozenset[str]
    loads: frozenset[str]

    @property
    def keyed(self) -> bool:
        """Whether nbgrader knows this cell."""
        return self.kind is not CellKind.PLAIN

    @property
    def called(self) -> str:
        return f"{self.kind.value} '{self.grade_id}'"


@dataclass(frozen=True)
class SourceDescription:
    """A source and its cells."""

    notebook: NotebookNode
    cells: tuple[SourceCell, ...]


@remembered
def describe(source: NotebookNode) -> SourceDescription:
    """The description of a source. The notebook must not change from then on."""
    return SourceDescription(source, tuple(_describe(cell) for cell in source.cells))


def _describe(cell: NotebookNode) -> SourceCell:
    text, released = text_of(cell), tidied(released_text(cell))
    kind = kind_of(cell)
    is_code = cell.cell_type == "code"
    binds, loads = names_in(text) if is_code else (frozenset[str](), frozenset[str]())
    return SourceCell(
        cell=cell,
        kind=kind,
        grade_id=grade_id_of(cell),
        locked=kind in (CellKind.CHECK, CellKind.GIVEN) or (kind is CellKind.TASK and is_locked(cell)),
        texts=frozenset({released, tidied(text)}),
        released=released,
        binds=binds,
        loads=loads,
    )


def names_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a code cell binds in the notebook, and what it takes from other cells; by the looks of it where it is no Python."""
    names = names_of(text) if len(text) <= MOST_PARSED_TEXT else guessed_names(text)
    if not names.readable:
        names = guessed_names(text)
    return frozenset(names.binds - names.deletes), frozenset(names.reads)
