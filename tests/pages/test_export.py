"""The CSV for an LMS: a row for each student and assignment, plain numbers, and no formulas."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from grader.core.grades import AssignmentInfo, CellGrade, ClassGrades, NotebookGrades
from grader.core.model import Problem
from grader.pages.export import COLUMNS, write_grades_csv

NEURON = AssignmentInfo("03_neuron", "One neuron", 10)
LOSSES = AssignmentInfo("06_losses", "Losses", 5)


def notebook(student: str, *grades: CellGrade, problems: tuple[Problem, ...] = (), late: float = 0) -> NotebookGrades:
    return NotebookGrades(student, "03_neuron", "One neuron", grades, problems, late)


def check(points: float | None) -> CellGrade:
    return CellGrade("a", "A", "check", points, 6)


def written(points: float | None) -> CellGrade:
    return CellGrade("w", "W", "written", points, 4)


def table(path: Path, *notebooks: NotebookGrades) -> list[dict[str, str]]:
    write_grades_csv(ClassGrades("c", (NEURON, LOSSES), notebooks), path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_student_has_a_row_for_each_assignment(tmp_path: Path) -> None:
    rows = table(tmp_path / "g.csv", notebook("ben", check(6)), notebook("anna", check(1 / 3), written(None), late=0.1))
    assert [(row["student"], row["assignment"]) for row in rows] == [
        ("anna", "03_neuron"), ("anna", "06_losses"), ("ben", "03_neuron"), ("ben", "06_losses"),
    ]  # fmt: skip
    assert list(rows[0]) == list(COLUMNS)
    assert list(rows[0].values()) == [
        "anna", "03_neuron", "0.2333", "10", "0.3333", "0", "4", "0.1", "waiting for manual grading", "", "",
    ]  # fmt: skip
    assert (rows[1]["status"], rows[1]["score"], rows[1]["max_score"]) == ("not handed in", "0", "5")


def test_automatic_and_manual_points_have_columns_of_their_own(tmp_path: Path) -> None:
    row = table(tmp_path / "g.csv", notebook("anna", check(6), written(2.5)))[0]
    assert (row["auto_points"], row["written_points"], row["score"], row["status"]) == ("6", "2.5", "8.5", "graded")


def test_a_notebook_that_could_not_be_graded_has_no_score_rather_than_0(tmp_path: Path) -> None:
    problems = (Problem("No notebook."), Problem("Two\nfiles.", True))
    row = table(tmp_path / "g.csv", notebook("anna", problems=problems))[0]
    assert (row["score"], row["max_score"], row["status"]) == ("", "10", "could not be graded")
    assert row["problems"] == "No notebook.; Two files."


@pytest.mark.parametrize(
    "name", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", "\0=1", "\u200b=1", "\ufeff=1", "＝1"]
)
def test_a_name_that_begins_like_a_formula_stays_text(tmp_path: Path, name: str) -> None:
    row = table(tmp_path / "g.csv", notebook(name, check(6), problems=(Problem(name),)))[0]
    shown = "".join(sign for sign in name if sign.isprintable())
    assert row["student"] == row["problems"] == f"'{shown}"


@pytest.mark.parametrize("name", ["Ada;=1+1", "Ada; =1+1", 'Ada",=1+1', "Ada\t@SUM(A1)"])
def test_a_formula_after_a_separator_of_another_language_stays_text(tmp_path: Path, name: str) -> None:
    row = table(tmp_path / "g.csv", notebook(name, check(6)))[0]
    assert "'=" in row["student"] or "Ada @" in row["student"]


def test_unprotected_checks_are_named(tmp_path: Path) -> None:
    rows = table(tmp_path / "g.csv", notebook("ada", replace(check(6), protected=False)), notebook("ben", check(6)))
    assert [row["not_protected"] for row in rows if row["assignment"] == "03_neuron"] == ["a", ""]


def test_names_of_any_script_survive_and_broken_ones_do_not_stop_the_rest(tmp_path: Path) -> None:
    rows = table(tmp_path / "g.csv", notebook('Åsa "Ö", 王', check(6)), notebook("\ud800", check(6)))
    assert {row["student"] for row in rows} == {'Åsa "Ö", 王', "?"}


def test_an_existing_table_survives_a_failed_write(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("old", encoding="utf-8")
    broken = notebook("anna", CellGrade("a", "A", "check", "many", 6))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        write_grades_csv(ClassGrades("c", (NEURON,), (broken,)), path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
