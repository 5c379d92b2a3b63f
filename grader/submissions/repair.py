"""Put a submitted notebook right, so that it can be graded.

In: the notebook as it was handed in, and the source with stubs for solutions and the hidden tests still there (what
nbgrader's SaveCells keeps). Out: a notebook with every nbgrader cell of the source exactly once; what was fixed.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import enum
import hashlib
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from rapidfuzz import fuzz

from grader.core.cells import (
    FLAGS,
    CellKind,
    grade_id_of,
    ids_of,
    is_locked,
    kind_of,
    nbgrader_metadata,
    released_text,
    replace_metadata,
    text_of,
    tidied,
)
from grader.core.model import Problem

ALIKE = 0.6  # between two matched neighbours, this much likeness is enough …
ALIKE_ANYWHERE = 0.8  # … and a cell that may have come from anywhere needs this much
MOST_COMPARISONS = 250_000  # pairs of cells; a notebook of ten thousand cells is not compared by likeness
MOST_COMPARED_TEXT = 20_000  # characters of a cell
MOST_PARSED_TEXT = 50_000  # characters of a cell …
MOST_PARSED_IN_ALL = 2_000_000  # … and of a notebook: no submission keeps the others waiting

_STUB_WORDS = ("YOUR CODE HERE", "YOUR ANSWER HERE", "NotImplementedError", "No Answer Given")
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class _How(enum.Enum):
    """By what a submitted cell was recognised, the surest first."""

    GRADE_ID = "grade_id"
    CELL_ID = "cell id"
    TEXT = "text"
    LIKENESS = "likeness"
    PLACE = "place"
    MERGED = "merged"


@dataclass(frozen=True)
class _Source:
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


@dataclass
class _Matches:
    """Which submitted cell is which cell of the source."""

    sources: Sequence[_Source]
    cells: Sequence[NotebookNode]
    texts: Sequence[str]
    found: dict[int, int] = field(default_factory=dict)  # source index -> submitted index
    how: dict[int, _How] = field(default_factory=dict)
    copies: dict[int, int] = field(default_factory=dict)  # submitted index of a further copy -> source index
    taken: set[int] = field(default_factory=set)
    parsed: dict[int, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    parsed_text: int = 0

    def pair(self, source: int, cell: int, how: _How) -> None:
        self.found[source], self.how[source] = cell, how
        self.taken.add(cell)

    def names(self, cell: int) -> tuple[frozenset[str], frozenset[str]]:
        """What a submitted cell binds, and what it takes from others."""
        if cell not in self.parsed:
            self.parsed_text += len(self.texts[cell])
            affordable = self.parsed_text <= MOST_PARSED_IN_ALL
            self.parsed[cell] = _names(self.texts[cell]) if affordable else (frozenset(), frozenset())
        return self.parsed[cell]

    def lacking(self) -> list[int]:
        """The cells of the source that are not found yet."""
        return [index for index in range(len(self.sources)) if index not in self.found]

    def free(self) -> list[int]:
        """The submitted cells that nothing claims yet."""
        return [index for index in range(len(self.cells)) if index not in self.taken]


@dataclass
class _Slot:
    """A place in the repaired notebook: a source cell, a submitted cell, or both."""

    source: int | None
    cell: int | None


def repair(submitted: NotebookNode, source: NotebookNode) -> tuple[NotebookNode, tuple[Problem, ...]]:
    """Return a notebook that can be graded, and what was found and fixed on the way.

    ``source`` is the graded version: stubs for solutions, hidden tests still there, checksums computed.
    Neither notebook is changed.
    """
    cells = [cell for cell in submitted.get("cells", []) if isinstance(cell, dict)]
    sources = [_describe(cell) for cell in source.cells]
    matches = _match(sources, cells)
    problems = _report_matches(matches)
    order = _slots(matches)
    needs = [_with_needs_of_answer(index, matches) for index in range(len(sources))]
    _restore_missing(order, matches.lacking(), needs)
    moved = _put_in_order(order, needs)
    problems += [Problem(_report_move(sources[index]), fixed=True) for index in moved if index in matches.found]
    _keep_stubs_from_hiding_answers(order, matches)
    notebook, kernel = _notebook(submitted, source, _built(order, matches))
    return notebook, tuple(kernel + problems)


# --- what the cells of the source are -------------------------------------------------------------


def _describe(cell: NotebookNode) -> _Source:
    text, released = text_of(cell), tidied(released_text(cell))
    kind = kind_of(cell)
    is_code = cell.cell_type == "code"
    binds, loads = _names(text) if is_code else (frozenset[str](), frozenset[str]())
    return _Source(
        cell=cell,
        kind=kind,
        grade_id=grade_id_of(cell),
        locked=kind in (CellKind.CHECK, CellKind.GIVEN) or (kind is CellKind.TASK and is_locked(cell)),
        texts=frozenset({released, tidied(text)}),
        released=released,
        binds=binds,
        loads=loads,
    )


def _parsed(text: str) -> ast.Module | None:
    """The syntax tree of a cell, with IPython's own lines left out; None where it is no Python."""
    if len(text) > MOST_PARSED_TEXT or text.lstrip().startswith("%%"):
        return None
    plain = re.sub(r"^([ \t]*)[%!?].*$", r"\1pass", text, flags=re.MULTILINE)
    try:
        return ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a code cell binds at its top level, and those that it takes from other cells."""
    tree = _parsed(text)
    if tree is None:
        pairs = re.findall(r"^(?:async )?(?:def|class)\s+(\w+)|^(\w+)\s*=[^=]", text, flags=re.MULTILINE)
        binds = frozenset(name for pair in pairs for name in pair if name)
        return binds, frozenset(re.findall(r"\b[A-Za-z_]\w*", text)) - binds
    bound = frozenset(_bound(tree.body))
    loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return bound, frozenset(loaded - bound)


def _bound(body: Iterable[ast.AST]) -> Iterable[str]:
    """What statements bind in the notebook: functions, classes, imports, assignments; nothing inside a function."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            waiting.extend(ast.iter_child_nodes(node))


# --- which submitted cell is which ----------------------------------------------------------------


def _match(sources: Sequence[_Source], cells: Sequence[NotebookNode]) -> _Matches:
    """Find each source cell in the submission, by the surest evidence first."""
    matches = _Matches(sources, cells, [tidied(text_of(cell)) for cell in cells])
    _by_grade_id(matches)
    _by_cell_id(matches)
    _by_text(matches)
    _by_likeness(matches)
    _by_place(matches)
    _part_merged(matches)
    return matches


def _by_grade_id(matches: _Matches) -> None:
    """Match by nbgrader's own name. Of several copies one is kept, the others are noted as copies."""
    carriers: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(matches.cells):
        carriers[grade_id_of(cell)].append(index)
    several: list[int] = []
    for index, source in enumerate(matches.sources):
        found = carriers.get(source.grade_id, []) if source.keyed else []
        if len(found) == 1:
            matches.pair(index, found[0], _How.GRADE_ID)
        elif found:
            several.append(index)
    for index in several:
        found = carriers[matches.sources[index].grade_id]
        kept = _kept_copy(matches, index, found)
        matches.pair(index, kept, _How.GRADE_ID)
        matches.copies.update({other: index for other in found if other != kept})
        matches.taken.update(found)


def _kept_copy(matches: _Matches, source: int, found: Sequence[int]) -> int:
    """The copy that counts: the last answer that was worked on; of a locked cell the one best in its place."""
    if not matches.sources[source].locked:
        worked_on = [index for index in found if matches.texts[index] not in matches.sources[source].texts]
        return (worked_on or list(found))[-1]

    def out_of_order(index: int) -> int:
        return sum((other < source) != (cell < index) for other, cell in matches.found.items())

    return min(found, key=lambda index: (out_of_order(index), -index))


def _by_cell_id(matches: _Matches) -> None:
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
            matches.pair(index, _kept_copy(matches, index, sound), _How.CELL_ID)


def _by_text(matches: _Matches) -> None:
    """Match a cell whose text stands exactly once on either side."""
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
                matches.pair(source, offered[text][0], _How.TEXT)


def _by_likeness(matches: _Matches) -> None:
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
                matches.pair(source, cell, _How.LIKENESS)
    far = [(score, -source, cell) for (source, cell), score in likeness.items() if score >= ALIKE_ANYWHERE]
    for _, negative, cell in sorted(far, reverse=True):
        if -negative not in matches.found and cell not in matches.taken:
            matches.pair(-negative, cell, _How.LIKENESS)


def _likeness(source: _Source, cell: NotebookNode, text: str, names: frozenset[str]) -> float:
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
    # A bare stub says nothing of its answer. A little more than nothing lets the cells' order decide ties.
    return max(alike, 0.95 * kept, 0.01)


def _is_stub_line(line: str) -> bool:
    return any(word in line for word in _STUB_WORDS)


def _windows(matches: _Matches) -> Iterable[tuple[list[int], list[int]]]:
    """The stretches between matched neighbours: source cells not found, submitted cells not claimed."""
    pairs = sorted(matches.found.items())
    kept = _rising([cell for _, cell in pairs], [1] * len(pairs))
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


def _by_place(matches: _Matches) -> None:
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
                matches.pair(wanted[0], offered[0], _How.PLACE)


def _part_merged(matches: _Matches) -> None:
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
                matches.pair(index, cell, _How.MERGED)
                break


# --- in which order -------------------------------------------------------------------------------


def _slots(matches: _Matches) -> list[_Slot]:
    """The submission in its own order, without further copies of an untouched stub: they would hide the answer."""
    by_cell = {cell: source for source, cell in matches.found.items()}
    return [
        _Slot(by_cell.get(index), index) for index in range(len(matches.cells)) if not _is_idle_copy(matches, index)
    ]


def _is_idle_copy(matches: _Matches, cell: int) -> bool:
    """Whether the cell is a further copy of an answer cell, as it was released."""
    source = matches.copies.get(cell)
    if source is None or matches.sources[source].locked:
        return False
    return matches.texts[cell] in matches.sources[source].texts


def _with_needs_of_answer(index: int, matches: _Matches) -> _Source:
    """The source cell, with the names that the student's answer takes from other cells."""
    source = matches.sources[index]
    if source.locked or index not in matches.found or source.cell.cell_type != "code":
        return source
    return dataclasses.replace(source, loads=source.loads | matches.names(matches.found[index])[1])


def _restore_missing(order: list[_Slot], lacking: Iterable[int], sources: Sequence[_Source]) -> None:
    """Put each nbgrader cell that is missing at its place. Plain cells may be missing, as in nbgrader."""
    for index in lacking:
        if sources[index].keyed:
            _insert(order, _Slot(index, None), sources)


def _insert(order: list[_Slot], slot: _Slot, sources: Sequence[_Source]) -> None:
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


def _steady(order: Sequence[_Slot], sources: Sequence[_Source]) -> list[int]:
    """The places whose cells stand in the source's order: as many as possible, answers rather than checks."""
    weights = {CellKind.SOLUTION: 5, CellKind.WRITTEN: 5, CellKind.PLAIN: 1}
    at = [place for place, slot in enumerate(order) if slot.source is not None]
    indexes = [index for slot in order if (index := slot.source) is not None]
    kept = _rising(indexes, [weights.get(sources[index].kind, 4) for index in indexes])
    return [at[index] for index in kept]


def _rising(values: Sequence[int], weights: Sequence[int]) -> list[int]:
    """The positions of the heaviest rising subsequence."""
    best: list[int] = []
    came_from: list[int] = []
    for i, value in enumerate(values):
        before = max((j for j in range(i) if values[j] < value), key=lambda j: best[j], default=-1)
        came_from.append(before)
        best.append(weights[i] + (best[before] if before >= 0 else 0))
    at = max(range(len(values)), key=lambda j: best[j], default=-1)
    kept: list[int] = []
    while at >= 0:
        kept.append(at)
        at = came_from[at]
    return kept[::-1]


def _put_in_order(order: list[_Slot], sources: Sequence[_Source]) -> list[int]:
    """Put moved cells back where their order breaks something; say which. A harmless order stays."""
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


def _broken(order: Sequence[_Slot], sources: Sequence[_Source]) -> list[tuple[int, int]]:
    """The pairs of nbgrader cells of which the later needs the earlier, and now stands before it."""
    keyed = [slot.source for slot in order if slot.source is not None and sources[slot.source].keyed]
    return [
        (earlier, later)
        for at, later in enumerate(keyed)
        for earlier in keyed[at + 1 :]
        if earlier < later and _needs(later, earlier, sources)
    ]


def _needs(later: int, earlier: int, sources: Sequence[_Source]) -> bool:
    """Whether one source cell has to come behind another.

    It does if it takes a name from it, binds a name that a locked cell has used before, or is its check.
    """
    after, before = sources[later], sources[earlier]
    if not before.keyed or not after.keyed:
        return False
    if before.binds & after.loads or (before.locked and before.loads & after.binds):
        return True
    return after.kind is CellKind.CHECK and earlier in _checked_by(later, sources)


def _checked_by(check: int, sources: Sequence[_Source]) -> set[int]:
    """The answers that stand directly before a check in the source, up to the check before."""
    found: set[int] = set()
    for index in range(check - 1, -1, -1):
        kind = sources[index].kind
        if kind is CellKind.CHECK and found:
            break
        if kind in (CellKind.SOLUTION, CellKind.WRITTEN):
            found.add(index)
    return found


def _sort_keyed(order: list[_Slot], sources: Sequence[_Source]) -> None:
    """The last resort: all nbgrader cells in the source's order, the student's own cells where they stand."""
    places = [at for at, slot in enumerate(order) if slot.source is not None and sources[slot.source].keyed]
    slots = sorted((order[at] for at in places), key=lambda slot: slot.source or 0)
    for at, slot in zip(places, slots, strict=True):
        order[at] = slot


def _keep_stubs_from_hiding_answers(order: list[_Slot], matches: _Matches) -> None:
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


def _answers(slot: _Slot, source: _Source, matches: _Matches) -> bool:
    """Whether a cell of the student's binds what a solution cell has to bind."""
    if slot.cell is None or matches.cells[slot.cell].get("cell_type") != "code":
        return False
    if slot.source is not None and matches.sources[slot.source].locked:
        return False
    return bool(source.binds & matches.names(slot.cell)[0])


# --- the notebook that comes out ------------------------------------------------------------------


def _built(order: Sequence[_Slot], matches: _Matches) -> list[NotebookNode]:
    """The cells that come out, each with an id of its own. The source's ids stand; a student's gives way."""
    reserved = {own for source in matches.sources if source.keyed for own in ids_of(source.cell)[:1]}
    given: set[str] = set()
    cells: list[NotebookNode] = []
    for slot in order:
        submitted = None if slot.cell is None else matches.cells[slot.cell]
        source = None if slot.source is None else matches.sources[slot.source]
        if source is not None and source.keyed:
            cell, origin, others = _keyed_cell(source, submitted), source.cell, given
        else:
            assert submitted is not None  # only nbgrader cells are restored
            cell, origin, others = _plain_cell(submitted, source), submitted, reserved
        cell["id"] = _own_id(origin, cell, len(cells), given, others)
        given.add(cell["id"])
        cells.append(cell)
    return cells


def _keyed_cell(source: _Source, submitted: NotebookNode | None) -> NotebookNode:
    """A cell that nbgrader knows: as in the source, but for the text of an answer."""
    origin = source.cell if submitted is None or source.locked else submitted
    return _cell(source.cell.cell_type, text_of(origin), source.cell.metadata, origin.get("attachments"))


def _plain_cell(submitted: NotebookNode, source: _Source | None) -> NotebookNode:
    """A cell that nbgrader does not know: the student's text. Of its metadata only tags count for grading,
    and where the source has the cell, its metadata stand: an editor may have dropped the tags."""
    cell_type = submitted.get("cell_type")
    if cell_type not in ("code", "markdown", "raw"):
        cell_type = "raw"
    metadata = {"tags": _tags(submitted)} if source is None else source.cell.metadata
    cell = _cell(cell_type, text_of(submitted), metadata, submitted.get("attachments"))
    replace_metadata(cell, None)
    if not cell.metadata.get("tags"):
        cell.metadata.pop("tags", None)
    return cell


def _tags(cell: NotebookNode) -> list[str]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return list(dict.fromkeys(tag for tag in tags if isinstance(tag, str))) if isinstance(tags, list) else []


def _cell(cell_type: str, text: str, metadata: dict[str, Any], attachments: object) -> NotebookNode:
    """A cell without outputs. Pictures that were pasted into an answer go with it."""
    cell = NotebookNode(cell_type=cell_type, id="", metadata=copy.deepcopy(metadata), source=text)
    for name in ("collapsed", "scrolled"):
        cell.metadata.pop(name, None)
    if cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    elif isinstance(attachments, dict):
        sound = {name: bundle for name, bundle in attachments.items() if _is_bundle(bundle)}
        cell.attachments = NotebookNode(copy.deepcopy(sound))
    return cell


def _is_bundle(bundle: object) -> bool:
    """Whether it is what nbformat calls a MIME bundle, with nothing but text in it."""
    return isinstance(bundle, dict) and all(isinstance(content, str) for content in bundle.values())


def _own_id(origin: NotebookNode, cell: NotebookNode, at: int, *taken: set[str]) -> str:
    """The id that the cell came with, where it is sound and free; else one made from the cell."""
    for own in ids_of(origin):
        if _ID.fullmatch(own) and not any(own in ids for ids in taken):
            return own
    for attempt in itertools.count():
        seed = f"{at}/{attempt}/{cell.source}".encode("utf-8", "replace")
        made = f"cell-{hashlib.sha256(seed).hexdigest()[:12]}"
        if not any(made in ids for ids in taken):
            return made
    raise AssertionError("unreachable: there are more ids than cells")


def _notebook(
    submitted: NotebookNode, source: NotebookNode, cells: list[NotebookNode]
) -> tuple[NotebookNode, list[Problem]]:
    """The notebook around the cells, with the source's metadata; a kernel of the student's if that has none."""
    metadata = copy.deepcopy(source.metadata)
    own = submitted.get("metadata")
    given = own.get("kernelspec") if isinstance(own, dict) else None
    name = given.get("name") if isinstance(given, dict) else None
    problems: list[Problem] = []
    wanted = metadata.get("kernelspec")
    if wanted and isinstance(name, str) and name != wanted.get("name"):
        told = f"The notebook asked for the kernel '{_short(name)}'; '{wanted.get('name')}' is used."
        problems.append(Problem(told, fixed=True))
    elif not wanted and isinstance(name, str):
        metadata["kernelspec"] = NotebookNode(name=name, display_name=name)
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=metadata, cells=cells), problems


# --- what the teacher is told ---------------------------------------------------------------------


def _report_matches(matches: _Matches) -> list[Problem]:
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
    unknown = [_short(grade_id) for grade_id in foreign if grade_id and grade_id not in known]
    if unknown:
        names = ", ".join(f"'{name}'" for name in unknown[:4]) + (", …" if len(unknown) > 4 else "")
        told = f"The assignment has no cell {names}; kept as the student's own, without nbgrader's metadata."
        problems.append(Problem(told, fixed=True))
    return problems


def _short(value: object) -> str:
    """What a submission says of itself, cut short and without control characters: it may be anything."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(value)[:40])
    return text if len(str(value)) <= 40 else text[:39] + "…"


def _report_lost_metadata(matches: _Matches) -> list[Problem]:
    """One sentence for all cells that were recognised without nbgrader's metadata."""
    keyed = [index for index, source in enumerate(matches.sources) if source.keyed]
    lost = [index for index in keyed if matches.how.get(index, _How.GRADE_ID) not in (_How.GRADE_ID, _How.MERGED)]
    if not lost:
        return []
    if len(lost) == len(keyed):
        which = "all cells"
    elif len(lost) > 4:
        which = f"{len(lost)} of {len(keyed)} cells"
    else:
        which = ", ".join(f"'{matches.sources[index].grade_id}'" for index in lost)
    by = {matches.how[index] for index in lost}
    clues = [how.value for how in _How if how in by]
    told = clues[0] if len(clues) == 1 else f"{', '.join(clues[:-1])} and {clues[-1]}"
    return [Problem(f"The nbgrader metadata of {which} was lost; recognised by {told}.", fixed=True)]


def _report_copies(matches: _Matches, index: int) -> list[Problem]:
    """A sentence for a cell that stood more than once."""
    source = matches.sources[index]
    others = [cell for cell, original in matches.copies.items() if original == index]
    if not others:
        return []
    times = f"The {source.called} stood {len(others) + 1} times; "
    if source.locked:
        return [Problem(times + "the original counts, once.", fixed=True)]
    if all(_is_idle_copy(matches, cell) for cell in others):
        return [Problem(times + "the untouched copies were removed.", fixed=True)]
    return [Problem(times + "the last one counts, the others are kept as ordinary cells.", fixed=True)]


def _report_missing(matches: _Matches, index: int) -> Problem:
    """A sentence for a cell that the submission does not have. An answer cannot be fixed, only its place."""
    source = matches.sources[index]
    if source.locked:
        return Problem(f"The {source.called} was missing; it was restored.", fixed=True)
    if source.kind is CellKind.TASK:
        return Problem(f"The {source.called} was missing; it was put back as released.", fixed=True)
    return Problem(
        f"The {source.called} was missing; it was put back empty. Look whether another cell holds the answer."
    )


def _report_changes(matches: _Matches, index: int) -> list[Problem]:
    """Sentences for what was changed in a cell that was found."""
    source, cell = matches.sources[index], matches.cells[matches.found[index]]
    how, metadata, wanted = matches.how[index], nbgrader_metadata(cell), nbgrader_metadata(source.cell)
    told: list[str] = []
    if how is _How.MERGED:
        return [Problem(f"The {source.called} had been merged with a locked cell; its text is kept.", fixed=True)]
    if how is _How.PLACE:
        told.append(f"The {source.called} was recognised by its place only: look whether it is the right cell.")
    if source.locked and matches.texts[matches.found[index]] not in source.texts:
        told.append(f"The {source.called} had been edited; the original was used.")
    if cell.get("cell_type") != source.cell.cell_type:
        types = f"from {source.cell.cell_type} to {_short(cell.get('cell_type'))}"
        told.append(f"The {source.called} had been changed {types}; it was changed back.")
    if how is _How.GRADE_ID:
        points, own = wanted.get("points"), metadata.get("points")
        if points is not None and own != points:
            told.append(f"The points of the {source.called} had been changed to {_short(own)}; {points} count.")
        if any(bool(metadata.get(flag)) != bool(wanted.get(flag)) for flag in FLAGS):
            told.append(f"The nbgrader metadata of the {source.called} had been changed; they were restored.")
    return [Problem(text, fixed=True) for text in told]


def _report_move(source: _Source) -> str:
    if source.kind is CellKind.CHECK:
        return f"The {source.called} had been moved; it was put back behind what it checks."
    return f"The {source.called} had been moved to where it broke the notebook; it was put back."
