"""What a program sees from inside, as hostile as it likes: of this machine, of its owner, and of what runs beside it.

The same file runs twice: as who runs the tests, and, where that is root, once more as a user without rights.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from localaws.images.program import Program
from localaws.isolation.kinds import Isolation
from localaws.isolation.launching import find
from localaws.jobs.container import Container, base_environment, kill_left_over
from localaws.keys import Credentials
from localaws.settings import Settings

ISOLATION = find()
REPOSITORY = Path(__file__).parents[2]
SECRET = secrets.token_hex(16)
needs_namespaces = pytest.mark.skipif(not ISOLATION.namespaces, reason=ISOLATION.reason)
needs_processes = pytest.mark.skipif(not ISOLATION.processes, reason=ISOLATION.reason)
pytestmark = needs_namespaces


class Machine:
    """A local AWS's home with a secret in it, and programs that run in it as jobs do."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, isolation=ISOLATION)
        self.running: list[Container] = []
        home.mkdir(mode=0o700)
        (home / "credentials").write_text(SECRET)

    def root(self, name: str) -> Path:
        root = self.settings.jobs / name / "algo-1"
        root.mkdir(parents=True, exist_ok=True)
        return root

    def start(self, source: str, name: str = "job", **program: Any) -> tuple[Container, list[str]]:
        """Start a Python program; its lines come as it writes them."""
        started = Program(("python3", "-c", textwrap.dedent(source)), **program)
        environment = base_environment(self.settings, Credentials("key", f"of-{name}"), started)
        container, lines = Container(self.settings, self.root(name), started, environment), []
        container.start(lines.extend)
        self.running.append(container)
        return container, lines

    def run(self, source: str, name: str = "job", **program: Any) -> Any:
        """What a program prints as JSON."""
        container, lines = self.start(f"import json, os, sys\n{textwrap.dedent(source)}", name, **program)
        code = container.wait(60)
        container.finish()
        assert code == 0, "\n".join(lines)
        return json.loads(lines[-1])


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path / "home")
    yield made
    for container in made.running:
        container.terminate(0)
        container.finish()


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


FIND = """
found = []
for folder, folders, files in os.walk("/"):
    if folder in ("/proc", "/sys", "/usr", "/nix", "/dev") or folder.startswith({prefixes!r}):
        folders[:] = []
        continue
    found += [os.path.join(folder, name) for name in files]
print(json.dumps(found))
"""


def test_no_file_of_the_owner_and_of_the_local_aws_is_anywhere(machine: Machine, tmp_path: Path) -> None:
    other = machine.root("other") / "model"
    other.mkdir()
    (other / "weights").write_text(SECRET)
    (tmp_path / "notes.txt").write_text(SECRET)
    (machine.root("job") / "mine").write_text("mine")
    prefixes = (sys.prefix, sys.base_prefix, *(str(path.parent) for path in REPOSITORY.glob("*/__init__.py")))
    found = machine.run(FIND.format(prefixes=prefixes))
    assert "/opt/ml/mine" in found
    assert [name for name in found if name.endswith(("credentials", "weights", "notes.txt", ".pytest_cache"))] == []
    assert not [name for name in found if str(machine.settings.home) in name or "/.git/" in name]


def test_home_state_and_checkout_are_out_of_sight(machine: Machine) -> None:
    paths = [
        machine.settings.home,
        Path.home() / ".ssh",
        REPOSITORY / ".git",
        REPOSITORY / "setup.py",
        "/mnt",
        "/media",
    ]
    said = machine.run(
        f"print(json.dumps([os.path.exists(p) and bool(os.listdir(p)) for p in {list(map(str, paths))}]))"
    )
    assert said == [False] * len(paths)


def test_home_is_an_empty_folder_of_its_own_and_tmp_as_well(machine: Machine) -> None:
    shared = tempfile.NamedTemporaryFile(dir="/tmp")  # noqa: SIM115 - it lasts as long as this test
    said = machine.run(
        """
        import tempfile
        home = os.path.expanduser("~")
        for folder in (home, "/tmp", "/dev/shm", tempfile.gettempdir()):
            open(os.path.join(folder, "mine"), "w").close()
        # An interpreter or a checkout that lies in the home of the machine's root, or in /tmp, is there as well.
        shown = [f"{path}/" for path in (sys.prefix, sys.base_prefix, *sys.path)]
        def list_own(folder):
            names = os.listdir(folder)
            return [name for name in names if not any(path.startswith(f"{folder}/{name}/") for path in shown)]
        print(json.dumps([home, list_own(home), list_own("/tmp"), os.listdir("/dev/shm")]))
        """
    )
    assert said == ["/root", ["mine"], ["mine"], ["mine"]]
    shared.close()
    assert not Path("/tmp/mine").exists()
    assert not Path("/dev/shm/mine").exists()


def test_opt_ml_is_the_job_s_own_and_nobody_else_s(machine: Machine) -> None:
    real = Path("/opt/ml")
    before = sorted(real.rglob("*")) if real.exists() else None
    (machine.root("job") / "given").write_text("1")
    assert machine.run(
        """
        open("/opt/ml/made", "w").write("2")
        print(json.dumps([sorted(os.listdir("/opt/ml")), os.environ["HOME"], os.getcwd()]))
        """
    ) == [["given", "made"], "/root", "/"]
    assert (machine.root("job") / "made").read_text() == "2"
    assert (sorted(real.rglob("*")) if real.exists() else None) == before


@pytest.mark.parametrize(
    "path",
    [
        *("/usr/lib/planted", "/etc/planted", "/bin/planted", "/sys/planted", f"{sys.prefix}/planted"),
        *(f"{sys.base_prefix}/lib/planted", f"{REPOSITORY}/localaws/planted.py", "/proc/sys/vm/drop_caches"),
        *("/proc/sysrq-trigger", "/sys/power/state", "/proc/sys/kernel/core_pattern"),
    ],
)
def test_nothing_else_can_be_written(machine: Machine, path: str) -> None:
    said = machine.run(
        f"""
        try:
            open({path!r}, "w").write("h")
            print(json.dumps("written"))
        except OSError as error:
            print(json.dumps(error.strerror))
        """
    )
    assert said in ("Read-only file system", "Permission denied", "No such file or directory")
    assert not path.endswith(("planted", "planted.py")) or not Path(path).exists()


def test_a_folder_in_the_root_is_the_program_s_own_memory(machine: Machine) -> None:
    assert machine.run("os.makedirs('/data/x'); print(json.dumps(os.listdir('/data')))") == ["x"]
    assert not Path("/data/x").exists()


def test_what_a_program_may_read_and_write_it_finds_where_it_is(machine: Machine, tmp_path: Path) -> None:
    environment, beside = tmp_path / "environment", machine.settings.home / "environments" / "one"
    for folder in (environment, beside):
        folder.mkdir(parents=True)
        (folder / "there").write_text("1")
    said = machine.run(
        f"""
        open("{environment}/more", "w").close()
        said = [sorted(os.listdir("{environment}")), sorted(os.listdir("{beside}"))]
        try:
            open("{beside}/more", "w").close()
        except OSError as error:
            said.append(error.strerror)
        print(json.dumps(said))
        """,
        readable=(beside,),
        writable=(environment,),
    )
    assert said == [["more", "there"], ["there"], "Read-only file system"]


def test_the_state_stays_hidden_in_a_folder_that_is_readable(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "code.py").touch()
    said = machine.run(
        f'print(json.dumps([sorted(os.listdir("{tmp_path}")), os.listdir("{machine.settings.home}")]))',
        readable=(tmp_path,),
    )
    assert said == [["code.py", "home"], []]


def test_a_readable_folder_that_holds_a_person_s_home_is_not_shown_whole(machine: Machine) -> None:
    said = machine.run(f'print(json.dumps(os.path.exists("{Path.home()}/.bashrc")))', readable=(Path.home(),))
    assert said is (Path.home() == Path("/nonexistent"))


def test_no_socket_of_the_machine_s_services_is_in_sight(machine: Machine) -> None:
    said = machine.run(
        """
        import stat
        found = []
        for folder, folders, files in os.walk("/"):
            if folder in ("/proc", "/sys", "/usr", sys.prefix, sys.base_prefix):
                folders[:] = []
            else:
                paths = [os.path.join(folder, name) for name in files]
                found += [path for path in paths if stat.S_ISSOCK(os.lstat(path).st_mode)]
        print(json.dumps([os.listdir("/run"), os.listdir("/var/run"), found]))
        """
    )
    assert said == [[], [], []]


def test_what_others_may_not_read_of_etc_root_s_program_does_not_either(machine: Machine) -> None:
    said = machine.run(
        """
        try:
            print(json.dumps(open("/etc/shadow").read()))
        except OSError as error:
            print(json.dumps(error.strerror))
        """
    )
    assert said in ("", "Permission denied")
    assert machine.run("print(json.dumps(len(open('/etc/passwd').read()) > 0))") is True


def test_a_program_is_root_and_can_do_nothing_with_it(machine: Machine) -> None:
    said = machine.run(
        """
        import subprocess
        tried = [["mount", "-o", "remount,rw,bind", "/usr"], ["umount", "/etc"], ["mount", "-t", "tmpfs", "x", "/mnt"]]
        codes = [subprocess.run(words, capture_output=True).returncode != 0 for words in tried]
        status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
        print(json.dumps([os.getuid(), os.getgid(), codes, int(status["CapEff"], 16) >> 21 & 1]))
        """
    )
    assert said == [0, 0, [True, True, True], 0]


def test_namespaces_within_the_namespace_open_nothing(machine: Machine) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("util-linux's unshare is not there")
    said = machine.run(
        """
        import subprocess
        words = "mount -o remount,rw,bind /usr; umount -l /etc; touch /usr/planted; ls /etc/passwd"
        done = subprocess.run(["unshare", "-Urm", "sh", "-c", words], capture_output=True, text=True)
        print(json.dumps([os.path.exists("/usr/planted"), done.stdout]))
        """
    )
    assert said[0] is False
    assert said[1] in ("/etc/passwd\n", "")


@needs_processes
def test_no_other_process_is_in_sight_nor_its_environment_nor_its_words(machine: Machine) -> None:
    machine.start("import time; time.sleep(60)", "neighbour")
    said = machine.run(
        """
        found, text = [int(name) for name in os.listdir("/proc") if name.isdigit()], b""
        for pid in found:
            for name in ("environ", "cmdline"):
                try:
                    text += open(f"/proc/{pid}/{name}", "rb").read()
                except OSError:
                    pass
        print(json.dumps([sorted(found), "-".join(["of", "neighbour"]) in text.decode(), os.getppid()]))
        """
    )
    assert said == [[1, 2], False, 1]


@needs_processes
def test_the_first_process_is_no_way_out(machine: Machine) -> None:
    said = machine.run(
        """
        outside = []
        for name in ("root", "cwd", "environ", "fd/0", "mem"):
            try:
                os.listdir(f"/proc/1/{name}") if name in ("root", "cwd") else open(f"/proc/1/{name}", "rb").read(1)
                outside.append(name)
            except OSError:
                pass
        print(json.dumps(outside))
        """
    )
    assert said == []


@needs_processes
def test_a_process_outside_cannot_be_signalled(machine: Machine) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        said = machine.run(
            f"""
            import signal
            try:
                os.kill({other.pid}, signal.SIGKILL)
            except OSError as error:
                print(json.dumps(error.strerror))
            """
        )
        assert said == "No such process"
        assert other.poll() is None
        other.kill()


def test_a_library_that_a_job_s_environment_names_is_not_loaded_outside(machine: Machine) -> None:
    marker = machine.root("job") / "trace"
    program = Program(("sh", "-c", "cat /proc/self/environ | tr '\\0' '\\n' | grep LD_PRELOAD"))
    library = machine.root("job") / "none.so"
    library.write_bytes(b"no library")
    environment = {
        "PATH": os.environ["PATH"],
        "LD_PRELOAD": str(library),
        "LD_DEBUG": "files",
        "LD_DEBUG_OUTPUT": str(marker),
    }
    container, lines = Container(machine.settings, machine.root("job"), program, environment), []
    container.start(lines.extend)
    container.wait(20)
    container.finish()
    assert f"LD_PRELOAD={library}" in lines
    assert list(marker.parent.glob("trace*")) == []


TREE = """
import os, subprocess, sys, time
if os.fork() == 0:
    os.setsid()
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)  # {mark}"])
    os.close(1); os.close(2)
    time.sleep(600)
print("up", flush=True)
time.sleep({seconds})
"""


def _of(mark: str) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if words and words[-1].startswith("import time; time.sleep(600)") and mark in words[-1]:
            found.append(process.pid)
    return found


@needs_processes
@pytest.mark.parametrize("end", ["its own", "asked", "forced", "left over", "killed launcher"])
def test_with_a_program_ends_all_that_it_started_also_what_left_its_group(machine: Machine, end: str) -> None:
    mark = secrets.token_hex(8)
    container, lines = machine.start(TREE.format(mark=mark, seconds=0.5 if end == "its own" else 600))
    until(lambda: lines and _of(mark))
    if end == "asked":
        container.terminate(10)
        assert container.poll() == -15
    elif end == "forced":
        container.terminate(0)
    elif end == "left over":
        kill_left_over(machine.settings.jobs)
    elif end == "killed launcher":
        os.kill(int((machine.settings.jobs / "job/pid.algo-1").read_text().split()[0]), 9)
    assert container.wait(20) is not None
    until(lambda: not _of(mark))


def test_a_job_s_links_lead_the_local_aws_nowhere(machine: Machine) -> None:
    from localaws.jobs.opt_ml import read_text

    root = machine.root("job")
    machine.run(
        f"""
        os.makedirs("/opt/ml/output")
        os.symlink("{machine.settings.home}/credentials", "/opt/ml/output/failure")
        os.symlink("{machine.settings.home}", "/opt/ml/all")
        print("0")
        """
    )
    assert read_text(root, "output/failure") == ""
    assert read_text(root, "all/credentials") == ""


def _may_become_another() -> bool:
    if os.geteuid() != 0 or not shutil.which("setpriv") or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not _may_become_another(), reason="this is that run, a user's own, or in a container")
def test_all_of_it_holds_for_a_user_without_rights() -> None:
    """In a mount namespace in which the interpreter's folders may be entered by everybody."""
    # pytest's own folders are closed to others again by the next run.
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder)
        script = ["set -e", f"mkdir {own}/python"]
        closed = [parent for parent in Path(sys.base_prefix).parents if not parent.stat().st_mode & 0o001]
        if closed:
            script += [f"mount --bind {sys.base_prefix} {own}/python"]
            script += [f"mount -t tmpfs -o mode=755 none {closed[-1]}", f"mkdir -p {sys.base_prefix}"]
            script += [f"mount --move {own}/python {sys.base_prefix}"]
        script += [f"chown 65534 {own}", 'exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"']
        words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"--basetemp={own}/tests"]
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", "\n".join(script), "sh", *words, __file__],
            env={**os.environ, "HOME": folder, "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(".") > 30  # and not skipped


def test_an_isolation_says_what_it_is() -> None:
    assert "its own /opt/ml" in Isolation(namespaces=True, processes=True).sentence
