"""The confinement of one fork, by system calls: namespaces, private mounts, capabilities.

In: a process that has just been forked inside bubblewrap, with one thread, before any student code. Out: the same process,
which sees its own files only. Every function raises OSError, naming what it was doing, when the kernel refuses.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

from grader.kernel.inside.sandbox_paths import DATA, HOME, SCRATCH, SOCKETS, ZYGOTE_FOLDER

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
CLONE_NEWCGROUP = 0x02000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_MOVE = 1, 2, 4, 8, 32, 4096, 8192
MS_REC, MS_PRIVATE = 16384, 1 << 18
MNT_DETACH = 2
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 36, 38, 47, 4
SIOCSIFFLAGS, IFF_UP = 0x8914, 1

# The files of /proc that a fork may read beside those of its own process.
PROC_FILES = ("cpuinfo", "meminfo", "stat", "uptime", "loadavg", "version", "filesystems")

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, doing: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{doing}: {os.strerror(number)}")


def prctl(option: int, *values: int) -> None:
    """The system call prctl, with up to four numbers."""
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _check(_libc.prctl(option, *padded), f"prctl {option}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    arguments = [text.encode() or None for text in (source, target, kind)]
    _check(_libc.mount(*arguments, ctypes.c_ulong(flags), data.encode() or None), f"mount {kind or source} on {target}")


def unmount(target: str) -> None:
    _check(_libc.umount2(target.encode(), MNT_DETACH), f"unmount {target}")


def enter_namespaces() -> None:
    """Move into new user, mount, IPC, network and host name namespaces; the next child is pid 1 of a new pid namespace.

    All mounts become private. The caller has all capabilities inside these namespaces, and none outside.
    """
    uid, gid = os.geteuid(), os.getegid()
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS
    _check(_libc.unshare(flags), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    mount("", "/", flags=MS_REC | MS_PRIVATE)
    # ipykernel's threads talk over 127.0.0.1, which is down in a new namespace.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        fcntl.ioctl(link, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def furnish(kernel: str, disk_bytes: int, kept: Sequence[str] = ()) -> None:
    """Give the fork its folders, and hide those of the others. ``kept`` are folders below /tmp that stay visible.

    ``kernel`` is the name of its folder in the zygote's folder. The fork's home, /tmp and /dev/shm share one file system in
    memory of ``disk_bytes``; the working folder, ``work`` in the home, begins as a copy of the folder ``files``.
    """
    own = f"{ZYGOTE_FOLDER}/{kernel}"
    mount(f"{own}/sockets", SOCKETS, flags=MS_BIND)
    options = f"size={disk_bytes},nr_inodes=20000,mode=0700"
    mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, options)
    shutil.copytree(f"{own}/files", f"{SCRATCH}/home/work", symlinks=True)
    for name, target in (("home", HOME), ("tmp", "/tmp"), ("shm", "/dev/shm")):
        folder = Path(SCRATCH, name)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        for path in kept if name == "tmp" else ():
            again = folder / Path(path).relative_to("/tmp")
            again.mkdir(parents=True, exist_ok=True)
            mount(path, str(again), flags=MS_BIND)
            mount("", str(again), flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
        mount(str(folder), target, flags=MS_BIND | MS_REC)
    # The fork needs its own terminals: `!ls` in a notebook opens one.
    mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    for hidden in (SCRATCH, ZYGOTE_FOLDER, DATA):
        mount("tmpfs", hidden, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,nr_inodes=2,mode=0555")


def show_own_process(pid: int) -> None:
    """Replace /proc by one that shows the process ``pid`` as number 1 and no other.

    The kernel allows no new proc file system here, because parts of the outer one are covered. Children of the kernel find
    no entry for themselves in this one.
    """
    new = "/run/proc"
    mount("tmpfs", new, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k,mode=0555")
    Path(new).chmod(0o755)
    Path(new, "1").mkdir()
    mount(f"/proc/{pid}", f"{new}/1", flags=MS_BIND)
    Path(new, "self").symlink_to("1")
    for name in PROC_FILES:
        if Path("/proc", name).exists():
            Path(new, name).touch()
            mount(f"/proc/{name}", f"{new}/{name}", flags=MS_BIND)
    mount("", new, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount(new, "/proc", flags=MS_MOVE)


def drop_capabilities() -> None:
    """Give up every capability for good; no program that this process starts gets any."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, *(ctypes.c_ulong(value) for value in (capability, 0, 0, 0))) != 0:
            break  # beyond the last that this kernel knows
    header = struct.pack("=Ii", 0x20080522, 0)
    _check(_libc.capset(header, b"\0" * 24), "capset")
