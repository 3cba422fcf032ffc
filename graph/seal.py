"""Take a thread's way to other hosts: where a query found a way to make the engine ask one, the system would refuse.

It comes on top of reading the query (graph.query), and works on Linux alone. What it does cannot be undone.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_REFUSED, _ALLOWED = 0x0005_000D, 0x7FFF_0000  # the error EACCES
# Of each processor: how the kernel calls it, and the number of socket(2); io_uring_setup(2) is 425 everywhere.
_PROCESSORS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_CREATE_RULES, _ADD_RULE, _RESTRICT = 444, 445, 446
_PORT_RULE, _BIND, _CONNECT = 2, 1, 2


def seal() -> bool:
    """Let this thread, and those that it starts, open no socket any more.

    :returns: whether the system knows how to.
    """
    if not sys.platform.startswith("linux") or os.uname().machine not in _PROCESSORS:
        return False
    kernel, socket = _PROCESSORS[os.uname().machine]
    steps = [  # of a program: code, jump if true, jump if false, value
        (0x20, 0, 0, 4),  # read which processor the call is for
        (0x15, 0, 4, kernel),
        (0x20, 0, 0, 0),  # read the number of the call
        (0x15, 2, 0, socket),
        (0x15, 1, 0, 425),
        (0x35, 0, 1, 0x4000_0000),  # the calls of x32, another numbering
        (0x06, 0, 0, _REFUSED),
        (0x06, 0, 0, _ALLOWED),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    library = ctypes.CDLL(None, use_errno=True)
    done = library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and library.prctl(_SECCOMP, _FILTER, program, 0, 0) == 0
    return bool(done)


def seal_but(port: int) -> bool:
    """Let this thread, and those that it starts, connect to one TCP port and no other.

    :returns: whether the system knows how to: Linux 6.7 with Landlock does.
    """
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    handled = struct.pack("=QQ", 0, _BIND | _CONNECT)
    rules = library.syscall(_CREATE_RULES, handled, len(handled), 0)
    if rules < 0:
        return False
    added = library.syscall(_ADD_RULE, rules, _PORT_RULE, struct.pack("=QQ", _CONNECT, port), 0)
    restricted = added == 0 and library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    restricted = restricted and library.syscall(_RESTRICT, rules, 0) == 0
    library.close(rules)
    return bool(restricted)
