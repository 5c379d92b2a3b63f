"""Running a notebook: errors do not stop it, limits do, and what happened is written where it can be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.core.errors import GraderError
from grader.core.model import Limits, Stopped, StopReason
from grader.core.record import read_stopped, write_stopped
from grader.exam.execution import execute

QUICK = Limits(cell_seconds=2, notebook_seconds=30, output_bytes=1000)


def notebook_of(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def text_of(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def errors_of(cell):
    return [output.ename for output in cell.outputs if output.output_type == "error"]


def test_cells_share_a_kernel_and_a_failing_one_does_not_stop_the_rest():
    notebook = notebook_of("x = 41", "1 / 0", "print(x + 1)")
    assert execute(notebook, QUICK).lines == ()
    assert errors_of(notebook.cells[1]) == ["ZeroDivisionError"]
    assert text_of(notebook.cells[2]) == "42\n"


def test_skipped_cells_and_prose_do_not_run():
    notebook = notebook_of("print('one')", "print('two')")
    notebook.cells.insert(1, new_markdown_cell("prose"))
    execute(notebook, QUICK, skip={2})
    assert [text_of(cell) for cell in notebook.cells if cell.cell_type == "code"] == ["one\n", ""]


def test_old_outputs_are_gone():
    notebook = notebook_of("x = 1", "y = 2")
    notebook.cells[1].outputs = [{"output_type": "stream", "name": "stdout", "text": "I claim full marks"}]
    execute(notebook, QUICK, skip={1})
    assert notebook.cells[1].outputs == []


def test_an_endless_loop_is_stopped_and_the_next_cell_runs():
    notebook = notebook_of("while True:\n    pass", "print('on we go')")
    lines = execute(notebook, QUICK).lines
    assert "CellTimeoutError" in errors_of(notebook.cells[0])
    assert text_of(notebook.cells[1]) == "on we go\n"
    assert lines == ("cell 1 was stopped after 2 s.",)
    assert [read_stopped(cell) for cell in notebook.cells] == [Stopped(StopReason.CELL_TIME, 2), None]


@pytest.mark.slow
def test_a_loop_that_ignores_interrupts_ends_its_notebook_only():
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    notebook = notebook_of("print('before')", stubborn, "print('after')")
    lines = execute(notebook, QUICK).lines
    assert text_of(notebook.cells[0]) == "before\n"
    assert errors_of(notebook.cells[1]) == ["CellTimeoutError"]
    assert errors_of(notebook.cells[2]) == ["DeadKernelError"]
    assert lines == ("cell 2 could not be interrupted; the kernel was killed.",)
    assert [read_stopped(cell) for cell in notebook.cells] == [
        None,
        Stopped(StopReason.CELL_TIME, 2),
        Stopped(StopReason.KILLED),
    ]


def test_a_kernel_that_dies_is_reported_in_each_cell_that_could_not_run():
    notebook = notebook_of("print('before')", "import os\nos._exit(1)", "print('after')")
    lines = execute(notebook, QUICK).lines
    assert text_of(notebook.cells[0]) == "before\n"
    assert [errors_of(cell) for cell in notebook.cells[1:]] == [["DeadKernelError"]] * 2
    assert lines == ("the kernel died in cell 2.",)
    assert [read_stopped(cell) for cell in notebook.cells] == [None, *[Stopped(StopReason.DIED)] * 2]


def test_the_notebook_s_own_limit_holds_across_cells():
    notebook = notebook_of("print('before')", "while True: pass", "print('never')", "print('nor this')")
    lines = execute(notebook, Limits(cell_seconds=50, notebook_seconds=3)).lines
    assert [text_of(cell) for cell in notebook.cells] == ["before\n", "", "", ""]
    assert [read_stopped(cell) for cell in notebook.cells] == [None, *[Stopped(StopReason.NOTEBOOK_TIME, 3)] * 3]
    assert [output.evalue for output in notebook.cells[-1].outputs] == ["the whole notebook was stopped after 3 s"]
    assert lines == ("cell 2 was stopped after the whole notebook had taken 3 s.",)


def test_only_the_run_itself_says_that_a_cell_was_stopped():
    forged = "class CellTimeoutError(Exception): pass\nraise CellTimeoutError('stopped after 99 s')"
    notebook = notebook_of("x = 1", forged)
    for cell in notebook.cells:
        write_stopped(cell, Stopped(StopReason.CELL_TIME, 99))
    assert execute(notebook, QUICK).lines == ()
    assert [read_stopped(cell) for cell in notebook.cells] == [None, None]


def test_much_output_is_cut_and_its_error_is_kept():
    notebook = notebook_of("for i in range(10_000):\n    print('still here')\nraise ValueError('at the end')")
    lines = execute(notebook, QUICK).lines
    assert len(text_of(notebook.cells[0])) < 1200
    assert "[the output is cut here: a cell may write 1,000 bytes]" in text_of(notebook.cells[0])
    assert errors_of(notebook.cells[0]) == ["ValueError"]
    assert lines == ("cell 1 wrote more than 1,000 bytes; the rest was cut.",)


def test_the_files_of_an_assignment_lie_beside_the_notebook_and_nothing_else():
    notebook = notebook_of(
        "import os\nprint(sorted(os.listdir()), open('a.txt').read())", "open('b.txt', 'w').write('b')"
    )
    execute(notebook, QUICK, files={"a.txt": b"hello"})
    assert text_of(notebook.cells[0]) == "['a.txt'] hello\n"
    assert not Path("b.txt").exists()


def test_nbgrader_s_variable_tells_the_code_that_it_is_graded():
    notebook = notebook_of("import os\nprint(os.environ['NBGRADER_EXECUTION'])")
    execute(notebook, QUICK)
    assert text_of(notebook.cells[0]) == "autograde\n"
    assert "NBGRADER_EXECUTION" not in os.environ


def test_a_kernel_that_is_not_installed_is_named():
    notebook = notebook_of("x = 1")
    notebook.metadata["kernelspec"] = {"name": "no-such-kernel", "display_name": "None"}
    with pytest.raises(GraderError, match=r"no-such-kernel.* Install it"):
        execute(notebook, QUICK)


def test_the_value_of_a_cell_is_kept_however_much_it_writes():
    notebook = notebook_of("print('x' * 5000)\n0.5")
    execute(notebook, QUICK)
    assert notebook.cells[0].outputs[-1]["data"]["text/plain"] == "0.5"


def test_a_long_error_is_cut_and_keeps_its_name():
    notebook = notebook_of("raise ValueError('y' * 1_000_000)")
    execute(notebook, QUICK)
    assert errors_of(notebook.cells[0]) == ["ValueError"]
    assert len(str(notebook.cells[0])) < 400_000


def test_one_very_long_line_and_a_thousand_short_ones_are_each_one_output(backend):
    notebook = notebook_of("print('x' * 150_000)", "for i in range(1000): print(i, flush=True)")
    execute(notebook, Limits(cell_seconds=20, notebook_seconds=60), backend=backend)
    assert [len(cell.outputs) for cell in notebook.cells] == [1, 1]
    assert len(text_of(notebook.cells[0])) == 150_001
    assert text_of(notebook.cells[1]) == "".join(f"{i}\n" for i in range(1000))


def test_updating_a_display_again_and_again_is_output_too():
    notebook = notebook_of(
        "from IPython.display import display\nh = display('', display_id=True)\nfor i in range(50): h.update('x' * 100)"
    )
    execute(notebook, QUICK)
    assert len(str(notebook.cells[0].outputs)) < 2000


@pytest.mark.skipif(os.name == "nt", reason="sockets in the file system are of Unix")
def test_a_deep_folder_for_temporary_files_does_not_matter(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    notebook = notebook_of("print('here')")
    execute(notebook, QUICK)
    assert text_of(notebook.cells[0]) == "here\n"


@pytest.mark.parametrize(
    "hidden",
    [
        "get_ipython().showtraceback = lambda *a, **k: None",
        "ZeroDivisionError = type('E', (Exception,), {'_render_traceback_': lambda self: []})",
        "import builtins\nget_ipython()._showtraceback = lambda *a, **k: None",
    ],
)
def test_an_error_counts_even_when_its_report_is_held_back(hidden):
    notebook = notebook_of(hidden, "raise ZeroDivisionError('hidden')")
    execute(notebook, QUICK)
    assert errors_of(notebook.cells[1])


def test_an_error_that_cannot_be_sent_is_an_error():
    notebook = notebook_of("raise ValueError('half a character: \\ud83d')", "print('next')")
    execute(notebook, QUICK)
    assert errors_of(notebook.cells[0])
    assert text_of(notebook.cells[1]) == "next\n"


DISPLAYS = "from IPython.display import display\nx = display('', display_id='x')\n"


def test_showing_a_display_anew_does_not_let_an_earlier_output_grow_beyond_the_limit():
    notebook = notebook_of(DISPLAYS, "display('x' * 100_000, display_id='x')")
    lines = execute(notebook, QUICK).lines
    assert len(str(notebook.cells)) < 4000
    assert lines == ("cell 2 wrote more than 1,000 bytes; the rest was cut.",)


def test_a_display_within_the_limit_is_updated_in_an_earlier_cell():
    notebook = notebook_of(DISPLAYS, "x.update('second')", "_ = display('third', display_id='x')")
    execute(notebook, QUICK)
    assert [output["data"]["text/plain"] for output in notebook.cells[0].outputs] == ["'third'"]
    assert [output["data"]["text/plain"] for output in notebook.cells[2].outputs] == ["'third'"]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("session.msg('stream', content={'name': 'stdout'}, parent=parent)", "an output that cannot be read"),
        ("session.msg('display_data', content=b'7', parent=parent)", "an output that cannot be read"),
        ("session.msg('stream', content={}, parent=parent) | {'parent_header': [1]}", "an output that cannot be read"),
        (
            "session.msg('display_data', content={'data': 7, 'metadata': {}, 'transient': {}}, parent=parent)",
            "an output that no notebook may hold",
        ),
    ],
)
def test_an_output_that_no_kernel_would_send_is_left_out_and_the_next_one_arrives(message, words):
    send = (
        "kernel = get_ipython().kernel\nsession, parent = kernel.session, kernel.get_parent()\n"
        f"session.send(kernel.iopub_socket, {message})\nprint('after')"
    )
    notebook = notebook_of(send, "print('on we go')")
    lines = execute(notebook, QUICK).lines
    assert [text_of(cell) for cell in notebook.cells] == ["after\n", "on we go\n"]
    assert lines == (f"cell 1 sent {words}; it was left out.",)
