"""Builds the repaired notebook: nbgrader's cells as in the source, with the students' answers; the other cells as they are.

In: slots in their order, matches. Out: cells, each with an id that no other has, and the notebook around them.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
import re
from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode

from grader.core.cells import ids_of, replace_metadata, text_of
from grader.core.model import Problem
from grader.submissions.repair.match import Matches
from grader.submissions.repair.order import Slot
from grader.submissions.repair.report import shortened
from grader.submissions.repair.source import SourceCell

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def built(order: Sequence[Slot], matches: Matches) -> list[NotebookNode]:
    """The cells that come out, each with a different id. The source's ids stay; a student's gives way."""
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


def _keyed_cell(source: SourceCell, submitted: NotebookNode | None) -> NotebookNode:
    """A cell that nbgrader knows: as in the source, but for the text of an answer."""
    origin = source.cell if submitted is None or source.locked else submitted
    return _cell(source.cell.cell_type, text_of(origin), source.cell.metadata, origin.get("attachments"))


def _plain_cell(submitted: NotebookNode, source: SourceCell | None) -> NotebookNode:
    """A cell that nbgrader does not know: the student's text. Of its metadata only tags count for grading,
    and where the source has the cell, its metadata count: an editor may have dropped the tags."""
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


def notebook_around(
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
        text = f"The notebook asked for the kernel '{shortened(name)}'; '{wanted.get('name')}' is used."
        problems.append(Problem(text, fixed=True))
    elif not wanted and isinstance(name, str):
        metadata["kernelspec"] = NotebookNode(name=name, display_name=name)
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=metadata, cells=cells), problems
