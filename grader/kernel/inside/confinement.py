"""The walls around one fork, by system calls: namespaces, private mounts, capabilities, forbidden calls, limits.

Runs in a process that has just been forked inside bubblewrap, with one thread, before any student code. Standard library
only. Every function raises OSError, with what it was doing, when the kernel refuses.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import resource
import shutil
import socket
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.kernel.inside.sandbox_paths import DATA, HOME, ROOM, SCRATCH, SOCKETS

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
CLONE_NEWCGROUP = 0x02000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_MOVE = 1, 2, 4, 8, 32, 4096, 8192
MS_REC, MS_PRIVATE = 16384, 1 << 18
MNT_DETACH = 2
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 36, 38, 47, 4
SIOCSIFFLAGS, IFF_UP = 0x8914, 1

# What of /proc a fork may read, beside its own process.
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
    """Move into a user, mount, IPC, network and host name namespace of one's own; the next child is pid 1 of a new pid
    namespace. All mounts become private. Whoever calls this has all capabilities within, and none outside."""
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
    """Give the fork its folders, and hide those of the others. ``kept`` are folders below /tmp that stay in sight.

    ``kernel`` is the name of its folder in the room. The fork's home, /tmp and /dev/shm share one file system in memory
    of ``disk_bytes``; the working folder, ``work`` in the home, begins with a copy of the folder ``files``.
    """
    own = f"{ROOM}/{kernel}"
    mount(f"{own}/sockets", SOCKETS, flags=MS_BIND)
    options = f"size={disk_bytes},nr_inodes=20000,mode=0700"
    mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, options)
    shutil.copytree(f"{own}/files", f"{SCRATCH}/home/work", symlinks=True)
    for name, place in (("home", HOME), ("tmp", "/tmp"), ("shm", "/dev/shm")):
        folder = Path(SCRATCH, name)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        for path in kept if name == "tmp" else ():
            again = folder / Path(path).relative_to("/tmp")
            again.mkdir(parents=True, exist_ok=True)
            mount(path, str(again), flags=MS_BIND)
            mount("", str(again), flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
        mount(str(folder), place, flags=MS_BIND | MS_REC)
    # Terminals of its own: `!ls` in a notebook opens one.
    mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    for place in (SCRATCH, ROOM, DATA):
        mount("tmpfs", place, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,nr_inodes=2,mode=0555")


def show_own_process(pid: int) -> None:
    """Replace /proc by one that shows the process ``pid`` as number 1 and no other.

    A new proc file system may not be mounted here: parts of the outer one are covered. Children of the kernel find no entry
    of their own in it.
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
    """Give up every capability for ever; no program that is run from here gets any."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, *(ctypes.c_ulong(value) for value in (capability, 0, 0, 0))) != 0:
            break  # beyond the last that this kernel knows
    header = struct.pack("=Ii", 0x20080522, 0)
    _check(_libc.capset(header, b"\0" * 24), "capset")


# Calls that no notebook needs and that would open a door: to new namespaces (in which one has capabilities again), to other
# processes, to memory that no limit counts, to the less tried parts of the kernel. Numbers: x86-64, AArch64.
FORBIDDEN = {
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "msgget": (68, 186),
    "quotactl": (179, 60), "syslog": (103, 116),
}  # fmt: skip
CLONE = (56, 220)
CLONE3 = (435, 435)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
EPERM, ENOSYS = 1, 38
SECCOMP_ALLOW, SECCOMP_ERRNO, SECCOMP_KILL = 0x7FFF0000, 0x00050000, 0x80000000


def forbid_calls() -> bool:
    """Let this process and its children make no call of ``FORBIDDEN``, nor `clone` into a new namespace.

    Returns False on a machine whose numbers are not known; the other walls stand there, too. Needs no_new_privs.
    """
    if platform.machine() not in MACHINES:
        return False
    column, architecture = MACHINES[platform.machine()]

    def statement(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", code, yes, no, value)

    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    program = [
        statement(load, 4),  # the architecture
        statement(equal, architecture, yes=1),
        statement(give, SECCOMP_KILL),
        statement(load, 0),  # the call's number
        statement(at_least, 0x40000000, no=1),  # x32, the other numbering of x86-64
        statement(give, SECCOMP_ERRNO | ENOSYS),
        statement(equal, CLONE3[column], no=1),  # its flags lie in memory; the C library falls back to clone
        statement(give, SECCOMP_ERRNO | ENOSYS),
    ]
    for numbers in FORBIDDEN.values():
        program += [statement(equal, numbers[column], no=1), statement(give, SECCOMP_ERRNO | EPERM)]
    spaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP
    program += [
        statement(equal, CLONE[column], no=3),
        statement(load, 16),  # its first argument
        statement(any_bit, spaces, no=1),
        statement(give, SECCOMP_ERRNO | EPERM),
        statement(give, SECCOMP_ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(program))
    header = struct.pack("@HP", len(program), ctypes.addressof(code))
    buffer = ctypes.create_string_buffer(header)
    prctl(PR_SET_SECCOMP, 2, ctypes.addressof(buffer))
    return True


def set_limits(limits: Mapping[str, int]) -> None:
    """Apply the limits of `grader.core.model.Limits`, given as a mapping, to this process and its children.

    All but that of memory: see `limit_memory`.
    """
    wanted = {
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_NPROC: limits["processes"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_CORE: 0,
    }
    for name, value in wanted.items():
        _limit(name, value)


def limit_memory(memory_bytes: int) -> None:
    """Let each process have so many bytes beyond what this one has now.

    A first line only, but a kind one: an allocation beyond it is a MemoryError, which a notebook survives. The zygote ends a
    kernel whose processes together use more.
    """
    status = Path("/proc/self/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData:"))
    _limit(resource.RLIMIT_DATA, kilobytes * 1024 + memory_bytes)


def _limit(name: int, value: int) -> None:
    hard = resource.getrlimit(name)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(name, (value, value))
