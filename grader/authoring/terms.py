"""Links the terms in a lecture's recap to the places where they are defined.

In: a `Script` whose recap contains a paragraph ``**Glossary**: weight · bias · …``. Out: the same script, with an anchor
before the first bold **weight** and a link to it in the list. A lecture without such a paragraph is returned unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from grader.authoring.script import Cell, Kind, Script
from grader.core.errors import AuthoringErrors

LIST = re.compile(r"^(?P<head>\*\*Glossary\*\*:\s*)(?P<terms>.+?)(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)
BOLD = re.compile(r"\*\*(?P<term>[^*\n]+(?:\n[^*\n]+)?)\*\*")
SEPARATOR = "·"


def link_terms(script: Script) -> Script:
    """The script with its list of terms linked.

    Raises:
        AuthoringErrors: a term of the list does not occur in bold above it.
    """
    lists = ((n, found) for n, cell in _prose(script) if (found := LIST.search(cell.source)))
    at, found = next(lists, (0, None))
    if found is None:
        return script
    terms = [" ".join(term.split()) for term in found["terms"].split(SEPARATOR)]
    cells = list(script.cells)
    errors = []
    for term in terms:
        place = _definition(script, term, at)
        if place is None:
            what = f"the term `{term}` of the glossary list is not defined above it."
            errors.append(script.error(cells[at].line, what, f"write **{term}** in bold where it is defined."))
            continue
        cells[place] = _anchored(cells[place], term)
    if errors:
        raise AuthoringErrors(errors)
    links = f" {SEPARATOR} ".join(f"[{term}](#{anchor(term)})" for term in terms)
    source = cells[at].source
    cells[at] = replace(cells[at], source=source.replace(found[0], found["head"] + links))
    return replace(script, cells=tuple(cells))


def anchor(term: str) -> str:
    """The anchor of a term's definition: ``weighted sum`` gives ``term-weighted-sum``."""
    return "term-" + "-".join(re.findall(r"\w+", _plain(term)))


def _plain(term: str) -> str:
    return re.sub(r"\s*\([^)]*\)\s*$", "", " ".join(term.split())).casefold()


def _prose(script: Script) -> Iterator[tuple[int, Cell]]:
    return ((n, cell) for n, cell in enumerate(script.cells) if cell.kind is Kind.PROSE)


def _definition(script: Script, term: str, before: int) -> int | None:
    cells = (n for n, cell in _prose(script) if n < before and _in_bold(cell.source, term))
    return next(cells, None)


def _in_bold(source: str, term: str) -> re.Match[str] | None:
    """Where ``term`` occurs in bold. Case, a plural s and a parenthesis at the end do not matter."""
    wanted = {_plain(term), f"{_plain(term)}s"}
    return next((found for found in BOLD.finditer(source) if _plain(found["term"]) in wanted), None)


def _anchored(cell: Cell, term: str) -> Cell:
    found = _in_bold(cell.source, term)
    assert found is not None, "the caller has found it in this cell"
    name = anchor(term)
    # Jupyter and web pages use the id, Colab the name.
    mark = f'<a id="{name}" name="{name}"></a>'
    return replace(cell, source=cell.source[: found.start()] + mark + cell.source[found.start() :])
