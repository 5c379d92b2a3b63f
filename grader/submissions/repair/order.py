"""Puts the matched cells in an order in which the notebook works, as near to the student's own as can be.

In: matches. Out: slots: which cell comes where, missing ones restored, moved ones put back where their place broke something.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.core.cells import CellKind
from grader.submissions.repair.match import Matches
from grader.submissions.repair.rising import rising
from grader.submissions.repair.source import SourceCell


@dataclass
class Slot:
    """A place in the repaired notebook: a source cell, a submitted cell, or both."""

    source: int | None
    cell: int | None


def slots_of(matches: Matches) -> list[Slot]:
    """The submission in its own order, without further copies of an untouched stub: they would hide the answer."""
    by_cell = {cell: source for source, cell in matches.found.items()}
    return [Slot(by_cell.get(index), index) for index in range(len(matches.cells)) if not matches.is_idle_copy(index)]


def with_needs_of_answer(index: int, matches: Matches) -> SourceCell:
    """The source cell, with the names that the student's answer takes from other cells."""
    source = matches.sources[index]
    if source.locked or index not in matches.found or source.cell.cell_type != "code":
        return source
    return dataclasses.replace(source, loads=source.loads | matches.names(matches.found[index])[1])


def restore_missing(order: list[Slot], lacking: Iterable[int], sources: Sequence[SourceCell]) -> None:
    """Put each nbgrader cell that is missing at its place. Plain cells may be missing, as in nbgrader."""
    for index in lacking:
        if sources[index].keyed:
            _insert(order, Slot(index, None), sources)


def _insert(order: list[Slot], slot: Slot, sources: Sequence[SourceCell]) -> None:
    """Put a source cell behind the one before it in the source; a check also behind what it checks."""
    assert slot.source is not None
    index = slot.source
    places = {other.source: at for at, other in enumerate(order) if other.source is not None}
    steady = {order[at].source for at in _steady(order, sources)}
    before = [other for other in steady if other is not None and other < index]
    at = places[max(before)] + 1 if before else 0
    if sources[index].kind is CellKind.CHECK:
        at = max([at, *(places[other] + 1 for other in places if other < index and _needs(index, other, sources))])
        # What the student added there may hold the answer, so the check comes behind it.
        while at < len(order) and order[at].source is None:
            at += 1
    order.insert(at, slot)


def _steady(order: Sequence[Slot], sources: Sequence[SourceCell]) -> list[int]:
    """The places whose cells are in the source's order: as many as possible, answers rather than checks."""
    weights = {CellKind.SOLUTION: 5, CellKind.WRITTEN: 5, CellKind.PLAIN: 1}
    at = [place for place, slot in enumerate(order) if slot.source is not None]
    indexes = [index for slot in order if (index := slot.source) is not None]
    kept = rising(indexes, [weights.get(sources[index].kind, 4) for index in indexes])
    return [at[index] for index in kept]


def put_in_order(order: list[Slot], sources: Sequence[SourceCell]) -> list[int]:
    """Put moved cells back where their order breaks something, and return which. Any other order stays."""
    moved: set[int] = set()
    for _ in sources:
        broken = _broken(order, sources)
        if not broken:
            break
        steady = {order[at].source for at in _steady(order, sources)}
        movers = {index for pair in broken for index in pair if index not in steady}
        if not movers or movers <= moved:
            moved |= {index for pair in broken for index in pair}
            _sort_keyed(order, sources)
            break
        for index in sorted(movers):
            slot = next(slot for slot in order if slot.source == index)
            order.remove(slot)
            _insert(order, slot, sources)
        moved |= movers
    return sorted(moved)


def _broken(order: Sequence[Slot], sources: Sequence[SourceCell]) -> list[tuple[int, int]]:
    """The pairs of nbgrader cells of which the later needs the earlier, but now comes before it."""
    keyed = [slot.source for slot in order if slot.source is not None and sources[slot.source].keyed]
    return [
        (earlier, later)
        for at, later in enumerate(keyed)
        for earlier in keyed[at + 1 :]
        if earlier < later and _needs(later, earlier, sources)
    ]


def _needs(later: int, earlier: int, sources: Sequence[SourceCell]) -> bool:
    """Whether one source cell has to come behind another.

    It does if it takes a name from it, binds a name that a locked cell has used before, or is its check.
    """
    after, before = sources[later], sources[earlier]
    if not before.keyed or not after.keyed:
        return False
    if before.binds & after.loads or (before.locked and before.loads & after.binds):
        return True
    return after.kind is CellKind.CHECK and earlier in _checked_by(later, sources)


def _checked_by(check: int, sources: Sequence[SourceCell]) -> set[int]:
    """The answers directly before a check in the source, up to the check before."""
    found: set[int] = set()
    for index in range(check - 1, -1, -1):
        kind = sources[index].kind
        if kind is CellKind.CHECK and found:
            break
        if kind in (CellKind.SOLUTION, CellKind.WRITTEN):
            found.add(index)
    return found


def _sort_keyed(order: list[Slot], sources: Sequence[SourceCell]) -> None:
    """The last resort: all nbgrader cells in the source's order, the student's own cells stay where they are."""
    places = [at for at, slot in enumerate(order) if slot.source is not None and sources[slot.source].keyed]
    slots = sorted((order[at] for at in places), key=lambda slot: slot.source or 0)
    for at, slot in zip(places, slots, strict=True):
        order[at] = slot


def keep_stubs_from_hiding_answers(order: list[Slot], matches: Matches) -> None:
    """Put a restored stub before a cell of the student's that does its work: run later, it would undo it."""
    for slot in list(order):
        if slot.source is None or slot.cell is not None:
            continue
        source = matches.sources[slot.source]
        if source.locked or not source.binds:
            continue
        order_without = [other for other in order if other is not slot]
        at = order.index(slot)
        doing = [place for place, other in enumerate(order_without[:at]) if _answers(other, source, matches)]
        if doing:
            order_without.insert(doing[0], slot)
            order[:] = order_without


def _answers(slot: Slot, source: SourceCell, matches: Matches) -> bool:
    """Whether a cell of the student's binds what a solution cell has to bind."""
    if slot.cell is None or matches.cells[slot.cell].get("cell_type") != "code":
        return False
    if slot.source is not None and matches.sources[slot.source].locked:
        return False
    return bool(source.binds & matches.names(slot.cell)[0])
