"""Each attack gets what its honest part has earned, and leaves no trace: not in the machine, not in the other grades."""

from __future__ import annotations

import csv
import io

import pytest

from grader.core.grades import Status
from grader.core.model import MB
from tests.attacks.catalogue import ATTACKS
from tests.attacks.conftest import ENVIRONMENT, Graded, contents
from tests.attacks.course import HIDDEN_NUMBER
from tests.kernel.conftest import needs_sandbox, processes_with

pytestmark = [needs_sandbox, pytest.mark.slow]


@pytest.mark.parametrize("name", ATTACKS)
def test_it_gets_what_it_has_earned(name: str, graded: Graded) -> None:
    attack = ATTACKS[name]
    notebook = graded.notebook_of(attack)
    told = " ".join(problem.text for problem in notebook.problems)
    if attack.earned is None:
        assert notebook.status is Status.UNGRADABLE
    else:
        right = {grade.grade_id: grade.points for grade in notebook.grades if grade.points}
        assert notebook.points == attack.earned, f"{right} {told}"
        assert notebook.status is Status.GRADED
    assert attack.told in told
    assert "the grader failed" not in told and "died, twice" not in told


@pytest.mark.parametrize("name", ATTACKS)
def test_it_reads_changes_and_leaves_nothing(name: str, graded: Graded) -> None:
    scene = graded.scenes[name]
    for canary in scene.canaries:
        assert canary.read_text() == scene.secret
    assert not scene.footprint.exists()
    shown = [path for path, content in graded.written.items() if scene.secret.encode() in content]
    assert shown == []
    assert processes_with(scene.marker) == []


def test_the_course_and_the_submissions_are_as_they_were(graded: Graded) -> None:
    scene = next(iter(graded.scenes.values()))
    assert contents(scene.course, scene.submissions) == graded.before


def test_the_catalogue_is_long_enough() -> None:
    assert sum(not attack.honest for attack in ATTACKS.values()) >= 130
    assert sum(attack.honest for attack in ATTACKS.values()) >= 10


def test_nobody_called_from_inside(graded: Graded) -> None:
    assert graded.watch.callers == []


def test_the_workers_kept_within_bounds(graded: Graded) -> None:
    workers = {
        pid: peak // MB
        for pid, peak in graded.watch.peaks.items()
        if "forkserver" in graded.watch.commands.get(pid, "")
    }
    assert workers and max(workers.values()) < 1000, workers


def test_no_page_shows_a_script_a_hidden_input_or_the_environment(graded: Graded) -> None:
    pages = {path: content.decode() for path, content in graded.written.items() if path.suffix == ".html"}
    assert len(pages) == len(ATTACKS) + 1
    for page, text in pages.items():
        for word in ("<script>alert", "<img src=x", HIDDEN_NUMBER, ENVIRONMENT, "secret-of", "def reference_"):
            assert word not in text, f"{page} shows {word}"
        assert "Content-Security-Policy" in text, f"{page} has no policy"


def test_no_field_of_the_table_is_a_formula(graded: Graded) -> None:
    (table,) = [content.decode() for path, content in graded.written.items() if path.name == "grades.csv"]
    fields = [field for row in csv.reader(io.StringIO(table)) for field in row]
    assert any("a_name_that_is_a_formula" in field for field in fields)
    assert not any(field.startswith(("=", "+", "-", "@")) for field in fields)


def test_every_check_was_protected(graded: Graded) -> None:
    for notebook in graded.batch.grades.notebooks:
        assert not any("not protected" in problem.text for problem in notebook.problems)
