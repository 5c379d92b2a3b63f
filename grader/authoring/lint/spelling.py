"""Rules on spelling: British, and no typing errors, by the dictionaries of codespell.

codespell reads whole files; here only what people read is looked up, so its dictionaries are taken without its scanner. The
one that makes American of British spelling is read backwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import codespell_lib

from grader.authoring.lint.markdown import blank
from grader.authoring.lint.passages import Passage
from grader.authoring.lint.rule import Place, rule

# A word that is called, assigned or an attribute is a name, and Keras's names are Keras's.
WORD = re.compile(r"(?<![\w.])[A-Za-z]+(?:['’][a-z]+)?(?![\w(=]|\.\w)")

# In the dictionary of American spelling, but British, too: as another word (a computer program, a light meter, to license)
# or as one of two spellings.
BRITISH_TOO = {
    "biased", "focused", "focuses", "focusing", "judgment", "judgments", "lambaste", "lambastes", "license", "licensed",
    "licenses", "licensing", "meter", "meters", "overwritable", "practice", "practices", "program", "refocused",
    "refocuses", "refocusing", "routing", "stories", "story", "writable",
}  # fmt: skip
# What the dictionary does not have, and a course on neural networks needs.
MORE_AMERICAN = {
    "aging": "ageing", "airplane": "aeroplane", "airplanes": "aeroplanes", "fiber": "fibre", "fibers": "fibres",
    "gotten": "got", "math": "mathematics", "neighborhood": "neighbourhood", "neighborhoods": "neighbourhoods",
    "offense": "offence", "skeptic": "sceptic", "toward": "towards", "tumor": "tumour", "tumors": "tumours",
}  # fmt: skip
# Endings rather than words: the subject coins verbs faster than a dictionary takes them in (tokenize, featurize, unlabeled).
IZE = (re.compile(r"(\w+i)z(e|es|ed|ers?|ing|able|ations?)"), r"\1s\2")
NOT_IZE = re.compile(r"((re|over|under|down|up|out|super|cap|as)?s|pr|se|ma)iz(e|es|ed|ing|able|ers?)")
SINGLE_L = (re.compile(r"(\w*(?<!parall)(?<![aeiou])el|equal|dial|fuel|spiral)(ed|ing|ers?)"), r"\1l\2")


@rule("“{word}” is American spelling.", "Write “{british}”. A name of Python's or Keras's belongs in backticks.")
def british_spelling(passage: Passage) -> Iterator[Place]:
    for position, word in _words(passage):
        british = _british(word.lower())
        if british:
            yield passage.place(position, word=word, british=_like(word, british))


@rule("“{word}” is a typing error.", "Write {right}.")
def no_typing_errors(passage: Passage) -> Iterator[Place]:
    for position, word in _words(passage):
        right = _typing_errors().get(word.lower().replace("’", "'"))
        if right:
            yield passage.place(position, word=word, right=" or ".join(f"“{_like(word, each)}”" for each in right))


def _words(passage: Passage) -> Iterator[tuple[int, str]]:
    text = blank(passage.markdown.words, passage.sources)
    return ((found.start(), found[0]) for found in WORD.finditer(text))


def _like(word: str, other: str) -> str:
    return other[:1].upper() + other[1:] if word[:1].isupper() else other


def _british(word: str) -> str | None:
    known = _american().get(word)
    if known or word in BRITISH_TOO:
        return known
    for ending, british in (IZE, SINGLE_L):
        found = ending.fullmatch(word)
        if found and not NOT_IZE.fullmatch(word):
            return found.expand(british)
    return None


@cache
def _american() -> dict[str, str]:
    pairs = _dictionary("dictionary_en-GB_to_en-US.txt")
    backwards = {american: british for british, (american, *_) in pairs.items()}
    return {word: british for word, british in backwards.items() if word not in BRITISH_TOO} | MORE_AMERICAN


@cache
def _typing_errors() -> dict[str, list[str]]:
    return _dictionary("dictionary.txt")


def _dictionary(name: str) -> dict[str, list[str]]:
    """One of codespell's: a line for a word, ``wrong->right``, or ``wrong->one, another, a note on it``."""
    lines = files(codespell_lib).joinpath("data", name).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("->") for line in lines)
    return {wrong: [each.strip() for each in (right.rpartition(",")[0] or right).split(",")] for wrong, right in pairs}
