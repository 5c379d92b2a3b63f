"""Quizzes: a bank's questions become cells that explain the choice taken, and every mistake in a bank is told."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.quizzes import read_bank
from grader.authoring.script import Kind, read_script
from grader.authoring.validate import validate_lecture
from grader.core.errors import AuthoringErrors
from tests.conftest import DOUBLING, says_how_to_fix

BANK = """\
- name: twice
  question: |
    What is twice $x$?
  choices:
    - text: "`x + 2`"
      why: "That adds two: for 5 it gives 7."
    - text: "`2 * x`"
      right: true
      why: "Yes: two times x, \\"doubled\\"."
    - text: "`x ** 2`"
      why: "That is the square."
- name: reads
  question: What does it print?
  code: |
    x = np.array([1, 2])
    print(2 * x)
  choices:
    - {text: "`[1 2 1 2]`", why: "That would be a list, repeated."}
    - {text: "`[2 4]`", right: true, why: "An array is doubled place by place."}
    - {text: "`4`", why: "No length is asked for."}
"""
QUIZ = '\n# %% [markdown]\n# ## Quiz\n\n# %% quiz="twice" points=1\n\n# %% quiz="reads" points=2\n'


@pytest.fixture
def make_quiz(make_course):
    """A function that gives the path of a lecture with a quiz on this bank."""

    def make(bank: str | None = BANK, quiz: str = QUIZ):
        course = make_course(DOUBLING + quiz)
        course.quizzes.mkdir(parents=True, exist_ok=True)
        if bank is not None:
            (course.quizzes / "01_doubling.yml").write_text(bank, encoding="utf-8")
        return course, course.solutions / "01_doubling.py"

    return make


def complaint(path) -> str:
    with pytest.raises(AuthoringErrors) as caught:
        read_script(path)
    return str(caught.value)


def told(check: str, **names: object) -> str:
    """What a student is told by a check of the release: its print, or the sentence of its assert."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(check, dict(names))
        except AssertionError as error:
            return str(error)
    return out.getvalue()


def test_a_lecture_with_a_letter_has_a_bank_of_its_own_name(make_quiz):
    course, path = make_quiz()
    bank = course.quizzes / "01_doubling.yml"
    lettered = path.rename(path.with_name("13a_vision.py"))
    assert "13a_vision.yml" in complaint(lettered)
    bank.rename(bank.with_name("13a_vision.yml"))
    assert read_script(lettered).of_kind(Kind.EXERCISE)[-1].name == "quiz_reads"


def test_a_question_becomes_its_text_an_answer_cell_and_a_check(make_quiz):
    _, path = make_quiz()
    script = read_script(path)
    *_, text, answer, wrong, other, check = script.cells
    kinds = [Kind.PROSE, Kind.EXERCISE, Kind.WRONG, Kind.WRONG, Kind.CHECK]
    assert [cell.kind for cell in (text, answer, wrong, other, check)] == kinds
    assert text.source.startswith("### Quiz, question 2 of 2\n\nWhat does it print?")
    assert "```python\nx = np.array([1, 2])\nprint(2 * x)\n```" in text.source
    assert "- **B** · `[2 4]`" in text.source
    assert (answer.name, check.points, check.grade_id) == ("quiz_reads", 2, "quiz_reads_check")
    assert [cell.source for cell in (wrong, other)] == ['quiz_reads = "A"', 'quiz_reads = "C"']


def test_a_choice_is_answered_with_its_explanation_and_the_right_one_with_all(make_quiz):
    course, path = make_quiz()
    release = build_assignment(course, read_script(path)).release
    [check] = [cell.source for cell in release.cells if "quiz_twice_check" in str(cell.metadata)]
    assert told(check, quiz_twice="A") == "A is not the answer. That adds two: for 5 it gives 7."
    assert told(check, quiz_twice=" c ") == "C is not the answer. That is the square."
    everything = told(check, quiz_twice="B")
    assert 'B is right. Yes: two times x, "doubled".' in everything
    assert "A is not right. That adds two" in everything and "C is not right. That is the square." in everything
    for odd in (2, None, "", "E", "2 * x"):
        assert "one of A, B, C" in told(check, quiz_twice=odd)


def test_a_release_shows_no_explanation_before_the_answer(make_quiz):
    course, path = make_quiz()
    release = build_assignment(course, read_script(path)).release
    text = "\n".join(cell.source for cell in release.cells)
    for secret in ("That adds two", "doubled", '"B"', "'B'"):
        assert secret not in text.partition("## Quiz")[2]


@pytest.mark.slow
def test_a_lecture_with_a_quiz_is_sound(make_quiz):
    course, path = make_quiz()
    path.write_text(path.read_text().replace("points: 9", "points: 12"))
    report = validate_lecture(course, path)
    assert not report.errors, "\n".join(map(str, report.errors))
    assert report.points == 12


MISTAKES = {
    "no YAML": (BANK + "- name: [", 21, "this is no YAML"),
    "no list": ("name: twice", 1, "a bank is a list of questions"),
    "no mapping": (BANK + "- twice\n", 1, "it is no mapping"),
    "a name that stands twice": (BANK + BANK, 1, "`twice` stands twice"),
    "an unknown key": (BANK.replace("  code:", "  program:"), 12, "`program` is unknown"),
    "a name with capitals": (BANK.replace("reads", "Reads"), 12, "`Reads` is no name"),
    "a question that is a number": (BANK.replace("What does it print?", "7"), 12, "`question` is no text"),
    "too few choices": (BANK.replace('    - {text: "`4`", why: "No length is asked for."}\n', ""), 12, "three to six"),
    "a choice without a reason": (BANK.replace("That is the square.", ""), 1, "choice C needs a `text` and a `why`"),
    "a formula in a reason": (BANK.replace("the square.", "$x^2$."), 1, "the `why` of choice C holds a formula"),
    "a choice with another key": (BANK.replace("{text: \"`4`\"", "{says: \"`4`\""), 12, "choice C has other keys"),
    "two right choices": (BANK.replace("`4`\",", "`4`\", right: true,"), 12, "not exactly one choice is right"),
    "no right choice": (BANK.replace("      right: true\n", ""), 1, "not exactly one choice is right"),
}  # fmt: skip


@pytest.mark.parametrize("bank, line, what", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_bank_is_told_with_file_line_and_mend(make_quiz, bank, line, what):
    course, path = make_quiz(bank)
    said = complaint(path)
    assert said.startswith(f"{course.quizzes / '01_doubling.yml'}:{line}: ")
    assert what in said and says_how_to_fix(said)


def test_a_bank_that_is_not_there_is_told(make_quiz):
    _, path = make_quiz(bank=None)
    assert "there is no such bank" in complaint(path)


def test_a_question_that_is_in_no_bank_is_told_with_the_script_s_line(make_quiz):
    _, path = make_quiz(quiz='\n# %% quiz="thrice" points=1\n')
    line = path.read_text().splitlines().index('# %% quiz="thrice" points=1') + 1
    said = complaint(path)
    assert said.startswith(f"{path}:{line}: ") and "called `thrice`" in said


REAL = Course(Path(__file__).parents[2])
QUESTIONS = [
    pytest.param(question, id=f"{path.stem}-{name}")
    for path in sorted(REAL.quizzes.glob("*.yml"))
    for name, question in read_bank(path).items()
]


@pytest.mark.parametrize("question", [each for each in QUESTIONS if each.values[0].code])
def test_a_program_to_be_read_prints_what_the_right_choice_says(question):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(question.code, {"np": np})
    printed = " ".join(out.getvalue().split())
    assert printed == " ".join(question.lettered[question.right].text.strip("`").split())


@pytest.mark.parametrize("path", sorted(REAL.quizzes.glob("*.yml")), ids=lambda path: path.stem)
def test_a_quiz_asks_all_its_questions_and_spreads_the_right_letters(path):
    bank = read_bank(path)
    script = read_script(REAL.solutions / f"{path.stem}.py")
    asked = {cell.name for cell in script.of_kind(Kind.EXERCISE) if cell.name.startswith("quiz_")}
    assert asked == {question.variable for question in bank.values()}
    assert len(bank) >= 5
    assert sum(bool(question.code) for question in bank.values()) >= 2
    assert len({question.right for question in bank.values()}) >= 3
