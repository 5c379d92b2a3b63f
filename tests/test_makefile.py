"""Each Makefile target calls its commands with arguments that they accept."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from benchmarks import throughput
from grader.cli.main import app

ROOT = Path(__file__).parent.parent
TARGETS = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
UsageError = typer.BadParameter.__mro__[1]  # of the click that Typer uses, which may be its own copy
# Programs whose arguments are not checked here: `make lint` and `make test` run them in every build.
OTHERS = {"ruff", "mypy", "lint-imports", "deptry", "rm", "touch", "pytest", "venv", "pip", "run.sh"}


def commands_of(target: str, *variables: str) -> list[list[str]]:
    """The words of each command that a target would run, without the installation."""
    words = ["make", "--dry-run", "--no-print-directory", target, *variables, "--old-file=.venv/installed"]
    printed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout.replace("\\\n", "")
    return [
        shlex.split(line, comments=True) for line in printed.splitlines() if not re.match(r"make(\[\d+\])?: ", line)
    ]


def parse(command: Any, words: list[str]) -> Any:
    """Parse the words with the command's own parser, without running anything.

    Raises:
        UsageError: it does not accept them.
    """
    context = command.make_context("command", list(words), resilient_parsing=False)
    if hasattr(command, "resolve_command"):
        _, chosen, rest = command.resolve_command(context, words)
        return parse(chosen, rest)
    return context


def program_and_arguments(words: list[str]) -> tuple[str, list[str]]:
    name, *arguments = words
    if Path(name).name.startswith("python") and arguments[:1] == ["-m"]:
        return arguments[1], arguments[2:]
    if Path(name).name.startswith("python"):
        return arguments[0], arguments[1:]
    return Path(name).name, arguments


@pytest.mark.parametrize("variables", [(), ("DATA=/some where/mnist.npz",), ("DATA=mnist.npz",)], ids=str)
@pytest.mark.parametrize("target", TARGETS)
def test_a_targets_commands_accept_their_arguments(target, variables):
    if "DATA=/some where/mnist.npz" in variables:
        variables = ("DATA='/some where/mnist.npz'",)
    parsers = {"grader": typer.main.get_command(app), "benchmarks.throughput": throughput_command()}
    for words in commands_of(target, *variables):
        program, arguments = program_and_arguments(words)
        if program in parsers:
            context = parse(parsers[program], arguments)
            if program == "benchmarks.throughput":
                assert ("d" in context.params["kinds"].split(",")) == bool(variables)
                assert bool(context.params["data"]) == bool(variables)
        elif program == "tools/check_machine.py":
            assert arguments in ([], ["--sandbox"])
        else:
            assert program in OTHERS, f"{target} runs {program}, which no parser here knows"


def test_arguments_that_a_command_does_not_understand_are_noticed():
    with pytest.raises(UsageError):
        parse(throughput_command(), ["b", "c", "own"])
    with pytest.raises(UsageError):
        parse(typer.main.get_command(app), ["grade", "--no-such-option"])


def throughput_command() -> Any:
    benchmark = typer.Typer(add_completion=False)
    benchmark.command()(throughput.main)
    return typer.main.get_command(benchmark)
