"""Runs a command and measures its elapsed time, CPU time and memory, including all processes that it starts.

In: a command. Out: a `Usage`. A separate process (``python -m benchmarks.metering``) runs the command, adopts whatever it
leaves behind, such as a daemon or a zygote in another session, and waits for all of it. So their CPU time is counted as well.
Linux only.
"""

from __future__ import annotations

import json
import os
import resource
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.core.errors import GraderError
from grader.kernel.inside.confinement import PR_SET_CHILD_SUBREAPER, prctl
from grader.kernel.inside.memory import family, private_bytes

SAMPLE_EVERY = 0.1
SAMPLING_SHARE = 50  # measuring memory may take a fiftieth of the time
STRAGGLERS_SECONDS = 15
LOG_BYTES = 2000


class MeteringError(GraderError):
    """The command has failed, or has left processes behind that do not end."""


@dataclass(frozen=True)
class Usage:
    """What a command used. ``load`` is the machine's load average just before it began, ``began`` the time in Unix seconds."""

    began: float
    seconds: float
    cpu: float
    peak_bytes: int
    load: float


def measure(command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Usage:
    """Run the command to its end.

    Raises:
        MeteringError: it has failed; the message ends with the end of its output.
    """
    meter = subprocess.run(
        [sys.executable, "-m", "benchmarks.metering", *command],
        cwd=cwd,
        env={**os.environ, **(env or {}), "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
    )
    if meter.returncode:
        raise MeteringError(
            f"{' '.join(command)}: {meter.stderr.strip()} Run the command yourself in {cwd} to see more."
        )
    return Usage(**json.loads(meter.stdout))


def _meter(command: Sequence[str]) -> Usage:
    """Run the command from this process, which becomes the parent of all orphans."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    os.environ.pop("PYTHONPATH")
    load, began, clock = os.getloadavg()[0], time.time(), time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        peak = max(_samples(process.pid), default=0)
        seconds = time.monotonic() - clock
        code = process.wait()
        if code:
            log.seek(max(0, log.seek(0, os.SEEK_END) - LOG_BYTES))
            raise MeteringError(f"it ended with code {code} and wrote: {log.read().decode(errors='replace').strip()}")
    _await_stragglers()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(began, round(seconds, 3), round(used.ru_utime + used.ru_stime, 3), peak, round(load, 2))


def _samples(pid: int) -> Iterator[int]:
    """The memory of all descendants of this process, measured repeatedly until the process ``pid`` ends."""
    ended = os.pidfd_open(pid)
    pause = 0.0
    while not select.select([ended], [], [], pause)[0]:
        clock = time.monotonic()
        yield sum(_proportional_bytes(each) for each in list(family(os.getpid()))[1:])
        pause = max(SAMPLE_EVERY, SAMPLING_SHARE * (time.monotonic() - clock))
    os.close(ended)


def _proportional_bytes(pid: int) -> int:
    """The memory of one process. A page shared by n processes counts 1/n, so that a sum counts each page once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except PermissionError:  # the process hides its memory map, so only its private memory is known
        return private_bytes(pid)
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _await_stragglers() -> None:
    ends = time.monotonic() + STRAGGLERS_SECONDS
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            if time.monotonic() > ends:
                left = ", ".join(map(str, list(family(os.getpid()))[1:]))
                raise MeteringError(f"it left processes behind that do not end: {left}.")
            time.sleep(0.02)


if __name__ == "__main__":
    try:
        print(json.dumps(asdict(_meter(sys.argv[1:]))))
    except MeteringError as error:
        sys.exit(str(error))
