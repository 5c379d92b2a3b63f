"""What the two processes of an exam protect from each other, and what becomes of checks that need one process."""

from __future__ import annotations

import copy
from pathlib import PurePath

import pytest
from nbformat.v4 import new_code_cell

from grader.authoring.build import build_assignment
from grader.authoring.script import read_script
from grader.core.model import MB, Limits, Outcome, Submission
from grader.exam.backend import Backend, modules_of
from grader.exam.calibrate import calibrate
from grader.exam.exam import hold_exam
from grader.kernel.sandbox import SandboxKind, ZygoteLost
from tests.exam.conftest import points_of
from tests.kernel.conftest import needs_linux, needs_sandbox

LIMITS = Limits(cell_seconds=4, notebook_seconds=60)


@pytest.fixture
def assignment_of(make_course):
    """A function that builds an assignment of the given cells."""

    def build(cells, points):
        course = make_course(cells, points)
        return build_assignment(course, read_script(course.lectures()[0]))

    return build


def submit(assignment, answers, extra=()):
    """A submission of the release with these answers, and with cells of the student's own after them."""
    notebook = copy.deepcopy(assignment.release)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    for position, source in extra:
        notebook.cells.insert(position, new_code_cell(source))
    return Submission("Ada", assignment.name, PurePath("Ada.ipynb"), b"", notebook)


def held(assignment, submission, backend, limits=LIMITS):
    result = hold_exam(assignment, submission, limits, backend, calibrate(assignment, limits, backend))
    return result, {verdict.grade_id: verdict for verdict in result.verdicts}


RIGHT = {"double": "def double(x):\n    return 2 * x", "quadruple": "def quadruple(x):\n    return 4 * x"}


def test_the_checks_are_nowhere_in_the_process_that_runs_the_students_code(doubling, backend):
    spies = (
        "import gc, sys\n"
        "def double(x):\n"
        "    frame, found = sys._getframe(), []\n"
        "    while frame is not None:\n"
        "        found += [str(frame.f_locals), str(frame.f_globals)]\n"
        "        frame = frame.f_back\n"
        "    texts = [thing for thing in gc.get_objects() if isinstance(thing, (list, dict, tuple))]\n"
        "    everything = ' '.join(found) + str(texts) + str(In)\n"
        "    needle = ' '.join(['Negative', 'numbers', 'are', 'doubled'])\n"
        "    print('SEEN' if needle in everything else 'NOTHING')\n"
        "    return 2 * x"
    )
    result, verdicts = held(doubling, submit(doubling, {**RIGHT, "double": spies}), backend)
    check = next(cell for cell in result.notebook.cells if cell.id == "double-check")
    assert verdicts["double_check"].points == 3
    assert "NOTHING" in check.outputs[0].text and "SEEN" not in check.outputs[0].text


def test_what_a_student_prints_during_a_check_is_kept_apart_from_what_the_check_says(doubling, backend):
    loud = "def double(x):\n    print('full marks for me')\n    return 2 * x"
    result, verdicts = held(doubling, submit(doubling, {**RIGHT, "double": loud}), backend)
    check = next(cell for cell in result.notebook.cells if cell.id == "double-check")
    assert check.outputs[0].text == "full marks for me\n" * 2
    assert check.outputs[1].text == "double(3) is right.\n"
    assert check.metadata.grader == {"outcome": "passed", "message": "", "points": 3.0, "protected": True}
    assert verdicts["double_check"].message == ""


def test_names_that_were_given_are_the_examiners_own(doubling, backend):
    _, verdicts = held(doubling, submit(doubling, {"double": "start = 0\ndef double(x):\n    return 0"}), backend)
    assert verdicts["double_check"].message == "Twice 3 is not 0."


VALUE = """
# %% exercise="answer"
### BEGIN SOLUTION
def answer():
    return 2
### END SOLUTION

# %% check="answer" points=3
_got = answer()
### BEGIN HIDDEN TESTS
_got
### END HIDDEN TESTS
"""


def test_an_object_that_looks_like_a_number_is_no_number_of_points(assignment_of, backend):
    assignment = assignment_of(VALUE, 3)
    liar = "class Full:\n    def __repr__(self):\n        return '3'\ndef answer():\n    return Full()"
    _, verdicts = held(assignment, submit(assignment, {"answer": liar}), backend)
    assert verdicts["answer_check"].points == 0


DRAWN = """
# %%
import matplotlib.pyplot as plt

# %% exercise="plot"
### BEGIN SOLUTION
plt.plot([1, 2, 3])
plt.title("Three")
### END SOLUTION

# %% check="plot" points=2
### BEGIN HIDDEN TESTS
_axes = plt.gca()
assert len(_axes.lines) == 1, "Draw one line."
### END HIDDEN TESTS

# %% exercise="three"
### BEGIN SOLUTION
three = 3
### END SOLUTION

# %% check="three" points=1
assert three == 3, "That is not three."
### BEGIN HIDDEN TESTS
assert len(_axes.lines) == 1, "The line is gone."
### END HIDDEN TESTS
"""


def test_checks_that_need_one_process_are_named_and_run_in_the_student_kernel(assignment_of, backend):
    # Cells that draw show their figure at once; what comes after would find no axes. `%config` keeps them.
    cells = DRAWN.replace(
        "import matplotlib.pyplot as plt", "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt"
    )
    assignment = assignment_of(cells, 3)
    reference = calibrate(assignment, LIMITS, backend)
    # The second one is broken by the first, which leaves its axes in the other process.
    assert reference.unprotected == {"plot_check": "Draw one line.", "three_check": "The line is gone."}
    assert reference.problems == ()

    right = {"plot": "plt.plot([1, 2])", "three": "three = 3"}
    result = hold_exam(assignment, submit(assignment, right), LIMITS, backend, reference)
    assert [(verdict.points, verdict.protected) for verdict in result.verdicts] == [(2, False), (1, False)]
    wrong = hold_exam(assignment, submit(assignment, {**right, "three": "three = 4"}), LIMITS, backend, reference)
    assert [verdict.points for verdict in wrong.verdicts] == [2, 0]


def test_a_solution_that_fails_its_own_check_is_reported_to_the_teacher(assignment_of, backend):
    assignment = assignment_of(VALUE.replace("\n_got\n", "\nassert _got == 5, 'Five is wanted.'\n"), 3)
    reference = calibrate(assignment, LIMITS, backend)
    assert reference.unprotected == {}
    [problem] = reference.problems
    assert "answer_check" in problem and "Five is wanted." in problem


def test_limits_on_time_come_from_the_reference_run(assignment_of, backend):
    slow = VALUE.replace("return 2", "__import__('time').sleep(3.2); return 3")
    assignment = assignment_of(slow, 3)
    reference = calibrate(assignment, Limits(), backend)
    assert reference.problems == ()
    assert 32 <= Limits().within(reference).cell_seconds <= 50
    assert Limits(cell_seconds=7).within(reference).cell_seconds == 7


LED = """
# %% exercise="size"
### BEGIN SOLUTION
def size():
    return 3
### END SOLUTION

# %% check="size" points=1
### BEGIN HIDDEN TESTS
_list = {work}
### END HIDDEN TESTS

# %%
given = 40

# %% exercise="other"
### BEGIN SOLUTION
other = 2
### END SOLUTION

# %% check="other" points=1
assert given + other == 42, "Not 42."
### BEGIN HIDDEN TESTS
assert other == 2
### END HIDDEN TESTS
"""


@pytest.mark.parametrize(
    "work, outcome",
    [
        ("[_ for _ in range(size()) if _ < 0]", Outcome.TIMEOUT),  # hangs, and can be interrupted
        ("sum(range(size()))", Outcome.TIMEOUT),  # within one call of C: it has to be ended
        ("[0] * size()", Outcome.ERROR),
    ],
)
def test_a_check_that_a_student_leads_astray_costs_nothing_else(assignment_of, backend, work, outcome):
    assignment = assignment_of(LED.format(work=work), 2)
    huge = "def size():\n    return 10**13"
    limits = Limits(cell_seconds=2, notebook_seconds=60, memory_bytes=512 * MB)
    _, verdicts = held(assignment, submit(assignment, {"size": huge, "other": "other = 2"}), backend, limits)
    assert verdicts["size_check"].outcome is outcome
    assert verdicts["size_check"].points == 0
    assert verdicts["other_check"].points == 1


def test_a_loop_that_catches_interrupts_is_ended_with_its_kernel(doubling, backend):
    stubborn = (
        "import time\ndef double(x):\n    while True:\n        try: time.sleep(9)\n        except BaseException: pass"
    )
    result, verdicts = held(doubling, submit(doubling, {**RIGHT, "double": stubborn}), backend, Limits(2, 60))
    assert verdicts["double_check"].outcome is Outcome.TIMEOUT
    assert verdicts["quadruple_check"].points == 0
    assert any("could not be interrupted" in problem.text for problem in result.problems)


def test_a_kernel_that_dies_during_a_check_costs_what_comes_after(doubling, backend):
    dies = "import os, signal\ndef double(x):\n    os._exit(3)"
    _, verdicts = held(doubling, submit(doubling, {**RIGHT, "double": dies}), backend)
    assert [verdict.outcome for verdict in verdicts.values()] == [Outcome.NOT_RUN, Outcome.NOT_RUN]


RANDOM = """
# %%
import random
import numpy as np

# %% exercise="draw"
### BEGIN SOLUTION
def draw():
    return [float(x) for x in np.random.rand(3)] + [random.random()]
### END SOLUTION

# %% check="draw" points=1
_drawn = draw()
### BEGIN HIDDEN TESTS
print(_drawn, np.random.rand(), random.random())
### END HIDDEN TESTS
"""


def test_ten_gradings_give_the_same_numbers(assignment_of, backend):
    assignment = assignment_of(RANDOM, 1)
    answer = "def draw():\n    return [float(x) for x in np.random.rand(3)] + [random.random(), hash('a')]"
    reference = calibrate(assignment, LIMITS, backend)
    texts = set()
    for _ in range(10):
        result = hold_exam(assignment, submit(assignment, {"draw": answer}), LIMITS, backend, reference)
        check = next(cell for cell in result.notebook.cells if cell.id == "draw-check")
        texts.add(check.outputs[-1].text)
    assert len(texts) == 1 and "[" in texts.pop()


def test_checks_may_use_ipythons_own_lines(doubling, backend):
    for notebook in (doubling.source, doubling.with_stubs):
        check = next(cell for cell in notebook.cells if cell.id == "double-check")
        check.source = (
            "%time _twice = double(2)\n%timeit -n1 -r1 pass\ndisplay(_twice)\n"
            "assert get_ipython() is not None and _twice == 4"
        )
    assert calibrate(doubling, LIMITS, backend).unprotected == {}
    _, verdicts = held(doubling, submit(doubling, RIGHT), backend)
    assert verdicts["double_check"].points == 3


def test_a_files_content_is_the_examiners_own(doubling, backend):
    doubling.files["start.txt"] = b"3"
    check = next(cell for cell in doubling.source.cells if cell.id == "double-check")
    for cells in (doubling.source.cells, doubling.with_stubs.cells):
        check = next(cell for cell in cells if cell.id == "double-check")
        check.source = "assert double(int(open('start.txt').read())) == 6, 'Not six.'"
    cheat = "open('start.txt', 'w').write('0')\ndef double(x):\n    return 6"
    _, verdicts = held(doubling, submit(doubling, {"double": cheat}), backend)
    assert verdicts["double_check"].points == 3  # 6 for 3 is right, whatever the student's copy holds
    _, verdicts = held(doubling, submit(doubling, {"double": cheat.replace("return 6", "return 0")}), backend)
    assert verdicts["double_check"].points == 0


@needs_linux
@pytest.mark.parametrize("kind", [SandboxKind.NONE, SandboxKind.SPAWN])
def test_the_exam_is_the_same_without_a_sandbox(doubling, kind):
    with Backend(kind) as opened:
        result, verdicts = held(doubling, submit(doubling, RIGHT), opened.address)
        assert (points_of(result), {verdict.protected for verdict in verdicts.values()}) == (5, {True})
        liar = "class Yes:\n    def __eq__(self, other): return True\ndef double(x):\n    return Yes()"
        _, verdicts = held(doubling, submit(doubling, {"double": liar}), opened.address)
        assert verdicts["double_check"].points == 0


@needs_sandbox
def test_a_lost_zygote_is_no_fault_of_the_submission(doubling):
    with Backend(SandboxKind.BUBBLEWRAP) as opened:
        reference = calibrate(doubling, LIMITS, opened.address)
        opened.zygote.process.kill()
        opened.zygote.process.wait()
        with pytest.raises(ZygoteLost, match=r"is gone. Run again|Run again, with fewer workers"):
            hold_exam(doubling, submit(doubling, RIGHT), LIMITS, opened.address, reference)
        assert opened.revive()
        result = hold_exam(doubling, submit(doubling, RIGHT), LIMITS, opened.address, reference)
        assert points_of(result) == 5
        assert not opened.revive()


@needs_sandbox
def test_a_module_that_cannot_be_preloaded_is_left_to_the_notebook(tmp_path, monkeypatch):
    packages = tmp_path / "site-packages"
    packages.mkdir()
    (packages / "starts_a_thread.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=[9]).start()"
    )
    (packages / "fails.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(str(packages))
    with Backend(SandboxKind.BUBBLEWRAP, ["json", "starts_a_thread", "fails"]) as opened:
        assert opened.modules == ["json"]


def test_the_modules_of_a_notebook_are_those_that_are_installed(doubling):
    notebook = copy.deepcopy(doubling.source)
    notebook.cells.append(
        new_code_cell("import numpy.linalg as la, nowhere.at_all\nfrom json import *\nfrom . import x")
    )
    assert modules_of([notebook]) == ["math", "numpy.linalg", "json"]
