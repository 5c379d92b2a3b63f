"""What a rule is: a function that finds places, with the sentences that say what is wrong there and how to fix it.

In: a lecture or a passage of text. Out: a `Finding` for each place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to change. ``rule`` is the name of the function that found it."""

    path: Path
    line: int
    rule: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.what} {self.fix}"


class Place:
    """A line that a rule has found, and the words that its sentences need."""

    def __init__(self, line: int, **words: object) -> None:
        self.line, self.words = line, words


class HasPath(Protocol):
    @property
    def path(self) -> Path: ...


Read = TypeVar("Read", bound=HasPath)


@dataclass(frozen=True)
class Rule(Generic[Read]):
    """Call it with what it reads: it yields a finding for each place. ``{names}`` in its sentences are the place's words."""

    places: Callable[[Read], Iterator[Place]]
    what: str
    fix: str

    @property
    def name(self) -> str:
        return self.places.__name__

    def __call__(self, read: Read) -> Iterator[Finding]:
        for place in self.places(read):
            yield Finding(
                read.path, place.line, self.name, self.what.format(**place.words), self.fix.format(**place.words)
            )


def rule(what: str, fix: str) -> Callable[[Callable[[Read], Iterator[Place]]], Rule[Read]]:
    """Make a rule of the function below: ``what`` is wrong at each of its places, and the ``fix``."""
    return lambda places: Rule(places, what, fix)


def sentence(text: str) -> str:
    """``text`` with a capital letter: the sentences of an `AuthoringError` begin without."""
    return text[:1].upper() + text[1:]
