"""Every lecture, page and playground, read as a careful editor would; and every rule, seen to catch what it is for."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from grader.authoring.course import Course
from grader.authoring.script import Script, read_script
from tests.conftest import HEADER, says_how_to_fix
from tests.course import editing
from tests.course.editing import LECTURE_RULES, WORDING_RULES, Passage, edit_lecture, edit_text, links_lead_somewhere

COURSE = Course(Path(__file__).parent.parent.parent)
PAGES = [COURSE.root / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md")]
PAGES += [*sorted((COURSE.root / "docs").glob("*.md")), COURSE.root / "benchmarks" / "README.md"]
PLAYGROUNDS = sorted(COURSE.playgrounds.glob("*.html"))
BANKS = sorted(COURSE.quizzes.glob("*.yml"))


def told(findings: list[Exception]) -> str:
    return "\n".join(["", *(str(each).removeprefix(f"{COURSE.root}/") for each in findings)])


@pytest.mark.parametrize("path", COURSE.lectures(), ids=lambda path: path.stem)
def test_an_editor_finds_nothing_to_mark_in_a_lecture(path):
    findings = edit_lecture(path)
    assert not findings, told(findings)


@pytest.mark.parametrize("path", [*PAGES, *PLAYGROUNDS, *BANKS], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_editor_finds_nothing_to_mark_in_a_page(path):
    read = {".md": editing.passages_of_markdown, ".html": editing.passages_of_page, ".yml": editing.passages_of_bank}
    findings = edit_text(read[path.suffix](path), COURSE.root)
    assert not findings, told(findings)


# ---------------------------------------------------------------------------------------------------------------------
# Rules that read a lecture. Each sample is a lecture's cells: with a message, it must be caught; without, it must pass.

TITLE = "# %% [markdown]\n# # Lecture 04: trial\n"
SHOW = "# %%\ndef show(fig, alt):\n    display(fig)\n"
ALT = '"A line that rises from 0 at the left to 1 at the right, evenly."'
PLOT = '# %% tags=["demo"]\nfig, ax = plt.subplots()\n'
RECAP = "# %% [markdown]\n# ## Recap\n#\n# **Next**: lecture 05.\n#\n# **Glossary**: weight · bias\n#\n# **Sources**: none.\n"
TERMS = TITLE + "# A **weight**, and the **Bias (an offset)** of it.\n"


def prose(*lines: str) -> str:
    return "# %% [markdown]\n" + "\n".join(f"# {line}" for line in lines) + "\n"


LECTURES: dict[str, list[tuple[str, str | None]]] = {
    "title_comes_first": [
        (TITLE, None),
        (TITLE + prose("```", "# a comment", "```"), None),
        (prose("## 1. A part"), "does not begin with its title"),
        ("# %%\nx = 1\n" + TITLE, "does not begin with its title"),
        (TITLE + prose("# Another"), "“Another” is a second title"),
    ],
    "title_carries_the_lectures_number": [
        (TITLE, None),
        (prose("# Lecture 05: trial"), "does not carry the lecture's number"),
        (prose("# One neuron"), "does not carry the lecture's number"),
    ],
    "no_level_is_skipped": [
        (TITLE + prose("## 1. A", "### Exercise 4.1: b") + prose("## 2. C"), None),
        (TITLE + prose("### Exercise 4.1: b"), "of level 3, below one of level 1. Write it with ##."),
    ],
    "parts_count_up": [
        (TITLE + prose("## Why", "## 1. A", "## 2. B", "## Recap"), None),
        (TITLE + prose("## 1. A", "## 3. B", "## 4. C"), "“3. B” is the part after 1. Number it 2"),
        (TITLE + prose("## 1. A", "## 2. B", "## 2. C"), "“2. C” is the part after 2"),
    ],
    "exercises_count_up": [
        (TITLE + prose("### Exercise 4.1: a", "### Question 4.1: b", "### Exercise 4.2: c"), None),
        (TITLE + prose("### Exercise 4.2: a"), "“Exercise 4.2: a” is the exercise after 0"),
        (TITLE + prose("### Exercise 4.1: a", "### Exercise 4.1: b"), "is the exercise after 1"),
        (TITLE + prose("### Exercise 3.1: a"), "is not written as an exercise of this lecture"),
        (TITLE + prose("## Exercise 4.1: a"), "Write `### Exercise 4.1: …`"),
        (TITLE + prose("### Exercise: a"), "“Exercise: a” has no number of its own"),
    ],
    "figures_have_titles": [
        (PLOT + 'ax.set(title="It rises")', None),
        (PLOT + 'fig.suptitle(f"It rises to {1}")', None),
        (PLOT + 'ax.set(**{"title": "It rises"})', None),
        ("# %%\ndef frame(ax, text):\n    ax.set_title(text)\n" + PLOT + 'frame(ax, "It rises")', None),
        ("# %%\ndef unused():\n    return 1\n", None),
        (PLOT + 'ax.legend(title="class")', "this figure has no title"),
        (PLOT + 'ax.set_title("")', "this figure has no title"),
        (PLOT + f'ax.set_title("One")\nshow(fig, {ALT})\nfig, ax = plt.subplots()', "this figure has no title"),
        ('# %% tags=["demo"]\nplt.plot([1, 2])', "this figure has no title"),
    ],
    "figures_have_alternative_texts": [
        (SHOW + PLOT + f"show(fig, {ALT})", None),
        (SHOW + PLOT + f"text = {ALT}\nshow(fig, alt=text)", None),
        (SHOW + PLOT + f"text = text + {ALT}\nshow(fig, text)\nshow(fig, ' '.join([text]))", None),  # cannot be read
        (SHOW + PLOT + 'show(fig, f"A line that rises from {0} at the left, step by step, to {1}.")', None),
        (
            f"{SHOW}# %%\ndef draw(values, alt):\n    fig, ax = plt.subplots()\n    show(fig, alt)\n# %%\ndraw([1], {ALT})",
            None,
        ),
        (prose("![A line that rises from 0 at the left to 1 at the right.](rising.png)"), None),
        (PLOT + "plt.show()", "has no alternative text"),
        (SHOW + PLOT + 'show(fig, "")', "the alternative text “” says little"),
        (SHOW + PLOT + 'show(fig, "A rising line.")', "says little"),
        (SHOW + PLOT + f"show(fig, {ALT.replace('.', '')})", "end it with a full stop"),
        (SHOW + PLOT + f"show(fig, {ALT.replace('A line', 'A figure of a line')})", "begin with what it shows"),
        (
            f'{SHOW}# %%\ndef draw(alt):\n    fig, ax = plt.subplots()\n    show(fig, alt)\n# %%\ndraw("Oh.")',
            "says little",
        ),
        (
            "# %%\ndef draw(w):\n    fig, ax = plt.subplots()\n    ax.plot(w)\n# %%\ninteract(draw, w=3)",
            "no alternative",
        ),
        (prose("![a line](rising.png)"), "“a line” says little"),
    ],
    "axes_have_labels": [
        (PLOT + 'ax.set(xlabel="time (s)", ylabel="way (m)")', None),
        (PLOT + "ax.set(**look)", None),
        (PLOT + 'ax.axis("off")', None),
        (PLOT + "ax.set(xticks=[], yticks=[])", None),
        (PLOT + 'ax.set_xlabel("x")\nax.set_ylabel("y")\nfig.colorbar(image, label="h")', None),
        (PLOT + "ax.plot([1, 2])", "no axis of this figure has xlabel and ylabel"),
        (PLOT + 'ax.set_xlabel("x")', "has ylabel"),
        (PLOT + 'ax.set(xlabel="", ylabel="y")', "has xlabel"),
        (PLOT + 'ax.axis("off")\nfig.colorbar(image)', "the colour bar has no label"),
    ],
    "symbols_are_said_in_words": [
        (prose(r"The angle $\theta$ (theta) is small: $\frac{\theta}{2} \le 1$."), None),
        (prose("A theta.") + prose(r"$$w \leftarrow w$$: $w$ becomes what $\vartheta$ is."), None),
        (prose(r"The length $\|w\|$, and `\psi` in code; φ is phi."), None),
        (prose(r"Here is $\theta$."), "the symbol `theta` stands here, and no words for it"),
        (prose(r"Here is $\theta$.") + prose("It is called theta."), "the symbol `theta`"),
        (prose(r"The variable `eta`, and $\eta$."), "the symbol `eta`"),
        (prose("Theta has η."), "the symbol `eta`"),
        (prose("The slope ∂L."), "the symbol `partial`"),
        (prose(r"$$\nabla L$$"), "say it where it first appears, with one of: nabla, gradient"),
        (prose(r"$\aleph$"), r"do not know the command `\aleph`. Enter it in SYMBOLS"),
    ],
    "imports_are_colabs": [
        (
            "# %%\nimport math\nimport numpy as np\nfrom scipy.special import expit\nfrom keras.layers import Dense",
            None,
        ),
        ("# %%\nimport torch", "`torch` is not in Colab"),
        (
            '# %% exercise="x"\n### BEGIN SOLUTION\nfrom jax.numpy import exp\n### END SOLUTION',
            "`jax.numpy` is not in Colab",
        ),
    ],
    "nothing_is_installed_or_downloaded": [
        ("# %%\nkeras.datasets.mnist.load_data()\nimport os\nos.environ.get('A')\nprint(7\n% 2)", None),
        ("# %%\n# pip install torch", "`pip install` stands here"),
        (prose("First run `pip3 install torch`."), "`pip3 install` stands here"),
        ("# %%\nimport os\nos.system('ls')", "`os.system` is called here"),
        ("# %%\nimport urllib.request\nurllib.request.urlretrieve('x')", "`urllib.request.urlretrieve` is called here"),
        ("# %%\nkeras.utils.get_file('x')", "`keras.utils.get_file` is called here"),
    ],
    "recap_has_next_glossary_and_sources": [
        (TERMS + RECAP, None),
        (TERMS, "does not end with a recap"),
        (TERMS + RECAP + prose("## More"), "does not end with a recap"),
        (TERMS + RECAP.replace("**Next**:", "Next,"), "the recap has no **Next**"),
        (TERMS + RECAP.replace("**Glossary**:", "**Terms**:"), "the recap has no **Glossary**"),
        (TERMS + RECAP.replace(" none.", ""), "the recap has no **Sources**"),
    ],
    "glossary_terms_are_bold_where_they_are_taught": [
        (TERMS + RECAP, None),
        (TERMS.replace("**Bias", "**Biases") + RECAP, "the term `bias`"),
        (TERMS.replace("**weight**", "weight") + RECAP, "the term `weight`"),
        (TITLE + RECAP + prose("**weight**, **bias**"), "the term `weight`"),
    ],
}


def lecture(folder: Path, cells: str, name: str = "04_trial") -> Script:
    path = folder / "solutions" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER.format(points=0) + cells, encoding="utf-8")
    return read_script(path)


@pytest.mark.parametrize(
    "rule, cells, message",
    [(rule, cells, message) for rule in LECTURE_RULES for cells, message in LECTURES[rule.__name__]],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_rule_catches_a_broken_lecture_and_lets_a_good_one_pass(rule, cells, message, tmp_path):
    findings = "\n".join(map(str, rule(lecture(tmp_path, cells))))
    assert (message.casefold() in findings.casefold() and says_how_to_fix(findings)) if message else not findings, (
        findings
    )


@pytest.mark.parametrize("line", ["# !pip list", "# %matplotlib inline"])  # as Jupytext writes them
def test_lines_for_a_shell_or_for_ipython_are_told(line, tmp_path):
    path = tmp_path / "04_trial.py"
    path.write_text(f"{HEADER.format(points=0)}# %%\nx = 1\n{line}\n")
    assert ["Python cannot read this cell" in str(each) for each in edit_lecture(path)] == [True]


def test_a_finding_tells_its_line(tmp_path):
    script = lecture(tmp_path, TITLE + prose("One.", "Two $\\theta$.") + PLOT)
    lines = script.path.read_text().splitlines()
    [symbol] = editing.symbols_are_said_in_words(script)
    assert "theta" in lines[symbol.line - 1]
    [figure] = editing.figures_have_titles(script)
    assert "subplots" in lines[figure.line - 1]


# ---------------------------------------------------------------------------------------------------------------------
# Rules that read any text

TEXTS: dict[str, list[tuple[str, str | None]]] = {
    "british_spelling": [
        ("The colour of the centre; sizes, prizes and the size that is seized; `optimizer=` and `color`.", None),
        ("optimizer=Adam, keras.optimizers, normalize(x), $color$, https://e.org/color and `gray`", None),
        ("**Sources**: A, *Optimization and Color* (1990).", None),
        ("Its color.", "“color” is American spelling. Write “colour”"),
        ("Colors\nin the center", "write “centre”"),
        ("gray", "write “grey”"),
        ("behavior of neighbors", "write “neighbours”"),
        ("labeled", "write “labelled”"),
        ("modeling", "write “modelling”"),
        ("favor", "write “favour”"),
        ("We analyze it.", "write “analyse”"),
        ("Normalization", "write “Normalisation”"),
        ("an optimizer", "write “optimiser”"),
        ("to emphasize", "write “emphasise”"),
        ("ten kilometers", "write “kilometres”"),
        ("the math", "write “mathematics”"),
    ],
    "no_padding": [
        ("The important thing: this module holds `delve`.", None),
        ("It is important\nto note that", "“It is important to note” says nothing"),
        ("In this module you", "says nothing"),
        ("Let's dive in", "says nothing"),
        ("Next we will explore", "says nothing"),
    ],
    "no_doubled_words": [
        ("AND and OR or NOT; $a$ a, a `the` the; had: had. That, that.", None),
        ("over the\nthe hill", "“the the”: a word stands twice"),
        ("The the hill", "a word stands twice"),
        ("a a hill", "a word stands twice"),
    ],
    "no_notes_to_self": [
        ("Nothing to do, `TODO`.", None),
        ("TODO: write this", "`TODO` stands here"),
        ("It is FIXME.", "`FIXME` stands here"),
    ],
    "no_exclamation_marks": [
        ("![alt](x.png), `a!`, $n!$ and a != b", None),
        ("Well done!", "an exclamation mark"),
        ("**Careful**!", "an exclamation mark"),
    ],
    "no_double_spaces": [
        ("One. Two.  \nThree.\n| a.  | b |", None),
        ("One.  Two.", "two spaces"),
    ],
    "formulas_and_code_are_closed": [
        ("$x$ and $$y$$, `a$`, ``b`c``, \\$5\n\n```\n$ ls `\n```\n", None),
        ("$x and y", "a `$` has no partner"),
        ("$x$, $y and z\n\n$u$", "a `$` has no partner"),
        ("`x and y", "a backtick has no partner"),
        ("`x`\n\n`y", "a backtick has no partner"),
    ],
    "links_lead_somewhere": [
        ("[a](there.md), [b](there.md#two-words), [c](#here), <img src='x'>, [d](sub/), <https://e.org/a?b#c>", None),
        ("# Here\n\n[a]: https://e.org\n`[x](nowhere.md)` <me@e.org> [m](mailto:me@e.org)", None),
        ("[a](nowhere.md)", "`nowhere.md` leads to no file"),
        ("![a](nowhere.png)", "leads to no file"),
        ('<img src="nowhere.png">', "leads to no file"),
        ("[a](../../outside.md)", "leads to no file of the repository"),
        ("[a](there.md#three-words)", "leads to no heading"),
        ("[a](#nowhere)", "leads to no heading"),
        ("[a](https:/e.org)", "`https:/e.org` is no address"),
        ("[a](http://e)", "`http://e` is no address"),
        ("[a]: ftp://e.org", "is no address"),
    ],
}


def over(rule, text: str, root: Path) -> str:
    """What a rule says of a page with this text, beside which other pages stand."""
    (root / "sub").mkdir()
    (root / "there.md").write_text("# There\n\n## Two words\n")
    page = root / "page.md"
    page.write_text(text + "\n\n## Here\n")
    passages = [Passage(page, 1, text)]
    return "\n".join(map(str, rule(passages, root) if rule is links_lead_somewhere else rule(passages)))


@pytest.mark.parametrize(
    "rule, text, message",
    [(rule, *sample) for rule in (*WORDING_RULES, links_lead_somewhere) for sample in TEXTS[rule.__name__]],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_rule_catches_broken_text_and_lets_good_text_pass(rule, text, message, tmp_path):
    findings = over(rule, text, tmp_path)
    assert (message.casefold() in findings.casefold() and says_how_to_fix(findings)) if message else not findings, (
        findings
    )


def test_lectures_with_a_letter_have_numbers_of_their_own(tmp_path):
    cells = prose("# Lecture 13a: vision") + prose("## 1. A", "### Exercise 13a.1: a", "### Question 13a.1: b")
    rules = (editing.title_carries_the_lectures_number, editing.exercises_count_up)
    findings = {
        name: "\n".join(str(each) for rule in rules for each in rule(lecture(tmp_path, cells, name)))
        for name in ("13a_vision", "13_vision", "13b_sound")
    }
    assert findings["13a_vision"] == ""
    for name, number in (("13_vision", "13"), ("13b_sound", "13b")):
        assert f"Write `# Lecture {number}: …`" in findings[name]
        assert f"Write `### Exercise {number}.1: …`" in findings[name]


def test_every_rule_has_a_sample_that_it_catches_and_one_that_it_lets_pass():
    for rule in (*LECTURE_RULES, *WORDING_RULES, links_lead_somewhere):
        samples = (LECTURES | TEXTS)[rule.__name__]
        assert {message is None for _, message in samples} == {True, False}, rule.__name__


# ---------------------------------------------------------------------------------------------------------------------
# What counts as text

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


def test_all_that_a_student_reads_is_read_and_names_are_not(tmp_path):
    script = lecture(tmp_path, EVERYWHERE)
    lines = script.path.read_text().splitlines()
    found = [lines[each.line - 1].strip() for each in editing.british_spelling(editing.passages_of(script))]
    assert found == [
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
        '</script>\n<script type="application/json">{"the color": 1}</script>'
    )
    found = list(editing.british_spelling(editing.passages_of_page(page)))
    assert sorted(each.line for each in found) == [2, 3, 7]


def test_of_a_bank_the_questions_are_read_and_its_programs_are_not(tmp_path):
    bank = tmp_path / "bank.yml"
    bank.write_text(
        '- name: a\n  question: Which color?\n  code: |\n    color = "the color"\n\n    b\n  choices:\n  - text: gray\n'
    )
    assert [each.line for each in editing.british_spelling(editing.passages_of_bank(bank))] == [2, 8]


def test_a_quiz_is_read_in_its_bank_and_its_cells_need_no_headings(tmp_path):
    bank = tmp_path / "data" / "quizzes" / "04_trial.yml"
    bank.parent.mkdir(parents=True)
    choices = "".join(
        f"    - {{text: {word}, why: Because., right: {word == 'red'}}}\n" for word in ("red", "blue", "grey")
    )
    bank.write_text(f"- name: one\n  question: Which color?\n  choices:\n{choices}")
    script = lecture(tmp_path, TITLE + '# %% quiz="one" points=1\n')
    assert list(editing.british_spelling(editing.passages_of(script))) == []
    assert [heading.text for heading in editing.headings(script)] == ["Lecture 04: trial"]


def test_a_lecture_links_from_its_notebook_to_other_lectures_and_their_headings(tmp_path):
    script = lecture(
        tmp_path, TITLE + prose("## 1. A part", "[a](04_trial.ipynb#1.-A-part) [b](#1-a-part) [c](../data)")
    )
    (tmp_path / "data").mkdir()
    assert list(links_lead_somewhere(editing.passages_of(script), tmp_path)) == []
    broken = lecture(tmp_path, TITLE + prose("[a](05_more.ipynb) [b](04_trial.ipynb#part) [c](data)"))
    assert len(list(links_lead_somewhere(editing.passages_of(broken), tmp_path))) == 3


def test_a_script_that_cannot_be_read_is_told_as_such(tmp_path):
    path = tmp_path / "04_trial.py"
    path.write_text("# %%\nx = (")
    assert any("Python cannot read this cell" in str(each) for each in edit_lecture(path))
