"""The pages of ``solutions/playgrounds/``: what each must hold, and the style and script that all of them share.

In: the pages, ``_shared.css`` and ``_shared.js``. Out: each page's text with the shared parts as they are now. A page that
is opened as a file needs them too, so they are copied into it, between two comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.course import Course
from grader.authoring.markers import NBGRADER_MARKERS
from grader.core.atomic import write_atomically
from grader.core.errors import AuthoringError, AuthoringErrors

SEED = "__SEED__"
SEED_SCRIPT = re.compile(rf'<script type="application/json" id="seed">{SEED}</script>')
TITLE = re.compile(r"<title>([^<>\"'{}\\\n]+)</title>")


@dataclass(frozen=True)
class SharedPart:
    """A file that is copied into every page, and the HTML element that holds the copy."""

    what: str
    file: str
    element: str

    @property
    def begin(self) -> str:
        return f"/* shared {self.what}: written by grader build from {self.file} */"

    @property
    def end(self) -> str:
        return f"/* end of the shared {self.what} */"


PARTS = (SharedPart("style", "_shared.css", "style"), SharedPart("script", "_shared.js", "script"))


@dataclass(frozen=True)
class Page:
    """A page with its shared parts as they are now. ``stale`` is whether the file still holds older ones."""

    path: Path
    title: str
    text: str
    stale: bool


def read_page(path: Path) -> Page:
    """A page of a playground, with the shared parts that lie beside it.

    Raises:
        AuthoringErrors: the page, or a part of it, is missing or cannot be shown in a notebook.
    """
    text = written = _read(path)
    for part in PARTS:
        text = _with_part(path, text, part)
    title = TITLE.search(text)
    faults = [AuthoringError(path, 1, what, fix) for what, fix in _faults(text)]
    if title is None or faults:
        raise AuthoringErrors(faults)
    return Page(path, title[1].strip(), text, stale=text != written)


def stale_pages(course: Course) -> list[Path]:
    """The pages whose shared parts are not those of ``_shared.css`` and ``_shared.js``.

    Raises:
        AuthoringErrors: the mistakes of all pages together.
    """
    return [page.path for page in _pages(course) if page.stale]


def write_pages(course: Course) -> list[Path]:
    """Bring the shared parts of all pages up to date. Returns the files that have changed.

    Raises:
        AuthoringErrors: the mistakes of all pages together; then nothing is written.
    """
    stale = [page for page in _pages(course) if page.stale]
    for page in stale:
        write_atomically(page.path, page.text.encode())
    return [page.path for page in stale]


def _pages(course: Course) -> list[Page]:
    pages, errors = [], []
    for path in sorted(course.playgrounds.glob("*.html")):
        try:
            pages.append(read_page(path))
        except AuthoringErrors as more:
            errors += more.errors
    if errors:
        raise AuthoringErrors(errors)
    return pages


def _with_part(path: Path, text: str, part: SharedPart) -> str:
    """The page with a part as it is now. A course that has no such part needs no place for it in its pages."""
    source = path.with_name(part.file)
    marked = part.begin in text or part.end in text
    if not source.is_file():
        if marked:
            raise _error(
                path,
                f"the page has a shared {part.what}, but there is no {source}.",
                "write it, or delete the comments.",
            )
        return text
    shared = _read(source).strip()
    if part.begin in shared or part.end in shared or f"</{part.element}" in shared:
        raise _error(
            source,
            f"the shared {part.what} holds its own comment or ends its element.",
            f"write it without `{part.begin}`, `{part.end}` and `</{part.element}>`.",
        )
    if (text.count(part.begin), text.count(part.end)) != (1, 1) or text.index(part.begin) > text.index(part.end):
        raise _error(
            path,
            f"the page has no place for the shared {part.what}.",
            f"put the lines `{part.begin}` and `{part.end}`, once each, into a <{part.element}> of the page.",
        )
    before, after = text[: text.index(part.begin)], text[text.index(part.end) :]
    return f"{before}{part.begin}\n{shared}\n{after}"


def _faults(text: str) -> Iterator[tuple[str, str]]:
    """What keeps a page from being shown in a notebook, and how to fix it."""
    if TITLE.search(text) is None:
        yield "the page has no plain <title>.", "give it one, on one line, without quotes, braces and backslashes."
    for marker in NBGRADER_MARKERS:
        if marker in text:
            yield f"the page holds `{marker}`, which nbgrader cuts out.", "write it in other words."
    if "'''" in text or text.rstrip().endswith("\\"):
        yield "the page holds ''' or ends in a backslash.", "write it without them."
    if SEED_SCRIPT.search(text) is None:
        yield (
            f"the page has no {SEED} in a script.",
            f'put <script type="application/json" id="seed">{SEED}</script> in it.',
        )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _error(path, f"the file cannot be read: {error}.", "save it as UTF-8.") from error


def _error(path: Path, what: str, fix: str) -> AuthoringErrors:
    return AuthoringErrors([AuthoringError(path, 1, what, fix)])
