"""Faults in the middle of a batch: what was graded is kept, the rest is graded all the same, or by the next run."""

from __future__ import annotations

import copy
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.authoring.course import Course
from grader.core.cells import notebook_bytes
from grader.core.model import Assignment, Limits
from grader.gradebook.folder import CourseFolder
from grader.grading.loop import grade
from grader.kernel.inside.memory import family
from grader.kernel.sandbox import ZYGOTE_MODULE
from tests.conftest import MakeCourse
from tests.kernel.conftest import needs_sandbox

pytestmark = [needs_sandbox, pytest.mark.slow]

NAME, CLASS = "01_doubling", 12
# Slow enough that something can happen meanwhile.
ANSWERS = {
    "double": "import time\n\ndef double(x):\n    time.sleep(0.4)\n    return 2 * x",
    "quadruple": "def quadruple(x):\n    return 4 * x",
}


@pytest.fixture
def course(make_course: MakeCourse) -> Course:
    return make_course()


@pytest.fixture
def submissions(tmp_path: Path, doubling: Assignment) -> Path:
    """A class that has answered everything rightly."""
    notebook = copy.deepcopy(doubling.release)
    for cell in notebook.cells:
        cell.source = ANSWERS.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    for number in range(CLASS):
        path = tmp_path / "in" / f"student-{number}" / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook_bytes(notebook))
    return tmp_path / "in"


class Run:
    """`grader grade` as a teacher starts it, in a process group of its own."""

    def __init__(self, course: Course, submissions: Path, out: Path) -> None:
        self.out, self.log = out, submissions.with_name("log.txt")
        words = ["grade", str(submissions), "--out", str(out), "--course", str(course.root), "--workers", "2"]
        with self.log.open("wb") as log:  # no pipe: whoever is left behind would hold it open
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grader.cli.main", *words], stdout=log, stderr=log, start_new_session=True
            )

    @property
    def graded(self) -> int:
        return len(list((self.out / "autograded").glob("*/*/*.ipynb")))

    def wait_for(self, count: int) -> None:
        """Wait until so many submissions are graded."""
        ends = time.monotonic() + 60
        while self.graded < count:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < ends, f"only {self.graded} graded"
            time.sleep(0.02)

    def processes(self, is_wanted: Callable[[str], bool]) -> list[int]:
        """The processes below it whose command line is as wanted."""
        found = []
        for pid in family(self.process.pid):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:  # it has just ended
                continue
            if is_wanted(command):
                found.append(pid)
        return found

    def clear(self) -> None:
        """End whatever has not ended by itself."""
        if self.process.poll() is None:
            for pid in [*family(self.process.pid)]:
                os.kill(pid, signal.SIGKILL)
            self.process.wait()

    def end(self) -> tuple[int, str]:
        return self.process.wait(timeout=90), self.log.read_text()


@pytest.fixture
def run(course: Course, submissions: Path, tmp_path: Path) -> Iterator[Run]:
    run = Run(course, submissions, tmp_path / "out")
    yield run
    run.clear()


def scores(out: Path) -> dict[str, float]:
    with CourseFolder.existing(out) as folder:
        return {notebook.student: notebook.points for notebook in folder.grades().notebooks}


EVERYBODY = {f"student-{number}": 5.0 for number in range(CLASS)}


def test_a_zygote_killed_in_mid_batch_is_started_again_and_nobody_loses_a_point(run: Run) -> None:
    run.wait_for(2)
    # bubblewrap has the same words behind its own; the kernels that are forked from the zygote come after it.
    zygote, *_ = run.processes(lambda command: ZYGOTE_MODULE in command and "--unshare-pid" not in command)
    os.kill(zygote, signal.SIGKILL)
    code, told = run.end()
    assert code == 0, told
    assert scores(run.out) == EVERYBODY, told


def test_a_worker_killed_in_mid_batch_is_replaced_and_nobody_loses_a_point(run: Run) -> None:
    run.wait_for(2)
    (server, *workers) = run.processes(lambda command: "forkserver" in command)
    assert workers, server
    os.kill(workers[0], signal.SIGKILL)
    code, told = run.end()
    assert code == 0, told
    assert scores(run.out) == EVERYBODY, told


def test_after_ctrl_c_the_next_run_goes_on_from_there(run: Run, course: Course, submissions: Path) -> None:
    run.wait_for(3)
    inside = list(family(run.process.pid))
    os.killpg(run.process.pid, signal.SIGINT)
    code, told = run.end()
    assert code != 0
    assert "Traceback" not in told
    kept = run.graded
    assert 3 <= kept < CLASS
    assert (run.out / "report.html").is_file() and len(scores(run.out)) == kept
    assert [pid for pid in inside if _lives(pid)] == []
    batch = grade(course, [submissions], run.out, Limits())
    assert (batch.kept, batch.graded) == (kept, CLASS - kept)
    assert scores(run.out) == EVERYBODY


def _lives(pid: int) -> bool:
    """Whether a process has not ended, and is not one that only waits to be counted."""
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return False
        except OSError:
            return False
        time.sleep(0.05)
    return True


def test_a_run_killed_outright_leaves_no_process_and_loses_nothing(run: Run, course: Course, submissions: Path) -> None:
    run.wait_for(3)
    inside = list(family(run.process.pid))
    run.process.kill()
    run.end()
    assert [pid for pid in inside if _lives(pid)] == []
    kept = run.graded
    batch = grade(course, [submissions], run.out, Limits())
    # The one that was being written when the run was killed may have to be graded again.
    assert kept - 1 <= batch.kept <= kept and batch.kept + batch.graded == CLASS
    assert scores(run.out) == EVERYBODY


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that can be filled."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("a small file system can only be mounted by root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_reported_with_the_fix_and_the_next_run_continues(
    course: Course, submissions: Path, small_disk: Path
) -> None:
    run, filler = Run(course, submissions, small_disk / "out"), small_disk / "filler"
    try:
        run.wait_for(3)
        with filler.open("wb", buffering=0) as file:
            while run.process.poll() is None:  # what the run gives back is taken, too
                try:
                    file.write(bytes(4096))
                except OSError:
                    time.sleep(0.01)
        code, told = run.end()
    finally:
        run.clear()
    assert code == 1 and "Traceback" not in told, told
    assert "Free some disk space" in " ".join(told.split()), told
    filler.unlink()
    kept = run.graded
    assert 3 <= kept < CLASS
    batch = grade(course, [submissions], run.out, Limits(), workers=2)
    assert (batch.kept, batch.graded) == (kept, CLASS - kept)
    assert scores(run.out) == EVERYBODY
    with Gradebook(f"sqlite:///{run.out / 'gradebook.db'}") as gradebook:
        assert len(gradebook.students) == CLASS
