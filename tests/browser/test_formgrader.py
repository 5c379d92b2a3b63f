"""What the teacher sees in nbgrader's formgrader, in a folder that the grader has graded into.

Nothing is simulated: Jupyter Lab runs in the course folder, a browser opens nbgrader's pages, and points are typed into them.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from nbgrader.api import Gradebook
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from grader.gradebook.folder import CourseFolder
from grader.grading.loop import write_pages
from tests.browser.conftest import CLASS, NAME, SECONDS, errors_of

START_SECONDS = 60
# nbgrader's submission page loads MathJax from a CDN, and its scripts stop without it. The tests' browser has no network, so
# this replaces MathJax.
MATHJAX = """
    const hub = { Config() {}, Queue() {}, Startup: { signal: { Interest: notify => setTimeout(() => notify("End")) } } };
    window.MathJax = { Hub: hub };
"""
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Formgrader:
    """A running server: its course folder and its address."""

    folder: Path
    address: str


@pytest.fixture(scope="module")
def server(chromium: Chrome, graded_class: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Formgrader]:
    """Jupyter Lab, started as teachers do, in a copy of the class."""
    home = tmp_path_factory.mktemp("teacher")
    folder = home / "course"
    shutil.copytree(graded_class, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--ServerApp.open_browser=False",
    ]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=teachers_environment(home), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            await_server(process, address, home / "server.log")
            yield Formgrader(folder, address)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


@pytest.fixture
def formgrader(browser: Chrome, server: Formgrader) -> Iterator[Formgrader]:
    """The running server, with MathJax replaced on its pages. If the test fails, the server's log is shown."""
    log = server.folder.parent / "server.log"
    seen = log.stat().st_size
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": MATHJAX})
    yield server
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    print(log.read_bytes()[seen:].decode())


def teachers_environment(home: Path) -> dict[str, str]:
    """An environment without the user's settings. Its PATH has this environment's tools: nbgrader calls alembic by name."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    return kept | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def await_server(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{address}/api", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"Jupyter Lab did not answer within {START_SECONDS} s. Its log:\n{log.read_text()}")


@pytest.fixture
def gradebook(formgrader: Formgrader) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{formgrader.folder / 'gradebook.db'}") as gradebook:
        yield gradebook


def rows_at(browser: Chrome, address: str) -> list[list[str]]:
    """The table on one of nbgrader's pages, once it has loaded: the text of each cell, including hidden names."""
    browser.get(address)
    read = """
        return [...document.querySelectorAll("#main-table tr")]
            .map(row => [...row.cells].map(cell => cell.textContent.trim()));
    """

    def loaded(driver: Chrome) -> list[list[str]] | None:
        rows: list[list[str]] = driver.execute_script(read)
        return rows if rows and all(len(row) > 1 for row in rows) else None

    return WebDriverWait(browser, SECONDS).until(loaded, "the table stayed empty")


def shown(score: float, max_score: float) -> str:
    """Points as nbgrader's pages show them."""
    return f"{round(score, 2):g} / {round(max_score, 2):g}"


def open_submission(browser: Chrome, formgrader: Formgrader, student: str) -> None:
    """Follow the link to a student's submission from the list of submissions, and wait for its points."""
    rows_at(browser, f"{formgrader.address}/formgrader/gradebook/{NAME}/{NAME}")
    links = browser.find_elements(By.CSS_SELECTOR, "#main-table a.name-shown")
    [address] = [link.get_attribute("href") for link in links if link.get_attribute("textContent") == student]
    browser.get(address)
    points_in(browser, "double_check")


def points_in(browser: Chrome, grade_id: str) -> str:
    """The content of the field for a cell's points, which a script fills in."""
    find = "return document.getElementById(arguments[0])?.placeholder || document.getElementById(arguments[0])?.value"
    return str(WebDriverWait(browser, SECONDS).until(lambda driver: driver.execute_script(find, grade_id)))


def test_the_gradebook_page_shows_the_mean_of_the_class(browser, formgrader, gradebook):
    [row] = rows_at(browser, f"{formgrader.address}/formgrader/gradebook")
    mean, most = gradebook.average_assignment_score(NAME), gradebook.find_assignment(NAME).max_score
    assert mean == pytest.approx((5 + 0 + 3) / 3) and most == 9
    assert (row[0], row[2], row[3]) == (NAME, str(len(CLASS)), shown(mean, most))


def test_the_assignments_page_shows_the_means_for_code_and_prose(browser, formgrader, gradebook):
    [row] = rows_at(browser, f"{formgrader.address}/formgrader/gradebook/{NAME}")
    assert row[:4] == [
        NAME,
        shown(gradebook.average_notebook_score(NAME, NAME), 9),
        shown(gradebook.average_notebook_code_score(NAME, NAME), 5),
        shown(gradebook.average_notebook_written_score(NAME, NAME), 4),
    ]


def test_every_students_score_matches_the_gradebook(browser, formgrader, gradebook):
    rows = rows_at(browser, f"{formgrader.address}/formgrader/gradebook/{NAME}/{NAME}")
    submissions = {each.student.id: each for each in gradebook.assignment_submissions(NAME)}
    assert {student: each.score for student, each in submissions.items()} == dict(zip(CLASS, (5, 0, 3), strict=True))
    assert len(rows) == len(submissions)
    for student, submission in submissions.items():
        [row] = [row for row in rows if row[1].endswith(student)]
        assert row[2] == shown(submission.score, submission.max_score)
        assert row[3] == shown(submission.code_score, submission.max_code_score)
        assert row[4] == shown(submission.written_score, submission.max_written_score)


def test_the_students_page_lists_all_students_with_their_points(browser, formgrader):
    rows = rows_at(browser, f"{formgrader.address}/formgrader/manage_students")
    assert {student: score for _, student, _, score, *_ in rows} == {
        "Ada Achterberg": "5 / 9",
        "Gabriela Gómez": "0 / 9",
        "Omar O'Neill": "3 / 9",
    }


def test_a_submission_opens_with_its_code_and_the_points_of_each_check(browser, formgrader):
    open_submission(browser, formgrader, "Omar O'Neill")
    assert (points_in(browser, "double_check"), points_in(browser, "quadruple_check")) == ("3", "0")
    page = browser.find_element(By.TAG_NAME, "body").text
    for text in ("return double(x)", "That has been doubled once only.", "/ 3.0", "/ 2.0", "double(3) is right."):
        assert text in page
    assert [error for error in errors_of(browser) if "/mathjax/" not in error] == []


# The last one: it changes the gradebook.
def test_points_and_comments_typed_into_the_formgrader_reach_the_feedback(browser, formgrader):
    open_submission(browser, formgrader, "Ada Achterberg")
    for field, text in (("why", "3"), ("why-comment", "Say also what twice means.")):
        browser.find_element(By.ID, field).send_keys(text, Keys.TAB)
        WebDriverWait(browser, SECONDS).until(lambda driver, field=field: is_saved(driver, field), "nothing was saved")
    with CourseFolder.existing(formgrader.folder) as folder:
        grades = write_pages(folder)
        page = folder.pages / "feedback" / "Ada Achterberg" / NAME / f"{NAME}.html"
    [ada] = [each for each in grades.notebooks if each.student == "Ada Achterberg"]
    assert (ada.score, ada.waiting) == (8, 0)
    browser.get(page.as_uri())
    shown = browser.find_element(By.TAG_NAME, "body").text
    assert "8 of 9 points" in shown and "Say also what twice means." in shown


def is_saved(browser: Chrome, field: str) -> bool:
    """Whether nbgrader shows the tick of a saved field."""
    cell = f"document.getElementById('{field}').closest('.panel')"
    return bool(browser.execute_script(f"return $({cell}).find('.save-icon.glyphicon-ok:visible').length > 0"))
