"""A browser without a window, what it complains of, and a small graded class to look at.

Whatever asks for `browser` is skipped where Debian's chromium or its driver is missing. The browser reaches this machine
only: what needs a network, fails here.
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.script import read_script
from grader.core.cells import notebook_bytes
from grader.core.model import Limits
from grader.grading.loop import grade
from tests.conftest import DOUBLING, HEADER

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-features=IsolateSandboxedIframes",  # else the driver does not hear of errors in a frame
)  # fmt: skip
PLAYGROUNDS = Course(Path(__file__).parents[2]).playgrounds
SECONDS = 20  # that any one step in the browser may take
NAME = "01_doubling"
RIGHT = {"double": "def double(x):\n    return 2 * x", "quadruple": "def quadruple(x):\n    return 4 * x"}
CLASS = {
    "Ada Achterberg": {**RIGHT, "why": "Because 2 · 2 = 4."},
    "Gabriela Gómez": {},
    "Omar O'Neill": {**RIGHT, "quadruple": "def quadruple(x):\n    return double(x)"},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """CellGrade every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """One browser for all tests, in a profile of its own. Tests ask for `browser`."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/bin"])
    program, driver = (shutil.which(name, path=places) for name in ("chromium", "chromedriver"))
    if program is None or driver is None:
        pytest.skip("The browser tests need Debian's packages chromium and chromium-driver.")
    options = ChromeOptions()
    options.binary_location = program
    options.page_load_strategy = "normal"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    browser = Chrome(options=options, service=Service(driver))
    browser.set_page_load_timeout(SECONDS)
    browser.set_script_timeout(SECONDS)
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Chrome) -> Iterator[Chrome]:
    """A browser on an empty page, 1200 pixels wide, with nothing in its console."""
    set_width(chromium, 1200)
    chromium.get("about:blank")
    errors_of(chromium)
    yield chromium
    chromium.switch_to.default_content()


def set_width(browser: Chrome, width: int, height: int = 900) -> None:
    """Make the page ``width`` pixels wide: a window cannot be as narrow as a phone."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def errors_of(browser: Chrome) -> list[str]:
    """What stands in the console as an error since this was last asked, frames included: scripts, files, policies."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def overflow(browser: Chrome) -> int:
    """By how many pixels the page, or the frame that the browser is in, is wider than what can be seen of it."""
    return int(browser.execute_script("const e = document.documentElement; return e.scrollWidth - e.clientWidth;"))


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with three graded students. Read it only; `class_folder` gives a copy."""
    root = tmp_path_factory.mktemp("class")
    course = Course(root / "doubling")
    for folder in ("solutions", "notebooks", "data"):
        (course.root / folder).mkdir(parents=True)
    (course.solutions / f"{NAME}.py").write_text(HEADER.format(points=9) + DOUBLING, encoding="utf-8")
    release = build_assignment(course, read_script(course.lectures()[0])).release
    for student, answers in CLASS.items():
        notebook = copy.deepcopy(release)
        for cell in notebook.cells:
            cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        path = root / "in" / student / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook_bytes(notebook))
    grade(course, [root / "in"], root / "out", Limits(cell_seconds=10, notebook_seconds=60))
    return root / "out"


MakePage = Callable[[str], str]


@pytest.fixture
def page_of(tmp_path: Path) -> MakePage:
    """A function that writes HTML into a file and gives its address."""

    def write(html: str) -> str:
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        return path.as_uri()

    return write


def call(browser: Chrome, function: str, *arguments: Any) -> Any:
    """What a function of ``window.playground`` returns. NumPy's arrays go in as lists."""
    plain = [argument.tolist() if isinstance(argument, np.ndarray) else argument for argument in arguments]
    path = "".join(f"[{part!r}]" for part in function.split("."))
    return browser.execute_script(f"return window.playground{path}(...arguments)", *plain)


@pytest.fixture
def opened(browser: Chrome) -> Callable[[str], Callable[..., Any]]:
    """A function that opens a page as a file and gives a function that calls its mathematics."""

    def open_page(name: str) -> Callable[..., Any]:
        browser.get((PLAYGROUNDS / f"{name}.html").as_uri())
        return lambda function, *arguments: call(browser, function, *arguments)

    return open_page


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)
