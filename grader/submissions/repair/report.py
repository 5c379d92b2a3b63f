"""Sentences for the teacher about what was wrong with a submitted notebook.

In: matches. Out: problems, in the order of the source's cells, then those with cells that the source does not know.
"""

from __future__ import annotations

from grader.core.cells import FLAGS, CellKind, grade_id_of, nbgrader_metadata
from grader.core.model import Problem
from grader.submissions.repair.match import How, Matches
from grader.submissions.repair.source import SourceCell


def report_matches(matches: Matches) -> list[Problem]:
    """What was wrong with the cells, in the source's order; then with cells that the source does not know."""
    problems = _report_lost_metadata(matches)
    for index, source in enumerate(matches.sources):
        if source.keyed:
            problems += [
                *_report_copies(matches, index),
                *(_report_changes(matches, index) if index in matches.found else [_report_missing(matches, index)]),
            ]
    known = {source.grade_id for source in matches.sources if source.keyed}
    foreign = dict.fromkeys(grade_id_of(matches.cells[index]) for index in matches.free())
    unknown = [shortened(grade_id) for grade_id in foreign if grade_id and grade_id not in known]
    if unknown:
        names = ", ".join(f"'{name}'" for name in unknown[:4]) + (", …" if len(unknown) > 4 else "")
        text = f"The assignment has no cell {names}; kept as the student's own, without nbgrader's metadata."
        problems.append(Problem(text, fixed=True))
    return problems


def _report_lost_metadata(matches: Matches) -> list[Problem]:
    """One sentence for all cells that were recognised without nbgrader's metadata."""
    keyed = [index for index, source in enumerate(matches.sources) if source.keyed]
    lost = [index for index in keyed if matches.how.get(index, How.GRADE_ID) not in (How.GRADE_ID, How.MERGED)]
    if not lost:
        return []
    if len(lost) == len(keyed):
        which = "all cells"
    elif len(lost) > 4:
        which = f"{len(lost)} of {len(keyed)} cells"
    else:
        which = ", ".join(f"'{matches.sources[index].grade_id}'" for index in lost)
    used = {matches.how[index] for index in lost}
    clues = [how.value for how in How if how in used]
    by = clues[0] if len(clues) == 1 else f"{', '.join(clues[:-1])} and {clues[-1]}"
    return [Problem(f"The nbgrader metadata of {which} was lost; recognised by {by}.", fixed=True)]


def _report_copies(matches: Matches, index: int) -> list[Problem]:
    """A sentence for a cell that was there more than once."""
    source = matches.sources[index]
    others = [cell for cell, original in matches.copies.items() if original == index]
    if not others:
        return []
    times = f"The {source.called} was there {len(others) + 1} times; "
    if source.locked:
        return [Problem(times + "the original counts, once.", fixed=True)]
    if all(matches.is_idle_copy(cell) for cell in others):
        return [Problem(times + "the untouched copies were removed.", fixed=True)]
    return [Problem(times + "the last one counts, the others are kept as ordinary cells.", fixed=True)]


def _report_missing(matches: Matches, index: int) -> Problem:
    """A sentence for a cell that the submission does not have. An answer cannot be fixed, only its place."""
    source = matches.sources[index]
    if source.locked:
        return Problem(f"The {source.called} was missing; it was restored.", fixed=True)
    if source.kind is CellKind.TASK:
        return Problem(f"The {source.called} was missing; it was put back as released.", fixed=True)
    return Problem(
        f"The {source.called} was missing; it was put back empty. Check whether another cell holds the answer."
    )


def _report_changes(matches: Matches, index: int) -> list[Problem]:
    """Sentences for what was changed in a cell that was found."""
    source, cell = matches.sources[index], matches.cells[matches.found[index]]
    how, metadata, wanted = matches.how[index], nbgrader_metadata(cell), nbgrader_metadata(source.cell)
    found: list[str] = []
    if how is How.MERGED:
        return [Problem(f"The {source.called} had been merged with a locked cell; its text is kept.", fixed=True)]
    if how is How.PLACE:
        found.append(f"The {source.called} was recognised by its place only: check that it is the right cell.")
    if source.locked and matches.texts[matches.found[index]] not in source.texts:
        found.append(f"The {source.called} had been edited; the original was used.")
    if cell.get("cell_type") != source.cell.cell_type:
        types = f"from {source.cell.cell_type} to {shortened(cell.get('cell_type'))}"
        found.append(f"The {source.called} had been changed {types}; it was changed back.")
    if how is How.GRADE_ID:
        points, own = wanted.get("points"), metadata.get("points")
        if points is not None and own != points:
            found.append(f"The points of the {source.called} had been changed to {shortened(own)}; {points} count.")
        if any(bool(metadata.get(flag)) != bool(wanted.get(flag)) for flag in FLAGS):
            found.append(f"The nbgrader metadata of the {source.called} had been changed; they were restored.")
    return [Problem(text, fixed=True) for text in found]


def report_move(source: SourceCell) -> str:
    if source.kind is CellKind.CHECK:
        return f"The {source.called} had been moved; it was put back behind what it checks."
    return f"The {source.called} had been moved to where it broke the notebook; it was put back."


def shortened(value: object) -> str:
    """A value from a submission, cut short and without control characters: it may be anything."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(value)[:40])
    return text if len(str(value)) <= 40 else text[:39] + "…"
