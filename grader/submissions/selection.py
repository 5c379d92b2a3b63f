"""Selects which of several files counts as a student's submission, and gives each student a name that is safe for a folder.

In: candidates, each a few facts about one file: who, for which assignment, when, whether it can be read. Out: the candidates
that count, one for each student and assignment, and what was left out. No notebook is held here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.core.model import Problem
from grader.submissions.found import NOTEBOOK, FoundFile, Stray

LONGEST_NAME = 100

_UNSAFE = re.compile(r'[/\\:*?"<>|\[\]]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)  # no folder on Windows


@dataclass(frozen=True)
class Candidate:
    """A file that may count as a submission.

    ``digest`` is the SHA-256 of its bytes, empty if they were not read. ``within`` is another person, in whose folder or zip
    it lies.
    """

    student: str
    file: FoundFile
    assignment: str | None
    readable: bool
    problems: tuple[Problem, ...]
    digest: str = ""
    within: str = ""


def select(candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[Stray]]:
    """The candidates that count, in the order of students and assignments, and the strays among the others."""
    kept, strays = _latest(_with_safe_names(_of_those_who_handed_in(candidates)))
    kept.sort(key=lambda each: (each.student, each.assignment or "", str(each.file.origin)))
    return kept, strays


def _of_those_who_handed_in(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates. Whatever lies deeper in the folder of a student who has handed in belongs to that student, whatever
    its folder is called: ``ada/old/`` is Ada's, and nobody hands in for others."""
    candidates = list(candidates)
    own = {each.student for each in candidates if not each.within}
    return [replace(each, student=each.within, within="") if each.within in own else each for each in candidates]


def _with_safe_names(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates under names that nbgrader can use for a folder. Two students never become one by it."""
    names: dict[str, str] = {}
    taken: set[str] = set()  # in one case: some file systems take `ada` and `Ada` for one folder
    for name in sorted({each.student for each in candidates}, key=lambda name: (safe_name(name) != name, name)):
        safe, number = safe_name(name), 1
        while safe.casefold() in taken:
            number += 1
            safe = f"{safe_name(name)}-{number}"
        names[name] = safe
        taken.add(safe.casefold())
    return [_renamed(each, names[each.student]) for each in candidates]


def _renamed(candidate: Candidate, name: str) -> Candidate:
    if name == candidate.student:
        return candidate
    text = f"The name {candidate.student[:LONGEST_NAME]!r} cannot name a folder; {name!r} is used."
    return replace(candidate, student=name, problems=(*candidate.problems, Problem(text, True)))


def safe_name(name: str) -> str:
    """A student's name that is safe as the name of a folder, on every system.

    The library pathvalidate knows two of these rules, fails on half a surrogate pair, and would give students whose grades are
    kept another name, so it is not used here.
    """
    name = "".join("_" if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") else sign for sign in name)
    name = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")  # invisible, and turns text around
    name = _UNSAFE.sub("_", name).replace("..", "_").strip().lstrip(".").rstrip(". ")
    name = re.sub("^-", "_", name)  # a command would take it for an option
    name = name[:LONGEST_NAME].encode("utf-8")[:200].decode("utf-8", "ignore").rstrip(". ") or "unnamed"
    return f"{name}_" if _DEVICE.fullmatch(name) else name


def _latest(candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[Stray]]:
    """One for each student and assignment: the latest that can be read. The others are named in a problem, and what lies
    in another student's folder under the name of one who has handed in as well is a stray."""
    groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    selected: list[Candidate] = []
    for each in candidates:
        if each.assignment is None:
            selected.append(each)
        else:
            groups[each.student, each.assignment].append(each)
    strays: list[Stray] = []
    for group in groups.values():
        own = [each for each in group if not each.within] or group
        *others, kept = sorted(own, key=_lateness)
        if others := [other for other in others if NOTEBOOK.search(other.file.name)]:
            # The student reads this, too: names of files, and no path of the teacher's machine.
            names = ", ".join(f"'{other.file.name}'" for other in others)
            text = f"Handed in {len(others) + 1} times; '{kept.file.name}' counts, the latest. Left out: {names}."
            kept = replace(kept, problems=(*kept.problems, Problem(text, True)))
        selected.append(kept)
        for each in group:
            if each.within and own is not group:
                text = f"It is in the name of '{each.student}' and lies in '{each.within}', so it was left out: "
                text += "that student's own folder has one. Find out who handed it in."
                strays.append(Stray(each.file.origin, text))
    return selected, strays


def _lateness(candidate: Candidate) -> tuple[bool, int, int, str]:
    """What makes a file the one that counts. Zips know the time to two seconds only."""
    file = candidate.file
    return candidate.readable, int(file.modified // 2), len(file.name), str(file.origin)
