"""What this machine lacks, found before the minutes of installing.

In: pyproject.toml's range of Pythons, this Python, this system. Out: one line for each thing that is missing and what to type,
and exit code 1. A sandbox that cannot work is only worth a warning, unless --sandbox says that it is needed.

Run by a Python that may be too old for the project, so it keeps to the standard library and to the syntax of Python 3.6.
"""

import ctypes
import os
import platform
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NEW_USER, NEW_PID, NEW_MOUNTS, NEW_NET = 0x10000000, 0x20000000, 0x00020000, 0x40000000
SWITCHES = (  # which settings of Linux forbid user namespaces, and the value that allows them
    ("kernel/unprivileged_userns_clone", "0", "1"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
    ("user/max_user_namespaces", "0", "15000"),
)
IN_A_CONTAINER = (
    "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined"
)


def main(words):
    errors = list(python_problems())
    sandbox = list(sandbox_problems())
    for text in errors:
        print(text, file=sys.stderr)
    for text in sandbox:
        if "--sandbox" in words:
            print(text, file=sys.stderr)
        else:
            print("Warning, for teachers only: " + text + " The notebooks work without.", file=sys.stderr)
    return 1 if errors or (sandbox and "--sandbox" in words) else 0


def python_problems():
    """What is wrong with this Python, if anything."""
    with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as file:
        found = re.search(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"$', file.read(), re.MULTILINE)
    first, end = (int(number) for number in found.groups())
    if not (3, first) <= sys.version_info[:2] < (3, end):
        fitting = [name for name in ("python3.%d" % minor for minor in range(first, end)) if runs(name, "--version")]
        name = fitting[-1] if fitting else "python3.%d" % (end - 2)
        yield "Python 3.%d to 3.%d is needed, and %s is %s. %s `make setup PYTHON=%s`." % (
            first,
            end - 1,
            sys.executable,
            platform.python_version(),
            "Type" if fitting else "Install another one, then type",
            name,
        )
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        yield (
            "This Python cannot make a virtual environment: its venv and ensurepip modules are missing. On Debian and Ubuntu, "
            "type `sudo apt install python3.%d-venv`." % sys.version_info[1]
        )


def sandbox_problems():
    """Why submissions could not be graded in the sandbox here, if so."""
    if not sys.platform.startswith("linux"):
        yield (
            "Grading needs Linux for its sandbox, and this is %s. Grade in a container: type `docker build -t grader .`, then "
            "use `grader grade --sandbox docker`." % sys.platform
        )
        return
    if system_bubblewrap_works():
        return
    refused = namespaces_refused()
    if refused:
        yield "Grading needs user namespaces for its sandbox, and this system refuses them (%s). %s" % (
            refused,
            how_to_allow_namespaces(),
        )
    elif platform.machine() != "x86_64":  # elsewhere pip brings none
        yield "Grading needs bubblewrap for its sandbox. Type `sudo apt install bubblewrap` or `sudo dnf install bubblewrap`."


def system_bubblewrap_works():
    """Whether there is one that can do what the grader's sandbox does. Some are allowed more than other programs are."""
    walls = ["--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc", "/proc"]
    return runs("bwrap", *walls, "unshare", "-U", "true")


def runs(*command):
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def namespaces_refused():
    """Which step towards the sandbox the system refuses, and its reason. Empty if none, or if it cannot be tried."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        unshare, mount = libc.unshare, libc.mount
    except (OSError, AttributeError):
        return ""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.write(writing, try_namespaces(unshare, mount).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        refused = pipe.read()
    os.waitpid(child, 0)
    return refused


def try_namespaces(unshare, mount):
    """Do what bubblewrap does, in this process, which ends then: namespaces, a /proc in them, a user namespace within."""

    def failed(result):
        return "" if result == 0 else os.strerror(ctypes.get_errno())

    user, group, root = os.getuid(), os.getgid(), os.geteuid() == 0
    why = "" if root else failed(unshare(NEW_USER))
    if why:
        return "making one: " + why
    if not root:
        try:
            for name, text in (("setgroups", "deny"), ("uid_map", "0 %d 1" % user), ("gid_map", "0 %d 1" % group)):
                with open("/proc/self/" + name, "w") as file:
                    file.write(text)
        except OSError as error:
            return "entering one: %s" % error.strerror
    why = failed(unshare(NEW_PID | NEW_MOUNTS | NEW_NET))
    if why:
        return "other namespaces in it: " + why
    # Root mounts nothing here: without a user namespace a mount could be seen outside.
    reading, writing = os.pipe()
    child = os.fork()  # the first process of the new process namespace, which /proc needs
    if child == 0:
        why = "" if root else failed(mount(b"proc", b"/proc", b"proc", 0, None))
        why = "mounting /proc: " + why if why else ""
        if not why:
            why = failed(unshare(NEW_USER))
            why = "one within another: " + why if why else ""
        os.write(writing, why.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        why = pipe.read()
    os.waitpid(child, 0)
    return why


def how_to_allow_namespaces():
    for name, forbidding, allowing in SWITCHES:
        try:
            with open("/proc/sys/" + name) as file:
                forbidden = file.read().strip() == forbidding
        except OSError:  # this Linux has no such setting
            continue
        if forbidden:
            return "Type `sudo sysctl -w %s=%s`." % (name.replace("/", "."), allowing)
    return "In a container, start it with `%s`." % IN_A_CONTAINER


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
