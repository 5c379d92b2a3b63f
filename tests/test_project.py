"""Promises of the repository itself: one place for versions, a quick command line, notebooks that are fresh."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from grader.authoring.course import Course, lecture_number
from grader.authoring.script import read_script
from grader.authoring.timing import LIMIT

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_environment_yml_says_the_same_as_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, _, pip = environment["dependencies"]
    assert python == f"python {PROJECT['requires-python']}"
    assert pip["pip"] == [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["course"], "--editable ."]


COLAB = dict(
    line.removesuffix(".*").split("==")
    for line in (ROOT / "tests" / "course" / "colab.txt").read_text().splitlines()
    if not line.startswith("#")
)


@pytest.mark.parametrize("package, version", COLAB.items())
def test_lower_bounds_admit_what_colab_has(package, version):
    requirements = dict(line.split(">=") for line in PROJECT["optional-dependencies"]["course"])
    assert _numbers(requirements[package]) <= _numbers(version)


def test_help_answers_at_once_and_loads_neither_tensorflow_nor_nbgrader():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom grader.cli.main import app\n"
        "assert 'grade' in CliRunner().invoke(app, ['--help']).output\n"
        "heavy = {'tensorflow', 'keras', 'nbgrader', 'nbformat', 'nbconvert', 'jupytext', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_grader_does_not_need_the_course_s_packages():
    allowed = {re.split("[>=]", line)[0].lower().replace("-", "_") for line in PROJECT["dependencies"]}
    for package in ("tensorflow", "keras", "numpy", "matplotlib", "sklearn", "scipy", "pandas"):
        assert package not in allowed
        for module in (ROOT / "grader").rglob("*.py"):
            # Within a function it may stand: what handles a student's arrays or models runs where those packages are.
            assert not re.search(rf"^(import|from) {package}\b", module.read_text(), re.MULTILINE), module


def test_the_project_names_no_registry_and_no_path_of_a_build_machine():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, tracked.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".png", ".npz"} or path == Path(__file__) or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        for forbidden in (r"(?<!\w)/(work|root)/", r"pypi\.org", "pythonhosted", r"registry\.npmjs", r"deb\.debian"):
            assert not re.search(forbidden, text), f"{name} names {forbidden}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def test_every_make_target_of_the_readme_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", README)) <= targets


def test_the_readme_s_table_of_lectures_is_that_of_the_scripts():
    listed = re.findall(r"^\| \[(\d+[a-z]?) .*?\]\(notebooks/(\w+)\.ipynb\) \|.*\| (\d+) min \|$", README, re.MULTILINE)
    scripts = [read_script(path) for path in Course(ROOT).lectures()]
    assert listed == [(script.number, script.name, str(script.minutes)) for script in scripts]


def test_no_two_lectures_have_the_same_number():
    numbers = [lecture_number(path.stem) for path in Course(ROOT).lectures()]
    assert all(numbers) and len(set(numbers)) == len(numbers)


def test_the_page_of_times_lists_every_lecture_and_none_takes_too_long():
    page = (ROOT / "docs" / "times.md").read_text()
    rows = re.findall(r"^\| (\w+) \| \d+ \| ([\d.]+) \| .+ s \| ([\d.]+) \| .+ s \|$", page, re.MULTILINE)
    assert [name for name, *_ in rows] == [path.stem for path in Course(ROOT).lectures()], "Run `make times`."
    assert all(float(seconds) < LIMIT for _, *both in rows for seconds in both)


def test_ci_calls_the_readme_s_test_command():
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
