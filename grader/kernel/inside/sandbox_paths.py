"""Where things lie inside the sandbox."""

from __future__ import annotations

ROOM = "/room"  # the host's folder for this zygote: its socket, one folder for each kernel
DATA = "/data"  # data sets named by the teacher; for the zygote only
SCRATCH = "/scratch"  # where a fork mounts its only writable file system
SOCKETS = "/run/sockets"  # the fork's own folder of Jupyter sockets
HOME = "/exam"
LIBRARY = "/opt/grader"  # this package, for Python to import
