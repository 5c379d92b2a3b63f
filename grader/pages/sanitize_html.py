"""An executed notebook made harmless for the browser that will show it.

In: a notebook with a student's text and outputs. Out: the same, without anything that a page would run, load or be steered
by. nbgrader's formgrader puts text and outputs into its own page as they are, and that page may do all that the teacher may.
Where a piece cannot be trusted, its text stays and is shown as it was typed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection
from typing import Any

from nbformat import NotebookNode

from grader.core.cells import tidied

# Text that is parsed to see whether it is harmless; a parser can be kept busy for long by what is made to do so. What
# goes beyond is shown as it was typed.
MOST_MARKDOWN = 40_000  # characters of a notebook
MOST_HTML = 60_000  # characters of a notebook
LONGEST_PIECE = 20_000  # characters of a cell or an output

_TEXT_TAGS = (
    "b", "big", "blockquote", "br", "center", "code", "dd", "del", "details", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "s", "samp", "small", "strong", "sub", "summary", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
)  # fmt: skip
_TAG = re.compile(rf"</?(?:{'|'.join(_TEXT_TAGS)})\s*/?>", re.IGNORECASE)
_WITH_CONTENT = (
    "style",
    "script",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "head",
    "title",
    "textarea",
)
_PICTURES = ("image/png", "image/jpeg")
_SUSPICIOUS = re.compile(r"<|\]\s*[(:\[]|!\[|mermaid", re.IGNORECASE)  # without one of these, Markdown is only text
_LINK = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*")
_ATTACHMENT = re.compile(r"image/[\w.+-]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def sanitize_notebook(notebook: NotebookNode, authors: Collection[str] = ()) -> int:
    """Make the notebook harmless, in place. ``authors`` holds the tidied texts of the author's cells, which stay as they are.

    Returns how many cells' text is now shown as it was typed.
    """
    cleaner = _Cleaner()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [cleaner.output(output) for output in cell.outputs]
            continue
        if "attachments" in cell:
            cell.attachments = _pictures(cell.attachments)
        if cell.cell_type == "markdown" and tidied(cell.source) not in authors:
            cleaner.text(cell)
    return cleaner.typed


class _Cleaner:
    """Cleans one notebook, and parses no more of it than is worth its time."""

    def __init__(self) -> None:
        self.markdown_left, self.html_left = MOST_MARKDOWN, MOST_HTML
        self.typed = 0

    def text(self, cell: NotebookNode) -> None:
        """Show a cell's text as it was typed, unless it is harmless as Markdown."""
        if not self._harmless_markdown(cell.source, cell.get("attachments", {})):
            cell.source = as_typed(cell.source)
            self.typed += 1

    def output(self, output: NotebookNode) -> NotebookNode:
        """The same output, with nothing but text, plain HTML and pictures in it."""
        if output.output_type in ("display_data", "execute_result"):
            kept = {kind: self._kept(kind, data) for kind, data in output.data.items()}
            typed = {"text/plain": output.data["text/markdown"]} if kept.get("text/markdown") == "" else {}
            output.data = NotebookNode({kind: data for kind, data in kept.items() if data} | typed)
            output.metadata = _of_pictures(output.get("metadata", {}))
        return output

    def _kept(self, kind: str, data: Any) -> str:
        """What is left of an output of a kind; an empty text stands for nothing."""
        if not isinstance(data, str):
            return ""
        if kind in ("text/plain", "text/latex"):
            return data
        if kind in _PICTURES:
            return data if _BASE64.fullmatch(data) else ""
        if kind == "text/html":
            return self._plain_html(data)
        if kind == "text/markdown":
            return data if self._harmless_markdown(data, {}) else ""
        return ""

    def _harmless_markdown(self, text: str, attachments: Collection[str]) -> bool:
        if not _SUSPICIOUS.search(text):
            return True
        self.markdown_left -= len(text)
        if len(text) > LONGEST_PIECE or self.markdown_left < 0:
            return False
        return _is_harmless(text, attachments)

    def _plain_html(self, html: str) -> str:
        self.html_left -= len(html)
        if len(html) > LONGEST_PIECE or self.html_left < 0:
            return ""
        from bs4 import BeautifulSoup  # like bleach, it comes with nbconvert

        try:
            soup = BeautifulSoup(html, "html.parser")
            for element in soup(_WITH_CONTENT):  # bleach would leave their content as text
                element.decompose()
            cleaned = _html_cleaner()(str(soup))
        except Exception:  # what no parser can read shows nothing, and stops no batch
            return ""
        return cleaned if re.sub(r"<[^>]*>", "", cleaned).strip() else ""


def as_typed(text: str) -> str:
    """Markdown that shows a text letter by letter."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _of_pictures(metadata: dict[str, Any]) -> NotebookNode:
    """A picture's size and its text for those who cannot see it. What else there is may be written into the page as it is."""
    kept = NotebookNode()
    for kind in _PICTURES:
        told = metadata.get(kind)
        for name, types in (("alt", str), ("width", int | float), ("height", int | float)):
            if isinstance(told, dict) and isinstance(told.get(name), types):
                kept.setdefault(kind, NotebookNode())[name] = told[name]
    return kept


def _pictures(attachments: dict[str, dict[str, str]]) -> NotebookNode:
    """The pictures among what was pasted into a cell."""
    kept = {
        name: {kind: data for kind, data in bundle.items() if _ATTACHMENT.fullmatch(kind) and _BASE64.fullmatch(data)}
        for name, bundle in attachments.items()
    }
    return NotebookNode({name: NotebookNode(bundle) for name, bundle in kept.items() if bundle})


def _is_harmless(text: str, attachments: Collection[str]) -> bool:
    """Whether nbconvert, by which the formgrader shows it, makes only text, links and pictures without a network of it."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    harmless = True

    class Watch(IPythonRenderer):
        def _see(self, is_harmless: bool) -> str:
            nonlocal harmless
            harmless = harmless and is_harmless
            return ""

        def block_html(self, html: str) -> str:
            return self._see("<" not in _TAG.sub("", html))

        def inline_html(self, html: str) -> str:
            return self._see("<" not in _TAG.sub("", html))

        def block_mermaidjs(self, code: str) -> str:
            return self._see(False)  # nbconvert puts it into the page unescaped

        def link(self, text: str, url: str, title: str | None = None) -> str:
            return self._see(_LINK.match(url) is not None) + text

        def image(self, text: str, url: str, title: str | None = None) -> str:
            kind, _, name = url.partition(":")
            return self._see(name in attachments if kind == "attachment" else bool(_PICTURE.fullmatch(url)))

    try:
        MarkdownWithMath(renderer=Watch(escape=False)).render(text)
    except Exception:  # what nbconvert breaks at would break the formgrader's page
        return False
    return harmless


@functools.cache
def _html_cleaner() -> Callable[[str], str]:
    import bleach  # type: ignore[import-untyped]

    tags = {*_TEXT_TAGS, "div", "span", "caption", "colgroup", "col"}
    attributes = {"*": ["colspan", "rowspan", "scope", "border"]}
    clean: Callable[[str], str] = bleach.Cleaner(tags=tags, attributes=attributes, strip=True).clean
    return clean
