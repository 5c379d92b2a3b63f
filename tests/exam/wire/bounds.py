"""Whether pyproject.toml bounds the version of a package from above, because private parts of it are used."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


def bounded(package: str) -> bool:
    """Whether each requirement of the package has an upper bound. There is at least one requirement."""
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    texts = [*project["dependencies"], *(text for extra in project["optional-dependencies"].values() for text in extra)]
    found = [requirement for requirement in map(Requirement, texts) if requirement.name == package]
    return bool(found) and all(any(each.operator in ("<", "<=") for each in one.specifier) for one in found)
