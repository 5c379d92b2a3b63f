"""A lecture's percent script, read: what each cell is, at which line, and every mistake in it.

In: the path of ``solutions/NN_name.py``. Out: a `Script`, or all of its mistakes at once, each with its line and the fix.
"""

from __future__ import annotations

import ast
import enum
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from grader.authoring.course import Course, lecture_number
from grader.authoring.jupytext_private import cell_lines
from grader.authoring.markers import BEGIN_HIDDEN, BEGIN_SOLUTION, END_HIDDEN, END_SOLUTION, marked_regions
from grader.authoring.quizzes import Question, read_bank
from grader.authoring.setup import setup_code
from grader.core.errors import AuthoringError, AuthoringErrors

NAME = re.compile(r"[a-z][a-z0-9_]*")


class Kind(enum.StrEnum):
    """What a cell is. The value is the option that says so in the cell's first line, where one does."""

    PROSE = "prose"
    SETUP = "setup"
    GIVEN = "given"
    DEMO = "demo"
    PLAYGROUND = "playground"
    EXERCISE = "exercise"
    WRONG = "wrong"
    CHECK = "check"
    WRITTEN = "written"
    QUIZ = "quiz"  # in a file only: a script that has been read holds an exercise in its place


# What may stand beside the option that gives a cell its kind; True marks what must.
OPTIONS: dict[Kind, dict[str, tuple[type | tuple[type, ...], bool]]] = {
    Kind.PROSE: {},
    Kind.SETUP: {"setup": (str, True), "seed": (int, True)},
    Kind.GIVEN: {},
    Kind.DEMO: {"tags": (list, True), "title": (str, False)},
    Kind.PLAYGROUND: {"playground": (str, True), "height": (int, True)},
    Kind.EXERCISE: {"exercise": (str, True)},
    Kind.WRONG: {"wrong": (str, True), "says": (str, True)},
    Kind.CHECK: {"check": (str, True), "points": ((int, float), True), "part": (str, False)},
    Kind.WRITTEN: {"written": (str, True), "points": ((int, float), True)},
    Kind.QUIZ: {"quiz": (str, True), "points": ((int, float), True)},
}
HEADER: dict[str, tuple[type | tuple[type, ...], bool]] = {
    "title": (str, True),
    "minutes": (int, True),
    "points": ((int, float), True),
    "files": (list, False),
}


@dataclass(frozen=True)
class Cell:
    """One cell of a script. ``line`` is that of its ``# %%``, counted from 1; ``name`` is what its kind's option says.

    ``title`` is shown in place of a demo's code, which is then folded. ``source`` is what the script itself holds, and
    ``shared`` the code that a set-up cell takes from ``solutions/setup/``.
    """

    kind: Kind
    line: int
    source: str
    name: str = ""
    points: float = 0.0
    part: str = ""
    says: str = ""
    height: int = 0
    seed: int = 0
    title: str = ""
    shared: str = ""

    @property
    def code(self) -> str:
        """All code of the cell, as the notebook has it."""
        return "\n\n".join(filter(None, [self.shared, self.source]))

    @property
    def grade_id(self) -> str:
        """nbgrader's id of the cell: ``neuron``, and for its checks ``neuron_check`` or ``neuron_check_batch``."""
        if self.kind is Kind.CHECK:
            return "_".join(filter(None, [self.name, "check", self.part]))
        return self.name


@dataclass(frozen=True)
class Script:
    """A lecture as its author wrote it."""

    path: Path
    title: str
    minutes: int
    points: float
    files: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def number(self) -> str:
        """As the titles have it, 03 or 13a. Exercises are numbered without the zero: 3.1, 13a.1."""
        return lecture_number(self.name)

    def of_kind(self, *kinds: Kind) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind in kinds]

    def error(self, line: int, what: str, fix: str) -> AuthoringError:
        return AuthoringError(self.path, line, what, fix)


def read_script(path: Path) -> Script:
    """Read a lecture's script.

    Raises:
        AuthoringErrors: all mistakes that can be seen without running anything.
    """
    errors: list[AuthoringError] = []

    def report(line: int, what: str, fix: str) -> None:
        errors.append(AuthoringError(path, line, what, fix))

    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors put a mark before the first line
    except UnicodeDecodeError as error:
        report(1, f"the file is not UTF-8 (byte {error.start}).", "save it as UTF-8.")
        raise AuthoringErrors(errors) from error
    except OSError as error:
        report(1, f"it cannot be read: {error.strerror}.", "a lecture is a file in solutions/ that ends in .py.")
        raise AuthoringErrors(errors) from error
    try:
        notebook = jupytext.reads(text, fmt="py:percent")
    except Exception as error:  # Jupytext lets YAML's and its own errors through
        report(1, f"Jupytext cannot read the script: {error}.", "fix the header or the cell that it names.")
        raise AuthoringErrors(errors) from error

    header = notebook.metadata.get("lecture")
    if not isinstance(header, dict):
        report(1, "the header has no `lecture:` block.", "begin the script with the header shown in CONTRIBUTING.md.")
        header = {}
    else:
        for problem in _wrong_options(dict(header), HEADER):
            report(1, f"in the header, {problem[0]}", problem[1])

    lines = cell_lines(text)
    # Jupytext makes a cell of whatever is between the header and the first marker, even blank lines.
    if len(notebook.cells) == len(lines) + 1 and not notebook.cells[0].source.strip():
        del notebook.cells[0]
    if len(notebook.cells) != len(lines):
        report(1, "there is text before the first `# %%`.", "begin it with `# %%` or `# %% [markdown]`.")
        raise AuthoringErrors(errors)

    cells = []
    for line, raw in zip(lines, notebook.cells, strict=True):
        try:
            cells.append(_read_cell(path, line, raw))
        except AuthoringErrors as wrong:
            errors += wrong.errors
    if any(cell.kind is Kind.QUIZ for cell in cells):
        try:
            cells = _with_questions(path, cells)
        except AuthoringErrors as wrong:
            errors += wrong.errors
    try:
        cells = _with_setup(path, cells)
    except AuthoringErrors as wrong:
        errors += wrong.errors
    script = Script(
        path=path,
        title=str(header.get("title", path.stem)),
        minutes=_number(header.get("minutes"), int),
        points=_number(header.get("points"), float),
        files=tuple(str(name) for name in header.get("files") or ()),
        cells=tuple(cells),
    )
    errors += _structure_errors(script)
    if errors:
        raise AuthoringErrors(sorted(errors, key=lambda error: error.line))
    return script


def _with_setup(path: Path, cells: list[Cell]) -> list[Cell]:
    """The cells; a set-up cell with the code of the parts that it names."""
    places = [n for n, cell in enumerate(cells) if cell.kind is Kind.SETUP]
    errors = []
    for n in places[1:]:
        what = f"the lecture has its set-up cell already in line {cells[places[0]].line}."
        errors.append(AuthoringError(path, cells[n].line, what, "name all parts there, and remove this option."))
    for n in places[:1]:
        cell = cells[n]
        try:
            code = setup_code(path, cell.line, cell.name, cell.seed, Course(path.parent.parent).setup)
            cells = [*cells[:n], replace(cell, shared=code), *cells[n + 1 :]]
        except AuthoringErrors as wrong:
            errors += wrong.errors
    if errors:
        raise AuthoringErrors(errors)
    return cells


def _with_questions(path: Path, cells: list[Cell]) -> list[Cell]:
    """Each cell of a quiz as the text, the exercise, the wrong answers and the check that its bank gives."""
    file = Course(path.parent.parent).quizzes / f"{path.stem}.yml"
    bank = read_bank(file)
    asked = [cell for cell in cells if cell.kind is Kind.QUIZ]
    errors, expanded = [], []
    for cell in cells:
        if cell.kind is not Kind.QUIZ:
            expanded.append(cell)
        elif cell.name not in bank:
            what, fix = f"no question of {file} is called `{cell.name}`.", "fix the name, or write the question."
            errors.append(AuthoringError(path, cell.line, what, fix))
        else:
            expanded += _question_cells(cell, bank[cell.name], asked.index(cell) + 1, len(asked))
    if errors:
        raise AuthoringErrors(errors)
    return expanded


def _question_cells(cell: Cell, question: Question, number: int, total: int) -> Iterator[Cell]:
    name = question.variable
    letters = ", ".join(question.lettered)
    solution = f"# Write {name} = and one of the letters {letters}, in quotes.\n"
    solution += f"{BEGIN_SOLUTION}\n{question.answer(question.right)}\n{END_SOLUTION}"
    yield Cell(Kind.PROSE, cell.line, question.prose(number, total))
    yield Cell(Kind.EXERCISE, cell.line, solution, name)
    for letter, choice in question.lettered.items():
        if not choice.right:
            yield Cell(Kind.WRONG, cell.line, question.answer(letter), name, says=choice.why)
    check = f"{question.check()}\n{BEGIN_HIDDEN}\n{question.hidden_test()}\n{END_HIDDEN}"
    yield Cell(Kind.CHECK, cell.line, check, name, points=cell.points)


def _read_cell(path: Path, line: int, raw: nbformat.NotebookNode) -> Cell:
    options: dict[str, Any] = {key: value for key, value in raw.metadata.items() if key != "lines_to_next_cell"}
    errors: list[AuthoringError] = []

    def report(what: str, fix: str) -> None:
        errors.append(AuthoringError(path, line, what, fix))

    if "incorrectly_encoded_metadata" in options:
        report(
            f"the cell options `{options['incorrectly_encoded_metadata']}` cannot be read.",
            'write them as key=value, and text in double quotes: exercise="neuron".',
        )
        raise AuthoringErrors(errors)
    kind = _kind(options, raw.cell_type)
    for what, fix in _wrong_options(options, OPTIONS[kind]):
        report(f"in a {kind} cell, {what}", fix)
    if kind is Kind.DEMO and options.get("tags") != ["demo"]:
        report(f"the tags {options.get('tags')} are unknown.", 'the only tag is tags=["demo"].')

    wants = "markdown" if kind in (Kind.PROSE, Kind.WRITTEN) else "code"
    if raw.cell_type != wants:
        first_line = "# %% [markdown]" if wants == "markdown" else "# %%"
        report(
            f"a {kind} cell must be {wants}, this one is {raw.cell_type}.", f"begin its first line with `{first_line}`."
        )

    name = str(options.get(kind.value, ""))
    part = str(options.get("part", ""))
    for text in filter(None, [name, part]):
        if kind not in (Kind.PLAYGROUND, Kind.SETUP) and not NAME.fullmatch(text):
            report(f"`{text}` is not a valid name.", "use lower case letters, digits and underscores, a letter first.")
    points = _number(options.get("points"), float)
    if "points" in OPTIONS[kind] and isinstance(options.get("points"), (int, float)) and not 0 < points < 1e6:
        report(f"points={options['points']} is not a possible number of points.", "give the cell half a point or more.")
    if errors:
        raise AuthoringErrors(errors)
    return Cell(
        kind,
        line,
        raw.source,
        name,
        points,
        part,
        says=str(options.get("says", "")),
        height=_number(options.get("height"), int),
        seed=_number(options.get("seed"), int),
        title=" ".join(str(options.get("title", "")).split()),
    )


def _kind(options: dict[str, Any], cell_type: str) -> Kind:
    for kind in (Kind.SETUP, Kind.PLAYGROUND, Kind.EXERCISE, Kind.WRONG, Kind.CHECK, Kind.WRITTEN, Kind.QUIZ):
        if kind.value in options:
            return kind
    if cell_type == "markdown":
        return Kind.PROSE
    return Kind.DEMO if "tags" in options else Kind.GIVEN


def _wrong_options(
    given: dict[str, Any], known: dict[str, tuple[type | tuple[type, ...], bool]]
) -> Iterator[tuple[str, str]]:
    listed = ", ".join(known) or "none"
    for key, value in given.items():
        if key not in known:
            yield f"the option `{key}` is unknown.", f"remove it, or use one of: {listed}."
        elif not isinstance(value, known[key][0]) or isinstance(value, bool):
            yield f"the option `{key}` has a value of the wrong type: {value!r}.", "see the table in CONTRIBUTING.md."
    for key, (_, needed) in known.items():
        if needed and key not in given:
            yield f"the option `{key}` is missing.", f"add `{key}`."


def _number(value: Any, kind: Any) -> Any:
    return kind(value) if isinstance(value, (int, float)) and math.isfinite(value) else kind(0)


def _structure_errors(script: Script) -> Iterator[AuthoringError]:
    yield from _name_errors(script)
    for cell in script.cells:
        yield from _marker_errors(script, cell)
        yield from _syntax_errors(script, cell)


def _name_errors(script: Script) -> Iterator[AuthoringError]:
    seen: dict[str, int] = {}
    exercises: set[str] = set()
    for cell in script.of_kind(Kind.EXERCISE, Kind.WRITTEN, Kind.CHECK, Kind.WRONG):
        if cell.kind is Kind.EXERCISE:
            exercises.add(cell.name)
        if cell.kind in (Kind.CHECK, Kind.WRONG) and cell.name not in exercises:
            what = "check" if cell.kind is Kind.CHECK else "wrong answer"
            yield script.error(
                cell.line,
                f"the {what} `{cell.name}` has no exercise above it.",
                f'put it below the cell `# %% exercise="{cell.name}"`, or fix the name.',
            )
        if cell.kind is Kind.WRONG:
            continue
        if cell.grade_id in seen:
            fix = 'tell them apart with part="…".' if cell.kind is Kind.CHECK else "give this one another name."
            yield script.error(
                cell.line, f"the id `{cell.grade_id}` is already used in line {seen[cell.grade_id]}.", fix
            )
        seen.setdefault(cell.grade_id, cell.line)


def _marker_errors(script: Script, cell: Cell) -> Iterator[AuthoringError]:
    for number, line in enumerate(cell.source.splitlines()):
        if "BEGIN MARK SCHEME" in line or "END MARK SCHEME" in line:
            yield script.error(
                cell.line + 1 + number,
                "nbgrader's markers of a mark scheme are for its task cells.",
                "write `**Mark scheme**` in the solution of a written cell.",
            )
    allowed = {Kind.EXERCISE: BEGIN_SOLUTION, Kind.WRITTEN: BEGIN_SOLUTION, Kind.CHECK: BEGIN_HIDDEN}
    for begin, end in ((BEGIN_SOLUTION, END_SOLUTION), (BEGIN_HIDDEN, END_HIDDEN)):
        try:
            regions = marked_regions(cell.source, begin, end)
        except ValueError as error:
            what, number = error.args
            yield script.error(
                cell.line + 1 + number, what, f"write `{begin}` and `{end}` in pairs, each on its own line."
            )
            continue
        if regions and allowed.get(cell.kind) != begin:
            yield script.error(
                cell.line + 1 + regions[0][0],
                f"`{begin}` is in a {cell.kind} cell.",
                "solutions belong into exercise and written cells, hidden tests into check cells.",
            )
        if not regions and cell.kind in (Kind.EXERCISE, Kind.WRITTEN) and begin == BEGIN_SOLUTION:
            yield script.error(
                cell.line,
                f"the {cell.kind} cell `{cell.name}` has no solution in it.",
                f"write the solution between `{BEGIN_SOLUTION}` and `{END_SOLUTION}`.",
            )


def _syntax_errors(script: Script, cell: Cell) -> Iterator[AuthoringError]:
    # A wrong answer may be one that Python refuses: students hand in such, too.
    if cell.kind in (Kind.PROSE, Kind.WRITTEN, Kind.WRONG):
        return
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        yield script.error(
            cell.line + (error.lineno or 1), f"Python cannot read this cell: {error.msg}.", "fix the syntax."
        )


def line_of(script: Script, source: str) -> int:
    """The line of the cell that a cell of the notebook was built from, by its text; 1 if no cell is like it."""
    # The build writes a playground's page behind its seed, so only the beginning need be the same.
    return next((cell.line for cell in script.cells if cell.source and cell.source in source), 1)
