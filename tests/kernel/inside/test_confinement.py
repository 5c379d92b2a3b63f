"""What a kernel in the sandbox cannot see, reach, change or leave behind."""

from __future__ import annotations

import os
import socket
import time
import uuid
from pathlib import Path

import pytest

from grader.core.model import MB, Limits
from grader.kernel.inside.memory import family
from tests.kernel.conftest import needs_sandbox, processes_with

pytestmark = needs_sandbox


def test_it_reads_its_own_files_and_writes_beside_them(kernels):
    talk = kernels({"a.txt": b"hello"})
    assert talk.run("import os; print(os.listdir(), open('a.txt').read())") == "['a.txt'] hello"
    assert talk.run("open('b.txt', 'w').write('b'); print(open('b.txt').read())") == "b"
    assert [path.name for path in talk.folder.files.iterdir()] == ["a.txt"]


def test_two_kernels_see_neither_files_nor_processes_of_each_other(kernels):
    secret = uuid.uuid4().hex  # in no library's file, wherever the environment lies
    one, two = kernels({"secret.txt": secret.encode()}), kernels()
    one.run(f"open('/tmp/note', 'w').write('{secret}'); open('/dev/shm/note', 'w').write('{secret}')")
    look = (
        "import subprocess; folders = ['/exam', '/tmp', '/dev/shm', '/zygote', '/run']; "
        f"print(subprocess.run(['grep', '-rl', '{secret}', *folders], capture_output=True, text=True).stdout)"
    )
    assert two.run(look) == ""
    assert len(one.run(look).split()) == 3
    assert two.run("import os; print(sorted(name for name in os.listdir('/proc') if name.isdigit()))") == "['1']"
    assert two.run("print(os.getpid(), os.readlink('/proc/self'))") == "1 1"
    assert "ProcessLookupError" in two.run("os.kill(-1, 9)")  # everything in sight
    assert one.kernel.poll() is None


def test_it_has_no_network(kernels):
    talk = kernels()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with listener:
        refused = talk.run(f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=2)")
        assert "ConnectionRefusedError" in refused
        assert "OSError" in talk.run("socket.create_connection(('192.0.2.1', 80), timeout=2)")
    assert talk.run("print([name for _, name in socket.if_nameindex()])") == "['lo']"


def test_two_kernels_share_no_loopback_and_no_abstract_sockets(kernels):
    one, two = kernels(), kernels()
    one.run("import socket; s = socket.create_server(('127.0.0.1', 5005))")
    one.run("u = socket.socket(socket.AF_UNIX); u.bind('\\0meet'); u.listen()")
    assert "ConnectionRefusedError" in two.run("import socket; socket.create_connection(('127.0.0.1', 5005))")
    assert "ConnectionRefusedError" in two.run("u = socket.socket(socket.AF_UNIX); u.connect('\\0meet')")


def test_it_cannot_read_the_home_folder_the_course_or_the_gradebook(kernels, folder_in_home, tmp_path):
    talk = kernels()
    course = Path(__file__).parents[3]
    for secret in (folder_in_home / "gradebook.db", tmp_path / "other.ipynb"):
        secret.write_text("secret")
        assert "FileNotFoundError" in talk.run(f"open({str(secret)!r})")
    for path in (course / "solutions", course / "notebooks", Path(__file__), Path.home() / ".ssh"):
        assert talk.run(f"import os; print(os.path.exists({str(path)!r}))") == "False"
    for path in ("/etc/shadow", "/etc/hostname", "/var", "/sys", "/proc/sys"):
        assert talk.run(f"print(os.path.exists({path!r}))") == "False"


def test_it_cannot_write_outside_its_folders(kernels):
    talk = kernels()
    talk.run("import os, sys, tempfile")
    for folder in (
        "/",
        "/usr",
        "/etc",
        "/dev",
        "/opt/grader",
        "/opt/grader/grader",
        "/zygote",
        "/data",
        "/run/sockets",
    ):
        answer = talk.run(f"open({folder!r} + '/mine', 'w')")
        assert "OSError" in answer or "PermissionError" in answer or "FileNotFoundError" in answer, (folder, answer)
    assert "rror" in talk.run("open(sys.prefix + '/mine', 'w')")
    assert talk.run("open(tempfile.gettempdir() + '/mine', 'w').write('x'); print('fine')") == "fine"


def test_its_environment_is_what_was_given(kernels, monkeypatch):
    monkeypatch.setenv("LMS_TOKEN", "secret")
    talk = kernels(env={"NBGRADER_EXECUTION": "autograde"})
    environment = talk.run("import os; print(dict(os.environ))")
    assert "'NBGRADER_EXECUTION': 'autograde'" in environment
    assert "secret" not in environment
    assert str(Path.home()) not in environment or Path.home() == Path("/")


def test_it_has_no_privileges_and_gets_none(kernels):
    talk = kernels()
    status = talk.run("print(open('/proc/self/status').read())")
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert f"{name}:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status
    talk.run("import ctypes; libc = ctypes.CDLL(None, use_errno=True)")
    for call in (
        "unshare(0x10000000)",  # a new user namespace
        "mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None)",
        "umount2(b'/proc', 2)",
        "ptrace(16, 1, 0, 0)",
        "syscall(56, 0x10000011, 0, 0, 0, 0)" if os.uname().machine == "x86_64" else "unshare(0x00020000)",
    ):
        assert talk.run(f"print(libc.{call}, ctypes.get_errno())") == "-1 1", call


def test_its_standard_streams_are_closed(kernels):
    talk = kernels()
    assert talk.run("import os; print(os.read(0, 10))") == "b''"
    names = talk.run(
        "import glob; print([os.readlink(path) for path in glob.glob('/proc/self/fd/*') if os.path.lexists(path)])"
    )
    assert "/zygote" not in names


def test_it_cannot_reach_the_zygote_s_control_socket(kernels):
    talk = kernels()
    answer = talk.run("import socket; s = socket.socket(socket.AF_UNIX); s.connect('/zygote/control')")
    assert "FileNotFoundError" in answer


def test_a_process_left_behind_ends_with_its_kernel(kernels, zygote):
    talk = kernels()
    talk.run("import subprocess; subprocess.Popen(['setsid', 'sleep', '123.321'], start_new_session=True)")
    talk.run("import os; os.system('(sleep 123.321 &) &')")
    deadline = time.monotonic() + 5
    while len(processes_with("123.321")) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(processes_with("123.321")) == 2
    talk.kernel.kill()
    assert talk.kernel.wait(timeout=5) == -9
    assert processes_with("123.321") == []


def test_a_file_system_that_is_full_says_so(kernels):
    talk = kernels(limits=Limits(disk_bytes=4 * MB))
    answer = talk.run("for n in range(100): open(f'{n}', 'wb').write(b'x' * 1_000_000)")
    assert "No space left" in answer
    assert "No space left" in talk.run("open('/dev/shm/x', 'wb').write(b'x' * 5_000_000)")


def test_no_file_may_be_longer_than_the_limit(kernels):
    talk = kernels(limits=Limits(file_bytes=MB))
    assert "File too large" in talk.run("open('x', 'wb').write(b'x' * 2_000_000)")


def test_open_files_are_bounded(kernels):
    talk = kernels(limits=Limits(open_files=100))
    assert "Too many open files" in talk.run("files = [open('/dev/null') for _ in range(1000)]")


def test_memory_that_no_limit_counts_cannot_be_had(kernels):
    talk = kernels()
    assert "PermissionError" in talk.run("import os; os.memfd_create('x')")


@pytest.mark.parametrize("code", ["x = bytearray(2_000_000_000)", "import numpy; x = numpy.ones(250_000_000)"])
def test_an_allocation_beyond_the_limit_is_a_memory_error(kernels, code):
    talk = kernels(limits=Limits(memory_bytes=300 * MB))
    assert "Memory" in talk.run(code)
    assert talk.run("print('still here')") == "still here"


def test_a_memory_bomb_ends_its_kernel_only(kernels, zygote):
    bystander = kernels()
    talk = kernels(limits=Limits(memory_bytes=150 * MB))
    # Each process stays below the limit, all together do not.
    talk.send(
        "import os, time\nfor n in range(6):\n    if os.fork() == 0:\n        x = bytearray(b'x' * 60_000_000)\n"
        "        time.sleep(60)\ntime.sleep(60)"
    )
    assert talk.kernel.wait(timeout=20) == -9
    assert talk.kernel.why == "memory"
    assert talk.kernel.peak_bytes > 150 * MB
    assert bystander.run("print('well')") == "well"
    assert zygote.alive


def test_a_fork_bomb_is_bounded_and_cleaned(kernels, zygote):
    bystander = kernels()
    talk = kernels(limits=Limits(processes=40))
    count = (
        "import os, time\nchildren = 0\ntry:\n    while True:\n        if os.fork() == 0:\n            time.sleep(77)\n"
        "            os._exit(0)\n        children += 1\nexcept BlockingIOError:\n    print(children)"
    )
    assert 5 < int(talk.run(count)) < 40
    assert bystander.run("print('well')") == "well"
    before = len(list(family(zygote.process.pid)))
    talk.kernel.kill()
    talk.kernel.wait(timeout=5)
    assert len(list(family(zygote.process.pid))) < before - 5
    assert kernels().run("print('and a new one')") == "and a new one"


def test_a_bomb_that_forks_for_ever_is_killed_with_its_kernel(kernels):
    talk = kernels()
    talk.send("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass")
    time.sleep(1)
    talk.kernel.kill()
    assert talk.kernel.wait(timeout=10) == -9
    assert kernels().run("print('well')") == "well"
