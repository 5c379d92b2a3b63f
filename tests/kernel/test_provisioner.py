"""Jupyter's own tools with our kernels: nbclient, `jupyter nbconvert --execute`, stock `nbgrader autograde`."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from grader.core.model import MB, Limits
from grader.kernel.provisioner import WarmKernelManager, WarmProvisioner, copy_files, own_zygote
from grader.kernel.sandbox import Sandbox, SandboxError
from grader.kernel.warm import Zygote
from tests.kernel.conftest import needs_linux, needs_sandbox

SPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook_of(*sources: str) -> nbformat.NotebookNode:
    return new_notebook(cells=[new_code_cell(source) for source in sources], metadata={"kernelspec": SPEC})


def text_of(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") or output.get("ename", "") for output in cell.outputs)


def config_for(folder: Path | None = None, **traits: object) -> Config:
    config = Config()
    config.NotebookClient.kernel_manager_class = WarmKernelManager
    if folder is not None:
        config.WarmProvisioner.zygote_folder = str(folder)
    config.WarmProvisioner.update(traits)
    return config


@needs_sandbox
def test_nbclient_runs_a_notebook_in_a_warm_kernel(zygote, tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "other.ipynb").write_text("{}")
    notebook = notebook_of(
        "import os, sys; print(os.getpid(), sorted(os.listdir()), 'numpy' in sys.modules)",
        "print(os.environ.get('NBGRADER_X'), 'SECRET' in os.environ)",
    )
    client = NotebookClient(
        notebook, config=config_for(zygote.address.folder), resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env={**os.environ, "NBGRADER_X": "1", "SECRET": "2"})
    assert [text_of(cell) for cell in notebook.cells] == ["1 ['a.txt'] True\n", "1 False\n"]
    assert [path for path in zygote.address.folder.iterdir() if path.is_dir()] == []


@needs_sandbox
def test_files_and_limits_are_handed_over_by_execute(zygote):
    ours, theirs = socket.socketpair()
    notebook = notebook_of(
        "import os, socket; socket.socket(fileno=int(os.environ['GRADER_BOUNDARY_FD'])).sendall(b'x')",
        "y = bytearray(10**9)",
    )
    client = NotebookClient(notebook, config=config_for(zygote.address.folder), allow_errors=True)
    limits = Limits(memory_bytes=100 * MB)
    client.execute(fds={"GRADER_BOUNDARY_FD": theirs.fileno()}, kernel_limits=limits, kernel_env={"A": "b"})
    assert ours.recv(1) == b"x"
    assert text_of(notebook.cells[1]) == "MemoryError"


@needs_sandbox
def test_a_time_limit_interrupts_and_the_next_cell_runs(zygote):
    notebook = notebook_of("while True: pass", "print('on')")
    client = NotebookClient(
        notebook, config=config_for(zygote.address.folder), timeout=1, interrupt_on_timeout=True, allow_errors=True
    )
    client.execute()
    assert text_of(notebook.cells[0]) == "KeyboardInterrupt"
    assert text_of(notebook.cells[1]) == "on\n"


@needs_sandbox
def test_a_kernel_that_is_ended_for_its_memory_is_dead_to_nbclient(zygote):
    notebook = notebook_of(
        "import os\nfor n in range(4):\n    if os.fork() == 0:\n        x = b'x' * 60_000_000\n        while True: pass\n"
        "while True: pass"
    )
    client = NotebookClient(
        notebook, config=config_for(zygote.address.folder, limits={"memory_bytes": 100 * MB}), timeout=60
    )
    provisioners = []
    client.on_notebook_start = lambda notebook: provisioners.append(client.km.provisioner)
    with pytest.raises(DeadKernelError):
        client.execute()
    assert [provisioner.why_ended for provisioner in provisioners] == ["memory"]
    assert provisioners[0].peak_bytes > 100 * MB


@needs_sandbox
def test_a_kernel_spec_names_the_provisioner_and_its_kernel_can_be_restarted(zygote):
    from jupyter_client.manager import KernelManager

    spec = KernelSpec(
        argv=["python"],
        language="python",
        display_name="Warm",
        metadata={
            "kernel_provisioner": {
                "provisioner_name": "grader",
                "config": {"zygote_folder": str(zygote.address.folder)},
            }
        },
    )
    manager = KernelManager(kernel_name="python3")
    manager._kernel_spec = spec
    manager.start_kernel()
    try:
        assert manager.is_alive()
        manager.restart_kernel(now=True)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=20)
        client.stop_channels()
    finally:
        manager.shutdown_kernel()
    assert not manager.is_alive()
    assert isinstance(manager.provisioner, WarmProvisioner)


@needs_sandbox
def test_a_kernel_that_is_asked_to_end_does_so_without_force(zygote, monkeypatch):
    forced = []
    for signal_ in ("terminate", "kill"):
        own = getattr(WarmProvisioner, signal_)

        async def ended(self, *args, own=own, **kwargs):
            forced.append(own.__name__)
            return await own(self, *args, **kwargs)

        monkeypatch.setattr(WarmProvisioner, signal_, ended)

    async def start_and_shut_down():
        manager = WarmKernelManager(config=config_for(zygote.address.folder), kernel_name="python3")
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=20)
        client.stop_channels()
        await manager.shutdown_kernel()

    for _ in range(12):  # threads of ipykernel's waited for each other, once in five times
        asyncio.run(start_and_shut_down())
    assert forced == []


def test_in_spawn_mode_an_ordinary_kernel_runs(tmp_path):
    notebook = notebook_of("import os; print(os.getcwd())")
    client = NotebookClient(
        notebook, config=config_for(sandbox="spawn"), resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(kernel_env={"A": "b"})
    assert text_of(notebook.cells[0]).strip() == str(tmp_path)


@needs_linux
def test_a_kernel_of_another_language_is_left_to_jupyter():
    provisioner = WarmProvisioner(kernel_id="x", kernel_spec=KernelSpec(argv=["R"], language="R", display_name="R"))
    assert not provisioner._warm()


def test_too_many_bytes_beside_a_notebook_are_refused_by_name(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "big.bin").write_bytes(b"x" * 2000)
    with pytest.raises(SandboxError, match=r"more than 1,000 bytes.*disk_bytes"):
        copy_files(source, target, 1000)


def test_links_hidden_files_and_notebooks_are_not_copied(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "data").mkdir(parents=True)
    (source / "data" / "x.csv").write_text("1")
    (source / "link").symlink_to("/etc/passwd")
    (source / ".hidden").write_text("1")
    (source / "ps1.ipynb").write_text("1")
    copy_files(source, target, 1000)
    assert [str(path.relative_to(target)) for path in sorted(target.rglob("*"))] == ["data", "data/x.csv"]


def test_the_names_that_configurations_and_jupyter_know_lead_to_these_classes():
    [entry] = metadata.entry_points(group="jupyter_client.kernel_provisioners", name="grader")
    assert entry.load() is WarmProvisioner
    assert import_item("grader.kernel.provisioner.WarmKernelManager") is WarmKernelManager


@needs_sandbox
def test_what_the_sandbox_lacks_is_logged_when_the_zygote_starts_and_not_for_each_kernel(monkeypatch, caplog):
    monkeypatch.setattr("grader.kernel.provisioner._zygotes", {})
    monkeypatch.setattr(Zygote, "_await_start", lambda self: setattr(self, "warnings", ("a part is missing",)))
    logged = []
    try:
        for _ in range(2):
            zygote = own_zygote(Sandbox(), (), {}, logged.append)
    finally:
        zygote.close()
    assert logged == ["a part is missing"]


@needs_sandbox
@pytest.mark.slow
def test_nbconvert_executes_in_a_warm_kernel(tmp_path):
    notebook = notebook_of(
        "import os, sys; print(os.getpid(), 'numpy' in sys.modules, os.path.exists(os.environ['HOME'] + '/.ssh'))"
    )
    nbformat.write(notebook, tmp_path / "one.ipynb")
    config = tmp_path / "jupyter_nbconvert_config.py"
    config.write_text(
        'c.NotebookClient.kernel_manager_class = "grader.kernel.provisioner.WarmKernelManager"\n'
        'c.WarmProvisioner.modules = ["numpy"]\n'
    )
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "one.ipynb"]
    subprocess.run([*command, "--config", str(config)], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    done = nbformat.read(tmp_path / "one.ipynb", as_version=4)
    assert text_of(done.cells[0]) == "1 True False\n"


@needs_sandbox
@pytest.mark.slow
def test_a_variable_of_the_environment_is_enough_for_nbconvert(tmp_path):
    nbformat.write(notebook_of("import os; print(os.getpid())"), tmp_path / "one.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "one.ipynb"]
    environment = {**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": "grader"}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=120)
    assert text_of(nbformat.read(tmp_path / "one.ipynb", as_version=4).cells[0]) == "1\n"


@needs_sandbox
@pytest.mark.slow
def test_stock_nbgrader_autogrades_in_warm_kernels(tmp_path):
    solution = new_code_cell("### BEGIN SOLUTION\nx = 2\n### END SOLUTION")
    solution.metadata["nbgrader"] = _nbgrader("x", solution=True, grade=False)
    check = new_code_cell("import os\nassert os.getpid() == 1, 'not in the sandbox'\nassert x == 2")
    check.metadata["nbgrader"] = _nbgrader("x_check", solution=False, grade=True)
    check.metadata["nbgrader"]["points"] = 3
    source = new_notebook(cells=[new_markdown_cell("# One"), solution, check], metadata={"kernelspec": SPEC})
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    nbformat.write(source, tmp_path / "source" / "ps1" / "one.ipynb")
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'c'\n"
        "c.NotebookClient.kernel_manager_class = 'grader.kernel.provisioner.WarmKernelManager'\n"
    )
    _nbgrader_runs(tmp_path, "generate_assignment", "ps1")
    for student, answer in (("ann", "x = 2"), ("bob", "x = 3"), ("eve", "import time\nx = open('/etc/hostname')")):
        folder = tmp_path / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        submitted = nbformat.read(tmp_path / "release" / "ps1" / "one.ipynb", as_version=4)
        submitted.cells[1].source = answer
        nbformat.write(submitted, folder / "one.ipynb")
    _nbgrader_runs(tmp_path, "autograde", "ps1")
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        scores = {entry.student.id: entry.score for entry in gradebook.assignment_submissions("ps1")}
    assert scores == {"ann": 3, "bob": 0, "eve": 0}


def _nbgrader(name: str, *, solution: bool, grade: bool) -> dict[str, object]:
    return {
        "grade_id": name, "solution": solution, "grade": grade, "locked": not solution, "task": False, "schema_version": 3,
    }  # fmt: skip


def _nbgrader_runs(folder: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, json.dumps([done.stdout, done.stderr])[-3000:]
