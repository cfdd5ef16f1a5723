"""Starts programs, each in user, mount, PID and IPC namespaces of its own: `launcher.py DESCRIPTOR`.

It is run as a file by a bare interpreter (`python -I -S`), so it imports nothing of ours and little else, and nothing
of a program's environment has a meaning for it. The descriptor is a socket, by which a socket comes for each program.
For each there is a copy of this process, as an interpreter takes longer to start than all else takes. It is no child of
this process but of the one that started this, which waits for it and signals it as one that it started itself.

By a program's socket comes first what every program finds, so that the namespaces are there before it is known which
program is to be started; then what is this program's own, as localaws.isolation.launching writes both, with the
program's three streams. The reason goes out by it where the program cannot be started; it is closed where it can. Three
processes come of it:

- the copy, which stays outside: its number is the program's for who started it. It hands SIGTERM on, and ends as the
  program ends;
- the first of the new PID namespace, which sets up of the file system what all find, and collects orphans; with it ends
  all of the tree, also where it is the copy that is killed;
- the program, which sets up the rest before it becomes itself.

The user namespace maps root to the user who runs this and no other, so nothing is gained by being root in it. Of root's
capabilities the program keeps those that Docker leaves to one, and so cannot undo what was mounted. The calls are those
of clone(2), unshare(2), mount(2), mount_setattr(2), pivot_root(2) and prctl(2).
"""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # signal itself takes as long to import as all of this
import _socket
import ctypes
import errno
import os
import sys
from collections.abc import Callable
from types import FrameType

_NEW_MOUNTS, _NEW_IPC, _NEW_USERS, _NEW_PIDS = 0x20000, 0x8000000, 0x10000000, 0x20000000
_BIND, _RECURSIVE, _SLAVE, _REMOUNT = 4096, 16384, 1 << 19, 32
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXEC = 1, 2, 4, 8
_DETACH = 2
_MOUNT_SETATTR, _HERE, _ALL_BELOW = 442, -100, 0x8000
_DIES_WITH_PARENT, _DUMPABLE, _DROP_BOUNDING = 1, 4, 24
# CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD,
# AUDIT_WRITE, SETFCAP.
_KEPT_CAPABILITIES = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
_CAPABILITIES = 41
_CLONE, _SIBLING = 56 if os.uname().machine == "x86_64" else 220, 0x8000
_BLOCK, _NUMBER = 65536, 4  # bytes that are read at once, and of a descriptor's number
_BASE, _OLD = "/tmp", "/.old"  # noqa: S108 - where the new root is mounted, in a namespace that nobody else sees
_KERNEL_S = ("bus", "fs", "irq", "sys", "sysrq-trigger")  # of /proc, which root of the machine may write otherwise
_libc = ctypes.CDLL(None, use_errno=True)


class _Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "users")]


def main(descriptor: int) -> None:
    """Become a launcher in a copy for each socket that comes, and answer its number, until nobody asks any more."""
    os.set_inheritable(descriptor, False)
    asking = _socket.socket(fileno=descriptor)
    while True:
        _, ancillary, _, _ = asking.recvmsg(1, _socket.CMSG_SPACE(_NUMBER))
        if not ancillary:
            os._exit(0)
        [(_, _, number)] = ancillary
        given = int.from_bytes(number, sys.byteorder)
        os.set_inheritable(given, False)
        copy = _copy()
        if copy == 0:
            asking.close()
            os.setsid()
            _launch(given)
        os.close(given)
        asking.sendall(copy.to_bytes(_NUMBER, sys.byteorder, signed=True))


def _copy() -> int:
    """What fork() is, but for the parent of the copy; this process has one thread, and nothing to be told of forks."""
    nothing = ctypes.c_long(0)
    flags = ctypes.c_long(_SIBLING | signal.SIGCHLD)
    copy: int = _libc.syscall(ctypes.c_long(_CLONE), flags, nothing, nothing, nothing, nothing)
    return copy if copy >= 0 else -ctypes.get_errno()


def _launch(descriptor: int) -> None:
    """Run the program, and end as it ends."""
    try:
        _run(descriptor, _read_common(descriptor))
    except OSError as error:
        _give_up(descriptor, error)


def _read_common(descriptor: int) -> list[str]:
    """The steps that all programs have in common, after their length."""
    length = _read_exactly(descriptor, _NUMBER)
    content = _read_exactly(descriptor, int.from_bytes(length, sys.byteorder))
    return os.fsdecode(content).split("\0")


def _read_exactly(descriptor: int, length: int) -> bytes:
    content = b""
    while len(content) < length:
        chunk = os.read(descriptor, length - len(content))
        if not chunk:
            os._exit(0)  # nobody needs a program any more
        content += chunk
    return content


def _receive(descriptor: int) -> tuple[bytes, list[int]]:
    """What is the program's own, and its streams; ends where nobody needs a program any more."""
    listening = _socket.socket(fileno=descriptor)
    content, ancillary, _, _ = listening.recvmsg(_BLOCK, _socket.CMSG_SPACE(3 * _NUMBER))
    listening.detach()
    if not content:
        os._exit(0)
    [(_, _, numbers)] = ancillary
    while chunk := os.read(descriptor, _BLOCK):
        content += chunk
    streams = [numbers[_NUMBER * place : _NUMBER * (place + 1)] for place in range(3)]
    return content, [int.from_bytes(number, sys.byteorder) for number in streams]


def _hand_on(descriptor: int, content: bytes, streams: list[int]) -> None:
    """Give what was received to the process that starts the program."""
    numbers = b"".join(number.to_bytes(_NUMBER, sys.byteorder) for number in streams)
    giving = _socket.socket(fileno=descriptor)
    try:
        sent = giving.sendmsg([content], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, numbers)])
        giving.sendall(content[sent:])
    except OSError:
        pass  # it has ended, and has told why
    giving.close()
    for stream in streams:
        os.close(stream)


def _read(content: bytes) -> tuple[str, list[str], list[str], dict[str, str]]:
    """The folder of this process, the steps, the program's words and its environment."""
    folder, steps, words, *others = os.fsdecode(content).split("\0")
    first, last = int(steps), int(steps) + int(words)
    variables = (variable.partition("=") for variable in others[last:])
    return folder, others[:first], others[first:last], {name: value for name, _, value in variables}


def _take_streams(streams: list[int]) -> None:
    for target, given in enumerate(streams):
        os.dup2(given, target)
        os.close(given)


def _run(errors: int, common: list[str]) -> None:
    own_pids = "pids" in common
    user, group = os.geteuid(), os.getegid()
    _check("unshare", _libc.unshare(_NEW_USERS | (_NEW_PIDS if own_pids else 0)))
    for name, line in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        _write(f"/proc/self/{name}", line)
    if not own_pids:
        _begin_root(common)
        _start(errors)
    reports, report = os.pipe()
    ours, theirs = _socket.socketpair()
    first = os.fork()
    if first == 0:
        os.close(reports)
        ours.close()
        _be_first(errors, report, theirs.detach(), common)
    os.close(report)
    theirs.close()
    content, streams = _receive(errors)
    os.chdir(_read(content)[0])
    _hand_on(ours.detach(), content, streams)
    os.close(errors)
    # Until the first process can hand it on, SIGTERM ends this process, and with it the others.
    if os.read(reports, 1):
        signal.signal(signal.SIGTERM, _handing_to(first))
    status = os.read(reports, 4)
    os.waitpid(first, 0)
    _end_as(int.from_bytes(status, "big") if len(status) == 4 else signal.SIGKILL)


def _be_first(errors: int, report: int, given: int, common: list[str]) -> None:
    """Be the first process of the namespace: set up, start the program, collect what ends, report how it ended."""
    try:
        _check("prctl", _libc.prctl(_DIES_WITH_PARENT, signal.SIGKILL, 0, 0, 0))
        os.setsid()
        _begin_root(common)
        child = os.fork()  # before it is known for what, as all that comes then is waited for
        if child == 0:
            os.close(report)
            os.setsid()
            _start(given)
    except OSError as error:
        _give_up(errors, error)
    os.close(given)
    os.close(errors)
    signal.signal(signal.SIGTERM, _handing_to_group_of(child))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _report(report, child)
    except BrokenPipeError:  # the parent ended before it was asked to be told
        os._exit(127)


def _report(report: int, child: int) -> None:
    os.write(report, b".")
    while True:
        ended, status = os.wait()
        if ended == child:
            os.write(report, status.to_bytes(4, "big"))
            os._exit(0)


def _start(given: int) -> None:
    """Wait for the program, set up what is its own, and become it."""
    content, streams = _receive(given)
    _, steps, program, environment = _read(content)
    _take_streams(streams)
    _end_root(steps)
    _become(program, environment)


def _become(program: list[str], environment: dict[str, str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for capability in set(range(_CAPABILITIES)) - _KEPT_CAPABILITIES:
        _libc.prctl(_DROP_BOUNDING, capability, 0, 0, 0)
    # os.execvp imports modules, of which none is to be seen any more where the new root has another Python.
    folders = [""] if "/" in program[0] else environment.get("PATH", os.defpath).split(os.pathsep)
    reason: int | None = errno.ENOENT
    for folder in folders:
        try:
            os.execve(os.path.join(folder, program[0]), program, environment)  # noqa: PTH118, S606 - what this is for
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            reason = error.errno
    raise OSError(reason, os.strerror(reason or errno.EPERM))


def _handing_to(process: int) -> Callable[[int, FrameType | None], None]:
    return lambda number, _: os.kill(process, number)


def _handing_to_group_of(child: int) -> Callable[[int, FrameType | None], None]:
    def hand_on(number: int, _: FrameType | None) -> None:
        try:
            os.killpg(child, number)
        except ProcessLookupError:  # it leads no group yet, or has ended
            try:
                os.kill(child, number)
            except ProcessLookupError:
                return

    return hand_on


def _end_as(status: int) -> None:
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number:
        _libc.prctl(_DUMPABLE, 0, 0, 0, 0)  # the program has left its own core dump, if any
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status))


def _give_up(errors: int, error: OSError) -> None:
    where = f"{error.filename}: " if error.filename else ""
    os.write(errors, f"{where}{error.strerror}".encode())
    os._exit(127)


def _begin_root(steps: list[str]) -> None:
    """Take steps, each a word of `_STEPS` and its arguments, in a new root; all paths of the machine lie in OLD."""
    _check("unshare", _libc.unshare(_NEW_MOUNTS | _NEW_IPC))
    _mount("none", "/", "", _SLAVE | _RECURSIVE)
    _mount("tmpfs", _BASE, "tmpfs", _NO_SUID | _NO_DEVICES, "mode=755")
    os.mkdir(_BASE + _OLD)  # noqa: PTH102 - pathlib is slow to import
    _check("pivot_root", _libc.pivot_root(_BASE.encode(), (_BASE + _OLD).encode()))
    os.chdir("/")
    _take_steps(steps)


def _end_root(steps: list[str]) -> None:
    """Take the last steps, after which no other path of the machine is in sight."""
    _take_steps(steps)
    _check("umount2", _libc.umount2(_OLD.encode(), _DETACH))
    os.rmdir(_OLD)  # noqa: PTH106
    if "seal" in steps:
        _restrict("/", _READ_ONLY, below=False)
    os.chdir(steps[steps.index("in") + 1])


def _take_steps(steps: list[str]) -> None:
    waiting = iter(steps)
    for word in waiting:
        step, arguments = _STEPS[word]
        step(*(next(waiting) for _ in range(arguments)))


def _folder(target: str, mode: str = "755") -> None:
    os.makedirs(target, int(mode, 8), exist_ok=True)  # noqa: PTH103


def _link(named: str, target: str) -> None:
    os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
    if not os.path.lexists(target):
        os.symlink(named, target)  # noqa: PTH211


def _bind(source: str, target: str) -> None:
    _make_place(os.path.isdir(_OLD + source), target)  # noqa: PTH112
    _mount(_OLD + source, target, "", _BIND | _RECURSIVE)


def _bind_read_only(source: str, target: str) -> None:
    _bind(source, target)
    _restrict(target, _READ_ONLY | _NO_SUID)


def _hide(target: str) -> None:
    """Put nothing where a file or folder was."""
    if os.path.isdir(target):  # noqa: PTH112
        _mount("tmpfs", target, "tmpfs", _NO_SUID | _NO_DEVICES, "size=0,mode=755")
        _restrict(target, _READ_ONLY)
    else:
        _mount(_OLD + "/dev/null", target, "", _BIND)


def _memory(target: str, options: str) -> None:
    _folder(target)
    _mount("tmpfs", target, "tmpfs", _NO_SUID | _NO_DEVICES, options)


def _processes() -> None:
    """A /proc of this namespace's processes alone."""
    _folder("/proc")
    _mount("proc", "/proc", "proc", _NO_SUID | _NO_DEVICES | _NO_EXEC)
    for name in _KERNEL_S:
        place = f"/proc/{name}"
        if os.path.exists(place):  # noqa: PTH110
            _mount(place, place, "", _BIND | _RECURSIVE)
            _restrict(place, _READ_ONLY)


def _terminals() -> None:
    _folder("/dev/pts")
    try:
        _mount("devpts", "/dev/pts", "devpts", _NO_SUID | _NO_EXEC, "newinstance,ptmxmode=0666,mode=620")
    except OSError:
        return  # a program without a terminal is what a container has
    _link("pts/ptmx", "/dev/ptmx")


def _make_place(is_folder: bool, target: str) -> None:
    if is_folder:
        _folder(target)
    elif not os.path.lexists(target):
        _folder(os.path.dirname(target))  # noqa: PTH120
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    done = _libc.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode())
    _check(f"mount {target}", done)


def _restrict(target: str, attributes: int, *, below: bool = True) -> None:
    """Set attributes of the mount at a place, and of all below."""
    wanted = _Attributes(set=attributes)
    flags = _ALL_BELOW if below else 0
    done = _libc.syscall(_MOUNT_SETATTR, _HERE, target.encode(), flags, ctypes.byref(wanted), ctypes.sizeof(wanted))
    _check(f"mount_setattr {target}", done)


def _check(what: str, result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def _write(path: str, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, line.encode())
    except OSError as error:
        error.filename = path
        raise
    finally:
        os.close(descriptor)


_STEPS: dict[str, tuple[Callable[..., None], int]] = {
    "pids": (lambda: None, 0),
    "seal": (lambda: None, 0),
    "in": (lambda _: None, 1),
    "folder": (_folder, 2),
    "link": (_link, 2),
    "read-only": (_bind_read_only, 2),
    "writable": (_bind, 2),
    "hide": (_hide, 1),
    "memory": (_memory, 2),
    "proc": (_processes, 0),
    "terminals": (_terminals, 0),
}

if __name__ == "__main__":
    main(int(sys.argv[1]))
