"""A submitted notebook is put right before it is graded, whatever happened to it on the way."""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    DeduplicateIds,
    LockCells,
    OverwriteCells,
    OverwriteKernelspec,
    SaveCells,
)
from nbgrader.utils import determine_grade

from grader.submissions.repair import repair

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
ADD = 'def add(a, b):\n    """Return the sum."""\n    return a + b'
TIMES = 'def times(a, b):\n    """Return the product."""\n    return a * b'
SECRET = "reference_only_here"


def _nbgrader(grade_id: str, points: float | None = None, **flags: bool) -> dict[str, object]:
    metadata = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3, **flags}
    return {"nbgrader": {**metadata, "grade_id": grade_id, **({} if points is None else {"points": points})}}


def _exercise(name: str, doc: str, secret: str, points: float) -> list[NotebookNode]:
    solution = (
        f'def {name}(a, b):\n    """{doc}"""\n    ### BEGIN SOLUTION\n'
        f"    {SECRET} = {secret}\n    return {SECRET}\n    ### END SOLUTION"
    )
    check = (
        f"assert {name}(2, 3) is not None, '{name} gives nothing back'\nprint('The first checks of {name} pass.')\n"
        f"### BEGIN HIDDEN TESTS\nassert {name}(2, 3) == {eval(secret, {'a': 2, 'b': 3})}\n### END HIDDEN TESTS"
    )
    return [
        new_markdown_cell(f"## Exercise: {name}\nWrite a function that does it. {doc}", id=f"text-{name}"),
        new_code_cell(solution, id=f"solve-{name}", metadata=_nbgrader(name, solution=True)),
        new_code_cell(check, id=f"check-{name}", metadata=_nbgrader(f"check_{name}", points, grade=True, locked=True)),
    ]


def _source() -> NotebookNode:
    """A lecture: a given cell, two exercises, a demo, a written question, an exercise without a frame and its check."""
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Sums and products\nA short lecture.", id="title"),
            new_code_cell("import math\nTAU = 2 * math.pi", id="setup", metadata=_nbgrader("setup", locked=True)),
            *_exercise("add", "Return the sum.", "a + b", 2),
            *_exercise("times", "Return the product.", "a * b", 3),
            new_code_cell("print('a long training run')", id="demo", metadata={"tags": ["demo"]}),
            new_markdown_cell("Why is a sum of products useful?", id="ask-why"),
            new_markdown_cell(
                "Because it is.",
                id="why",
                metadata=_nbgrader("why", 4, grade=True, solution=True),
            ),
            new_markdown_cell("Set `answer` to 42 plus TAU.", id="ask-answer"),
            new_code_cell(
                "### BEGIN SOLUTION\nanswer = 42 + TAU\n### END SOLUTION",
                id="answer",
                metadata=_nbgrader("answer", solution=True),
            ),
            new_code_cell(
                "assert answer > 42, 'the answer is too small'",
                id="check-answer",
                metadata=_nbgrader("check_answer", 1, grade=True, locked=True),
            ),
        ],
        metadata={"kernelspec": KERNEL},
    )
    return notebook


def _run(notebook: NotebookNode, *preprocessors: type, resources: dict[str, object] | None = None) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    for preprocessor in preprocessors:
        notebook, _ = preprocessor().preprocess(notebook, resources or {"nbgrader": {}})
    return notebook


GRADED = _run(_source(), LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)
RELEASE = _run(GRADED, ClearHiddenTests, ComputeChecksums)
KEYED = [cell.metadata.nbgrader.grade_id for cell in GRADED.cells if "nbgrader" in cell.metadata]
LOCKED = {
    cell.metadata.nbgrader.grade_id: cell.source for cell in GRADED.cells if not cell.metadata.get("editable", True)
}


def _answered() -> NotebookNode:
    """An honest submission: every exercise answered, nothing else touched."""
    notebook = copy.deepcopy(RELEASE)
    for grade_id, text in {"add": ADD, "times": TIMES, "why": "It is a neuron.", "answer": "answer = 42 + TAU"}.items():
        _cell(notebook, grade_id).source = text
    return notebook


def _at(notebook: NotebookNode, grade_id: str) -> int:
    found = [
        index
        for index, cell in enumerate(notebook.cells)
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    ]
    assert len(found) == 1, f"{grade_id} stands {len(found)} times"
    return found[0]


def _cell(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return notebook.cells[_at(notebook, grade_id)]


def _stripped(notebook: NotebookNode, *, ids: bool = True) -> NotebookNode:
    """The notebook as an editor leaves it that keeps no metadata, and no ids."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = NotebookNode()
    for index, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode()
        if ids:
            cell.id = f"fresh-{index}"
    return notebook


def _repaired(submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Repair, with all that has to hold of every repaired notebook."""
    before = copy.deepcopy(submitted)
    graded = copy.deepcopy(GRADED)
    notebook, problems = repair(submitted, graded)
    assert submitted == before and graded == GRADED, "repair changes nothing that it was given"
    _assert_gradable(notebook)
    return notebook, [problem.text for problem in problems]


def _assert_gradable(notebook: NotebookNode) -> None:
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    found = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert sorted(found) == sorted(KEYED)
    for grade_id in KEYED:
        cell, wanted = _cell(notebook, grade_id), _cell(GRADED, grade_id)
        assert cell.metadata == wanted.metadata and cell.cell_type == wanted.cell_type and cell.id == wanted.id
        if grade_id in LOCKED:
            assert cell.source == LOCKED[grade_id]
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")
    assert notebook.metadata.kernelspec == KERNEL
    assert SECRET not in nbformat.writes(notebook)


def test_an_honest_notebook_is_repaired_to_exactly_what_nbgrader_makes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # nbgrader calls alembic
    url = f"sqlite:///{tmp_path}/gradebook.db"
    resources: dict[str, object] = {"nbgrader": {"notebook": "sums", "assignment": "sums", "db_url": url}}
    with Gradebook(url) as gradebook:
        gradebook.add_assignment("sums")
    _run(GRADED, SaveCells, resources=resources)
    stock = _run(
        _answered(), ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata,
        resources=resources,
    )  # fmt: skip
    notebook, told = _repaired(_answered())
    assert told == []
    assert notebook.cells == stock.cells
    assert notebook.metadata.kernelspec == stock.metadata.kernelspec


def test_an_untouched_release_keeps_the_checksums_by_which_nbgrader_sees_that_nothing_was_answered() -> None:
    notebook, told = _repaired(RELEASE)
    assert told == []
    assert determine_grade(_cell(notebook, "why")) == (0, 4)
    answered, _ = _repaired(_answered())
    assert determine_grade(_cell(answered, "why")) == (None, 4)


def test_outputs_and_execution_counts_are_cleared() -> None:
    submitted = _answered()
    _cell(submitted, "add").outputs = [nbformat.v4.new_output("stream", name="stdout", text="hello")]
    _cell(submitted, "add").execution_count = 7
    _cell(submitted, "add").metadata["collapsed"] = True
    assert _repaired(submitted)[1] == []


def test_a_copied_cell_is_repaired_and_reported() -> None:
    submitted = _answered()
    at = _at(submitted, "add")
    first = copy.deepcopy(submitted.cells[at])
    first.source = first.source.replace("a + b", "a - b")
    submitted.cells.insert(at, first)
    notebook, told = _repaired(submitted)
    assert _cell(notebook, "add").source == ADD, "the last one counts, as in nbgrader"
    assert notebook.cells[_at(notebook, "add") - 1].source == first.source
    assert told == [
        "The solution cell 'add' stood 2 times; the last one counts, the others are kept as ordinary cells."
    ]


@pytest.mark.parametrize("stub_first", [True, False])
def test_of_an_answer_and_a_copy_of_its_stub_the_answer_counts(stub_first: bool) -> None:
    submitted = _answered()
    at = _at(submitted, "add")
    submitted.cells.insert(at if stub_first else at + 1, copy.deepcopy(_cell(RELEASE, "add")))
    notebook, told = _repaired(submitted)
    assert _cell(notebook, "add").source == ADD
    assert len(notebook.cells) == len(RELEASE.cells), "a stub behind the answer would undo it"
    assert told == ["The solution cell 'add' stood 2 times; the untouched copies were removed."]


def test_a_copied_check_is_graded_once_and_in_its_place() -> None:
    submitted = _answered()
    submitted.cells.append(copy.deepcopy(_cell(submitted, "check_add")))
    notebook, told = _repaired(submitted)
    assert _at(notebook, "check_add") == _at(RELEASE, "check_add")
    assert "nbgrader" not in notebook.cells[-1].metadata
    assert told == ["The check 'check_add' stood 2 times; the original counts, once."]


@pytest.mark.parametrize("grade_id", sorted(LOCKED))
def test_a_deleted_locked_cell_is_restored_at_its_place(grade_id: str) -> None:
    submitted = _answered()
    del submitted.cells[_at(submitted, grade_id)]
    notebook, told = _repaired(submitted)
    assert _at(notebook, grade_id) == _at(RELEASE, grade_id)
    assert len(told) == 1 and f"'{grade_id}' was missing; it was restored" in told[0]


def test_all_checks_of_a_notebook_can_be_restored() -> None:
    submitted = _answered()
    submitted.cells = [cell for cell in submitted.cells if "check" not in cell.id]
    notebook, told = _repaired(submitted)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in RELEASE.cells]
    assert len(told) == 3


def test_a_restored_check_comes_behind_the_cell_into_which_the_answer_was_split() -> None:
    submitted = _answered()
    at = _at(submitted, "add")
    submitted.cells[at].source = "helper = 1"
    submitted.cells[at + 1] = new_code_cell(ADD)
    notebook, _ = _repaired(submitted)
    assert notebook.cells[at + 1].source == ADD
    assert _at(notebook, "check_add") == at + 2


@pytest.mark.parametrize("grade_id", ["add", "times", "answer", "why"])
def test_a_deleted_answer_is_put_back_as_the_empty_stub(grade_id: str) -> None:
    submitted = _answered()
    del submitted.cells[_at(submitted, grade_id)]
    graded = copy.deepcopy(GRADED)
    notebook, problems = repair(submitted, graded)
    _assert_gradable(notebook)
    assert _at(notebook, grade_id) == _at(RELEASE, grade_id)
    assert _cell(notebook, grade_id).source == _cell(RELEASE, grade_id).source
    assert [problem.fixed for problem in problems] == [False]
    assert f"'{grade_id}' was missing" in problems[0].text


def test_a_restored_stub_does_not_undo_an_answer_in_another_cell() -> None:
    submitted = _answered()
    _cell(submitted, "add").source = ADD + "\n\n" + TIMES
    del submitted.cells[_at(submitted, "times")]
    notebook, told = _repaired(submitted)
    assert _at(notebook, "times") < _at(notebook, "add")
    assert any("'times' was missing" in text for text in told)


def test_an_edited_check_is_replaced_by_the_original() -> None:
    submitted = _answered()
    _cell(submitted, "check_add").source = "assert True"
    notebook, told = _repaired(submitted)
    assert "HIDDEN" in _cell(notebook, "check_add").source
    assert told == ["The check 'check_add' had been edited; the original was used."]


def test_line_ends_of_another_system_are_no_edit() -> None:
    submitted = _answered()
    for cell in submitted.cells:
        cell.source = cell.source.replace("\n", " \r\n") + "\r\n"
    assert _repaired(submitted)[1] == []


def test_a_check_that_was_moved_before_its_exercise_is_put_back_behind_it() -> None:
    submitted = _answered()
    check = submitted.cells.pop(_at(submitted, "check_add"))
    submitted.cells.insert(_at(submitted, "add"), check)
    notebook, told = _repaired(submitted)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in RELEASE.cells]
    assert told == ["The check 'check_add' had been moved; it was put back behind what it checks."]


def test_an_answer_that_was_moved_behind_its_check_is_put_back() -> None:
    submitted = _answered()
    submitted.cells.append(submitted.cells.pop(_at(submitted, "add")))
    notebook, told = _repaired(submitted)
    assert _at(notebook, "add") < _at(notebook, "check_add")
    assert len(told) == 1 and "solution cell 'add' had been moved" in told[0]


def test_given_code_that_was_moved_to_the_end_is_put_back_before_what_needs_it() -> None:
    submitted = _answered()
    submitted.cells.append(submitted.cells.pop(_at(submitted, "setup")))
    notebook, told = _repaired(submitted)
    assert _at(notebook, "setup") < _at(notebook, "answer")
    assert len(told) == 1 and "given cell 'setup' had been moved" in told[0]


def test_a_harmless_order_stays_as_the_student_has_it() -> None:
    submitted = _answered()
    at = _at(submitted, "times") - 1
    exercise, submitted.cells[at : at + 3] = submitted.cells[at : at + 3], []
    submitted.cells[2:2] = exercise
    notebook, told = _repaired(submitted)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in submitted.cells]
    assert told == []


def test_a_notebook_in_reverse_is_graded_in_the_right_order() -> None:
    submitted = _answered()
    submitted.cells.reverse()
    notebook, _ = _repaired(submitted)
    for answer in ("add", "times", "answer"):
        assert _at(notebook, answer) < _at(notebook, f"check_{answer}")
    assert _at(notebook, "setup") < _at(notebook, "answer")


def test_cells_that_the_student_added_stay_beside_their_neighbours() -> None:
    submitted = _answered()
    submitted.cells.insert(_at(submitted, "times"), new_code_cell("def helper():\n    return 1", id="own"))
    submitted.cells.insert(0, new_markdown_cell("My name is Ada."))
    del submitted.cells[_at(submitted, "check_add")]
    notebook, _ = _repaired(submitted)
    assert notebook.cells[0].source == "My name is Ada."
    assert notebook.cells[_at(notebook, "times") - 1].id == "own"


def test_points_and_flags_of_the_source_win() -> None:
    submitted = _answered()
    _cell(submitted, "check_add").metadata.nbgrader.points = 100
    _cell(submitted, "check_times").metadata.nbgrader.locked = False
    notebook, told = _repaired(submitted)
    assert _cell(notebook, "check_add").metadata.nbgrader.points == 2
    assert told == [
        "The points of the check 'check_add' had been changed to 100; 2 count.",
        "The nbgrader metadata of the check 'check_times' had been changed; they were restored.",
    ]


def test_a_check_that_calls_itself_a_solution_is_still_the_original() -> None:
    submitted = _answered()
    cell = _cell(submitted, "check_add")
    cell.source, cell.metadata.nbgrader.solution, cell.metadata.nbgrader.grade = "pass", True, False
    _repaired(submitted)


def test_a_changed_cell_type_is_changed_back() -> None:
    submitted = _answered()
    for grade_id in ("add", "check_times"):
        at = _at(submitted, grade_id)
        old = submitted.cells[at]
        submitted.cells[at] = new_markdown_cell(old.source, id=old.id, metadata=old.metadata)
    at = _at(submitted, "why")
    submitted.cells[at] = new_code_cell("It is.", id="why", metadata=submitted.cells[at].metadata)
    notebook, told = _repaired(submitted)
    assert _cell(notebook, "add").source == ADD and _cell(notebook, "why").source == "It is."
    assert "The solution cell 'add' had been changed from code to markdown; it was changed back." in told
    assert len(told) == 3


def test_without_any_metadata_cells_are_recognised_by_their_ids() -> None:
    notebook, told = _repaired(_stripped(_answered(), ids=False))
    assert [(cell.id, cell.source) for cell in notebook.cells] == [
        (cell.id, cell.source) for cell in _repaired(_answered())[0].cells
    ]
    assert told == ["The nbgrader metadata of all cells was lost; recognised by cell id."]


def test_without_ids_too_cells_are_recognised_by_text_likeness_and_place() -> None:
    notebook, told = _repaired(_stripped(_answered()))
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in _repaired(_answered())[0].cells]
    assert "nbgrader metadata of all cells was lost; recognised by text, likeness and place" in told[0]
    assert {"'why'", "'answer'"} == {f"'{text.split(chr(39))[1]}'" for text in told if "place only" in text}


def test_an_answer_is_recognised_by_its_place_though_its_question_is_gone() -> None:
    submitted = _stripped(_answered())
    submitted.cells = [cell for cell in submitted.cells if not cell.source.startswith("Why is")]
    notebook, _ = _repaired(submitted)
    assert _cell(notebook, "why").source == "It is a neuron."


def test_of_two_cells_where_one_answer_was_neither_is_taken_for_it() -> None:
    submitted = _stripped(_answered())
    at = [cell.source for cell in submitted.cells].index("It is a neuron.")
    submitted.cells.insert(at, new_markdown_cell("Dear teacher,"))
    notebook, problems = repair(submitted, GRADED)
    _assert_gradable(notebook)
    assert _cell(notebook, "why").source == "YOUR ANSWER HERE"
    assert {"Dear teacher,", "It is a neuron."} <= {cell.source for cell in notebook.cells}
    assert any("'why' was missing" in problem.text and not problem.fixed for problem in problems)


def test_the_tags_of_the_source_come_back_with_its_cells() -> None:
    notebook, _ = _repaired(_stripped(_answered()))
    assert [cell.metadata.get("tags") for cell in notebook.cells if "training" in cell.source] == [["demo"]]


def test_stripped_and_shuffled_exercises_are_still_found() -> None:
    submitted = _stripped(_answered())
    submitted.cells = submitted.cells[5:8] + submitted.cells[:5] + submitted.cells[8:]
    notebook, _ = _repaired(submitted)
    assert _cell(notebook, "add").source == ADD and _cell(notebook, "times").source == TIMES


def test_ids_in_colabs_metadata_are_enough() -> None:
    submitted = _answered()
    for cell in submitted.cells:
        cell.metadata = NotebookNode(id=cell.pop("id"))
        cell.id = f"x{id(cell)}"
    notebook, told = _repaired(submitted)
    assert _cell(notebook, "add").source == ADD and _cell(notebook, "why").source == "It is a neuron."
    assert told == ["The nbgrader metadata of all cells was lost; recognised by cell id."]


def test_ids_that_an_editor_numbered_anew_do_not_mislead() -> None:
    submitted = _stripped(_answered())
    swapped = {"add": "times", "times": "add"}
    for cell, original in zip(submitted.cells, RELEASE.cells, strict=True):
        name = original.id.removeprefix("check-")
        if name in swapped and original.id.startswith("check-"):
            cell.id = f"check-{swapped[name]}"
    notebook, _ = _repaired(submitted)
    assert _at(notebook, "add") < _at(notebook, "check_add") < _at(notebook, "times") < _at(notebook, "check_times")


def test_an_answer_merged_with_its_check_keeps_its_text() -> None:
    submitted = _answered()
    at = _at(submitted, "add")
    submitted.cells[at].source += "\n\n" + submitted.cells.pop(at + 1).source
    notebook, told = _repaired(submitted)
    assert _cell(notebook, "add").source.startswith(ADD)
    assert _at(notebook, "check_add") == at + 1
    assert told == ["The check 'check_add' was missing; it was restored."]


def test_an_answer_merged_into_its_check_is_parted_from_it() -> None:
    submitted = _answered()
    at = _at(submitted, "add")
    submitted.cells[at + 1].source = ADD + "\n\n" + submitted.cells[at + 1].source
    del submitted.cells[at]
    notebook, told = _repaired(submitted)
    assert _cell(notebook, "add").source.startswith(ADD)
    assert _at(notebook, "check_add") == _at(notebook, "add") + 1
    assert "The solution cell 'add' had been merged with a locked cell; its text is kept." in told


def test_nbgrader_cells_that_the_source_does_not_know_become_ordinary() -> None:
    submitted = _answered()
    foreign = new_code_cell("1 + 1", metadata=_nbgrader("extra_credit", 1000, grade=True, locked=True))
    submitted.cells.insert(3, foreign)
    notebook, told = _repaired(submitted)
    assert notebook.cells[3].source == "1 + 1"
    assert told == [
        "The assignment has no cell 'extra_credit'; kept as the student's own, without nbgrader's metadata."
    ]


@pytest.mark.parametrize("metadata", ["text", 7, [], {}, {"grade_id": ["a"], "grade": True}, {"grade": True}])
def test_nbgrader_metadata_that_make_no_sense_do_no_harm(metadata: object) -> None:
    submitted = _answered()
    _cell(submitted, "add").metadata["nbgrader"] = metadata
    notebook, _ = _repaired(submitted)
    assert _cell(notebook, "add").source == ADD


def test_the_kernel_of_the_source_wins() -> None:
    submitted = _answered()
    submitted.metadata.kernelspec = {"name": "ir", "display_name": "R"}
    _, told = _repaired(submitted)
    assert told == ["The notebook asked for the kernel 'ir'; 'python3' is used."]


def test_pictures_that_were_pasted_into_an_answer_stay() -> None:
    submitted = _answered()
    _cell(submitted, "why").attachments = {"a.png": {"image/png": "iVBORw0KGgo="}, "b.png": 7}
    notebook, _ = _repaired(submitted)
    assert _cell(notebook, "why").attachments == {"a.png": {"image/png": "iVBORw0KGgo="}}


def test_an_id_of_the_students_never_takes_that_of_a_graded_cell() -> None:
    submitted = _answered()
    del submitted.cells[_at(submitted, "check_add")]
    submitted.cells.insert(0, new_code_cell("x = 1", id="check-add", metadata=_nbgrader("mine", solution=True)))
    submitted.cells.append(new_code_cell("y = 1", id="title"))
    notebook, _ = _repaired(submitted)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_a_cell_with_the_id_of_a_check_and_the_text_of_another_is_not_taken_for_it() -> None:
    submitted = _stripped(_answered(), ids=False)
    at = [cell.id for cell in submitted.cells].index("check-add")
    submitted.cells[at].id, submitted.cells[at + 3].id = "check-times", "check-add"
    notebook, told = _repaired(submitted)
    assert not any("edited" in text for text in told)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in RELEASE.cells]


def test_an_empty_notebook_gets_every_cell_back() -> None:
    notebook, told = _repaired(new_notebook())
    assert [cell.metadata.nbgrader.grade_id for cell in notebook.cells] == KEYED
    assert len(told) == len(KEYED)


def test_other_courses_with_tasks_and_unlocked_given_cells() -> None:
    task = new_markdown_cell("Draw a neuron.", metadata=_nbgrader("draw", 5, task=True, locked=True))
    source = new_notebook(
        cells=[new_code_cell("x = 1"), task, new_markdown_cell("Below.")], metadata={"kernelspec": KERNEL}
    )
    graded = _run(source, LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)
    submitted = copy.deepcopy(graded)
    submitted.cells[0].source = "x = 2"
    submitted.cells[1].source = "Done."
    submitted.cells.insert(2, new_markdown_cell("My drawing."))
    notebook, problems = repair(submitted, graded)
    MetadataValidator().validate_nb(notebook)
    assert [cell.source for cell in notebook.cells] == ["x = 2", "Draw a neuron.", "My drawing.", "Below."]
    assert [problem.text for problem in problems] == ["The task cell 'draw' had been edited; the original was used."]


def test_code_of_another_language_is_repaired_too() -> None:
    notebook, _ = _repaired(_answered())
    submitted = _answered()
    _cell(submitted, "add").source = "add <- function(a, b) {\n  a + b\n}"
    submitted.cells.insert(0, submitted.cells.pop(_at(submitted, "check_add")))
    notebook, _ = _repaired(submitted)
    assert _at(notebook, "add") < _at(notebook, "check_add")


def test_a_notebook_of_very_many_cells_does_not_hold_the_others_up() -> None:
    submitted = _stripped(_answered())
    submitted.cells += [new_code_cell("((((" * 200 + str(index)) for index in range(3000)] * 2
    for index, cell in enumerate(submitted.cells):
        cell.id = f"n{index}"
    notebook, _ = repair(submitted, GRADED)
    _assert_gradable(notebook)


_EDITS = st.lists(
    st.tuples(
        st.sampled_from(["delete", "copy", "move", "edit", "swap", "strip", "retype", "merge", "rename", "add"]),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=12,
)


def _vandalise(notebook: NotebookNode, edit: str, a: int, b: int) -> None:
    """One thing that a student or an editor may do to a notebook."""
    cells = notebook.cells
    if not cells:
        return
    a, b = a % len(cells), b % len(cells)
    if edit == "delete":
        del cells[a]
    elif edit == "copy":
        cells.insert(b, copy.deepcopy(cells[a]))
    elif edit == "move":
        cells.insert(b, cells.pop(a))
    elif edit == "edit":
        cells[a].source += "\nadd = times = None"
    elif edit == "swap":
        cells[a].source, cells[b].source = cells[b].source, cells[a].source
    elif edit == "strip":
        cells[a].metadata = NotebookNode()
        cells[a].id = f"stripped-{a}-{b}"
    elif edit == "retype":
        made = new_markdown_cell if cells[a].cell_type == "code" else new_code_cell
        cells[a] = made(cells[a].source, id=cells[a].id, metadata=cells[a].metadata)
    elif edit == "merge" and a + 1 < len(cells):
        cells[a].source += "\n" + cells.pop(a + 1).source
    elif edit == "rename" and "nbgrader" in cells[a].metadata:
        cells[a].metadata.nbgrader.grade_id = KEYED[b % len(KEYED)]
    elif edit == "add":
        cells.insert(a, new_code_cell("def add(a, b):\n    return 5"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=_EDITS)
def test_whatever_is_done_to_a_release_no_check_is_lost(edits: list[tuple[str, int, int]]) -> None:
    submitted = _answered()
    for edit in edits:
        _vandalise(submitted, *edit)
    notebook, _ = _repaired(submitted)
    for answer in ("add", "times"):
        assert _at(notebook, answer) < _at(notebook, f"check_{answer}")
    again, _ = repair(notebook, GRADED)
    _assert_gradable(again)
    assert {cell.source for cell in again.cells} == {cell.source for cell in notebook.cells}
