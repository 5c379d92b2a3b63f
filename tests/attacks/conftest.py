"""All attacks, handed in together and graded in one batch, as a teacher would; and what became of the machine meanwhile."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from grader.authoring.build import read_course
from grader.core.grades import NotebookGrades
from grader.core.model import MB, Limits
from grader.grading.loop import Batch, grade
from grader.kernel.inside.memory import family, private_bytes
from tests.attacks import bombs, cheats, clothes, escapes, files, models, spies, wire
from tests.attacks.catalogue import ATTACKS, Attack, Scene
from tests.attacks.course import write_course

LIMITS = Limits(cell_seconds=4, notebook_seconds=16, memory_bytes=700 * MB, disk_bytes=64 * MB, file_bytes=64 * MB)
CATALOGUE = (bombs, cheats, clothes, escapes, files, models, spies, wire)  # importing them enters their attacks
ENVIRONMENT = "LMS_TOKEN_OF_THE_TEACHER"


@dataclass
class Watch:
    """What was seen of the machine while the batch ran: the most memory of each process, and who came to the port."""

    peaks: dict[int, int] = field(default_factory=dict)
    commands: dict[int, str] = field(default_factory=dict)
    callers: list[bytes] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Graded:
    """The batch, and the scenes of its attacks."""

    batch: Batch
    scenes: dict[str, Scene]
    watch: Watch
    before: dict[Path, bytes]  # the course and the submissions, as they were

    @cached_property
    def written(self) -> dict[Path, bytes]:
        """What the grader has written, without the canaries that lie in its folder."""
        out = next(iter(self.scenes.values())).out
        canaries = {canary for scene in self.scenes.values() for canary in scene.canaries}
        return {path: content for path, content in contents(out).items() if path not in canaries}

    def notebook_of(self, attack: Attack) -> NotebookGrades:
        found = [each for each in self.batch.grades.notebooks if each.student == attack.student]
        assert len(found) == 1, f"{attack.student!r} is there {len(found)} times"
        return found[0]


def contents(*folders: Path) -> dict[Path, bytes]:
    """All ordinary files below some folders."""
    paths = (path for folder in folders for path in folder.rglob("*"))
    return {path: path.read_bytes() for path in paths if path.is_file() and not path.is_symlink()}


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    """Every attack of the catalogue and the honest ones between them, graded by two workers."""
    root = tmp_path_factory.mktemp("attacks")
    home = Path(tempfile.mkdtemp(prefix="grader-attacks-", dir=Path.home()))
    course = write_course(root / "course")
    assignments = {assignment.name: assignment for assignment in read_course(course)}
    submissions, out, watch = root / "submissions", root / "out", Watch()
    submissions.mkdir()
    out.mkdir()
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as listener:
        patch.setenv(ENVIRONMENT, "secret-of-the-environment")
        scenes = {name: Scene(name, course.root, submissions, out, home, listener.getsockname()[1]) for name in ATTACKS}
        for name, attack in ATTACKS.items():
            for canary in scenes[name].canaries:
                canary.write_text(scenes[name].secret)
            attack.deliver(scenes[name], assignments[attack.lecture])
        before = contents(course.root, submissions)
        began, ended = time.monotonic(), threading.Event()
        watchers = [
            threading.Thread(target=_listen, args=(listener, watch, ended)),
            threading.Thread(target=_look, args=(watch, ended)),
        ]
        for watcher in watchers:
            watcher.start()
        try:
            batch = grade(course, [submissions], out, LIMITS, workers=2)
            watch.seconds = time.monotonic() - began
            yield Graded(batch, scenes, watch, before)
        finally:
            ended.set()
            for watcher in watchers:
                watcher.join()
            shutil.rmtree(home, ignore_errors=True)


def _listen(listener: socket.socket, watch: Watch, ended: threading.Event) -> None:
    listener.settimeout(0.2)
    while not ended.is_set():
        try:
            caller, _ = listener.accept()
        except TimeoutError:
            continue
        watch.callers.append(caller.recv(100))
        caller.close()


def _look(watch: Watch, ended: threading.Event) -> None:
    """The memory of this process's descendants."""
    while not ended.wait(0.2):
        for pid in family(os.getpid()):
            watch.peaks[pid] = max(watch.peaks.get(pid, 0), private_bytes(pid))
            if pid not in watch.commands:
                try:
                    command = Path(f"/proc/{pid}/cmdline").read_bytes()
                except OSError:
                    continue
                watch.commands[pid] = command.replace(b"\0", b" ").decode(errors="replace")
