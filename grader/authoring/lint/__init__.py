"""What a careful editor would change in a course. Nothing is run.

In: a `Course` and perhaps the names of lectures. Out: the `Finding`s of `LECTURE_RULES` and `TEXT_RULES`, by file and line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.authoring.course import Course
from grader.authoring.lint import (
    figures,
    headings,
    imports,
    links,
    numbering,
    passages,
    prose,
    recap,
    spelling,
    symbols,
)
from grader.authoring.lint.lecture import Lecture
from grader.authoring.lint.passages import Passage
from grader.authoring.lint.playgrounds import of_playground
from grader.authoring.lint.rule import Finding, Rule, sentence
from grader.authoring.quizzes import read_bank
from grader.authoring.script import Kind, read_script
from grader.core.errors import AuthoringErrors

LECTURE_RULES: list[Rule[Lecture]] = [
    headings.title_comes_first,
    headings.title_is_the_only_one,
    headings.no_level_is_skipped,
    numbering.name_begins_with_a_number,
    numbering.title_carries_the_lectures_number,
    numbering.parts_count_up,
    numbering.exercises_are_numbered,
    numbering.exercises_carry_the_lectures_number,
    numbering.exercises_count_up,
    figures.figures_have_alternative_texts,
    figures.alternative_texts_describe_the_figure,
    figures.alternative_texts_begin_with_what_is_shown,
    figures.alternative_texts_end_with_a_full_stop,
    symbols.symbols_are_known,
    symbols.symbols_are_put_into_words,
    imports.imports_are_in_colab,
    imports.nothing_is_installed,
    imports.nothing_is_downloaded,
    recap.recap_comes_last,
    recap.recap_has_next_glossary_and_sources,
    recap.glossary_terms_are_bold_where_they_are_taught,
]
TEXT_RULES: list[Rule[Passage]] = [
    spelling.british_spelling,
    spelling.no_typing_errors,
    prose.no_padding,
    prose.no_doubled_words,
    prose.no_notes_to_self,
    prose.no_exclamation_marks,
    prose.no_double_spaces,
    prose.code_is_closed,
    prose.formulas_are_closed,
    links.addresses_are_well_formed,
    links.links_lead_to_files,
    links.links_lead_to_headings,
]
READABLE = "file_can_be_read"  # the rule of what `read_script` and `read_bank` refuse; no other rule sees such a file


def lint(course: Course, names: Sequence[str] = ()) -> list[Finding]:
    """All findings in the named lectures, their quizzes and playgrounds; without names in those of all and in every page.

    Raises:
        CourseError: a name is not among the lectures.
    """
    found: list[Finding] = []
    banks, playgrounds = set(course.quizzes.glob("*.yml")), set(course.playgrounds.glob("*.html"))
    shown: set[str] = set()
    for path in course.lectures(names):
        try:
            lecture = Lecture(read_script(path))
        except AuthoringErrors as unreadable:
            found += _unreadable(unreadable)
        else:
            found += lint_lecture(lecture)
            shown |= {cell.name for cell in lecture.script.of_kind(Kind.PLAYGROUND)}
    for bank in banks:
        found += lint_bank(bank, course.root) if not names or bank.stem in names else []
    for page in playgrounds:
        found += lint_text(of_playground(page, course.root)) if not names or page.stem in shown else []
    for part in () if names else sorted((course.solutions / "setup").glob("*.py")):
        found += lint_text(passages.of_code(part, course.root))
    for page in () if names else pages_of(course):
        found += lint_text(passages.of_markdown(page, course.root))
    return sorted(set(found))


def pages_of(course: Course) -> list[Path]:
    """The Markdown that people read in the repository: at its root, in its handbook, and each folder's README."""
    found = {*course.root.glob("*.md"), *course.root.glob("*/README.md"), *course.root.glob("docs/**/*.md")}
    return sorted(each for each in found if not each.relative_to(course.root).parts[0].startswith("."))


def lint_lecture(lecture: Lecture) -> list[Finding]:
    return [finding for rule in LECTURE_RULES for finding in rule(lecture)] + lint_text(lecture.passages)


def lint_bank(path: Path, root: Path) -> list[Finding]:
    try:
        read_bank(path)
    except AuthoringErrors as unreadable:
        return _unreadable(unreadable)
    return lint_text(passages.of_bank(path, root))


def lint_text(texts: Iterable[Passage]) -> list[Finding]:
    return [finding for text in texts for rule in TEXT_RULES for finding in rule(text)]


def _unreadable(errors: AuthoringErrors) -> list[Finding]:
    return [Finding(each.path, each.line, READABLE, sentence(each.what), sentence(each.fix)) for each in errors.errors]
