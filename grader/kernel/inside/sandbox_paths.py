"""Where things are inside the sandbox. In: nothing. Out: paths that both the host's side and the inside use."""

from __future__ import annotations

ZYGOTE_FOLDER = "/zygote"  # the host's folder for this zygote: its control socket, and one folder for each kernel
DATA = "/data"  # the teacher's data sets; only the zygote sees them
SCRATCH = "/scratch"  # where a fork mounts its only writable file system
SOCKETS = "/run/sockets"  # the fork's Jupyter sockets
HOME = "/exam"
LIBRARY = "/opt/grader"  # this package, for Python to import
