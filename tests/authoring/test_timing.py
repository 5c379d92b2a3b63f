"""`grader times`: both notebooks of a lecture are run in full, slow or failing ones are reported, the page lists them all."""

from __future__ import annotations

import os
import platform

import pytest
from typer.testing import CliRunner

from grader.authoring import timing
from grader.authoring.timing import LIMIT, Run, Timing, time_lectures, times_page
from grader.cli.main import app
from tests.conftest import DOUBLING


def test_each_version_is_timed_with_its_slowest_cell_including_demos(make_course):
    slow_demo = DOUBLING.replace("drawn = math.pi", "import time; time.sleep(0.6)")
    [measured] = time_lectures(make_course(slow_demo))
    assert (measured.name, measured.minutes) == ("01_doubling", 10)
    for run in (measured.release, measured.solution):
        assert run.slowest == "cell 3 (under “Doubling”)"
        assert 0.6 <= run.slowest_seconds < run.seconds
        assert run.failure == ""  # a stub that raises is no failure of the release


def test_a_slow_solution_is_reported_by_its_exercise_and_its_release_is_not(make_course):
    slow = DOUBLING.replace("assert double(-5)", "import time as _time\n_time.sleep(1.2)\nassert double(-5)")
    [measured] = time_lectures(make_course(slow))
    assert measured.solution.slowest == "cell 6 (double_check)"
    between = (measured.release.seconds + measured.solution.seconds) / 2
    [problem] = measured.problems(between)
    assert problem.startswith("01_doubling, solution: it takes ") and "cell 6 (double_check)" in problem


def test_a_solution_that_raises_is_a_problem_even_if_it_is_fast(make_course):
    [measured] = time_lectures(make_course(DOUBLING.replace("return 2 * x", "return 2 * y")))
    [problem] = measured.problems(LIMIT)
    assert "01_doubling, solution: cell 6 (double_check) fails: NameError" in problem
    assert "Run `grader validate 01_doubling`" in problem


def test_a_release_whose_kernel_dies_is_a_problem(make_course):
    [measured] = time_lectures(make_course(DOUBLING.replace("start = 3", "start = 3; import os; os._exit(1)")))
    assert any(problem.startswith("01_doubling, release: cell 2") for problem in measured.problems(LIMIT))


def test_a_notebook_that_hangs_is_stopped(make_course, monkeypatch):
    monkeypatch.setattr(timing, "PATIENCE", 2)
    hanging = DOUBLING.replace("drawn = math.pi", "import time; time.sleep(600)")
    [measured] = time_lectures(make_course(hanging), limit=1.5)
    assert len(list(measured.problems(1.5))) == 4  # each version takes too long, and does not end
    assert measured.release.seconds < 30


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot limit a process to some cores")
def test_the_kernel_sees_at_most_two_cores_and_the_grader_keeps_its_own(make_course, monkeypatch, tmp_path):
    asked = []
    real = os.sched_setaffinity
    monkeypatch.setattr(os, "sched_setaffinity", lambda pid, cores: (asked.append(set(cores)), real(pid, cores)))
    before = os.sched_getaffinity(0)
    seen = tmp_path / "seen"
    counting = f"start = 3\nimport os\nprint(len(os.sched_getaffinity(0)), file=open({str(seen)!r}, 'a'))"
    [measured] = time_lectures(make_course(DOUBLING.replace("start = 3", counting)))
    assert measured.solution.failure == ""
    assert {int(cores) for cores in seen.read_text().split()} == {min(2, len(before))}
    assert os.sched_getaffinity(0) == before
    assert asked == 2 * [set(sorted(before)[:2]), before]


def test_a_system_that_cannot_limit_cores_says_so(monkeypatch):
    monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    assert f"all of them used: {platform.system()} cannot limit a process to 2" in timing.cores_in_words()


def test_the_page_shows_the_table_the_machine_and_how_to_measure_again(monkeypatch):
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    fast, slow = Run(1.26, "cell 2 (under “a | b”)", 0.51), Run(75.04, "cell 9 (train)", 60.0)
    page = times_page([Timing("01_doubling", 45, fast, slow)], 90, load=0.31)
    assert (
        "| 01_doubling | 45 | 1.3 | cell 2 (under “a \\| b”), 0.5 s | 75.0 | cell 9 (train), 60.0 s |"
        in page.splitlines()
    )
    for text in (
        "below 90 seconds",
        f"Python {platform.python_version()}",
        "TensorFlow ",
        " cores, ",
        "a load of 0.3",
        "make times",
    ):
        assert text in page
    monkeypatch.setenv("MNIST_NPZ", "mnist.npz")
    page = times_page([], 90, load=None)
    assert "MNIST from a file" in page and "load not known" in page


def test_the_command_writes_the_page_of_a_whole_course_and_shows_it(make_course):
    course = make_course()
    result = CliRunner().invoke(app, ["times", "--course", str(course.root)])
    assert result.exit_code == 0, result.output
    assert "its slowest cell" in result.output
    assert "| 01_doubling | 10 |" in (course.root / "docs" / "times.md").read_text()


def test_for_named_lectures_a_page_is_written_only_if_it_is_asked_for(make_course, tmp_path):
    course = make_course()
    words = ["times", "01_doubling", "--course", str(course.root)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert not (course.root / "docs").exists()
    assert CliRunner().invoke(app, [*words, "--out", str(tmp_path / "t.md")]).exit_code == 0
    assert (tmp_path / "t.md").is_file()


def test_a_notebook_over_the_limit_is_named_and_fails_the_command_after_the_page_is_written(make_course, tmp_path):
    course = make_course(DOUBLING.replace("start = 3", "start = 3; import time; time.sleep(1)"))
    words = ["times", "--course", str(course.root), "--limit", "1", "--out", str(tmp_path / "t.md")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert "01_doubling, release: it takes" in result.output and "01_doubling, solution: it takes" in result.output
    assert "Begin with its slowest cell: cell 2" in result.output
    assert "| 01_doubling | 10 |" in (tmp_path / "t.md").read_text()


def test_a_busy_machine_is_reported_before_anything_runs(make_course, monkeypatch):
    monkeypatch.setattr(timing, "load_now", lambda: 5.94)
    monkeypatch.setattr(timing, "time_lectures", lambda *_: iter([]))
    result = CliRunner().invoke(app, ["times", "--course", str(make_course().root)])
    assert "This machine is busy (load 5.9)" in result.output


def test_a_missing_lecture_is_reported(make_course):
    result = CliRunner().invoke(app, ["times", "02_tripling", "--course", str(make_course().root)])
    assert result.exit_code == 1
    assert "no lecture is called 02_tripling" in result.output


def test_the_help_shows_the_default_limit():
    assert f"{LIMIT:g}" in CliRunner().invoke(app, ["times", "--help"]).output
