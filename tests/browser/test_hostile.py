"""A student attacks the teacher's browser: on our pages and in formgrader, nothing in a submission runs or makes requests."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePath

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.script import read_script
from grader.core.cells import notebook_bytes
from grader.core.model import Assignment, ExamResult, Limits, Outcome, Problem, Submission, Verdict
from grader.gradebook.folder import CourseFolder
from grader.grading.loop import write_pages
from tests.browser.conftest import NAME, errors_of
from tests.browser.test_formgrader import formgrader, open_submission, server  # noqa: F401
from tests.conftest import DOUBLING, HEADER
from tests.pages.test_sanitize_html import HOSTILE, OUTPUTS, RUN

HOSTILE_NAME = "<img src=x onerror='window.ran=1'>&lt;b"
UNTOUCHED = "Control"  # the student whose notebook is shown as written
# Finds active elements among those that match a selector. Our own links go to the feedback pages.
FOUND = """
    const active = ["SCRIPT", "IFRAME", "FORM", "INPUT", "BASE", "META", "LINK", "STYLE", "OBJECT", "TEXTAREA"];
    const acts = e => active.includes(e.tagName)
        || [...e.attributes].some(attribute => attribute.name.startsWith("on") || attribute.name == "style")
        || !/^(https?:|mailto:|#|feedback\\/|$)/.test(e.getAttribute("href") || "")
        || e.tagName == "IMG" && !e.src.startsWith("data:image/");
    return [...document.querySelectorAll(arguments[0])].filter(acts).map(e => e.outerHTML.slice(0, 200));
"""


class Sink(ThreadingHTTPServer):
    """A local server that hostile content would call, and the paths that were requested."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sink.asked.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as opened:
        threading.Thread(target=opened.serve_forever, daemon=True).start()
        yield opened
        opened.shutdown()


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    course = Course(tmp_path_factory.mktemp("course"))
    for folder in ("solutions", "notebooks", "data"):
        (course.root / folder).mkdir()
    (course.solutions / f"{NAME}.py").write_text(HEADER.format(points=9) + DOUBLING, encoding="utf-8")
    return build_assignment(course, read_script(course.lectures()[0]))


def attacking(assignment: Assignment, port: int, texts: list[str]) -> ExamResult:
    """The result of an exam whose notebook contains everything that could attack a browser."""
    notebook = copy.deepcopy(assignment.with_stubs)
    verdicts = []
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if nbgrader.get("grade_id") == "why":
            cell.source = "\n\n".join(text for text in texts if "textarea" not in text).replace("{port}", str(port))
        elif nbgrader.get("grade"):
            message = f"You return {HOSTILE['script']} and `{HOSTILE['handler']}`."
            verdicts.append(Verdict(nbgrader.grade_id, 0, nbgrader.points, Outcome.FAILED, message))
            record = {"outcome": "failed", "message": message, "protected": True, "points": 0}
            cell.metadata["grader"] = record
    notebook.cells += [new_markdown_cell(text.replace("{port}", str(port))) for text in texts]
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    picture = new_output("display_data", data={"image/png": dot}, metadata={"image/png": {"width": f"1 onload={RUN}"}})
    notebook.cells.append(new_code_cell("show()", outputs=[hostile_output(kind, port) for kind in OUTPUTS] + [picture]))
    return ExamResult(notebook, tuple(verdicts), 1.0, (Problem(HOSTILE["script"]),))


def hostile_output(kind: str, port: int) -> NotebookNode:
    content = OUTPUTS[kind]
    data = {kind: content.replace("{port}", str(port)) if isinstance(content, str) else content, "text/plain": "shown"}
    return new_output("display_data", data=data, metadata={"text/html": {"isolated": True}})


@pytest.fixture(scope="module")
def graded_class(sink: Sink, assignment: Assignment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with the attacker under a plain and a hostile name, and a student whose notebook is not sanitised."""
    out = tmp_path_factory.mktemp("hostile") / "out"
    with CourseFolder(out, "course", Limits()) as folder:
        folder.add_assignment(assignment)
        for student in ("Attacker", HOSTILE_NAME, UNTOUCHED):
            submission = Submission(student, NAME, PurePath(student), b"{}")
            folder.save(submission, attacking(assignment, sink.server_port, list(HOSTILE.values())), "state")
        write_pages(folder)
        raw = attacking(assignment, sink.server_port, [HOSTILE["script"], HOSTILE["picture from elsewhere"]])
        path = folder.root / "autograded" / UNTOUCHED / NAME / f"{NAME}.ipynb"
        path.write_bytes(notebook_bytes(raw.notebook))
    return out


def has_run(browser: Chrome) -> bool:
    return bool(browser.execute_script("return window.ran !== undefined"))


@pytest.mark.parametrize("student", ["Attacker", HOSTILE_NAME])
def test_nothing_in_a_submission_runs_or_makes_requests_on_its_feedback_page(browser, graded_class, sink, student):
    sink.asked.clear()
    browser.get((graded_class / "feedback" / student / NAME / f"{NAME}.html").as_uri())
    assert student in browser.title
    assert "window.ran" in browser.find_element(By.TAG_NAME, "main").text, "it is shown as text"
    assert browser.execute_script(FOUND, "body *") == []
    assert not has_run(browser) and errors_of(browser) == [] and sink.asked == []


def test_nothing_in_a_submission_runs_or_makes_requests_in_the_report(browser, graded_class, sink):
    sink.asked.clear()
    browser.get((graded_class / "report.html").as_uri())
    assert HOSTILE_NAME in browser.find_element(By.TAG_NAME, "table").text
    found = browser.execute_script(FOUND, "body")
    assert all(each.startswith(('<a href="feedback/', '<a href="#', '<a class="skip" href="#')) for each in found), (
        found
    )
    assert not has_run(browser) and errors_of(browser) == [] and sink.asked == []


def test_the_content_security_policy_holds_even_for_unescaped_text(browser, graded_class, sink, page_of):
    sink.asked.clear()
    page = (graded_class / "report.html").read_text(encoding="utf-8")
    hostile = "".join(text for name, text in HOSTILE.items() if name not in ("refresh", "unclosed", "style"))
    browser.get(page_of(page.replace("<main>", "<main>" + hostile.replace("{port}", str(sink.server_port)))))
    assert not has_run(browser) and sink.asked == []
    assert any("Content Security Policy" in error for error in errors_of(browser))


def test_the_tests_would_notice_a_script_and_a_request(browser, sink, page_of):
    sink.asked.clear()
    browser.get(page_of(f"{HOSTILE['script']}<img src='http://127.0.0.1:{sink.server_port}/seen'>"))
    assert has_run(browser) and sink.asked == ["/seen"]


@pytest.mark.slow
def test_in_formgrader_an_unsanitised_notebook_would_run_in_the_teachers_browser(
    browser,
    sink,
    formgrader,  # noqa: F811
):
    sink.asked.clear()
    open_submission(browser, formgrader, UNTOUCHED)
    assert has_run(browser) and "/picture" in sink.asked


@pytest.mark.slow
def test_nothing_in_a_submission_runs_or_makes_requests_in_formgrader(
    browser,
    sink,
    formgrader,  # noqa: F811
):
    sink.asked.clear()
    errors_of(browser)
    open_submission(browser, formgrader, "Attacker")
    text = browser.find_element(By.ID, "notebook-container").text
    assert all(part in text for part in ("<script>window.ran=1</script>", "<textarea>", "mermaid", "table"))
    assert browser.execute_script(FOUND, ".text_cell_render *, .output *") == []
    assert not has_run(browser) and sink.asked == []
    assert [error for error in errors_of(browser) if "/mathjax/" not in error] == []
