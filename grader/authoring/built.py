"""The lectures of a course, built when they are asked for, and kept on disk from one run to the next.

In: a course. Out: its assignments, from the cache where neither their sources nor the builder have changed. The cache is in the
user's cache folder, or where the environment variable GRADER_CACHE says. It can be deleted at any time; a damaged file in it
counts as none.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import msgspec
import nbformat
from nbformat import NotebookNode

from grader import __version__
from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.script import read_script
from grader.core.atomic import write_atomically
from grader.core.errors import AuthoringError, AuthoringErrors, GraderError
from grader.core.fingerprints import code_fingerprint
from grader.core.model import Assignment
from grader.core.user_cache import cache_folder

BUILDERS = ("jupytext", "nbformat", "nbgrader", "pyyaml")  # another version of these may build other notebooks


class _Kept(msgspec.Struct):
    """A built assignment as it is kept. The notebooks stay text until they are needed; files are read from the course."""

    title: str
    files: list[str]
    source: msgspec.Raw
    with_stubs: msgspec.Raw
    release: msgspec.Raw


class BuiltCourse:
    """A course whose lectures are built one by one."""

    def __init__(self, course: Course) -> None:
        self.course = course
        place = hashlib.sha256(str(course.root).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        readable = re.sub(r"[^\w.-]", "_", course.root.name)[:40]
        self.folder = cache_folder() / "built" / f"{readable}-{place}"
        self._scripts = {path.stem: path for path in course.lectures()}
        self._known: dict[str, Assignment | _Kept] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._scripts)

    def assignment(self, name: str) -> Assignment:
        """One lecture in its three versions.

        Raises:
            AuthoringErrors: its script is not sound.
        """
        known = self._look_up(name)
        if isinstance(known, _Kept):
            known = self._known[name] = self._opened(name, known)
        return known

    def with_stubs(self) -> dict[str, NotebookNode]:
        """The graded version of every lecture: what a submission is recognised by.

        Raises:
            AuthoringErrors: the mistakes of all scripts together.
        """
        errors: list[AuthoringError] = []
        found = {}
        for name in self.names:
            try:
                known = self._look_up(name)
            except AuthoringErrors as more:
                errors += more.errors
            else:
                found[name] = _notebook(known.with_stubs) if isinstance(known, _Kept) else known.with_stubs
        if errors:
            raise AuthoringErrors(errors)
        return found

    def _look_up(self, name: str) -> Assignment | _Kept:
        if name not in self._known:
            path, fingerprint = self.folder / f"{name}.json", self.fingerprint(name)
            self._known[name] = _read(path, fingerprint) or self._built(name, path, fingerprint)
        return self._known[name]

    def _built(self, name: str, path: Path, fingerprint: str) -> Assignment:
        assignment = build_assignment(self.course, read_script(self._scripts[name]))
        with contextlib.suppress(
            GraderError
        ):  # a full disk, a home that cannot be written: the next run builds it again
            write_atomically(path, _bytes_of(assignment, fingerprint))
        return assignment

    def _opened(self, name: str, kept: _Kept) -> Assignment:
        try:
            files = {file: (self.course.data / file).read_bytes() for file in kept.files}
        except OSError:  # the build says what is missing, and in which line
            return build_assignment(self.course, read_script(self._scripts[name]))
        source, with_stubs, release = (_notebook(each) for each in (kept.source, kept.with_stubs, kept.release))
        return Assignment(name, kept.title, source, with_stubs, release, files)

    def fingerprint(self, name: str) -> str:
        """A hash of all that a lecture is built from: its script, what the build writes into it, and the builder."""
        digest = hashlib.sha256(_builder().encode())
        for path in self._sources(name):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(self.course.root).as_posix()} {len(content)} ".encode() + content)
        return digest.hexdigest()

    def _sources(self, name: str) -> Iterator[Path]:
        yield self._scripts[name]
        bank = self.course.quizzes / f"{name}.yml"
        if bank.is_file():
            yield bank
        # What several lectures share: course.toml, playgrounds, set-up cells, a glossary.
        solutions, files = self.course.solutions, [*self.course.data.glob("*.yml")]
        for path in solutions.rglob("*"):
            lecture = path.parent == solutions and path.suffix == ".py"
            if not lecture and not any(
                part == "__pycache__" or part[0] == "." for part in path.parts[len(solutions.parts) :]
            ):
                files.append(path)
        yield from sorted(path for path in files if path.is_file())


@functools.cache
def _builder() -> str:
    """What builds: the grader's own modules for it, and the packages below them."""
    return " ".join((__version__, code_fingerprint("authoring", "core"), *map(version, BUILDERS)))


def _bytes_of(assignment: Assignment, fingerprint: str) -> bytes:
    """The fingerprint, a hash of what follows, and that: JSON."""
    raw = (msgspec.Raw(_json(each)) for each in (assignment.source, assignment.with_stubs, assignment.release))
    kept = msgspec.json.encode(_Kept(assignment.title, sorted(assignment.files), *raw))
    return f"{fingerprint} {hashlib.sha256(kept).hexdigest()}\n".encode() + kept


def _read(path: Path, fingerprint: str) -> _Kept | None:
    """What is kept with this fingerprint; None if there is nothing, or it is damaged."""
    try:
        head, _, kept = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if head != f"{fingerprint} {hashlib.sha256(kept).hexdigest()}".encode():
        return None
    try:
        return msgspec.json.decode(kept, type=_Kept)
    except msgspec.MsgspecError:
        return None


def _json(notebook: NotebookNode) -> bytes:
    return msgspec.json.encode(notebook)


def _notebook(kept: msgspec.Raw) -> NotebookNode:
    found: Mapping[str, object] = msgspec.json.decode(kept)
    return nbformat.from_dict(found)
