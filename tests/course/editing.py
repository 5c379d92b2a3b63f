"""What a careful editor marks in a lecture, read from its script; nothing is run.

In: a `Script`, or the `Passage`s of text that a script, a page or a bank of questions holds. Out: what is wrong, each with
file, line and fix. One rule is one function, and its message stands in it; `LECTURE_RULES`, `WORDING_RULES` list them.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from grader.authoring.script import Cell, Kind, Script, read_script
from grader.authoring.terms import link_terms
from grader.core.errors import AuthoringError, AuthoringErrors

Findings = Iterator[AuthoringError]

# ---------------------------------------------------------------------------------------------------------------------
# Passages: the text that people read


@dataclass(frozen=True)
class Passage:
    """A piece of text and the line where it begins. ``prose`` is Markdown; the rest are comments, strings, labels.

    ``counted`` is False where a line break in the text is none in the file, as in a string.
    """

    path: Path
    line: int
    text: str
    prose: bool = True
    counted: bool = True

    def finding(self, position: int, what: str, fix: str) -> AuthoringError:
        below = self.text.count("\n", 0, position) if self.counted else 0
        return AuthoringError(self.path, self.line + below, what, fix)


FENCE = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
DISPLAYED = re.compile(r"(?<!\\)\$\$.+?\$\$", re.DOTALL)
INLINE = re.compile(r"(?<!\\)\$(?:(?!\n\s*\n)[^$])+?(?<!\\)\$", re.DOTALL)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
ADDRESS = re.compile(r"<?https?://[^\s)>]+>?|(?<=\]\()[^)\s]*")
INDENTED = re.compile(r"(?:^|(?<=\n))[ ]*\n(?:(?: {4}|\t).*(?:\n|$)|[ ]*\n)+")
INSTEAD = "\N{WHITE SQUARE}"  # stands where code, a formula or an address was, so that nothing is read across the gap


def plain(text: str) -> str:
    """The words of a text: formulas, code, addresses and tags are blanked, and every letter keeps its position."""
    return _blank(text, FENCE, CODE, DISPLAYED, INLINE, ADDRESS, TAG)


def _blank(text: str, *patterns: re.Pattern[str]) -> str:
    for pattern in patterns:
        text = pattern.sub(lambda found: re.sub(r"[^\n]", INSTEAD, found[0]), text)
    return text


def passages_of(script: Script) -> list[Passage]:
    """All that a student reads of a lecture: prose, comments, docstrings, messages, titles. Wrong answers are not shown."""
    found = []
    quiz = _quiz_lines(script)  # the bank is read by itself, where its lines can be told
    for cell in script.cells:
        if cell.kind is Kind.WRONG or cell.line in quiz:
            continue
        if cell.kind in (Kind.PROSE, Kind.WRITTEN):
            found.append(Passage(script.path, cell.line + 1, cell.source))
        else:
            if cell.title:
                found.append(Passage(script.path, cell.line, cell.title, prose=False))
            found += _comments(script.path, cell)
            found += _strings(script.path, cell.line, ast.parse(cell.source))
    return found


def passages_of_markdown(path: Path) -> list[Passage]:
    """A page of the documentation, without its indented blocks of code."""
    return [Passage(path, 1, _blank(path.read_text(encoding="utf-8"), FENCE, INDENTED))]


def passages_of_bank(path: Path) -> list[Passage]:
    """A bank of questions as it stands in its file, without the programs in it."""
    programs = re.compile(r"^( *)(?:- )?code: *[|>].*\n(?:\1 +.*\n|\s*\n)*", re.MULTILINE)
    return [Passage(path, 1, _blank(path.read_text(encoding="utf-8"), programs))]


def passages_of_page(path: Path) -> list[Passage]:
    """What a playground shows: its text, the labels in its tags, and the sentences that its script writes."""
    page = path.read_text(encoding="utf-8")
    found = []
    for script in re.finditer(r"<script(?![^>]*json)[^>]*>(.*?)</script>", page, re.DOTALL):
        code = _blank(script[1], re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL))
        for string in re.finditer(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\]|\\.)*`', code):
            text = re.sub(r"\$\{[^}]*\}|[\w-]+ *[=:] *(\"[^\"]*\"|[#\w.-]+(?=;|$))", INSTEAD, string[0][1:-1])
            line = page.count("\n", 0, script.start(1) + string.start()) + 1
            if SENTENCE.search(TAG.sub(" ", text)):
                found.append(Passage(path, line, TAG.sub(" ", text), prose=False))
    for label in re.finditer(r"\b(?:aria-label|title|alt|placeholder)=\"([^\"]+)\"", page):
        found.append(Passage(path, page.count("\n", 0, label.start()) + 1, unescape(label[1]), prose=False))
    shown = _blank(page, re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL), TAG)
    return [Passage(path, 1, shown, prose=False), *found]


def _quiz_lines(script: Script) -> set[int]:
    return {cell.line for cell in script.of_kind(Kind.EXERCISE) if cell.name.startswith("quiz_")}


def _comments(path: Path, cell: Cell) -> Iterator[Passage]:
    for token in tokenize.generate_tokens(io.StringIO(cell.source).readline):
        # A line for the build, such as `# reference: relu`, holds names.
        if token.type == tokenize.COMMENT and not token.string.startswith("# reference:"):
            yield Passage(path, cell.line + token.start[0], token.string.lstrip("# "), prose=False)


SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:]? +[A-Za-z]{2,}")
# Where Matplotlib puts a legend: words of its own.
PLACE = re.compile("(outside )?(upper|lower|left|right|center) (upper|lower|left|right|center)")
LABELS = {"title", "label", "xlabel", "ylabel", "zlabel", "set_title", "set_xlabel", "set_ylabel", "set_zlabel"}
LABELS |= {"suptitle", "supxlabel", "supylabel", "text"}


def _strings(path: Path, line: int, node: ast.AST, label: bool = False) -> Iterator[Passage]:
    """The strings that somebody will read: sentences, and a single word where it labels a figure."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        text = _text(node)
        if (label or SENTENCE.search(text)) and not PLACE.fullmatch(text):
            docstring = isinstance(node, ast.Constant) and text.count("\n") == (node.end_lineno or 0) - node.lineno
            yield Passage(path, line + node.lineno, text, prose=False, counted=docstring)
        values = node.values if isinstance(node, ast.JoinedStr) else []
        children: Iterable[ast.AST] = [each.value for each in values if isinstance(each, ast.FormattedValue)]
    else:
        children = ast.iter_child_nodes(node)
    labelled = node.func if isinstance(node, ast.Call) else node
    name = getattr(labelled, "attr", getattr(labelled, "arg", ""))
    for child in children:
        yield from _strings(path, line, child, isinstance(node, (ast.Call, ast.keyword)) and name in LABELS)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else INSTEAD


# ---------------------------------------------------------------------------------------------------------------------
# Headings


class Heading(NamedTuple):
    line: int
    level: int
    text: str


def headings(script: Script) -> list[Heading]:
    """The headings of the prose; questions of a quiz have none of their own."""
    found = []
    quiz = _quiz_lines(script)  # the build numbers these
    for cell in script.of_kind(Kind.PROSE):
        text = _blank("" if cell.line in quiz else cell.source, FENCE)
        for heading in re.finditer(r"^(#+) +(.+?) *#*$", text, re.MULTILINE):
            line = cell.line + 1 + text.count("\n", 0, heading.start())
            found.append(Heading(line, len(heading[1]), heading[2]))
    return found


def title_comes_first(script: Script) -> Findings:
    all_of_them = headings(script)
    first = script.cells[0]
    if first.kind is not Kind.PROSE or not first.source.lstrip().startswith("# "):
        yield script.error(first.line, "the lecture does not begin with its title.", "begin with `# Lecture NN: …`.")
    for heading in [each for each in all_of_them if each.level == 1][1:]:
        yield script.error(
            heading.line, f"“{heading.text}” is a second title.", "a lecture has one `#`; write `##` for a part."
        )


def title_carries_the_lectures_number(script: Script) -> Findings:
    for heading in headings(script)[:1]:
        number = re.match(r"Lecture (\d+[a-z]?): ", heading.text)
        if not number or number[1] != script.number:
            yield script.error(
                heading.line,
                f"the title “{heading.text}” does not carry the lecture's number.",
                f"write `# Lecture {script.number}: …`.",
            )


def no_level_is_skipped(script: Script) -> Findings:
    for before, heading in pairwise(headings(script)):
        if heading.level > before.level + 1:
            yield script.error(
                heading.line,
                f"“{heading.text}” is of level {heading.level}, below one of level {before.level}.",
                f"write it with {'#' * (before.level + 1)}.",
            )


def parts_count_up(script: Script) -> Findings:
    parts = [(each, re.match(r"(\d+)\. ", each.text)) for each in headings(script) if each.level == 2]
    yield from _count_up(script, [(heading, int(number[1])) for heading, number in parts if number], "part")


def exercises_count_up(script: Script) -> Findings:
    lecture = script.number.lstrip("0")
    for word in ("Exercise", "Question"):
        numbered = []
        for heading in headings(script):
            found = re.match(rf"{word} (\d+[a-z]?)\.(\d+)(:? )", heading.text)
            if not found:
                if re.match(rf"{word}\b", heading.text):
                    yield script.error(
                        heading.line,
                        f"“{heading.text}” has no number of its own.",
                        f"write `### {word} {lecture}.1: …`.",
                    )
                continue
            numbered.append((heading, int(found[2])))
            if found[1] != lecture or heading.level != 3 or found[3] != ": ":
                yield script.error(
                    heading.line,
                    f"“{heading.text}” is not written as an exercise of this lecture.",
                    f"write `### {word} {lecture}.{found[2]}: …`.",
                )
        yield from _count_up(script, numbered, word.lower())


def _count_up(script: Script, numbered: list[tuple[Heading, int]], what: str) -> Findings:
    for wanted, (heading, number) in enumerate(numbered, start=1):
        if number != wanted:
            yield script.error(
                heading.line,
                f"“{heading.text}” is the {what} after {wanted - 1}.",
                f"number it {wanted}, and those below it on from there.",
            )
            return


# ---------------------------------------------------------------------------------------------------------------------
# Figures


@dataclass
class Figure:
    """One figure of a lecture: what its code sets, as far as it can be read. An alternative text may be unreadable: None."""

    line: int
    said: set[str] = field(default_factory=set)
    alts: list[str | None] = field(default_factory=list)


class Event(NamedTuple):
    what: str  # figure · draw · title · xlabel · ylabel · off · show · colorbar · labelled
    line: int
    alt: str | None = None


MAKES_A_FIGURE = {"subplots", "figure", "subplot_mosaic"}
DRAWS = {"plot", "scatter", "bar", "hist", "imshow", "contour", "contourf", "show"}
SAYS = {
    "set_title": "title", "suptitle": "title", "title": "title",
    "set_xlabel": "xlabel", "supxlabel": "xlabel", "xlabel": "xlabel",
    "set_ylabel": "ylabel", "supylabel": "ylabel", "ylabel": "ylabel",
    "set_axis_off": "off", "pie": "off", "set_label": "labelled",
}  # fmt: skip


class _Reader:
    """Follows the code of a lecture's cells in order, into the functions that it defines itself."""

    def __init__(self) -> None:
        self.functions: dict[str, ast.FunctionDef] = {}
        self.called: set[str] = set()
        self.following: list[str] = []
        self.names: dict[str, ast.AST] = {}

    def read(self, tree: ast.Module) -> None:
        self.functions |= {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.names[node.targets[0].id] = node.value

    def events(self, node: ast.AST, given: Mapping[str, ast.AST], line: int = 0) -> Iterator[Event]:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
            return
        for child in ast.iter_child_nodes(node):
            yield from self.events(child, given, line)
        if isinstance(node, ast.Call):
            yield from self._call(node, given, line or node.lineno)

    def _call(self, call: ast.Call, given: Mapping[str, ast.AST], line: int) -> Iterator[Event]:
        keywords = {each.arg: each.value for each in call.keywords if each.arg}
        if isinstance(call.func, ast.Name):
            name = call.func.id
            if name == "show":
                alt = keywords.get("alt", call.args[1] if len(call.args) > 1 else ast.Constant(""))
                yield Event("show", line, self._string(alt, given))
            elif name in self.functions and name not in self.following:  # a recursion ends here
                function = self.functions[name]
                arguments = dict(zip((each.arg for each in function.args.args), call.args, strict=False)) | keywords
                given = {key: _bound(value, given) for key, value in arguments.items()}
                self.called.add(name)
                self.following.append(name)
                for statement in function.body:
                    yield from self.events(statement, given, line)
                self.following.pop()
            return
        if not isinstance(call.func, ast.Attribute):
            return
        name, owner = call.func.attr, getattr(call.func.value, "id", "")
        if owner == "plt" and name in MAKES_A_FIGURE | DRAWS:
            yield Event("figure" if name in MAKES_A_FIGURE else "draw", line)
        elif name == "set":
            yield from (Event(said, line) for said in _set(call))
        elif name == "axis" and call.args and getattr(call.args[0], "value", None) in ("off", False):
            yield Event("off", line)
        elif name == "colorbar":
            yield Event("colorbar", line)
            if not _empty(keywords.get("label", ast.Constant(""))):
                yield Event("labelled", line)
        elif name in SAYS and not _empty(call.args[0] if call.args else None):
            yield Event(SAYS[name], line)

    def _string(self, node: ast.AST, given: Mapping[str, ast.AST]) -> str | None:
        """What a string says, with a gap for each value in it; None where it cannot be read."""
        if isinstance(node, ast.Name) and node.id in given:
            return self._string(given[node.id], {})
        if isinstance(node, ast.Name) and node.id in self.names:
            value = self.names[node.id]
            return _text(value) if isinstance(value, (ast.Constant, ast.JoinedStr)) else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = self._string(node.left, given), self._string(node.right, given)
            return INSTEAD.join(part or "" for part in parts)
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            return _text(node)
        return None


def _set(call: ast.Call) -> Iterator[str]:
    """What ``ax.set(title=…, **{"xlabel": …})`` says. What stands in a variable may be labels, so it counts as such."""
    given: dict[str, ast.AST] = {}
    for keyword in call.keywords:
        if keyword.arg:
            given[keyword.arg] = keyword.value
        elif isinstance(keyword.value, ast.Dict):
            pairs = zip(keyword.value.keys, keyword.value.values, strict=True)
            given |= {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
        else:
            yield from ("xlabel", "ylabel")
    yield from (said for said in ("title", "xlabel", "ylabel") if said in given and not _empty(given[said]))
    if all(isinstance(ticks := given.get(name), ast.List) and not ticks.elts for name in ("xticks", "yticks")):
        yield "off"


def _bound(node: ast.AST, given: Mapping[str, ast.AST]) -> ast.AST:
    return given.get(node.id, node) if isinstance(node, ast.Name) else node


def _empty(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and not node.value.strip()


def figures(script: Script) -> list[Figure]:
    """The figures that a lecture draws, each with what is said of it. Those of exercises are the students' own."""
    reader = _Reader()
    found: list[Figure] = []
    defined: list[tuple[Cell, ast.FunctionDef]] = []
    for cell in script.of_kind(Kind.GIVEN, Kind.DEMO, Kind.EXERCISE):
        tree = ast.parse(cell.source)
        reader.read(tree)
        if cell.kind is not Kind.EXERCISE:
            found += _figures(reader, cell, tree.body)
            defined += [(cell, node) for node in tree.body if isinstance(node, ast.FunctionDef) and node.name != "show"]
    for cell, function in defined:
        if function.name not in reader.called:  # a slider calls it, perhaps
            found += _figures(reader, cell, function.body)
    return found


def _figures(reader: _Reader, cell: Cell, body: list[ast.stmt]) -> list[Figure]:
    here: list[Figure] = []
    for event in (event for statement in body for event in reader.events(statement, {})):
        if event.what == "figure" or (event.what == "draw" and not here):
            here.append(Figure(cell.line + event.line))
        if here:
            here[-1].said.add(event.what)
            here[-1].alts += [event.alt] if event.what == "show" else []
    return here


def figures_have_titles(script: Script) -> Findings:
    for figure in figures(script):
        if "title" not in figure.said:
            yield script.error(
                figure.line, "this figure has no title.", "state its point with `set_title` or `suptitle`."
            )


def figures_have_alternative_texts(script: Script) -> Findings:
    for figure in figures(script):
        if not figure.alts:
            yield script.error(
                figure.line, "this figure has no alternative text.", 'show it with `show(fig, "what it shows")`.'
            )
        for alt in figure.alts:
            for what, fix in _poor_alternative(alt) if alt is not None else ():
                yield script.error(figure.line, what, fix)
    for cell in script.of_kind(Kind.PROSE, Kind.WRITTEN):
        for image in re.finditer(r"!\[([^\]]*)\]\(", _blank(cell.source, FENCE, CODE)):
            for what, fix in _poor_alternative(image[1]):
                yield script.error(cell.line + 1 + cell.source.count("\n", 0, image.start()), what, fix)


def _poor_alternative(alt: str) -> Iterator[tuple[str, str]]:
    alt = " ".join(alt.split())
    if len(alt) <= 40:
        yield (
            f"the alternative text “{alt}” says little.",
            "say what can be seen in the figure, in a sentence or three.",
        )
    if re.match(r"(an? |the )?(figure|image|picture|photo|graphic) (of|with|show)", alt, re.IGNORECASE):
        yield (
            f"the alternative text begins “{alt[:20]}…”.",
            "a reader knows that it is a figure: begin with what it shows.",
        )
    if not alt.endswith("."):
        yield f"the alternative text ends “…{alt[-20:]}”.", "end it with a full stop: it is read aloud."


def axes_have_labels(script: Script) -> Findings:
    """A figure in which any axes are turned off is a drawing or a row of pictures, and may do without."""
    for figure in figures(script):
        missing = [name for name in ("xlabel", "ylabel") if name not in figure.said]
        if missing and "off" not in figure.said:
            yield script.error(
                figure.line,
                f"no axis of this figure has {' and '.join(missing)}.",
                "say what it measures, and its unit.",
            )
        if "colorbar" in figure.said and "labelled" not in figure.said:
            yield script.error(figure.line, "the colour bar has no label.", 'write `colorbar(…, label="…")`.')


# ---------------------------------------------------------------------------------------------------------------------
# Symbols

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi "
    "omega"
)
GREEK = _GREEK.split()
# A symbol, and the words of which one must have been read where it stands, or before.
SYMBOLS: dict[str, tuple[str, ...]] = {
    **{letter: (letter,) for letter in GREEK},
    **{letter.capitalize(): (letter,) for letter in GREEK},
    **{f"var{letter}": (letter,) for letter in ("epsilon", "theta", "rho", "sigma", "phi", "kappa")},
    "Delta": ("delta", "change", "difference"),
    "Pi": ("pi", "product"),
    "Sigma": ("sigma", "sum"),
    "approx": ("about", "approximately", "roughly", "nearly", "almost"),
    "bar": ("mean", "average", "bar"),
    "blacksquare": ("proof", "proved"),
    "circ": ("composition", "composed", "one after the other", "degree"),
    "cup": ("union", "together"),
    "cap": ("intersection", "in both"),
    "emptyset": ("empty",),
    "exists": ("there is", "exists"),
    "forall": ("for all", "for every", "every", "each"),
    "gg": ("much larger", "much greater"),
    "hat": ("hat", "predicted", "prediction", "predicts", "estimate", "guess"),
    "iff": ("exactly when", "if and only if"),
    "implies": ("implies", "follows", "so", "then", "means"),
    "in": ("element", "belongs", "member", "is one of", "is in", "lies in", "stands for any", "out of"),
    "infty": ("infinity", "infinite", "infinitely", "without end", "without limit"),
    "int": ("integral", "area"),
    "lceil": ("rounded up", "round up", "rounds up"),
    "leftarrow": ("becomes", "is replaced", "is set to", "new value", "takes the value"),
    "lfloor": ("rounded down", "round down", "rounds down", "whole part"),
    "ll": ("much smaller", "much less"),
    "lVert": ("length", "norm", "distance"),
    "lvert": ("absolute", "without its sign", "size", "distance"),
    "mapsto": ("goes to", "becomes", "gives", "maps", "mapped"),
    "mathbb": ("real number", "numbers"),
    "mid": ("given", "such that", "if"),
    "nabla": ("nabla", "gradient"),
    "notin": ("no element", "not in", "does not belong"),
    "odot": ("place by place", "element by element", "entry by entry", "elementwise", "element-wise"),
    "otimes": ("outer product", "every pair"),
    "partial": ("partial", "derivative"),
    "perp": ("right angle", "perpendicular"),
    "prime": ("derivative", "prime"),
    "prod": ("product", "multiply", "multiplies", "multiplied"),
    "propto": ("proportional", "proportion"),
    "setminus": ("without", "except"),
    "sim": ("drawn", "distributed", "distribution"),
    "subset": ("subset", "part of", "contained"),
    "subseteq": ("subset", "part of", "contained"),
    "sum": ("sum", "add up", "adds up", "added up", "adding up"),
    "tilde": ("tilde", "approximate", "noisy"),
    "to": ("to", "towards", "gives", "becomes"),
    "top": ("transposed", "transpose", "rows and columns", "turned"),
    "vec": ("vector", "arrow"),
}
SAME_AS = {
    "|": "lVert", "rVert": "lVert", "Vert": "lVert", "rvert": "lvert", "vert": "lvert", "rceil": "lceil",
    "rfloor": "lfloor", "rightarrow": "to", "longrightarrow": "to", "Rightarrow": "implies", "gets": "leftarrow",
    "Leftrightarrow": "iff", "widehat": "hat", "overline": "bar", "widetilde": "tilde",
}  # fmt: skip
# Mere layout, signs that everybody knows from school, and functions whose command is their name.
_LAYOUT = (
    "frac dfrac tfrac quad qquad text textbf textit mathrm mathsf mathit mathbf mathcal mathtt boldsymbol operatorname "
    "begin end left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle "
    "scriptstyle limits nolimits underbrace overbrace underset overset stackrel substack boxed hline tag phantom hspace "
    "vspace colon cdot times div pm mp dots ldots cdots vdots ddots le ge leq geq lt gt ne neq sqrt lbrace rbrace lbrack "
    "rbrack pi exp log ln lim max min sup inf arg det sin cos tan sinh cosh tanh , ; : ! > \\ { } _ % & # $ - /"
)
LAYOUT = {*_LAYOUT.split(), " ", "\n"}
SIGNS = {
    "∂": "partial", "∇": "nabla", "∑": "sum", "∏": "prod", "∈": "in", "≈": "approx", "←": "leftarrow", "⊙": "odot",
    "‖": "lVert", "∞": "infty", "∝": "propto", "∀": "forall", "∃": "exists", "⊤": "top", "ℝ": "mathbb",
}  # fmt: skip


def symbols_are_said_in_words(script: Script) -> Findings:
    said = ""
    told: set[str] = set()
    for cell in script.of_kind(Kind.PROSE, Kind.WRITTEN):
        words = " ".join(plain(cell.source).lower().split())
        said += " " + words
        for position, symbol in _symbols(cell.source):
            key = SAME_AS.get(symbol, symbol)
            if symbol in LAYOUT or symbol in told:
                continue
            told.add(symbol)  # once is enough: the next ones need the same word
            line = cell.line + 1 + cell.source.count("\n", 0, position)
            if key not in SYMBOLS:
                yield script.error(
                    line,
                    f"the rules do not know the command `\\{symbol}`.",
                    "enter it in SYMBOLS of tests/course/editing.py, with the words for it, or in LAYOUT.",
                )
            elif not any(re.search(rf"\b{re.escape(word)}s?\b", said) for word in SYMBOLS[key]):
                yield script.error(
                    line,
                    f"the symbol `{symbol}` stands here, and no words for it stand here or above.",
                    f"say it where it first appears, with one of: {', '.join(SYMBOLS[key])}.",
                )


def _symbols(source: str) -> Iterator[tuple[int, str]]:
    text = _blank(source, FENCE, CODE)
    found = []
    for formula in (*DISPLAYED.finditer(text), *INLINE.finditer(_blank(text, DISPLAYED))):
        for command in re.finditer(r"\\([A-Za-z]+|.)", formula[0], re.DOTALL):
            found.append((formula.start() + command.start(), command[1]))
    for position, letter in enumerate(text):
        name = unicodedata.name(letter, "").lower().replace("lamda", "lambda").split()
        if "greek" in name and "letter" in name:
            found.append((position, name[name.index("letter") + 1]))
        elif letter in SIGNS:
            found.append((position, SIGNS[letter]))
    yield from sorted(found)


# ---------------------------------------------------------------------------------------------------------------------
# Imports

COLAB_HAS = {"IPython", "ipywidgets", "keras", "matplotlib", "numpy", "pandas", "scipy", "sklearn", "tensorflow"}
FETCHES = re.compile(
    r"(os\.(system|popen)|subprocess\.\w+|get_ipython|(\w+\.)*(urlretrieve|urlopen|get_file)|fetch_\w+)$"
)


def imports_are_colabs(script: Script) -> Findings:
    for cell in _shown_code(script):
        for node in ast.walk(ast.parse(cell.source)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module in modules:
                package = module.split(".")[0]
                if package not in COLAB_HAS and package not in sys.stdlib_module_names:
                    line = cell.line + getattr(node, "lineno", 0)
                    yield script.error(
                        line, f"`{module}` is not in Colab.", f"do without, or use {', '.join(sorted(COLAB_HAS))}."
                    )


def nothing_is_installed_or_downloaded(script: Script) -> Findings:
    """Lines for a shell and IPython's magics need no rule: `read_script` refuses what is no Python."""
    fix = "the notebook must run as it is, without a network; files come by `files:` in the header."
    for cell in script.cells:
        if cell.kind is Kind.WRONG:
            continue
        for number, text in enumerate(cell.source.splitlines(), start=1):
            found = re.search(r"\b(pip3?|conda|apt|apt-get) install\b", text)
            if found:
                yield script.error(cell.line + number, f"`{found[0]}` stands here.", fix)
    for cell in _shown_code(script):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and FETCHES.match(ast.unparse(node.func)):
                yield script.error(cell.line + node.lineno, f"`{ast.unparse(node.func)}` is called here.", fix)


def _shown_code(script: Script) -> list[Cell]:
    return script.of_kind(Kind.SETUP, Kind.GIVEN, Kind.DEMO, Kind.PLAYGROUND, Kind.EXERCISE, Kind.CHECK)


# ---------------------------------------------------------------------------------------------------------------------
# The recap


def recap_has_next_glossary_and_sources(script: Script) -> Findings:
    all_of_them = headings(script)
    if not all_of_them or all_of_them[-1].text != "Recap":
        line = all_of_them[-1].line if all_of_them else 1
        yield script.error(line, "the lecture does not end with a recap.", "let `## Recap` be its last heading.")
        return
    recap = script.of_kind(Kind.PROSE)[-1]
    for part in ("Next", "Glossary", "Sources"):
        if not re.search(rf"^\*\*{part}\*\*:\s+[^\s*]", recap.source, re.MULTILINE):
            yield script.error(recap.line, f"the recap has no **{part}**.", f"begin a paragraph with `**{part}**: `.")


def glossary_terms_are_bold_where_they_are_taught(script: Script) -> Findings:
    try:
        link_terms(script)
    except AuthoringErrors as undefined:
        yield from undefined.errors


# ---------------------------------------------------------------------------------------------------------------------
# Wording

_L = "label|model|travel|cancel|signal|total|level|channel|fuel|equal|marvel|tunnel|panel|pencil|rival|spiral|funnel|dial"
AMERICAN = [
    (rf"({stem})or({ends})", r"\1our\2")
    for stem, ends in (
        (r"\w*col", r"s|ed|ing|ful|less|bars?|maps?|"),
        ("behavi|misbehavi", "s|al|ally|"),
        ("neighb", "s|ing|hoods?|"),
        ("fav", "s|ed|ing|able|ably|ites?|"),
        ("flav|hon|hum|rum|harb|od|sav|arm|tum|vap|endeav|parl", "s|ed|ing|"),
        ("lab", "s|ed|ing|"),
        ("rig|vig", ""),
    )
] + [
    (r"(off)?center(s?)", r"\1centre\2"),
    (r"(re)?center(ed|ing)", r"\1centr\2"),
    (r"gray(s|ed|ish|scale|)", r"grey\1"),
    (rf"(un|re|mis|)({_L})(ed|ing|ers?|ous)", r"\1\2l\3"),
    (r"(ana|para|cata)lyz(e|es|ed|ers?|ing)", r"\1lys\2"),
    (r"(\w+i)z(e|es|ed|ers?|ing|able|ation|ations)", r"\1s\2"),
    (r"(centi|milli|kilo|nano)meter(s?)", r"\1metre\2"),
    (r"(lit|fib|theat|calib|spect|meag|somb)er(s?)", r"\1re\2"),
    (r"(def|off|pret)ense(s?)", r"\1ence\2"),
    (r"(catal|anal|dial)og(s?)", r"\1ogue\2"),
    (r"(ful)fill(s|ment|)", r"\1fil\2"),
    (r"(sk|w)illful(ly|)", r"\1ilful\2"),
    (r"enroll(s|ment|)", r"enrol\1"),
    (r"(s)keptic(s|al|ally|ism|)", r"\1ceptic\2"),
    ("artifact(s?)", r"artefact\1"),
    ("maneuver(s?)", r"manoeuvre\1"),
    ("acknowledgment(s?)", r"acknowledgement\1"),
    ("toward", "towards"),
    ("gotten", "got"),
    ("math", "mathematics"),
    ("aging", "ageing"),
    ("aluminum", "aluminium"),
    ("airplane(s?)", r"aeroplane\1"),
]
NOT_AMERICAN = re.compile(
    r"((re|over|under|down|up|out|super|cap|as)?s|pr|se|ma)iz(e|es|ed|ing|able|ers?)", re.IGNORECASE
)
# A word that is called, assigned or an attribute is a name, and Keras's names are Keras's.
_AMERICAN = [(re.compile(rf"(?<![\w.]){old}(?![\w(=]|\.\w)", re.IGNORECASE), new) for old, new in AMERICAN]


def british_spelling(passages: Iterable[Passage]) -> Findings:
    for passage in passages:
        text = _without_sources(plain(passage.text))
        for pattern, british in _AMERICAN:
            for word in pattern.finditer(text):
                if not NOT_AMERICAN.fullmatch(word[0]):
                    yield passage.finding(
                        word.start(),
                        f"“{word[0]}” is American spelling.",
                        f"write “{word.expand(british)}”; a name of Python's or Keras's stands in backticks.",
                    )


def _without_sources(text: str) -> str:
    """The titles of books and papers are spelt as their authors spell."""
    return _blank(text, re.compile(r"^\*\*Sources\*\*:.*?(?=\n\s*\n\*\*|\Z)", re.MULTILINE | re.DOTALL))


PADDING = re.compile(
    r"\b(it is (important|worth|crucial|essential)( to)? (note|noting|mention|mentioning|remember)|it should be noted|"
    r"in this (module|chapter|course,? we will|notebook,? we)|let['’]s dive|let us dive|dive (deeper )?into|delve|"
    r"we (will|are going to|shall) (explore|discuss|learn|see how)|needless to say|as we all know|as you (may|might) know|"
    r"in conclusion|in summary|simply put|at the end of the day|the world of|plays? a (crucial|vital|key) role|"
    r"a wide (range|variety) of|in order to)\b",
    re.IGNORECASE,
)


def no_padding(passages: Iterable[Passage]) -> Findings:
    for passage in passages:
        for phrase in PADDING.finditer(re.sub(r"(?<=\S)\n(?=\S)", " ", plain(passage.text))):
            yield passage.finding(phrase.start(), f"“{phrase[0]}” says nothing.", "leave it out, or say the thing.")


def no_doubled_words(passages: Iterable[Passage]) -> Findings:
    for passage in passages:
        if not passage.prose and not re.search(r"[.?!:]\W*$", passage.text):
            continue  # a string that is no sentence may be data
        # “The the” is a slip, “and AND” is none.
        for word in re.finditer(r"\b(?:((?i:[a-z]))([a-z]+)[ \n]+(?i:\1)\2|a[ \n]+a)\b(?!['’-])", plain(passage.text)):
            if "\n\n" not in word[0]:
                yield passage.finding(
                    word.start(), f"“{' '.join(word[0].split())}”: a word stands twice.", "write it once."
                )


def no_notes_to_self(passages: Iterable[Passage]) -> Findings:
    for passage in passages:
        for note in re.finditer(r"\b(TODO|FIXME|XXX|TBD|Lorem ipsum)\b", plain(passage.text)):
            yield passage.finding(note.start(), f"`{note[0]}` stands here.", "do it, or leave it out.")


def no_exclamation_marks(passages: Iterable[Passage]) -> Findings:
    for passage in passages:
        for mark in re.finditer(r"(?<=[\w)\]”\"'’*])!(?![=\[\w])", plain(passage.text)) if passage.prose else ():
            yield passage.finding(mark.start(), "an exclamation mark stands in the prose.", "let the sentence do it.")


def no_double_spaces(passages: Iterable[Passage]) -> Findings:
    for passage in passages:
        for gap in re.finditer(r"(?<=[.?!:;,]) {2,}(?=[^\s|])", plain(passage.text)) if passage.prose else ():
            yield passage.finding(gap.start(), "two spaces stand between two sentences.", "write one.")


def formulas_and_code_are_closed(passages: Iterable[Passage]) -> Findings:
    for passage in passages:
        text = _blank(passage.text, FENCE, CODE) if passage.prose else ""
        left = re.search(r"`", text)
        if left:
            yield passage.finding(
                left.start(), "a backtick has no partner.", "close the code, or take the backtick out."
            )
        dollar = re.search(r"(?<!\\)\$", _blank(text, DISPLAYED, INLINE))
        if dollar:
            yield passage.finding(
                dollar.start(), "a `$` has no partner.", "close the formula, or write `\\$` for money."
            )


# ---------------------------------------------------------------------------------------------------------------------
# Links

LINK = re.compile(
    r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?(?P<inline>[^)\s>]*)>?(?:\s+\"[^\"]*\")?\)"
    r"|^\[[^\]]+\]:\s*<?(?P<defined>[^\s>]+)|<(?P<bare>[a-z]+:[^>\s]*)>|\b(?:src|href)=\"(?P<tag>[^\"]*)\"",
    re.MULTILINE,
)
WEB = re.compile(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?")


def links_lead_somewhere(passages: Iterable[Passage], root: Path) -> Findings:
    """Files and headings of the repository are looked up. Of an address on the web only the form is looked at."""
    for passage in passages:
        if not passage.prose:
            continue
        for link in LINK.finditer(_blank(passage.text, FENCE, CODE)):
            target = next(each for each in link.groups() if each is not None)
            for what, fix in _dead(target, passage.path, root):
                yield passage.finding(link.start(), what, fix)


def _dead(target: str, page: Path, root: Path) -> Iterator[tuple[str, str]]:
    if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
        if not (WEB.fullmatch(target) or re.fullmatch(r"mailto:[^@\s]+@[\w-]+(\.[\w-]+)+", target)):
            yield f"`{target}` is no address.", "write it whole: https://host.org/path."
        return
    # The links of a lecture and of its quiz start from the notebook.
    folder = root / "notebooks" if page.suffix in (".py", ".yml") else page.parent
    path, anchor = unquote(urlsplit(target).path), unquote(urlsplit(target).fragment)
    file = (folder / path).resolve() if path else page
    if file.suffix == ".ipynb" and file.parent == root.resolve() / "notebooks":
        file = root / "solutions" / f"{file.stem}.py"
    if not file.is_relative_to(root.resolve()) or not file.exists():
        yield f"the link `{target}` leads to no file of the repository.", f"it starts from {folder.relative_to(root)}/."
    elif anchor and anchor not in _anchors(file):
        yield f"the link `{target}` leads to no heading.", "write the heading in lower case, with hyphens for spaces."


def _anchors(file: Path) -> set[str]:
    """What a heading can be reached by: GitHub's way, and for a notebook Jupyter's, too."""
    if file.suffix == ".py":
        script = read_script(file)
        texts = [heading.text for heading in headings(script)]
        ids = [each for cell in script.of_kind(Kind.PROSE) for each in re.findall(r"<a id=\"([^\"]+)\"", cell.source)]
        return {*ids, *(each for text in texts for each in (_slug(text), text.replace(" ", "-")))}
    found = re.findall(r"^#+ +(.+?) *#*$", _blank(file.read_text(encoding="utf-8"), FENCE, INDENTED), re.MULTILINE)
    return {_slug(text) for text in found}


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\s-]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")


# ---------------------------------------------------------------------------------------------------------------------
# All of them

LECTURE_RULES: list[Callable[[Script], Findings]] = [
    title_comes_first,
    title_carries_the_lectures_number,
    no_level_is_skipped,
    parts_count_up,
    exercises_count_up,
    figures_have_titles,
    figures_have_alternative_texts,
    axes_have_labels,
    symbols_are_said_in_words,
    imports_are_colabs,
    nothing_is_installed_or_downloaded,
    recap_has_next_glossary_and_sources,
    glossary_terms_are_bold_where_they_are_taught,
]
WORDING_RULES: list[Callable[[Iterable[Passage]], Findings]] = [
    british_spelling,
    no_padding,
    no_doubled_words,
    no_notes_to_self,
    no_exclamation_marks,
    no_double_spaces,
    formulas_and_code_are_closed,
]


def edit_lecture(path: Path) -> list[AuthoringError]:
    """All that an editor marks in a lecture, in the order of its lines. A script that cannot be read is told alone."""
    try:
        script = read_script(path)
    except AuthoringErrors as unreadable:
        return unreadable.errors
    found = [finding for rule in LECTURE_RULES for finding in rule(script)]
    return sorted(found + edit_text(passages_of(script), path.parent.parent), key=lambda each: each.line)


def edit_text(passages: list[Passage], root: Path) -> list[AuthoringError]:
    """What an editor marks in any text of the repository."""
    found = [finding for rule in WORDING_RULES for finding in rule(passages)]
    return [*found, *links_lead_somewhere(passages, root)]
