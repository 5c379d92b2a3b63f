"""The text that people read in a playground.

In: the path of an HTML page. Out: its `Passage`s: the text, the labels in its tags, and the sentences that its script writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from pygments.lexers.javascript import JavascriptLexer
from pygments.token import String

from grader.authoring.lint.markdown import BLANK, TAG, line_of, tags_of
from grader.authoring.lint.passages import SENTENCE, Passage

LABELS = ("aria-label", "title", "alt", "placeholder")
# A string may hold HTML and CSS, whose words are names: `<b style="color: red">`, `stroke: gray`.
NAMES = re.compile(r"[\w-]+ *[=:] *(\"[^\"]*\"|[#\w.-]+(?=;|$))")


def of_playground(path: Path, root: Path) -> list[Passage]:
    html = path.read_text(encoding="utf-8")
    page = _Page()
    page.feed(html)
    page.close()
    texts = [*page.texts, *_labels(html, 1)]
    for first, code in page.scripts:
        for position, string in strings_of_javascript(code):
            line = first + line_of(code, position)
            shown = NAMES.sub(BLANK, TAG.sub(" ", string))
            texts += [(line, shown)] if SENTENCE.search(shown) else []
            texts += _labels(string.replace('\\"', '"'), line)
    return [Passage(root, path, line, text, prose=False) for line, text in texts]


def _labels(html: str, first: int) -> Iterator[tuple[int, str]]:
    for line, _, attributes in tags_of(html):
        yield from ((first + line - 1, attributes[name]) for name in LABELS if attributes.get(name))


class _Page(HTMLParser):
    """The texts and the scripts of a page, each with its line."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[int, str]] = []
        self.scripts: list[tuple[int, str]] = []
        self.tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        data = tag == "script" and "json" in (dict(attrs).get("type") or "")
        self.tag = "data" if data else tag

    def handle_endtag(self, tag: str) -> None:
        self.tag = ""

    def handle_data(self, data: str) -> None:
        if self.tag == "script":
            self.scripts.append((self.getpos()[0], data))
        elif self.tag not in ("style", "data"):
            self.texts.append((self.getpos()[0], data))


def strings_of_javascript(code: str) -> Iterator[tuple[int, str]]:
    """The strings of a script and where each begins. In a template, a value is blanked: it is code."""
    templates: list[tuple[int, list[str]]] = []
    values = 0  # how many of the open templates are inside a value of theirs
    for position, kind, text in JavascriptLexer().get_tokens_unprocessed(code):
        if kind in (String.Double, String.Single):
            yield position, text[1:-1]
        elif kind in String.Interpol and templates:
            opens = text == "${"
            values += 1 if opens else -1
            templates[-1][1].extend([BLANK] if opens else [])
        elif kind in String.Backtick and text != "`":
            templates[-1][1].append(text)
        elif kind in String.Backtick and len(templates) > values:
            start, pieces = templates.pop()
            yield start, "".join(pieces)
        elif kind in String.Backtick:
            templates.append((position, []))
