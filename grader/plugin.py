"""nbgrader's steps with the exam in them, under the name that teachers' nbgrader_config.py files use.

The steps themselves are in `grader.gradebook.nbgrader_steps`. This module stays importable for good.
"""

from grader.gradebook.nbgrader_steps import (
    AUTOGRADE,
    NO_LIMIT,
    SANITIZE,
    Exam,
    Harmless,
    Repair,
    SaveVerdicts,
    note_result,
    told_of,
)

__all__ = ["AUTOGRADE", "NO_LIMIT", "SANITIZE", "Exam", "Harmless", "Repair", "SaveVerdicts", "note_result", "told_of"]
