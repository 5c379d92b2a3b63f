"""What counts as text: all that people read, and nothing that only the machine does."""

from __future__ import annotations

import textwrap

from grader.authoring.lint.passages import of_bank
from grader.authoring.lint.playgrounds import of_playground, strings_of_javascript
from grader.authoring.lint.spelling import british_spelling
from tests.authoring.lint.samples import TITLE, lecture

EVERYWHERE = textwrap.dedent('''\
    # %% [markdown]
    # The color of prose.

    # %%
    # The color of a comment.
    color = "color"
    def f(color="lower center"):
        """The color of a docstring."""
        return ax.legend(loc="lower center")

    # %% tags=["demo"]
    ax.set(title="Color")
    show(fig, f"The color of an {'alternative color text'}.")

    # %% exercise="x"
    ### BEGIN SOLUTION
    x = 1
    ### END SOLUTION

    # %% wrong="x" says="color"
    x = "The color of a wrong answer."

    # %% check="x" points=1
    # reference: color, center
    assert x, f"The color of {x} in a check."

    # %% [markdown] written="y" points=1
    # ### BEGIN SOLUTION
    # The color of a model answer.
    # ### END SOLUTION
    ''')


def lines_with_american_spelling(passages):
    return [finding.line for passage in passages for finding in british_spelling(passage)]


def test_all_that_a_student_reads_is_read_and_names_are_not(tmp_path):
    read = lecture(tmp_path, EVERYWHERE)
    lines = read.path.read_text().splitlines()
    assert [lines[number - 1].strip() for number in lines_with_american_spelling(read.passages)] == [
        "# The color of prose.",
        "# The color of a comment.",
        '"""The color of a docstring."""',
        'ax.set(title="Color")',
        "show(fig, f\"The color of an {'alternative color text'}.\")",
        "show(fig, f\"The color of an {'alternative color text'}.\")",
        'assert x, f"The color of {x} in a check."',
        "# The color of a model answer.",
    ]


def test_of_a_playground_the_shown_text_is_read_and_its_code_is_not(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<style>p { color: gray; text-align: center }</style>\n<p title='x'>Its color</p>\n"
        '<svg aria-label="the gray line"></svg>\n<script>\n// the color of a comment\nconst color = "center";\n'
        'say(`The color of ${color}`);\nset("stroke: gray; color: gray");\nb.innerHTML = "<b style=\\"color: red\\">a b</b>";\n'
        'c.innerHTML = "<svg aria-label=\\"the gray line\\"></svg>";\n'
        '</script>\n<script type="application/json">{"the color": 1}</script>'
    )
    assert sorted(lines_with_american_spelling(of_playground(page, tmp_path))) == [2, 3, 7, 10]


def test_the_strings_of_a_script_are_read_with_their_values_blanked():
    code = 'say(`One ${two ? `three ${four}` : "five"} six`, \'seven\'); // "eight"\nx = /"nine"/;'
    assert [text for _, text in strings_of_javascript(code)] == ["three □", "five", "One □ six", "seven"]


def test_of_a_bank_the_questions_are_read_and_its_programs_are_not(tmp_path):
    bank = tmp_path / "bank.yml"
    bank.write_text(
        '- name: a\n  question: Which color?\n  code: |\n    color = "the color"\n\n    b\n  choices:\n  - text: gray\n'
    )
    assert lines_with_american_spelling(of_bank(bank, tmp_path)) == [2, 8]


def test_a_line_of_a_long_question_is_that_of_the_bank(tmp_path):
    bank = tmp_path / "bank.yml"
    bank.write_text("- question: |\n    One.\n    Which color?\n  choices:\n  - text: >\n      Two,\n      gray\n")
    assert lines_with_american_spelling(of_bank(bank, tmp_path)) == [3, 5]


def test_a_quiz_is_read_in_its_bank_and_its_cells_need_no_headings(tmp_path):
    bank = tmp_path / "data" / "quizzes" / "04_trial.yml"
    bank.parent.mkdir(parents=True)
    choices = "".join(
        f"    - {{text: {word}, why: Because., right: {word == 'red'}}}\n" for word in ("red", "blue", "grey")
    )
    bank.write_text(f"- name: one\n  question: Which color?\n  choices:\n{choices}")
    read = lecture(tmp_path, TITLE + '# %% quiz="one" points=1\n')
    assert lines_with_american_spelling(read.passages) == []
    assert [heading.text for heading in read.headings] == ["Lecture 04: trial"]
