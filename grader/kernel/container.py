"""Run a whole command of the grader in a container: for macOS and Windows, and where bubblewrap cannot be installed.

In: the words of the command and the folders that it needs. Out: the words that Docker runs, with the image that the
repository's Dockerfile builds. Inside the container, bubblewrap makes the same sandbox as elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.kernel.sandbox import SandboxError

IMAGE = "grader"


def grade_in_container(
    options: Sequence[str], paths: Sequence[Path], out: Path | None, course: Path, data: Mapping[str, Path]
) -> int:
    """Run ``grader grade`` on these paths in a container. Returns its exit code.

    Without ``out``, the course is one of nbgrader's, and graded within its own folder.

    Raises:
        SandboxError: Docker is not installed, or a path is not there.
    """
    for path in (*paths, *data.values()):
        if not path.exists():
            raise SandboxError(f"{path}: there is no such file or folder. Check the path.")
    shown = {path: f"/submissions/{number}/{path.resolve().name}" for number, path in enumerate(paths)}
    sets = {path: f"/data/{name}.npz" for name, path in data.items()}
    words = ["grade", *shown.values(), "--course", "/course", *options]
    words += [text for name, path in data.items() for text in ("--data", f"{name}={sets[path]}")]
    if out is None:
        command = docker_command(words, sets, {course: "/course"})
    else:
        out.mkdir(parents=True, exist_ok=True)  # otherwise Docker makes it, as root
        command = docker_command([*words, "--out", "/out"], {course: "/course", **shown, **sets}, {out: "/out"})
    return subprocess.run(command, check=False).returncode


def docker_command(
    words: Sequence[str], read_only: Mapping[Path, str], writable: Mapping[Path, str], image: str = IMAGE
) -> list[str]:
    """The command that runs ``grader WORDS`` in a container without a network.

    ``read_only`` and ``writable`` map folders of this machine to where the container sees them; ``words`` name them there.

    Raises:
        SandboxError: Docker is not installed.
    """
    if shutil.which("docker") is None:
        raise SandboxError(
            "--sandbox docker needs Docker, and the program docker is not here. Install Docker, then run "
            f"`docker build -t {image} .` in the grader's repository; or, on Linux, use --sandbox bubblewrap."
        )
    command = ["docker", "run", "--rm", "--init", "--network", "none"]
    if hasattr(os, "getuid"):  # what it writes belongs to the user who started it
        command += ["--user", f"{os.getuid()}:{os.getgid()}", "--env", "HOME=/tmp"]
        if os.getuid() == 0:  # root makes its namespaces outside of a user namespace, which takes what containers drop
            command += ["--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN"]
    # bubblewrap must be able to make namespaces and to mount /proc; Docker's own profile forbids both.
    command += ["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"]
    command += ["--security-opt", "systempaths=unconfined"]
    for folders, mode in ((read_only, ",readonly"), (writable, "")):
        for here, there in folders.items():
            command += ["--mount", f"type=bind,source={here.resolve()},target={there}{mode}"]
    return [*command, image, *words]
