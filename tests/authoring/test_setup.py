"""The set-up cell: written from the parts in solutions/setup/, with the lecture's own code below them."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.script import Kind, read_script
from grader.core.errors import AuthoringErrors
from tests.conftest import DOUBLING, says_how_to_fix

FIGURES = "# Figures that look alike.\nimport math\n\nhalf = SEED / 2\n"
SETUP = '# %% setup="figures" seed=3\nown = half + 1\n\n'


def with_parts(course: Course, **parts: str | bytes) -> Course:
    course.setup.mkdir(exist_ok=True)
    for name, text in parts.items():
        (course.setup / f"{name}.py").write_bytes(text if isinstance(text, bytes) else text.encode())
    return course


def build(course: Course):
    return build_assignment(course, read_script(course.lectures()[0]))


def complaint(course: Course) -> str:
    with pytest.raises(AuthoringErrors) as caught:
        build(course)
    return str(caught.value)


def test_the_parts_come_first_and_the_lecture_s_own_code_below_them(make_course):
    course = with_parts(make_course(SETUP + DOUBLING), figures=FIGURES, colours='BLUE = "#0072B2"\n')
    path = course.lectures()[0]
    path.write_text(path.read_text().replace('setup="figures"', 'setup="figures colours"'))
    cell = build(course).release.cells[0]
    names: dict[str, object] = {}
    exec(cell.source, names)
    assert (names["SEED"], names["half"], names["own"]) == (3, 1.5, 2.5)
    assert cell.source.index("half = SEED / 2") < cell.source.index("BLUE") < cell.source.index("own = half + 1")


def test_a_set_up_cell_without_code_of_the_lecture_s_own_is_enough(make_course):
    course = with_parts(make_course('# %% setup="figures" seed=3\n\n' + DOUBLING), figures=FIGURES)
    assert build(course).release.cells[0].source.endswith("half = SEED / 2")


def test_the_set_up_cell_is_given_code_under_the_id_that_it_always_had(make_course):
    before = build(make_course("# %%\nimport math\n\n" + DOUBLING)).release.cells[0]
    after = build(with_parts(make_course(SETUP + DOUBLING), figures=FIGURES)).release.cells[0]
    assert after.id == before.id
    assert {**after.metadata.nbgrader, "checksum": ""} == {**before.metadata.nbgrader, "checksum": ""}


def test_the_script_keeps_its_own_lines(make_course):
    script = read_script(with_parts(make_course(SETUP + DOUBLING), figures=FIGURES).lectures()[0])
    [cell] = script.of_kind(Kind.SETUP)
    lines = script.path.read_text().splitlines()
    assert 'setup="figures"' in lines[cell.line - 1]
    assert cell.source == "own = half + 1" and "half = SEED / 2" in cell.shared


MISTAKES = {
    "an unknown part": (SETUP.replace("figures", "figure"), {}, "there is no set-up part `figure` in"),
    "a part outside the folder": (SETUP.replace("figures", "../figures"), {}, "no set-up part `../figures`"),
    "no part": (SETUP.replace("figures", " "), {}, "the set-up cell names no part. Name one or more of: figures."),
    "a part named twice": (SETUP.replace("figures", "figures figures"), {}, "`figures` is named twice"),
    "no seed": (SETUP.replace(" seed=3", ""), {}, "in a setup cell, the option `seed` is missing"),
    "a seed that is no number": (SETUP.replace("3", '"3"'), {}, "`seed` has a value of the wrong type"),
    "a negative seed": (SETUP.replace("3", "-3"), {}, "seed=-3 is negative"),
    "two set-up cells": (SETUP + SETUP, {}, "has its set-up cell already in line"),
    "own code that Python cannot read": (SETUP.replace("half + 1", "= 1"), {}, "Python cannot read this cell"),
}


@pytest.mark.parametrize("cells, parts, what", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_script_is_reported_with_its_line_and_the_fix(make_course, cells, parts, what):
    course = with_parts(make_course(cells + DOUBLING), figures=FIGURES, **parts)
    message = complaint(course)
    line = int(message.split(": ")[0].rsplit(":", 1)[1])
    shown = course.lectures()[0].read_text().splitlines()[line - 1]
    assert what in message and says_how_to_fix(message)
    assert shown.startswith("# %% setup=") or shown == "own = = 1"


BROKEN_PARTS = {
    "not Python": (b"import math\nx = (\n", 2, "Python cannot read this set-up part"),
    "not UTF-8": ("x = 'ä'".encode("latin-1"), 1, "cannot be read"),
    "a marker of nbgrader's": (b"x = 1\n### BEGIN SOLUTION\n", 2, "a marker that nbgrader cuts out"),
}


@pytest.mark.parametrize("content, line, what", BROKEN_PARTS.values(), ids=BROKEN_PARTS)
def test_a_mistake_in_a_part_is_reported_with_the_part_s_file_and_line(make_course, content, line, what):
    course = with_parts(make_course(SETUP + DOUBLING), figures=content)
    message = complaint(course)
    assert message.startswith(f"{course.setup / 'figures.py'}:{line}: ")
    assert what in message and says_how_to_fix(message)


def test_an_unknown_part_is_reported_with_those_that_there_are(make_course):
    course = with_parts(
        make_course(SETUP.replace("figures", "figs") + DOUBLING), figures=FIGURES, keras="import math\n"
    )
    assert "Use one of: figures, keras; or write figs.py there." in complaint(course)
    empty = make_course(SETUP + DOUBLING)
    for path in empty.setup.glob("*.py"):
        path.unlink()
    assert "Use one of: none, the folder is empty" in complaint(empty)


def test_every_lecture_has_a_set_up_cell_and_none_repeats_what_the_parts_hold(real_course):
    bound = {
        name.id
        for path in real_course.setup.glob("*.py")
        for statement in ast.parse(path.read_text()).body
        for name in ast.walk(statement)
        if isinstance(statement, ast.Assign) and isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    } | {"show"}
    assert {"rng", "BLUE", "show"} <= bound
    bound.remove("rng")  # a lecture may begin a new sequence of random numbers
    for path in real_course.lectures():
        script = read_script(path)
        assert len(script.of_kind(Kind.SETUP)) == 1, path.name
        for cell in script.of_kind(Kind.SETUP, Kind.GIVEN, Kind.DEMO):
            for statement in ast.parse(cell.source).body:
                again = {getattr(statement, "name", ""), *map(ast.unparse, getattr(statement, "targets", []))} & bound
                assert not again, f"{path.name}:{cell.line} binds {again} anew"


@pytest.mark.slow
def test_the_real_parts_set_all_generators_and_write_nothing(real_course, tmp_path):
    script = read_script(next(path for path in real_course.lectures() if path.stem == "05_networks"))
    [cell] = script.of_kind(Kind.SETUP)
    asked = "\nimport random\nprint(rng.random(), random.random(), np.random.random(), keras.random.uniform(()))\n"
    (tmp_path / "setup.py").write_text(cell.code + asked)
    runs = [
        subprocess.run([sys.executable, tmp_path / "setup.py"], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout and len(runs[0].stdout.split()) >= 4
    assert runs[0].stderr == ""
