"""Calls of the Linux kernel that Python has no name for; on another system they do nothing."""

import ctypes
import os
import platform
import sys

DEATH_SIGNAL, DUMPABLE, KEEP_CAPABILITIES, SECCOMP, CHILD_SUBREAPER, NO_NEW_PRIVILEGES = 1, 4, 8, 22, 36, 38
IS_LINUX = sys.platform == "linux"
READ_EVERYTHING = 1 << 2  # CAP_DAC_READ_SEARCH
CAPABILITY_VERSION = 0x20080522
FILTER = 2
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, EQUAL, AT_LEAST, HAS_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
NOT_PERMITTED, NO_SUCH_CALL, NO_ACCESS = 1, 38, 13
UNIX_FAMILY, NEW_NAMESPACES, OTHER_TABLE = 1, 0x7E020000, 0x40000000

# Calls that no lesson needs: memory and messages that outlive a process or are counted nowhere, a look into other
# processes, namespaces and mounts, and what the kernel offers to few. Numbers for x86_64 and for aarch64.
REFUSED_CALLS = {
    "x86_64": (
        319, 447, 29, 64, 68, 240, 248, 249, 250, 101, 310, 311, 312, 438, 272, 308, 155, 161, 165, 166, 428, 429, 430,
        431, 432, 433, 442, 303, 304, 298, 321, 323, 425, 426, 427,
    ),
    "aarch64": (
        279, 447, 194, 190, 186, 180, 217, 218, 219, 117, 270, 271, 272, 438, 97, 268, 41, 51, 40, 39, 428, 429, 430,
        431, 432, 433, 442, 264, 265, 241, 280, 282, 425, 426, 427,
    ),
}  # fmt: skip
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SOCKET_CALL, CLONE_CALL, CLONE3_CALL = {"x86_64": 41, "aarch64": 198}, {"x86_64": 56, "aarch64": 220}, 435


class _Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint32)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction))]


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def set_process(option: int, value: int) -> None:
    """Set an option of this process, or of this thread, by `prctl`."""
    if IS_LINUX:
        library = ctypes.CDLL(None, use_errno=True)
        _checked(library.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)))


def keep_reading_only() -> None:
    """Give up all of root's powers but the one to read every file."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)(READ_EVERYTHING, READ_EVERYTHING, 0, 0, 0, 0)
    _checked(ctypes.CDLL(None, use_errno=True).capset(header, sets))


def _refusal(number: int, error: int) -> list[tuple[int, int, int, int]]:
    return [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | error)]


def _instructions(machine: str) -> list[tuple[int, int, int, int]]:
    steps = [(LOAD, 0, 0, ARCHITECTURE_AT), (EQUAL, 1, 0, ARCHITECTURE[machine]), (RETURN, 0, 0, KILL)]
    steps += [(LOAD, 0, 0, NUMBER_AT), (AT_LEAST, 0, 1, OTHER_TABLE), (RETURN, 0, 0, REFUSE | NOT_PERMITTED)]
    for number in REFUSED_CALLS[machine]:
        steps += _refusal(number, NOT_PERMITTED)
    steps += _refusal(CLONE3_CALL, NO_SUCH_CALL)  # Its flags lie in memory; C libraries then use clone
    steps += [(EQUAL, 0, 3, SOCKET_CALL[machine]), (LOAD, 0, 0, FIRST_ARGUMENT_AT)]
    steps += [(EQUAL, 5, 0, UNIX_FAMILY), (RETURN, 0, 0, REFUSE | NO_ACCESS)]
    steps += [(EQUAL, 0, 3, CLONE_CALL[machine]), (LOAD, 0, 0, FIRST_ARGUMENT_AT)]
    steps += [(HAS_BITS, 0, 1, NEW_NAMESPACES), (RETURN, 0, 0, REFUSE | NOT_PERMITTED)]
    return [*steps, (RETURN, 0, 0, ALLOW)]


def refuse_calls() -> bool:
    """Have the kernel refuse the calls that no lesson needs, from now on; whether it can on this machine."""
    machine = platform.machine()
    if not IS_LINUX or machine not in REFUSED_CALLS:
        return False
    steps = _instructions(machine)
    program = _Program(len(steps), (_Instruction * len(steps))(*steps))
    zero = ctypes.c_ulong(0)
    call = ctypes.CDLL(None, use_errno=True).prctl
    _checked(call(SECCOMP, ctypes.c_ulong(FILTER), ctypes.byref(program), zero, zero))
    return True
