"""Reads a notebook file, however damaged it is or old its format.

In: the bytes of a file. Out: a sound notebook of nbformat 4.5 and what was fixed in it; None and the reason if it cannot
be read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.core.cells import ids_of, nbgrader_metadata, replace_metadata, text_of
from grader.core.model import Problem
from grader.core.record import read_source_record, write_source_record

MOST_PARTS = 3_000_000  # values of JSON: each takes up to a hundred bytes, however few it took in the file
MOST_CELLS = 10_000
DEEPEST = 40  # levels of JSON

_OF_CELLS = (  # nbgrader's metadata of a cell
    "grade", "solution", "locked", "task", "points", "grade_id", "cell_type", "checksum", "schema_version",
)  # fmt: skip
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ASK = "Ask for the notebook as Jupyter saves it."
_TOO_MANY_CELLS = f"It has more than {MOST_CELLS} cells, or none that can be read. {_ASK}"


def read_notebook(content: bytes) -> tuple[NotebookNode | None, tuple[Problem, ...]]:
    """Parse a notebook, fix what can safely be fixed, and bring it to nbformat 4.5. None if it is not a notebook."""
    problems: list[Problem] = []
    text, fixed = _decoded(content)
    if fixed:
        problems.append(Problem(fixed, fixed=True))
    try:
        found, fault = _parsed(text)
        if not fault:
            found, old = _upgraded(found)
            fault = "" if found else old
            if found and old:
                problems.append(Problem(old, fixed=True))
        notebook = None if fault else _fixed(found, problems)
    except RecursionError:
        notebook, fault = None, f"It is nested too deeply for a notebook. {_ASK}"
    return notebook, (*problems, Problem(fault)) if fault else tuple(problems)


def _decoded(content: bytes) -> tuple[str, str]:
    """The text of a file, and what is unusual about how it was written."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), "It was written in UTF-16, not UTF-8; read as that."
    if b"\0" in content[:4]:
        order = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
        return content.decode(order, "replace"), "It was written in UTF-16, not UTF-8; read as that."
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return content.decode("latin-1"), "It is not UTF-8; read as Latin-1. Letters with accents may be wrong."


def _parsed(text: str) -> tuple[Any, str]:
    """The JSON of a notebook, or what the file is instead."""
    stripped = text.strip()
    if not stripped:
        return None, "The file is empty. Hand it in again."
    if text.count(",") + text.count("{") + text.count("[") > MOST_PARTS:
        return None, "It has too many parts for a notebook. Clear its outputs, and hand it in again."
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        start = stripped[:15].lower()
        if start.startswith(("<!doctype", "<html")):
            return None, "It is a web page, not a notebook. Download the notebook itself."
        if stripped.startswith("PK\x03\x04"):
            return None, "It is a zip that is called a notebook. Call it .zip."
        if start.startswith("{") and (error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")):
            return None, "The file is cut off before its end. Hand it in again."
        return None, f"It is not a notebook: not JSON (line {error.lineno}, column {error.colno}). {_ASK}"
    except ValueError:
        return None, f"It is not a notebook: it holds a number that is too long. {_ASK}"
    if not isinstance(found, dict) or not any(isinstance(found.get(name), list) for name in ("cells", "worksheets")):
        return None, f"It is not a notebook: JSON, but without cells. {_ASK}"
    if re.search(r"\\u[dD][89a-fA-F]", text):
        found = _without_surrogates(found)
    return found, ""


def _without_surrogates(value: Any) -> Any:
    """The same JSON; halves of characters, which cannot be written to a file, replaced."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_without_surrogates(each) for each in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(each) for name, each in value.items()}
    return value


def _upgraded(found: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The notebook in format 4, and what to report about it; an empty one if its format is unknown."""
    version = found.get("nbformat")
    if not isinstance(version, int):
        version = 4
    if isinstance(found.get("worksheets"), list) and "cells" not in found:
        version = min(version, 3)
    elif version == 3:
        version = 4
    if version == 4 or (version > 4 and "cells" in found):
        return found, "" if version == 4 else f"Its format is given as {version}; read as format 4."
    if version == 3:
        try:
            if sum(len(sheet["cells"]) for sheet in found["worksheets"]) > MOST_CELLS:
                return {}, _TOO_MANY_CELLS
            for sheet in found["worksheets"]:
                for cell in sheet["cells"]:
                    cell.setdefault("outputs", [])
            old = nbformat.from_dict({"metadata": {}, **found, "nbformat": 3})
            upgraded: dict[str, Any] = nbformat.v4.upgrade(old, from_version=3, from_minor=0)
        except (KeyError, TypeError, AttributeError, ValueError):
            return {}, "It is in the old format 3, and damaged. Open it in Jupyter and save it."
        for cell in upgraded["cells"]:
            cell.pop("id", None)  # random ones; the repair makes ids that are the same each time
        return upgraded, "It was in the old format 3; upgraded."
    return {}, f"Its format {str(version)[:20]} is too old. Open it in Jupyter and save it."


def _fixed(found: dict[str, Any], problems: list[Problem]) -> NotebookNode | None:
    """A sound notebook of format 4.5, whatever the cells hold."""
    raw = found.get("cells")
    if not isinstance(raw, list) or len(raw) > MOST_CELLS:
        problems.append(Problem(_TOO_MANY_CELLS))
        return None
    fixed, ids, repeated = 0, set[str](), 0
    cells: list[NotebookNode] = []
    for at, each in enumerate(raw):
        cell, sound = _fixed_cell(each)
        fixed += not sound
        if cell is None:
            continue
        wanted = [own for own in ids_of(cell) if _ID.fullmatch(own)]
        repeated += bool(wanted) and wanted[0] in ids
        free = [own for own in wanted if own not in ids]
        cell["id"] = free[0] if free else f"own-{hashlib.sha256(f'{at}/{cell.source}'.encode()).hexdigest()[:16]}"
        ids.add(cell["id"])
        cells.append(cell)
    if fixed:
        problems.append(Problem(f"Damaged cells were fixed: {fixed} of {len(raw)}.", fixed=True))
    if repeated:
        problems.append(Problem("Some cells had the id of another; they got new ids.", fixed=True))
    notebook = nbformat.from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": _fixed_metadata(found.get("metadata")), "cells": cells}
    )
    return _valid(notebook, problems)


def _fixed_metadata(found: object) -> dict[str, Any]:
    """The notebook's metadata, without what nbformat would stumble over."""
    metadata = _shallow(found)
    for name, needed in (("kernelspec", ("name", "display_name")), ("language_info", ("name",))):
        part = metadata.get(name, {})
        if not (isinstance(part, dict) and all(isinstance(part.get(each), str) for each in needed)):
            metadata.pop(name, None)
    for name in ("orig_nbformat", "orig_nbformat_minor", "authors", "title", "widgets"):
        metadata.pop(name, None)
    return metadata


def _shallow(found: object) -> dict[str, Any]:
    """A dictionary of what is not nested beyond reason."""
    return {name: each for name, each in found.items() if not _is_deep(each)} if isinstance(found, dict) else {}


def _is_deep(value: object, left: int = DEEPEST) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deep(each, left - 1) for each in inner)


def _fixed_cell(found: object) -> tuple[NotebookNode | None, bool]:
    """A sound cell, and whether it was one already; None where there is nothing to make one of."""
    if not isinstance(found, dict):
        return None, False
    kind, source, metadata = found.get("cell_type"), found.get("source"), found.get("metadata")
    is_text = isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))
    sound = kind in ("code", "markdown", "raw") and is_text and isinstance(metadata, dict)
    if kind not in ("code", "markdown", "raw"):
        kind = "code" if "outputs" in found or "execution_count" in found else "markdown"
    cell = NotebookNode(cell_type=kind, metadata=_shallow(metadata), source=text_of(found))
    if isinstance(found.get("id"), str):
        cell["id"] = found["id"]
    if not isinstance(cell.metadata.get("tags", []), list):
        del cell.metadata["tags"]
    if kind == "code":
        outputs = found.get("outputs", [])
        cell["outputs"] = [made for made in map(_fixed_output, outputs) if made] if isinstance(outputs, list) else []
        count = found.get("execution_count")
        cell["execution_count"] = count if _is_count(count) else None
    elif isinstance(found.get("attachments"), dict):
        cell["attachments"] = _shallow(found["attachments"])
    return cell, sound


def _is_count(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


def _fixed_output(found: object) -> dict[str, Any] | None:
    """A sound output; None for one that is not: grading makes new ones anyway."""
    if not isinstance(found, dict):
        return None
    kind = found.get("output_type")
    if kind == "stream":
        name, text = found.get("name"), _joined(found.get("text"))
        return {"output_type": kind, "name": name, "text": text} if isinstance(name, str) and text is not None else None
    if kind == "error":
        lines = found.get("traceback")
        words = {name: found.get(name) for name in ("ename", "evalue")}
        fine = isinstance(lines, list) and all(isinstance(each, str) for each in [*lines, *words.values()])
        return {"output_type": kind, **words, "traceback": lines} if fine else None
    if kind not in ("display_data", "execute_result") or not isinstance(found.get("data"), dict):
        return None
    data = {name: each if name.endswith("json") else _joined(each) for name, each in _shallow(found["data"]).items()}
    output = {"output_type": kind, "metadata": _shallow(found.get("metadata"))}
    output["data"] = {name: each for name, each in data.items() if each is not None}
    if kind == "execute_result":
        count = found.get("execution_count")
        output["execution_count"] = count if _is_count(count) else None
    return output


def _joined(text: object) -> str | None:
    """A text that nbformat may keep as a list of lines."""
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        return "".join(text)
    return text if isinstance(text, str) else None


def _valid(notebook: NotebookNode, problems: list[Problem]) -> NotebookNode | None:
    """The notebook, if nbformat finds nothing more in it; else without outputs and what editors keep in the metadata."""
    try:
        nbformat.validate(notebook)
        return notebook
    except nbformat.ValidationError:
        pass
    for cell in notebook.cells:
        known = nbgrader_metadata(cell)
        cell.metadata = NotebookNode({name: each for name, each in cell.metadata.items() if name == "id"})
        if known:
            replace_metadata(cell, known)
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.outputs = []
    record = read_source_record(notebook)
    notebook.metadata = NotebookNode({name: each for name, each in notebook.metadata.items() if name == "kernelspec"})
    write_source_record(notebook, record)
    problems.append(Problem("Some of its metadata or outputs were invalid; left out.", fixed=True))
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError:
        problems.append(Problem("It is not a valid notebook. Open it in Jupyter and save it."))
        return None
    return notebook


def slim(notebook: NotebookNode) -> NotebookNode:
    """The notebook without its outputs, which grading makes again, and without metadata that nobody reads: it travels to a
    worker."""
    for cell in notebook.cells:
        known = nbgrader_metadata(cell)
        cell.metadata = _kept(cell.metadata, ("id", "tags"))
        if known:
            replace_metadata(cell, _kept(known, _OF_CELLS))
        if cell.cell_type == "code":
            cell.outputs = []
    kernel = notebook.metadata.get("kernelspec")
    notebook.metadata = NotebookNode()
    if isinstance(kernel, dict):
        notebook.metadata["kernelspec"] = _kept(kernel, ("name", "display_name", "language"))
    return notebook


def _kept(metadata: Mapping[str, Any], names: Iterable[str]) -> NotebookNode:
    return NotebookNode({name: metadata[name] for name in names if name in metadata and _is_small(metadata[name])})


def _is_small(value: object) -> bool:
    """Whether it is a value as nbgrader writes it, or a few words."""
    if isinstance(value, list):
        return len(value) <= 100 and all(isinstance(each, str) for each in value)
    return isinstance(value, (str, bool, float)) or value is None or (isinstance(value, int) and abs(value) < 1 << 53)
