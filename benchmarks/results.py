"""The measurements, the arithmetic on them, and the tables.

In: `Run`s. Out: rates, ratios and targets, as rows of tables, as Markdown and for JSON.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

GB, MB = 1 << 30, 1 << 20
OWN_CPU, START_SECONDS, START_SECONDS_TENSORFLOW, WORKER_BYTES = 0.5, 2.0, 8.0, 1.5 * GB
OVER_THE_LIMIT = 1.15


@dataclass(frozen=True)
class Run:
    """One grader's run on one kind of work, with one or more ``commands``.

    ``starting`` is the time until the first submission was graded, added up over the commands. ``peak_bytes`` is the memory of
    all processes together. ``equal`` counts the submissions that got the same score from the other grader, if that ran.
    """

    kind: str
    grader: str
    workers: int
    submissions: int
    commands: int
    seconds: float
    starting: float
    cpu: float
    peak_bytes: int
    load: float
    equal: int | None = None

    @property
    def per_minute(self) -> float:
        """Submissions per minute, including the start, and the pages at the end."""
        return 60 * self.submissions / self.seconds

    @property
    def steady_per_minute(self) -> float | None:
        """Submissions per minute after the first is graded, as in a large class.

        When the first is done, the other workers have nearly finished theirs, so these are left out as well.
        """
        left = self.submissions - self.workers * self.commands
        return 60 * left / (self.seconds - self.starting) if left > 0 and self.seconds > self.starting else None

    @property
    def cpu_per_submission(self) -> float:
        return self.cpu / self.submissions

    @property
    def peak_per_worker(self) -> float:
        return self.peak_bytes / self.workers


def middle(runs: Sequence[Run]) -> Run:
    """The run with the median time; of the two in the middle of an even number, the slower."""
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


@dataclass(frozen=True)
class Target:
    """What was wanted, what was measured, and whether the target was reached; None if it was not measured."""

    text: str
    wanted: str
    got: float | None
    reached: bool | None
    unit: str = ""
    load: float | None = None  # the machine's, when it was measured


@dataclass
class Results:
    """Everything that one run of the benchmark measured.

    ``cells`` maps each kind to the CPU seconds of the cells of each submission. ``own`` holds two runs of idle work, the second
    with more submissions. ``start`` holds runs of a single submission, under "plain" and "tensorflow".
    """

    ratios: Mapping[str, float]  # the lowest ratio that is wanted, by kind
    titles: Mapping[str, str]
    cores: int
    runs: list[Run] = field(default_factory=list)
    cells: dict[str, list[float]] = field(default_factory=dict)
    own: list[Run] = field(default_factory=list)
    start: dict[str, list[Run]] = field(default_factory=dict)

    def stock(self, kind: str) -> Run | None:
        return next((run for run in self.runs if run.kind == kind and run.grader == "nbgrader"), None)

    def ours(self, kind: str, workers: int) -> Run | None:
        return next((r for r in self.runs if (r.kind, r.grader, r.workers) == (kind, "grader", workers)), None)

    def ratio(self, run: Run, rate: Callable[[Run], float | None]) -> float | None:
        """How many times as fast as stock nbgrader a run was, on the same work."""
        stock = self.stock(run.kind)
        mine, other = rate(run), rate(stock) if stock else None
        return mine / other if mine and other else None

    def cells_per_submission(self, kind: str) -> float | None:
        cells = self.cells.get(kind)
        return sum(cells) / len(cells) if cells else None

    def over_the_limit(self, run: Run) -> float | None:
        """A submission's time divided by the limit, which is the CPU time of its cells divided by the cores in use.

        No grader can get below 1. More workers than cores do not lower the limit.
        """
        cells, rate = self.cells_per_submission(run.kind), run.steady_per_minute
        return (60 / rate) / (cells / min(run.workers, self.cores)) if cells and rate else None

    @property
    def own_cpu(self) -> float | None:
        """The CPU seconds that one more submission costs if its cells do nothing."""
        if len(self.own) < 2:
            return None
        fewer, more = self.own
        return (more.cpu - fewer.cpu) / (more.submissions - fewer.submissions)

    def targets(self) -> list[Target]:
        """The grader's targets, with what this run measured."""
        found = []
        for kind, wanted in self.ratios.items():
            run = self.ours(kind, 2)
            got = self.ratio(run, lambda run: run.steady_per_minute) if run else None
            text = f"({kind}) {self.titles[kind]}: times as fast as stock nbgrader, 2 workers"
            reached = None if got is None else got >= wanted
            found.append(Target(text, f"≥ {wanted:g}", got, reached, load=run.load if run else None))
        run = self.ours("d", 2)
        over = self.over_the_limit(run) if run else None
        found.append(_most("(d) MNIST: time divided by the limit, 2 workers", OVER_THE_LIMIT, over, run))
        own = self.own[0] if self.own else None
        found.append(_most("the grader's own CPU time per submission", OWN_CPU, self.own_cpu, own, "s"))
        for name, most in (("plain", START_SECONDS), ("tensorflow", START_SECONDS_TENSORFLOW)):
            run = middle(self.start[name]) if self.start.get(name) else None
            text = "start, until the first result" + (", with TensorFlow" if name == "tensorflow" else "")
            found.append(_most(text, most, run.starting if run else None, run, "s"))
        run = self.ours("c", 2)
        memory = run.peak_per_worker / GB if run else None
        found.append(_most("(c) peak memory per worker, 2 workers", WORKER_BYTES / GB, memory, run, "GB"))
        return found

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        derived = ("per_minute", "steady_per_minute", "cpu_per_submission", "peak_per_worker")
        return {
            "machine": machine(),
            "runs": [
                asdict(run)
                | {name: getattr(run, name) for name in derived}
                | {"ratio": self.ratio(run, lambda run: run.per_minute)}
                | {"steady_ratio": self.ratio(run, lambda run: run.steady_per_minute)}
                | {"over_the_limit": self.over_the_limit(run)}
                for run in self.runs
            ],
            "cells_cpu": self.cells,
            "own": [asdict(run) for run in self.own],
            "start": {name: [asdict(run) for run in runs] for name, runs in self.start.items()},
            "targets": [asdict(target) for target in self.targets()],
        }

    def rows(self) -> list[list[str]]:
        """The table, as text."""
        return [self._row(run) for run in self.runs]

    def _row(self, run: Run) -> list[str]:
        return [
            f"({run.kind}) {self.titles[run.kind]}",
            "nbgrader" if run.grader == "nbgrader" else f"grader, {run.workers} worker{'s' * (run.workers > 1)}",
            f"{run.per_minute:.1f}",
            _number(run.steady_per_minute, 1),
            _number(self.ratio(run, lambda run: run.steady_per_minute), 1),
            f"{run.cpu_per_submission:.2f}",
            _number(self.cells_per_submission(run.kind), 2),
            f"{run.starting / run.commands:.1f}",
            f"{run.peak_bytes / MB:.0f}",
            f"{run.peak_per_worker / MB:.0f}",
            "–" if run.equal is None else f"{run.equal}/{run.submissions}",
            f"{run.load:.1f}",
        ]

    def target_rows(self) -> list[list[str]]:
        words = {True: "yes", False: "no", None: "not measured"}
        return [
            [
                target.text,
                f"{target.wanted} {target.unit}".strip(),
                _number(target.got, 2),
                words[target.reached],
                _number(target.load, 1),
            ]
            for target in self.targets()
        ]


COLUMNS = (
    "work", "graded by", "/min", "/min later", "ratio", "CPU s", "cells s", "first s", "MB", "MB each", "same", "load",
)  # fmt: skip
LEGEND = """\
/min: submissions per minute, over the whole command; /min later: after the first is graded; ratio: that rate to stock \
nbgrader's. CPU s: per submission, all processes; cells s: its cells alone. first s: until the first result. \
MB: peak memory of all processes together; MB each: per worker. same: submissions that got the same score from stock nbgrader. \
load: load average before the run."""
TARGET_COLUMNS = ("target", "wanted", "measured", "reached", "load")


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown: the first two columns are aligned left, the numbers right."""
    line = "|" + "|".join("---" if number < 2 else "---:" for number in range(len(columns))) + "|"
    return (
        "\n".join(["| " + " | ".join(row) + " |" if row is not None else line for row in (columns, None, *rows)]) + "\n"
    )


def machine() -> dict[str, Any]:
    """The machine, the system and the versions of the libraries."""
    models = [line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")]
    names = ("nbgrader", "tensorflow", "keras", "numpy", "nbclient", "ipykernel")
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in names},
    }


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def _most(text: str, most: float, got: float | None, run: Run | None, unit: str = "") -> Target:
    return Target(text, f"≤ {most:g}", got, None if got is None else got <= most, unit, run.load if run else None)


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
