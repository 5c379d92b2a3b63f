"""Finds out which submitted cell is which cell of the source.

In: the description of the source, and the cells of a submission. Out: `Matches`: pairs, how each was recognised, and copies.
"""

from __future__ import annotations

import enum
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode
from rapidfuzz import fuzz

from grader.core.cells import CellKind, grade_id_of, ids_of, text_of, tidied
from grader.submissions.repair.rising import rising
from grader.submissions.repair.source import SourceCell, names_in

ALIKE = 0.6  # between two matched neighbours, this much likeness is enough …
ALIKE_ANYWHERE = 0.8  # … and a cell that may have come from anywhere needs this much
MOST_COMPARISONS = 250_000  # pairs of cells; a notebook of ten thousand cells is not compared by likeness
MOST_COMPARED_TEXT = 20_000  # characters of a cell
MOST_PARSED_IN_ALL = 500_000  # characters of a notebook: no submission keeps the others waiting

_STUB_WORDS = ("YOUR CODE HERE", "YOUR ANSWER HERE", "NotImplementedError", "No Answer Given")


class How(enum.Enum):
    """By what a submitted cell was recognised, the surest first."""

    GRADE_ID = "grade_id"
    CELL_ID = "cell id"
    TEXT = "text"
    LIKENESS = "likeness"
    PLACE = "place"
    MERGED = "merged"


@dataclass
class Matches:
    """Which submitted cell is which cell of the source."""

    sources: Sequence[SourceCell]
    cells: Sequence[NotebookNode]
    texts: Sequence[str]
    found: dict[int, int] = field(default_factory=dict)  # source index -> submitted index
    how: dict[int, How] = field(default_factory=dict)
    copies: dict[int, int] = field(default_factory=dict)  # submitted index of a further copy -> source index
    taken: set[int] = field(default_factory=set)
    parsed: dict[int, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    parsed_text: int = 0

    def pair(self, source: int, cell: int, how: How) -> None:
        self.found[source], self.how[source] = cell, how
        self.taken.add(cell)

    def names(self, cell: int) -> tuple[frozenset[str], frozenset[str]]:
        """What a submitted cell binds, and what it takes from others."""
        if cell not in self.parsed:
            self.parsed_text += len(self.texts[cell])
            affordable = self.parsed_text <= MOST_PARSED_IN_ALL
            self.parsed[cell] = names_in(self.texts[cell]) if affordable else (frozenset(), frozenset())
        return self.parsed[cell]

    def lacking(self) -> list[int]:
        """The cells of the source that are not found yet."""
        return [index for index in range(len(self.sources)) if index not in self.found]

    def free(self) -> list[int]:
        """The submitted cells that nothing claims yet."""
        return [index for index in range(len(self.cells)) if index not in self.taken]

    def is_idle_copy(self, cell: int) -> bool:
        """Whether the cell is a further copy of an answer cell, as it was released."""
        source = self.copies.get(cell)
        if source is None or self.sources[source].locked:
            return False
        return self.texts[cell] in self.sources[source].texts


def match_cells(sources: Sequence[SourceCell], cells: Sequence[NotebookNode]) -> Matches:
    """Find each source cell in the submission, by the surest evidence first."""
    matches = Matches(sources, cells, [tidied(text_of(cell)) for cell in cells])
    _by_grade_id(matches)
    _by_cell_id(matches)
    _by_text(matches)
    _by_likeness(matches)
    _by_place(matches)
    _part_merged(matches)
    return matches


def _by_grade_id(matches: Matches) -> None:
    """Match by nbgrader's own name. Of several copies one is kept, the others are noted as copies."""
    carriers: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(matches.cells):
        carriers[grade_id_of(cell)].append(index)
    several: list[int] = []
    for index, source in enumerate(matches.sources):
        found = carriers.get(source.grade_id, []) if source.keyed else []
        if len(found) == 1:
            matches.pair(index, found[0], How.GRADE_ID)
        elif found:
            several.append(index)
    for index in several:
        found = carriers[matches.sources[index].grade_id]
        kept = _kept_copy(matches, index, found)
        matches.pair(index, kept, How.GRADE_ID)
        matches.copies.update({other: index for other in found if other != kept})
        matches.taken.update(found)


def _kept_copy(matches: Matches, source: int, found: Sequence[int]) -> int:
    """The copy that counts: the last answer that was worked on; of a locked cell the one best in its place."""
    if not matches.sources[source].locked:
        worked_on = [index for index in found if matches.texts[index] not in matches.sources[source].texts]
        return (worked_on or list(found))[-1]

    def out_of_order(index: int) -> int:
        return sum((other < source) != (cell < index) for other, cell in matches.found.items())

    return min(found, key=lambda index: (out_of_order(index), -index))


def _by_cell_id(matches: Matches) -> None:
    """Match by cell id, unless the text is that of another source cell: some editors number cells anew."""
    texts = Counter(text for source in matches.sources for text in source.texts)
    carriers: dict[str, list[int]] = defaultdict(list)
    for index in matches.free():
        for found in dict.fromkeys(ids_of(matches.cells[index])):
            carriers[found].append(index)
    for index in matches.lacking():
        source = matches.sources[index]
        found_cells = [
            cell for own in ids_of(source.cell) for cell in carriers.get(own, []) if cell not in matches.taken
        ]
        sound = [cell for cell in found_cells if matches.texts[cell] in source.texts or not texts[matches.texts[cell]]]
        if sound:
            matches.pair(index, _kept_copy(matches, index, sound), How.CELL_ID)


def _by_text(matches: Matches) -> None:
    """Match a cell whose text is there exactly once on either side."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for index in matches.lacking():
        for text in matches.sources[index].texts:
            wanted[text].add(index)
    offered: dict[str, list[int]] = defaultdict(list)
    for index in matches.free():
        offered[matches.texts[index]].append(index)
    for text, sources in wanted.items():
        if text and len(sources) == 1 and len(offered.get(text, [])) == 1:
            (source,) = sources
            if source not in matches.found:
                matches.pair(source, offered[text][0], How.TEXT)


def _by_likeness(matches: Matches) -> None:
    """Match by likeness: first in order between matched neighbours, then wherever a cell may have gone."""
    lacking, free = matches.lacking(), matches.free()
    if not lacking or not free or len(lacking) * len(free) > MOST_COMPARISONS:
        return
    names = {index: matches.names(index)[0] for index in free if matches.cells[index].get("cell_type") == "code"}
    likeness = {
        (source, cell): _likeness(
            matches.sources[source], matches.cells[cell], matches.texts[cell], names.get(cell, frozenset())
        )
        for source in lacking
        for cell in free
    }
    for sources, cells in _windows(matches):
        for source, cell in _aligned(sources, cells, likeness):
            if likeness[source, cell] >= ALIKE:
                matches.pair(source, cell, How.LIKENESS)
    far = [(score, -source, cell) for (source, cell), score in likeness.items() if score >= ALIKE_ANYWHERE]
    for _, negative, cell in sorted(far, reverse=True):
        if -negative not in matches.found and cell not in matches.taken:
            matches.pair(-negative, cell, How.LIKENESS)


def _likeness(source: SourceCell, cell: NotebookNode, text: str, names: frozenset[str]) -> float:
    """How much a submitted cell looks like a source cell, from 0 to 1.

    An answer is recognised by its frame: the names it has to bind, the lines that the stub gives.
    """
    if text in source.texts:
        return 1.0
    if cell.get("cell_type") != source.cell.cell_type:
        return 0.0
    wanted = source.released[:MOST_COMPARED_TEXT]
    alike = fuzz.ratio(wanted, text[:MOST_COMPARED_TEXT], score_cutoff=100 * ALIKE) / 100
    if source.locked or not source.keyed:
        return alike
    if source.binds and source.binds <= names:
        return max(alike, 0.95)
    lines = {line.strip() for line in text.split("\n")}
    frame = [line.strip() for line in source.released.split("\n") if line.strip() and not _is_stub_line(line)]
    kept = sum(line in lines for line in frame) / len(frame) if frame else 0.0
    # A bare stub says nothing about its answer. A little more than nothing lets the cells' order decide ties.
    return max(alike, 0.95 * kept, 0.01)


def _is_stub_line(line: str) -> bool:
    return any(word in line for word in _STUB_WORDS)


def _windows(matches: Matches) -> Iterable[tuple[list[int], list[int]]]:
    """The stretches between matched neighbours: source cells not found, submitted cells not claimed."""
    pairs = sorted(matches.found.items())
    kept = rising([cell for _, cell in pairs], [1] * len(pairs))
    anchors = [pairs[index] for index in kept]
    lacking, free = matches.lacking(), matches.free()
    edges = [(-1, -1), *anchors, (len(matches.sources), len(matches.cells))]
    for (source_from, cell_from), (source_to, cell_to) in itertools.pairwise(edges):
        sources = [index for index in lacking if source_from < index < source_to]
        cells = [index for index in free if cell_from < index < cell_to]
        if sources and cells:
            yield sources, cells


def _aligned(
    sources: Sequence[int], cells: Sequence[int], likeness: dict[tuple[int, int], float]
) -> list[tuple[int, int]]:
    """The pairing in order with the greatest likeness in all. Among equals the later cell wins."""
    best = [[0.0] * (len(cells) + 1) for _ in range(len(sources) + 1)]
    for i, source in enumerate(sources, 1):
        for j, cell in enumerate(cells, 1):
            score = likeness[source, cell]
            paired = best[i - 1][j - 1] + score if score > 0 else 0.0
            best[i][j] = max(best[i - 1][j], best[i][j - 1], paired)
    pairs: list[tuple[int, int]] = []
    i, j = len(sources), len(cells)
    while i and j:
        score = likeness[sources[i - 1], cells[j - 1]]
        if score > 0 and best[i][j] == best[i - 1][j - 1] + score:
            pairs.append((sources[i - 1], cells[j - 1]))
            i, j = i - 1, j - 1
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _by_place(matches: Matches) -> None:
    """Match an answer that is the only one of its type between two matched neighbours, on either side.

    Prose and locked cells of the source do not count: were they there, they would have been recognised by their text.
    Nor are they matched: they are restored there anyway, and a cell of the student's would be lost under them.
    """
    for sources, cells in list(_windows(matches)):
        answers = [index for index in sources if matches.sources[index].keyed and not matches.sources[index].locked]
        for cell_type in ("code", "markdown"):
            wanted = [index for index in answers if matches.sources[index].cell.cell_type == cell_type]
            offered = [index for index in cells if matches.cells[index].get("cell_type") == cell_type]
            if len(wanted) == len(offered) == 1 and matches.texts[offered[0]]:
                matches.pair(wanted[0], offered[0], How.PLACE)


def _part_merged(matches: Matches) -> None:
    """Give a missing solution the text of an edited locked cell that holds it: the two had been merged."""
    for index in matches.lacking():
        source = matches.sources[index]
        if source.kind is not CellKind.SOLUTION or not source.binds:
            continue
        for other, cell in sorted(matches.found.items()):
            locked = matches.sources[other]
            if not locked.locked or matches.texts[cell] in locked.texts or source.binds & locked.binds:
                continue
            if source.binds <= matches.names(cell)[0]:
                del matches.found[other], matches.how[other]
                matches.pair(index, cell, How.MERGED)
                break
