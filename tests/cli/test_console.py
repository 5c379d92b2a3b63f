"""What the terminal shows after a batch: scores, what the teacher should know, and no control characters from files."""

from __future__ import annotations

import logging
from pathlib import Path, PurePath

import pytest

from grader.cli.console import progress, show_batch
from grader.core.grades import AssignmentInfo, CellGrade, ClassGrades, NotebookGrades
from grader.core.model import Problem
from grader.core.profile import Profile
from grader.grading.loop import Batch
from grader.submissions.collect import Stray

INFO = AssignmentInfo("03_neuron", "One neuron", 10)
HOSTILE = "\x1b[31m[bold]\x07\u202ename\r\n[/bold][link=http://e.org]"


def shown(capsys: pytest.CaptureFixture[str], info: AssignmentInfo, *notebooks: NotebookGrades, strays=()) -> str:
    grades = ClassGrades("Neural networks", (info,), notebooks)
    show_batch(Batch(grades, strays, len(notebooks), 0, Profile(), 1.0, "sqlite:///out/gradebook.db"), Path("out"))
    return capsys.readouterr().out


def test_unprotected_checks_and_problems_of_an_assignment_are_listed(capsys):
    info = AssignmentInfo("03_neuron", "One neuron", 10, {"b_check": "no plt"}, ("No full points for c.",))
    grades = CellGrade("a_check", "A", "check", 5, 5, protected=False), CellGrade("d_check", "D", "check", 5, 5)
    text = " ".join(shown(capsys, info, NotebookGrades("ada", "03_neuron", "One neuron", grades)).split())
    assert "* 03_neuron: No full points for c." in text
    assert "* 03_neuron: not protected: a_check, b_check (ran in the same process as the student's code" in text
    assert "the report says why" in text


def test_the_grader_s_warnings_are_shown_on_standard_error_as_text_and_once(capsys):
    with progress() as follow:
        logging.getLogger("grader.exam.backend").warning("no filter on [bold]riscv64[/bold]\x1b[31m")
        follow(1, 1)
    shown = capsys.readouterr()
    assert shown.err.count("Warning: no filter on [bold]riscv64[/bold]") == 1
    assert "\x1b[31m" not in shown.err and "Warning" not in shown.out
    assert not logging.getLogger("grader").handlers


def test_protection_is_not_mentioned_if_all_checks_are_protected(capsys):
    grades = (CellGrade("a_check", "A", "check", 5, 5),)
    assert "protected" not in shown(capsys, INFO, NotebookGrades("ada", "03_neuron", "One neuron", grades))


def test_hostile_names_and_messages_are_shown_as_text(capsys):
    notebook = NotebookGrades(HOSTILE, "03_neuron", "t", (CellGrade("a", "A", "check", 5, 5),), (Problem(HOSTILE),))
    text = shown(capsys, INFO, notebook, strays=(Stray(PurePath(HOSTILE), HOSTILE),))
    assert not [sign for sign in text if not sign.isprintable() and sign != "\n"]
    assert "[bold]" in text and "[link=http" in text.replace("\n", "")


def test_scores_that_do_not_fit_side_by_side_continue_in_another_table(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    infos = tuple(AssignmentInfo(f"{number:02}_a_longer_name", "t", 100) for number in range(1, 11))
    grades = (CellGrade("a_check", "A", "check", 77, 100),)
    students = ("Ada Achterberg", "Lucía Lafuente-y-Montoya de la Vega")
    notebooks = tuple(NotebookGrades(student, info.name, "t", grades) for student in students for info in infos)
    batch = Batch(ClassGrades("c", infos, notebooks), (), 20, 0, Profile(), 1.0, "sqlite:///out/gradebook.db")
    show_batch(batch, Path("out"))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    for info in infos:
        assert sum(f"{info.name} /100" in line for line in lines) == 1
    assert sum(line.count(" 77 ") for line in lines) == 20
    assert sum("Lucía Lafuente-y-Montoya de la Vega" in line for line in lines) == 10
