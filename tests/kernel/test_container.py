"""The command for Docker. What an engine makes of it is tested by container/run.sh."""

from __future__ import annotations

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from grader.kernel.container import docker_command
from grader.kernel.sandbox import Sandbox, SandboxError, SandboxKind
from tests.conftest import says_how_to_fix


def test_without_docker_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SandboxError, match=r"docker build -t grader .*--sandbox bubblewrap"):
        docker_command(["grade"], {}, {})


def test_the_container_has_no_network_and_sees_only_the_named_folders(monkeypatch, tmp_path):
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    inbox, results = tmp_path / "inbox", tmp_path / "results"
    command = docker_command(["grade", "/inbox", "--out", "/results"], {inbox: "/inbox"}, {results: "/results"})
    assert command[:2] == ["docker", "run"]
    assert command[command.index("--network") + 1] == "none"
    mounts = [word for before, word in pairwise(command) if before == "--mount"]
    assert mounts == [
        f"type=bind,source={inbox},target=/inbox,readonly",
        f"type=bind,source={results},target=/results",
    ]
    assert command[-5:] == ["grader", "grade", "/inbox", "--out", "/results"]


@pytest.mark.parametrize("uid, added", [(0, ["SYS_ADMIN", "NET_ADMIN"]), (1000, [])])
def test_only_root_gets_capabilities_since_it_makes_its_namespaces_without_a_user_namespace(
    monkeypatch, tmp_path, uid, added
):
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.getuid", lambda: uid)
    command = docker_command(["grade"], {}, {})
    assert command[command.index("--user") + 1].startswith(f"{uid}:")
    assert [word for before, word in pairwise(command) if before == "--cap-add"] == added


def test_docker_is_not_taken_for_a_sandbox_of_one_kernel():
    with pytest.raises(SandboxError, match="--sandbox docker"):
        Sandbox(SandboxKind.DOCKER).check()


def test_where_no_container_can_be_had_its_test_says_what_is_missing(tmp_path):
    for name in ("dirname", "id"):
        (tmp_path / name).symlink_to(shutil.which(name))
    script = Path(__file__).parent.parent / "container" / "run.sh"
    run = subprocess.run([shutil.which("bash"), script], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert run.returncode == 77
    assert says_how_to_fix(run.stderr.removeprefix("No container can be had here: ")), run.stderr
