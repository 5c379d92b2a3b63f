"""Recognises which assignment a notebook is for: by what its cells say, then by what it is called.

In: the source notebook of each assignment; a submitted notebook, then the name that its file and folders give it. Out: the
assignment, and what is odd about it. Between the two only `Traits` are kept, which take a hundred bytes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from grader.core.cells import grade_id_of, ids_of, released_text, text_of, tidied
from grader.core.model import Problem
from grader.core.record import read_source_record

CLEARLY = 0.25  # of what is peculiar to an assignment, this much has to be in a notebook of it
_LONG_ENOUGH = 20  # characters of a cell's text: "import numpy as np" is in every notebook


@dataclass(frozen=True)
class Traits:
    """What a notebook says about its assignment.

    ``recorded`` is the assignment that the grader noted in the release. ``shares`` tells how much of what is peculiar to each
    assignment is in the notebook, from 0 to 1; assignments of which there is nothing are left out.
    """

    recorded: str | None = None
    shares: Mapping[str, float] = field(default_factory=dict)


class Recognition:
    """Knows what is peculiar to each assignment: grade_ids, cell ids and texts that no other assignment has."""

    def __init__(self, assignments: Mapping[str, NotebookNode]) -> None:
        self.assignments = tuple(assignments)
        owners: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name, source in assignments.items():
            for feature in _features(source):
                owners[feature].add(name)
        self._owner = {feature: next(iter(names)) for feature, names in owners.items() if len(names) == 1}
        self._all = Counter((owner, kind) for (kind, _), owner in self._owner.items())

    def traits(self, notebook: NotebookNode) -> Traits:
        found = Counter((self._owner[each], each[0]) for each in _features(notebook) if each in self._owner)
        shares: dict[str, float] = {}
        for (owner, kind), count in found.items():
            shares[owner] = max(shares.get(owner, 0.0), count / self._all[owner, kind])
        recorded = read_source_record(notebook).assignment
        return Traits(recorded if recorded in self.assignments else None, shares)

    def assignment(self, traits: Traits | None, named: str | None) -> tuple[str | None, tuple[Problem, ...]]:
        """Which assignment a notebook is for. ``traits`` is None if it cannot be read; ``named`` is what it is called."""
        if traits is None:
            return named, () if named else (Problem("Its name does not say which assignment it is either."),)
        claimed = traits.recorded or named
        shares = {name: traits.shares.get(name, 0.0) for name in self.assignments}
        first, second = (sorted(shares.items(), key=lambda share: -share[1]) + [("", 0.0)] * 2)[:2]
        clear = first[1] >= CLEARLY and first[1] >= 2 * second[1]
        if claimed is None and clear:
            return first[0], ()
        if claimed is None:
            names = ", ".join(self.assignments)
            return None, (Problem(f"It does not look like any of {names}. Hand in the notebook that was released."),)
        if clear and first[0] != claimed and shares[claimed] < CLEARLY:
            return first[0], (
                Problem(f"It is called {claimed}, but its cells are those of {first[0]}, as which it counts.", True),
            )
        if not any(shares.values()):
            return claimed, (
                Problem(f"It is called {claimed}, but nothing in it is: check that the right file was handed in."),
            )
        return claimed, ()


def _features(notebook: NotebookNode) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for cell in notebook.cells:
        found |= {("id", own) for own in ids_of(cell)}
        text = tidied(released_text(cell) if "HIDDEN TESTS" in text_of(cell) else text_of(cell))
        if len(text) >= _LONG_ENOUGH:
            found.add(("text", text))
        if grade_id := grade_id_of(cell):
            found.add(("grade_id", grade_id))
    return found
