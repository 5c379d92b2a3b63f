"""A seccomp filter: which system calls a fork and its children may not make.

In: nothing but the processor that this runs on. Out: a process that the kernel refuses these calls.
"""

from __future__ import annotations

import ctypes
import platform
import struct

from grader.kernel.inside.confinement import (
    CLONE_NEWCGROUP,
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    PR_SET_SECCOMP,
    prctl,
)

# Calls that no notebook needs, and that lead to new namespaces (in which a process has capabilities again), to other
# processes, to memory that no limit counts, or to rarely tested parts of the kernel. Numbers: x86-64, AArch64.
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


def missing_protection() -> list[str]:
    """Sentences for the teacher about what `forbid_calls` cannot do on this machine."""
    if platform.machine() in MACHINES:
        return []
    return [
        f"On this processor ({platform.machine()}) the sandbox cannot forbid system calls: it knows their numbers for "
        f"{' and '.join(MACHINES)} only. The rest of the sandbox works. Grade code that you do not trust on one of these."
    ]


def forbid_calls() -> bool:
    """Forbid this process and its children the calls in ``FORBIDDEN``, and `clone` into a new namespace.

    Returns False on a processor whose numbers are not known: `missing_protection` then says so. Needs no_new_privs.
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
        statement(equal, CLONE3[column], no=1),  # a filter cannot read its flags; the C library falls back to clone
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
