"""Rules on symbols: each is put into words where it first appears, so that the formula can be read aloud."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from grader.authoring.lint.lecture import Lecture
from grader.authoring.lint.markdown import Markdown
from grader.authoring.lint.passages import Passage
from grader.authoring.lint.rule import Place, rule

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi "
    "omega"
)
GREEK = _GREEK.split()
# A symbol, and the words for it: one of them must be read in the same cell or above.
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
# Layout, signs that everybody knows from school, and functions whose command is their name.
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


@rule(
    "The command `\\{symbol}` is not in the table of symbols.",
    "Enter it in SYMBOLS of grader/authoring/lint/symbols.py with the words for it, or in LAYOUT.",
)
def symbols_are_known(lecture: Lecture) -> Iterator[Place]:
    for passage, position, symbol, _ in _first_uses(lecture):
        if _key(symbol) not in SYMBOLS:
            yield passage.place(position, symbol=symbol)


@rule(
    "The symbol `{symbol}` is used, but neither this cell nor one above has words for it.",
    "Say it where it first appears, with one of: {words}.",
)
def symbols_are_put_into_words(lecture: Lecture) -> Iterator[Place]:
    for passage, position, symbol, read in _first_uses(lecture):
        words = SYMBOLS.get(_key(symbol), ())
        if words and not any(re.search(rf"\b{re.escape(word)}s?\b", read) for word in words):
            yield passage.place(position, symbol=symbol, words=", ".join(words))


def _key(symbol: str) -> str:
    return SAME_AS.get(symbol, symbol)


def _first_uses(lecture: Lecture) -> Iterator[tuple[Passage, int, str, str]]:
    """Each symbol where it is first used, and the words that have been read by the end of that cell."""
    read = ""
    used: set[str] = set()
    for passage in lecture.prose:
        read += " " + " ".join(passage.markdown.words.lower().split())
        for position, symbol in _symbols(passage.markdown):
            if symbol not in LAYOUT and symbol not in used:
                used.add(symbol)
                yield passage, position, symbol, read


def _symbols(markdown: Markdown) -> Iterator[tuple[int, str]]:
    found = []
    for start, end in markdown.formulas:
        for command in re.finditer(r"\\([A-Za-z]+|.)", markdown.text[start:end], re.DOTALL):
            found.append((start + command.start(), command[1]))
    for sign in re.finditer(r"[^\x00-\x7f]", markdown.without("code")):
        position, letter = sign.start(), sign[0]
        name = unicodedata.name(letter, "").lower().replace("lamda", "lambda").split()
        if "greek" in name and "letter" in name:
            found.append((position, name[name.index("letter") + 1]))
        elif letter in SIGNS:
            found.append((position, SIGNS[letter]))
    yield from sorted(found)
