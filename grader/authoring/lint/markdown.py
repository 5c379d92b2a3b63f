"""Markdown, read by markdown-it, with the place of each thing that a rule asks for.

In: a text. Out: a `Markdown`: its headings, links, images and formulas, and its words alone. Positions are those in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

BLANK = (
    "\N{WHITE SQUARE}"  # replaces each character of code, of a formula, an address or a tag: no rule reads across it
)
# A bare address is no link in Markdown, but a link on GitHub and in Jupyter.
BARE_ADDRESS = re.compile(r"https?://[^\s)>]+")
NOT_A_BREAK = re.compile(r"[^\n]")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)

Span = tuple[int, int]


@dataclass(frozen=True)
class Heading:
    """``text`` is the heading's Markdown; ``anchor`` is the name by which GitHub links to it."""

    start: int
    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Link:
    """A link or an image, in Markdown or in HTML."""

    start: int
    target: str


@dataclass(frozen=True)
class Image:
    """An image in Markdown, with its alternative text."""

    start: int
    alt: str


@dataclass
class Markdown:
    """A text and what is in it. ``spans`` has, for each kind of thing that is not words, where it begins and ends."""

    text: str
    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    spans: dict[str, list[Span]] = field(default_factory=dict)

    @property
    def formulas(self) -> list[Span]:
        return self.spans.get("formula", [])

    def without(self, *kinds: str) -> str:
        """The text with every character of these kinds blanked, so that what is left keeps its position."""
        return blank(self.text, (span for kind in kinds for span in self.spans.get(kind, [])))

    @cached_property
    def words(self) -> str:
        """The text without code, formulas, addresses and tags."""
        return self.without("code", "formula", "address", "tag")


def blank(text: str, spans: Iterable[Span]) -> str:
    """``text`` with these parts blanked; line breaks stay."""
    for start, end in spans:
        text = text[:start] + NOT_A_BREAK.sub(BLANK, text[start:end]) + text[end:]
    return text


@lru_cache(maxsize=1024)  # a cell is asked for its headings, its words and its links
def read_markdown(text: str) -> Markdown:
    """Read a page or a cell of Markdown."""
    text = _with_one_kind_of_break(text)
    environment: dict[str, Any] = {}
    return _Reader(text).read(_PARSER.parse(text, environment), environment.get("references", {}))


def read_line(text: str) -> Markdown:
    """Read a text in which indentation and lists mean nothing, such as a comment or a docstring."""
    text = _with_one_kind_of_break(text)
    return _Reader(text).read(_PARSER.parseInline(text), {})


def _with_one_kind_of_break(text: str) -> str:
    """As markdown-it itself makes of the text, but every other letter keeps its position."""
    return text.replace("\r\n", " \n").replace("\r", "\n")


class _Parser(MarkdownIt):
    """CommonMark with tables, formulas and headings' anchors. Addresses stay as they are written, bad ones too."""

    def __init__(self) -> None:
        super().__init__("commonmark")
        self.enable("table")
        self.use(anchors_plugin, max_level=6)
        self.use(dollarmath_plugin, allow_labels=False, allow_blank_lines=False, double_inline=True)
        names, rules = self.inline.ruler.get_active_rules(), self.inline.ruler.getRules()
        for name, rule in zip(names, rules, strict=True):
            self.inline.ruler.at(name, _noting_the_span(rule))

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - markdown-it's name
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's name
        return True


def _noting_the_span(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """The rule, which also notes on its tokens where they begin and end: markdown-it notes the lines of blocks only."""

    def noting(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        found = rule(state, silent)
        if found and not silent:
            for token in state.tokens[before:]:
                token.meta.setdefault("span", (start, state.pos))
                if token.type in ("link_open", "image") and token.info != "auto" and "label_end" not in token.meta:
                    bracket = start + (token.type == "image")
                    token.meta["label_end"] = state.md.helpers.parseLinkLabel(state, bracket, token.type != "image")
        return found

    return noting


_PARSER = _Parser()
_BLOCKS = {"fence": "code", "code_block": "code", "math_block": "formula"}
_INLINE = {"code_inline": "code", "math_inline": "formula", "math_inline_double": "formula"}


class _Reader:
    def __init__(self, text: str) -> None:
        self.found = Markdown(text)
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.columns: dict[int, int] = {}  # how far each line has been read: the cells of a table share one

    def read(self, tokens: list[Token], references: dict[str, dict[str, Any]]) -> Markdown:
        for number, token in enumerate(tokens):
            if token.type in _BLOCKS:
                self._note(_BLOCKS[token.type], self._lines_of(token))
            elif token.type == "html_block":
                start, end = self._lines_of(token)
                self._html(start, self.found.text[start:end])
            elif token.type == "inline":
                places = self._places(token)
                for child in token.children or ():
                    if "span" in child.meta:
                        self._inline(child, places)
                if number and tokens[number - 1].type == "heading_open":
                    opening = tokens[number - 1]
                    anchor = str(opening.attrs["id"])
                    self.found.headings.append(Heading(places[0], int(opening.tag[1:]), token.content, anchor))
        for reference in references.values():
            first, end = reference["map"]
            self.found.links.append(Link(self.starts[first], str(reference["href"])))
            self._note("address", (self.starts[first], self.starts[end] - 1))
        words = self.found.without("code", "formula")
        self.found.spans.setdefault("address", []).extend(each.span() for each in BARE_ADDRESS.finditer(words))
        self.found.links.sort(key=lambda link: link.start)
        return self.found

    def _note(self, kind: str, span: Span) -> None:
        self.found.spans.setdefault(kind, []).append(span)

    def _lines_of(self, token: Token) -> Span:
        first, end = token.map or (0, 0)
        return self.starts[first], self.starts[end] - 1

    def _places(self, token: Token) -> list[int]:
        """For each character of an inline token's content, and for its end, the position in the text."""
        places = []
        first = token.map[0] if token.map else 0
        for number, content in enumerate(token.content.split("\n"), start=first):
            line, column = self.lines[number], self.columns.get(number, 0)
            found = line.find(content, column)
            if found < 0:  # a cell of a table: there a bar is written \|, and markdown-it takes the backslash away
                found = max(line.find(content.replace("|", "\\|"), column), column)
            position = found
            for letter in content:
                position += line[position : position + 2] == "\\|" and letter == "|"
                places.append(self.starts[number] + position)
                position += 1
            self.columns[number] = position
            places.append(self.starts[number] + position)  # of the line break, or of the end
        return places

    def _inline(self, token: Token, places: list[int]) -> None:
        start, end = (places[each] for each in token.meta["span"])
        if token.type in _INLINE:
            self._note(_INLINE[token.type], (start, end))
        elif token.type == "html_inline":
            self._html(start, self.found.text[start:end])
        elif token.type in ("link_open", "image"):
            target = token.attrs["href" if token.type == "link_open" else "src"]
            self.found.links.append(Link(start, str(target)))
            self._note("address", (places[token.meta["label_end"]] if "label_end" in token.meta else start, end))
            if token.type == "image":
                self.found.images.append(Image(start, token.content))

    def _html(self, start: int, html: str) -> None:
        for tag in TAG.finditer(html):
            self._note("tag", (start + tag.start(), start + tag.end()))
        for line, column, attributes in tags_of(html):
            position = sum(len(each) + 1 for each in html.split("\n")[: line - 1]) + column
            for name in {"src", "href"} & attributes.keys():
                self.found.links.append(Link(start + position, attributes[name]))
            self.found.ids |= {attributes[name] for name in {"id", "name"} & attributes.keys()}


def tags_of(html: str) -> Iterator[tuple[int, int, dict[str, str]]]:
    """The opening tags of a piece of HTML: the line (from 1) and the column (from 0) of each, and its attributes."""
    parser = _Tags()
    parser.feed(html)
    parser.close()
    yield from parser.tags


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[int, int, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((*self.getpos(), {name: value or "" for name, value in attrs}))


def line_of(text: str, position: int) -> int:
    """How many line breaks are before ``position``."""
    return text.count("\n", 0, position)
