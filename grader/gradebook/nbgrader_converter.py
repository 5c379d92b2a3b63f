"""nbgrader's own converter in two halves, with the execution taken out between them.

In: an nbgrader course folder, the notebooks of its assignments. Out: submissions as nbgrader sanitises them; and, from
examined ones, all that `nbgrader autograde` writes: grades, late penalties, `autograded/`.
"""

from __future__ import annotations

import glob
import logging
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbgrader.apps import AutogradeApp
from nbgrader.preprocessors import Execute, SaveAutoGrades
from nbgrader.utils import setenv
from sqlalchemy.exc import SAWarning
from traitlets.utils.importstring import import_item

from grader.core.cells import grade_id_of, text_of
from grader.core.errors import CourseError
from grader.core.model import ExamResult, Limits, Problem, Verdict
from grader.core.record import ExamRecord, exam_record, write_check_record, write_exam_record
from grader.gradebook.nbgrader_private import TwoHalves
from grader.gradebook.nbgrader_source import NotebookSource
from grader.gradebook.nbgrader_steps import Exam, Harmless, Repair, SaveVerdicts, note_result
from grader.gradebook.nbgrader_submitted import SubmittedFolder
from grader.gradebook.store import Work
from grader.kernel.sandbox import SandboxKind


@dataclass
class NbgraderWork(Work):
    """One student's submission of one assignment, after nbgrader's first half.

    ``links`` are the files in it that are not ordinary ones: nbgrader would copy the target of a link. The rest is by the names
    of notebooks: what is wrong with each; the results of files that cannot be read; those that nbgrader's own step must run.
    """

    handed_in: SubmittedFolder
    links: tuple[str, ...] = ()
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    unreadable: dict[str, ExamResult] = field(default_factory=dict)
    for_nbgrader: dict[str, NotebookNode] = field(default_factory=dict)


class Converter(TwoHalves):
    """What `nbgrader autograde` does with one submission, before it is run and after."""

    def prepare(
        self, notebooks: Mapping[str, NotebookSource], limits: Limits, sandbox: SandboxKind, data: Mapping[str, Path]
    ) -> None:
        """Make ready what nbgrader makes ready when it starts, and replace some of its steps by ours."""
        self.force = True  # what need not be graded again is not given to it
        self.course_notebooks = notebooks
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        self.exam = _PutIn(
            parent=self.exporter,
            sandbox=str(sandbox),
            data={name: str(path) for name, path in data.items()},
            limits=asdict(limits),
        )
        self.exam.notebooks = notebooks
        self.sanitize_preprocessors = [step for step in self._sanitizing_steps() if step is not Repair]
        ours = {Execute: self.exam, Exam: self.exam, SaveAutoGrades: SaveVerdicts}
        steps = [ours.get(step, step) for step in self._autograding_steps() if step is not Harmless]
        self.autograde_preprocessors = [*steps, _Note]

    def foreign_step(self) -> str:
        """The name of a step that the course has put in place of nbgrader's to run notebooks; empty if there is none."""
        steps = [step for step in self._autograding_steps() if isinstance(step, type) and issubclass(step, Execute)]
        return (
            "" if Execute in steps or Exam in steps or not steps else f"{steps[0].__module__}.{steps[0].__qualname__}"
        )

    def _sanitizing_steps(self) -> list[Any]:
        return [import_item(step) if isinstance(step, str) else step for step in self.sanitize_preprocessors]

    def _autograding_steps(self) -> list[Any]:
        return [import_item(step) if isinstance(step, str) else step for step in self.autograde_preprocessors]

    def sanitize(self, handed_in: SubmittedFolder, name: str, notebook: NotebookNode) -> NotebookNode:
        """nbgrader's first half.

        Raises:
            Exception: a step may raise anything, above all one that the course has added.
        """
        resources = self._resources(str(handed_in.paths[name]))
        self.make_steps_ready()
        text, _ = self.exporter.from_notebook_node(notebook, resources)
        return nbformat.reads(text, as_version=4)

    def save(self, work: NbgraderWork, results: Mapping[str, ExamResult], fingerprint: str) -> None:
        """nbgrader's second half: files, rows, scores, penalties, `autograded/`. ``results`` are by the names of notebooks.

        Raises:
            NbGraderException: nbgrader could not do it, and has removed what it had begun. Its log says why.
        """
        self.work, self.results, self.fingerprint = work, results, fingerprint
        handed_in = work.handed_in
        self.assignments = {str(handed_in.folder): [str(path) for path in handed_in.paths.values()]}
        ignored = self.coursedir.ignore
        # nbgrader would copy what a link points to.
        self.coursedir.ignore = [*ignored, *(glob.escape(Path(name).name) for name in work.links)]
        try:
            self.convert_notebooks()
        finally:
            self.coursedir.ignore = ignored
            del self.work, self.results

    def before(self, handed_in: SubmittedFolder) -> None:
        """Run the hook of the course that nbgrader runs before it looks at a submission."""
        self.notebooks = [str(path) for path in handed_in.paths.values()]
        super().run_pre_convert_hook()

    def run_pre_convert_hook(self) -> None:
        """Not here: `before` has done it, ahead of the exam."""

    def convert_single_notebook(self, notebook_filename: str) -> None:
        name = Path(notebook_filename).stem
        work, handed_in = self.work, self.work.handed_in
        resources = self._resources(notebook_filename)
        place = self.autograded_folder(handed_in.assignment, handed_in.student)
        Path(place).mkdir(parents=True, exist_ok=True)  # a kernel of nbgrader's starts there
        resources["metadata"]["path"] = place
        result = self.results.get(name)
        exam = self.course_notebooks[f"{handed_in.assignment}/{name}"].exam
        resources["grader"] = {
            "unreadable": name in work.unreadable,
            "authors": [text_of(cell) for cell in exam.with_stubs.cells] if exam is not None else [],
            "problems": work.problems.get(name, []),
            "fingerprint": self.fingerprint,
        }
        self.exam.result = result
        with self.second_half(), setenv(NBGRADER_EXECUTION="autograde"):
            output, resources = self.exporter.from_notebook_node(
                result.notebook if result is not None else work.for_nbgrader[name], resources
            )
        self.write_single_notebook(output, resources)

    def _resources(self, notebook_filename: str) -> Any:
        resources = self.init_single_notebook_resources(notebook_filename)
        path = Path(notebook_filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return resources


class _PutIn(Exam):
    """Hands on the result of an exam; runs a notebook for which no exam could be held."""

    result: ExamResult | None = None

    def preprocess(self, nb: NotebookNode, resources: Any, km: Any = None) -> tuple[NotebookNode, Any]:
        if self.result is None:
            return super().preprocess(nb, resources, km)
        note_result(self.result, resources)
        return nb, resources


class _Note(Harmless):
    """The last step: notes the exam's record in the notebook."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb, resources = super().preprocess(nb, resources)
        noted = resources["grader"]
        result: ExamResult | None = noted.get("result")
        problems = [*noted["problems"], *(result.problems if result is not None else ())]
        if self.typed:
            cells = "A cell holds" if self.typed == 1 else f"{self.typed} cells hold"
            text = f"{cells} HTML, links or pictures that a browser might act on; shown as typed."
            problems.append(Problem(text, fixed=True))
        record = ExamRecord(tuple(problems), noted["fingerprint"])
        if result is not None:
            record = exam_record(result, problems, noted["fingerprint"])
            for cell, verdict in _with_verdicts(
                nb, result
            ):  # again: a step that the course has added may have cleared them
                write_check_record(cell, verdict)
        write_exam_record(nb, record)
        return nb, resources


def _with_verdicts(notebook: NotebookNode, result: ExamResult) -> Iterator[tuple[NotebookNode, Verdict]]:
    cells = {grade_id_of(cell): cell for cell in notebook.cells}
    for verdict in result.verdicts:
        if verdict.grade_id in cells:
            yield cells[verdict.grade_id], verdict


@contextmanager
def opened(root: Path) -> Iterator[Converter]:
    """The converter of a course folder. Until the end of the block that folder is the working directory, as for nbgrader.

    Raises:
        CourseError: the configuration cannot be read.
    """
    path, log = sys.path[:], logging.Logger("grader.nbgrader")
    log.addHandler(_Errors(logging.ERROR))
    with chdir(root), warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's, about how it makes a submission's rows
        app = AutogradeApp(log=log, raise_config_file_errors=True)
        try:
            app.initialize([f"--course-dir={root}"])
        except (Exception, SystemExit) as error:  # whatever the file does
            why = last_error(log) or f"{type(error).__name__}: {error}"
            raise CourseError(f"{root / 'nbgrader_config.py'}: {why} See what `nbgrader --debug` shows.") from error
        try:
            yield Converter(coursedir=app.coursedir, parent=app)
        finally:
            app.deinit_logging()
            sys.path[:] = path


def last_error(log: logging.Logger) -> str:
    """The last line of the last error that nbgrader has logged since the last call; empty if there is none."""
    [errors] = [handler for handler in log.handlers if isinstance(handler, _Errors)]
    lines, errors.lines = errors.lines, []
    return lines[-1] if lines else ""


class _Errors(logging.Handler):
    """Keeps the last line of each traceback that nbgrader logs: why something failed."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if text.startswith("Traceback"):
            self.lines.append(text.splitlines()[-1])
