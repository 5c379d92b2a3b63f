"""Make an executed notebook safe for the browser that will show it.

In: a notebook with a student's text and outputs. Out: the same notebook, with nothing in it that a page would run, load or
follow. The formgrader puts text and outputs into its own page unchanged, and that page can do all that the teacher can.
Text that cannot be trusted is shown as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import nh3
from nbformat import NotebookNode

from grader.core.cells import tidied

# How much text is parsed to see whether it is safe, since text can be written to keep a parser busy. The rest is shown as
# it was typed.
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
    """Make the notebook safe, in place. ``authors`` holds the tidied texts of the author's cells, which stay as they are.

    Returns how many cells now show their text as it was typed.
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
        """Show a cell's text as it was typed, unless it is safe as Markdown."""
        if not self._is_safe_markdown(cell.source, cell.get("attachments", {})):
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
            return data if self._is_safe_markdown(data, {}) else ""
        return ""

    def _is_safe_markdown(self, text: str, attachments: Collection[str]) -> bool:
        if not _SUSPICIOUS.search(text):
            return True
        self.markdown_left -= len(text)
        if len(text) > LONGEST_PIECE or self.markdown_left < 0:
            return False
        return shows_only_text(text, attachments)

    def _plain_html(self, html: str) -> str:
        self.html_left -= len(html)
        if len(html) > LONGEST_PIECE or self.html_left < 0:
            return ""
        cleaned = clean_html(html)
        return cleaned if re.sub(r"<[^>]*>", "", cleaned).strip() else ""


def as_typed(text: str) -> str:
    """Markdown that shows a text letter by letter."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _of_pictures(metadata: dict[str, Any]) -> NotebookNode:
    """A picture's size and alternative text. Other metadata would be written into the page unescaped."""
    kept = NotebookNode()
    for kind in _PICTURES:
        size = metadata.get(kind)
        for name, types in (("alt", str), ("width", int | float), ("height", int | float)):
            if isinstance(size, dict) and isinstance(size.get(name), types):
                kept.setdefault(kind, NotebookNode())[name] = size[name]
    return kept


def _pictures(attachments: dict[str, dict[str, str]]) -> NotebookNode:
    """The pictures among what was pasted into a cell."""
    kept = {
        name: {kind: data for kind, data in bundle.items() if _ATTACHMENT.fullmatch(kind) and _BASE64.fullmatch(data)}
        for name, bundle in attachments.items()
    }
    return NotebookNode({name: NotebookNode(bundle) for name, bundle in kept.items() if bundle})


def shows_only_text(text: str, attachments: Collection[str]) -> bool:
    """Whether nbconvert, which the formgrader uses, turns it into nothing but text, links and embedded pictures."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    safe = True

    class Watch(IPythonRenderer):
        def _see(self, is_safe: bool) -> str:
            nonlocal safe
            safe = safe and is_safe
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
    return safe


def clean_html(html: str) -> str:
    """HTML reduced to text, tables and their like: no link, no picture, no style, no attribute but those of tables."""
    return nh3.clean(
        html,
        tags={*_TEXT_TAGS, "div", "span", "caption", "colgroup", "col"},
        clean_content_tags=set(_WITH_CONTENT),
        attributes={"*": {"colspan", "rowspan", "scope", "border"}},
    )
