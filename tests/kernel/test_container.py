"""The command for Docker. No engine runs on the build machines: what it does there is not tested."""

from __future__ import annotations

from itertools import pairwise

import pytest

from grader.kernel.container import docker_command
from grader.kernel.sandbox import Sandbox, SandboxError, SandboxKind


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


def test_docker_is_not_taken_for_a_sandbox_of_one_kernel():
    with pytest.raises(SandboxError, match="--sandbox docker"):
        Sandbox(SandboxKind.DOCKER).check()
