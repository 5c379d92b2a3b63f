"""The benchmark: it runs both graders, counts everything that they use, and computes correctly. No test depends on speed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks import throughput
from benchmarks.cells import cells_cpu, modules_of
from benchmarks.metering import MeteringError, measure
from benchmarks.results import COLUMNS, GB, TARGET_COLUMNS, Results, Run, markdown, middle
from benchmarks.work import KINDS, LECTURES, idle_script, make_nbgrader_course, make_work, scripts_of
from grader.authoring.course import Course
from grader.authoring.script import Kind, read_script
from grader.authoring.validate import validate_lecture
from tests.conftest import says_how_to_fix

STOCK = Run("c", "nbgrader", 1, 11, 1, seconds=110, starting=10, cpu=99, peak_bytes=GB, load=0.5)
OURS = Run("c", "grader", 2, 11, 1, seconds=40, starting=10, cpu=33, peak_bytes=2 * GB, load=0.5, equal=11)


def results(*runs: Run) -> Results:
    return Results({"c": 5}, {kind.letter: kind.title for kind in KINDS.values()}, cores=2, runs=list(runs))


def test_rates_cover_the_whole_command_and_the_time_after_the_first_result():
    assert STOCK.per_minute == pytest.approx(6)
    assert STOCK.steady_per_minute == pytest.approx(60 * 10 / 100)
    assert OURS.steady_per_minute == pytest.approx(60 * 9 / 30)  # two began together
    assert OURS.cpu_per_submission == 3
    assert OURS.peak_per_worker == GB


def test_without_submissions_after_the_first_there_is_no_later_rate():
    assert replace(OURS, submissions=2).steady_per_minute is None
    assert replace(STOCK, commands=2, submissions=2).steady_per_minute is None


def test_a_ratio_compares_with_stock_nbgrader_on_the_same_work():
    found = results(STOCK, OURS)
    assert found.ratio(OURS, lambda run: run.steady_per_minute) == pytest.approx(3)
    assert found.ratio(replace(OURS, kind="b"), lambda run: run.steady_per_minute) is None


def test_the_limit_is_the_cells_cpu_time_divided_by_the_cores_in_use():
    found = results(OURS)
    found.cells["c"] = [4, 5, 6]
    assert found.over_the_limit(OURS) == pytest.approx((30 / 9) / (5 / 2))
    four = replace(OURS, workers=4)
    assert found.over_the_limit(four) == pytest.approx((30 / 7) / (5 / 2))


def test_targets_are_reached_missed_or_not_measured():
    found = results(STOCK, OURS)
    found.own = [replace(OURS, submissions=5, cpu=10), replace(OURS, submissions=10, cpu=12)]
    found.start = {
        "plain": [replace(OURS, seconds=seconds, starting=seconds / 2) for seconds in (2, 6, 5)],
        "tensorflow": [replace(OURS, starting=7)],
    }
    measured = {target.text: (target.got, target.reached) for target in found.targets()}
    assert measured["(c) small Keras models: times as fast as stock nbgrader, 2 workers"] == (pytest.approx(3), False)
    assert measured["(d) MNIST: time divided by the limit, 2 workers"] == (None, None)
    assert measured["the grader's own CPU time per submission"] == (0.4, True)
    assert measured["start, until the first result"] == (2.5, False)
    assert measured["start, until the first result, with TensorFlow"] == (7, True)
    assert measured["(c) peak memory per worker, 2 workers"] == (1.0, True)


def test_the_run_with_the_median_time_counts():
    assert middle([replace(OURS, seconds=seconds) for seconds in (3, 1, 2)]).seconds == 2


def test_a_table_in_markdown_has_a_cell_for_every_column():
    lines = markdown(COLUMNS, results(STOCK, OURS).rows()).splitlines()
    assert len(lines) == 4
    assert {line.count("|") for line in lines} == {len(COLUMNS) + 1}
    assert len(results(STOCK, OURS).target_rows()[0]) == len(TARGET_COLUMNS)


BURN = "import time\nwhile time.process_time() < 0.5: pass"
DETACHED = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {BURN!r}], start_new_session=True)"
GREEDY = "import time\nheld = b'x' * (200 << 20)\ntime.sleep(1)"


def test_the_cpu_time_of_a_process_that_outlives_its_command_is_counted():
    assert measure([sys.executable, "-c", DETACHED]).cpu > 0.5


def test_the_memory_of_a_commands_children_is_counted():
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {GREEDY!r}])"
    assert 200 << 20 < measure([sys.executable, "-c", code]).peak_bytes < 1 << 30


def test_a_command_that_fails_is_reported_with_its_output(tmp_path):
    with pytest.raises(MeteringError, match="it broke"):
        measure([sys.executable, "-c", "import sys; sys.exit('it broke')"], cwd=tmp_path)


def test_the_idle_lecture_has_as_many_cells_as_its_model(tmp_path):
    script = read_script(KINDS["a"].scripts[0])
    work = make_work(tmp_path, {"idle": idle_script(script)}, 1)
    idle = read_script(work.course.lectures()[0])
    for kind in (Kind.EXERCISE, Kind.CHECK, Kind.WRONG):
        assert len(idle.of_kind(kind)) == len(script.of_kind(kind))
    assert len(idle.cells) == len(script.cells) + 1  # the cell that holds its imports


def test_both_graders_get_the_same_submissions(tmp_path):
    work = make_work(tmp_path / "work", {"idle": idle_script()}, 3)
    make_nbgrader_course(work, tmp_path / "stock")
    names = [f"student-{number:03}/idle/idle.ipynb" for number in (1, 2, 3)]
    assert [str(path.relative_to(work.submitted)) for _, path in work.files()] == names
    for name in names:
        assert (tmp_path / "stock" / "submitted" / name).read_bytes() == (work.submitted / name).read_bytes()


def test_the_cells_alone_are_the_notebooks_without_its_demos(tmp_path):
    first = "import time\nwhile time.process_time() < 0.2: pass"
    slow_demo = '\n# %% tags=["demo"]\nwhile True: pass\n'
    work = make_work(tmp_path, {"idle": idle_script(first=first) + slow_demo}, 2)
    assert all(seconds < 5 for seconds in cells_cpu(work, {}))
    assert modules_of(["import a.b, c", "def f(:", "from d import e"]) == ["a.b", "c", "d"]


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.stem for path in sorted(LECTURES.glob("*.py"))])
def test_the_benchmarks_lectures_are_sound(name, real_course, tmp_path):
    kind = next(kind for kind in KINDS.values() if kind.scripts[0].stem == name)
    course = Course(tmp_path / "course")
    shutil.copytree(real_course.data, course.data)
    course.solutions.mkdir()
    for script, text in scripts_of(kind).items():
        (course.solutions / f"{script}.py").write_text(text)
    assert [str(error) for error in validate_lecture(course, course.lectures()[0]).errors] == []


@pytest.mark.slow
def test_two_trivial_submissions_are_graded_by_both_and_fill_the_table(tmp_path):
    found = results()
    work = make_work(tmp_path, {"idle": idle_script()}, 2)
    throughput.compare(found, "c", work, [1], repeat=1, more=["--sandbox", "none"])
    stock, ours = found.runs
    assert (stock.grader, stock.submissions, ours.grader, ours.submissions, ours.equal) == (
        "nbgrader",
        2,
        "grader",
        2,
        2,
    )
    for run in (stock, ours):
        assert 0 < run.starting < run.seconds and run.cpu > 0 and run.peak_bytes > 10 << 20
    assert all(len(row) == len(COLUMNS) and all(row) for row in found.rows())
    for row, run in zip(found.rows(), found.runs, strict=True):
        assert float(row[COLUMNS.index("/min")]) == pytest.approx(60 * 2 / run.seconds, abs=0.06)
    everything = json.loads(json.dumps(found.as_dict()))
    assert everything["machine"]["versions"]["nbgrader"]
    assert len(everything["cells_cpu"]["c"]) == 2


@pytest.mark.slow
def test_the_start_is_measured_by_a_class_of_one(tmp_path):
    (run,) = throughput.run_start(tmp_path, "pass", 1, ["--sandbox", "none"])
    assert run.submissions == 1 and 0 < run.starting < run.seconds


def test_what_the_benchmark_cannot_do_is_reported_with_the_fix():
    for words, message in ((["--kinds", "z"], "not understood"), (["--kinds", "d"], "Add --data mnist=FILE")):
        result = subprocess.run(
            [sys.executable, "-m", "benchmarks.throughput", *words],
            cwd=LECTURES.parent.parent,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 1
        assert message in result.stderr and says_how_to_fix(result.stderr)
