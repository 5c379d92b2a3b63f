"""The text that people read: in a lecture, a page of the handbook, a bank of questions.

In: the path of a file, or a `Script`. Out: its `Passage`s, each with the line where it begins.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from grader.authoring.lint.markdown import BLANK, Markdown, line_of, read_line, read_markdown
from grader.authoring.lint.rule import Place
from grader.authoring.script import Cell, Kind, Script

SOURCES = re.compile(r"^\*\*Sources\*\*:.*?(?=\n\s*\n\*\*|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Passage:
    """A piece of text of the course in ``root``.

    ``prose`` is Markdown; the rest are comments, strings and labels. ``same_lines`` is False where a line break in the text
    is not one in the file, as in a string.
    """

    root: Path
    path: Path
    line: int
    text: str
    prose: bool = True
    same_lines: bool = True

    @cached_property
    def markdown(self) -> Markdown:
        return read_markdown(self.text) if self.prose else read_line(self.text)

    def place(self, position: int, **words: object) -> Place:
        return Place(self.line + (line_of(self.text, position) if self.same_lines else 0), **words)

    @property
    def sources(self) -> list[tuple[int, int]]:
        """Where it lists its sources: titles of books and papers are spelt as their authors spell."""
        return [each.span() for each in SOURCES.finditer(self.text)] if self.prose else []


# ---------------------------------------------------------------------------------------------------------------------
# Lectures


def of_script(script: Script) -> list[Passage]:
    """All that a student reads of a lecture: prose, comments, docstrings, messages, titles. Wrong answers are not shown."""
    found: list[Passage] = []
    for cell in script.cells:
        if cell.kind is Kind.WRONG or is_of_quiz(script, cell):
            continue  # the quiz is read in its bank, where each line has a number
        if cell.title:
            found.append(Passage(root_of(script), script.path, cell.line, cell.title, prose=False))
        if cell.kind in (Kind.PROSE, Kind.WRITTEN):
            found.append(of_cell(script, cell))
        else:
            found += _of_code(root_of(script), script.path, cell.line, cell.source)
    return found


def of_code(path: Path, root: Path) -> list[Passage]:
    """What a student reads of a part of the set-up cells: comments, docstrings, messages."""
    return list(_of_code(root, path, 0, path.read_text(encoding="utf-8")))


def of_cell(script: Script, cell: Cell) -> Passage:
    """A cell of prose."""
    return Passage(root_of(script), script.path, cell.line + 1, cell.source)


def root_of(script: Script) -> Path:
    return script.path.parent.parent


def is_of_quiz(script: Script, cell: Cell) -> bool:
    """Whether the build makes this cell from a bank. Its text and its solution have the line of the same empty cell."""
    return any(cell.line == each.line for each in script.of_kind(Kind.EXERCISE) if each.name.startswith("quiz_"))


def _of_code(root: Path, path: Path, line: int, source: str) -> Iterator[Passage]:
    yield from _comments(root, path, line, source)
    yield from _strings(root, path, line, ast.parse(source))


def _comments(root: Path, path: Path, line: int, source: str) -> Iterator[Passage]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        # A line for the build, such as `# reference: relu`, holds names.
        if token.type == tokenize.COMMENT and not token.string.startswith("# reference:"):
            text = token.string.lstrip("# ")
            yield Passage(root, path, line + token.start[0], text, prose=False)


SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:]? +[A-Za-z]{2,}")
# Where Matplotlib puts a legend is written in its own words, "lower center".
LEGEND_PLACE = re.compile("(outside )?(upper|lower|left|right|center) (upper|lower|left|right|center)")
LABELS = {"title", "label", "xlabel", "ylabel", "zlabel", "set_title", "set_xlabel", "set_ylabel", "set_zlabel"}
LABELS |= {"suptitle", "supxlabel", "supylabel", "text"}


def _strings(root: Path, path: Path, line: int, node: ast.AST, label: bool = False) -> Iterator[Passage]:
    """The strings that somebody reads: sentences, and a single word where it labels a figure."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        text = string_of(node) or ""
        if (label or SENTENCE.search(text)) and not LEGEND_PLACE.fullmatch(text):
            docstring = isinstance(node, ast.Constant) and text.count("\n") == (node.end_lineno or 0) - node.lineno
            yield Passage(root, path, line + node.lineno, text, prose=False, same_lines=docstring)
        values = node.values if isinstance(node, ast.JoinedStr) else []
        children: Iterable[ast.AST] = [each.value for each in values if isinstance(each, ast.FormattedValue)]
    else:
        children = ast.iter_child_nodes(node)
    labelled = node.func if isinstance(node, ast.Call) else node
    name = getattr(labelled, "attr", getattr(labelled, "arg", ""))
    for child in children:
        yield from _strings(root, path, line, child, isinstance(node, (ast.Call, ast.keyword)) and name in LABELS)


def string_of(node: ast.AST) -> str | None:
    """The text of a string in the code, with a blank for each value in it; None if it is not written there."""
    if isinstance(node, ast.JoinedStr):
        return "".join(string_of(part) or BLANK for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = string_of(node.left), string_of(node.right)
        return None if parts == (None, None) else "".join(BLANK if part is None else part for part in parts)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


# ---------------------------------------------------------------------------------------------------------------------
# Pages and banks


def of_markdown(path: Path, root: Path) -> list[Passage]:
    return [Passage(root, path, 1, path.read_text(encoding="utf-8"))]


def of_bank(path: Path, root: Path) -> list[Passage]:
    """The questions, choices and explanations of a bank, without the programs in it."""
    document = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    return list(_values(path, root, document)) if document else []


def _values(path: Path, root: Path, node: yaml.Node) -> Iterator[Passage]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value not in ("name", "code"):
                yield from _values(path, root, value)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _values(path, root, child)
    elif isinstance(node, yaml.ScalarNode):
        block = node.style == "|"  # its text begins in the line below the bar
        yield Passage(root, path, node.start_mark.line + 1 + block, node.value, same_lines=block)
