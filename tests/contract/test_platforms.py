"""macOS runs what Linux runs: nothing asks for what one of them lacks, but the one module that knows of both."""

from __future__ import annotations

import ast
import re
import subprocess
from itertools import chain
from pathlib import Path

import pytest

from tests.conftest import TOP

# Each has its way for macOS where it stands.
ALLOWED = {
    "localaws/platforms.py": "the product's one module for the differences",
    "localaws/isolation/launcher.py": "is run where localaws/platforms.py says that there are namespaces",
    "localaws/isolation/view.py": "says what a program in namespaces sees",
    "tests/security/test_isolation.py": "looks from inside of namespaces, and is skipped where there are none",
    "benchmarks/usage.py": "counts memory in the units of either",
    "benchmarks/machine.py": "asks Python where there is no /proc/cpuinfo",
    "benchmarks/topics/prepare.py": "takes the temporary folder where there is no /dev/shm",
    "tests/unit/localaws/test_platforms.py": "tests the first",
    "tests/browser/watching.py": "names the browsers of either",
}
# Attributes by the module that has them, on Linux alone or with another meaning there.
LINUX = {
    "os": {
        *("copy_file_range", "eventfd", "memfd_create", "pidfd_open", "splice", "unshare", "setns", "posix_openpt"),
        *("posix_fadvise", "posix_fallocate", "sched_getaffinity", "sched_setaffinity", "process_cpu_count"),
        *("O_TMPFILE", "O_DIRECT", "O_PATH", "O_NOATIME", "P_PIDFD", "getrandom", "prlimit", "fork", "forkpty"),
        *("getxattr", "setxattr", "listxattr", "sendfile", "fdatasync", "statvfs", "getresuid", "setresuid"),
    },
    "signal": {"pidfd_send_signal", "sigtimedwait", "sigwaitinfo", "SIGPWR", "SIGSTKFLT", "SIGRTMIN", "SIGPOLL"},
    "socket": {
        *("AF_NETLINK", "AF_PACKET", "AF_VSOCK", "SO_BINDTODEVICE", "SO_PEERCRED", "MSG_NOSIGNAL", "SOCK_CLOEXEC"),
        *("AF_UNIX", "SO_REUSEPORT", "TCP_USER_TIMEOUT", "TCP_QUICKACK", "TCP_DEFER_ACCEPT"),
    },
    "select": {"epoll"},
    "fcntl": {"F_SETPIPE_SZ", "F_GETPIPE_SZ", "F_NOTIFY", "F_ADD_SEALS", "F_OFD_SETLK"},
    "resource": {"prlimit", "RLIMIT_NOFILE", "RLIMIT_AS", "RLIMIT_MSGQUEUE", "RUSAGE_THREAD"},
    "sys": {"platform"},
    "process": {"cpu_affinity", "ionice", "io_counters", "memory_maps", "rlimit", "cpu_num"},  # psutil's
}
MODULES = {"multiprocessing", "ctypes", "prctl", "pyinotify"}  # forks, and names of a system's own libraries
KEYWORDS = {"preexec_fn"}
NAMED = re.compile(rf"\b({'|'.join({*chain(*LINUX.values()), *MODULES, *KEYWORDS})})\b")
PATHS = re.compile(r"(?<!\w)/(proc|sys|run)/|/dev/shm|/usr/bin/|/Applications/")
# GNU's or util-linux's alone; macOS has other words for them, or none.
WORDS = re.compile(
    r"\b(setsid|nproc|flock|timeout \d|readlink -f|realpath|date -d|date --|sort -V|xargs -r|stat -c|grep -P|tac|"
    r"sha256sum|md5sum|base64 -w|sed -i(?! '')|cp --|ln -sr|mktemp --|find [^|]*-printf|head -n -|ss -|free -)"
)
MAKE_4 = re.compile(r"^\.ONESHELL|\$\(file |^[A-Z]+ *::?:=|!=|\$\(let |\$\(intcmp |^\S+ *&:", re.MULTILINE)


def _sources(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=TOP, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if (TOP / name).is_file()]


def _find(text: str) -> set[str]:
    """What a module's source asks for that one of the systems lacks; who has none of the words is not parsed."""
    if not NAMED.search(text) and not PATHS.search(text):
        return set()
    nodes = list(ast.walk(ast.parse(text)))
    docstrings = {
        id(node.value) for node in nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    found = set()
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in LINUX.get(module, ()):
                found.add(f"{module}.{name}")
            case ast.ImportFrom(module=str(module), names=names):
                found |= {f"{module}.{each.name}" for each in names if each.name in LINUX.get(module, ())}
                found |= {module} & MODULES
            case ast.Import(names=names):
                found |= {each.name.split(".")[0] for each in names} & MODULES
            case ast.keyword(arg=str(name)) if name in KEYWORDS:
                found.add(name)
            case ast.Constant(value=str(value)) if id(node) not in docstrings and PATHS.search(value):
                found.add(value)
    return found


def test_no_module_asks_for_what_one_system_lacks() -> None:
    given = {name: _find((TOP / name).read_text(encoding="utf-8")) for name in _sources("*.py")}
    own = Path(__file__).relative_to(TOP).as_posix()
    asking = {name for name, found in given.items() if found} - {own}
    unexplained = {name: sorted(given[name]) for name in asking - ALLOWED.keys()}
    assert not unexplained, f"give each its macOS way in localaws/platforms.py: {unexplained}"
    assert asking >= ALLOWED.keys(), "an entry of ALLOWED is no longer needed"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import os\nos.sched_getaffinity(0)", {"os.sched_getaffinity"}),
        ("from socket import AF_UNIX", {"socket.AF_UNIX"}),
        ("from multiprocessing import Pool", {"multiprocessing"}),
        ("run(words, preexec_fn=f)", {"preexec_fn"}),
        ("open('/proc/self/status')", {"/proc/self/status"}),
        ('"""Reads /proc/self/status."""\nimport os\nos.kill(1, 9)', set()),
    ],
)
def test_what_linux_has_alone_is_found(text: str, found: set[str]) -> None:
    assert _find(text) == found


def test_no_script_and_no_makefile_calls_what_macos_lacks() -> None:
    files = _sources("*Makefile", ".ci/run", "*.sh", "seedcode/buildspec*.yml", "docs/*.md", "README.md")
    assert {"Makefile", ".ci/run", "seedcode/seed/files/Makefile", "docs/aws.md"} <= set(files)
    for name in files:
        text = (TOP / name).read_text(encoding="utf-8")
        blocks = (
            "\n".join(re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)) if name[-3:] == ".md" else text
        )
        assert [match[0] for match in WORDS.finditer(blocks)] == [], name


@pytest.mark.parametrize("name", ["Makefile", "seedcode/seed/files/Makefile"])
def test_a_makefile_is_read_by_make_3_81_which_macos_has(name: str) -> None:
    text = (TOP / name).read_text(encoding="utf-8")
    rules = re.sub(r"^\t.*$|^#.*$", "", text, flags=re.MULTILINE)
    assert not MAKE_4.search(rules)
