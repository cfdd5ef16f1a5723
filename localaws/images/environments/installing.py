"""Installs packages into a layer by pip, with what it fetches counted, and stopped where nobody waits any more."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localaws.environment import kept
from localaws.failures import ClientFailure
from localaws.images.advice import COMMAND
from localaws.images.environments.folder import free_scripts, make_folder, show_layers
from localaws.images.environments.made import ABOUT, GivenUp, Interrupted, Made, has_package
from localaws.images.environments.pip import Measure, PipReader, measure_files, pip_variables

# Python brings none from 3.12 on; 81 has no pkg_resources, which AWS's toolkits import.
_SETUPTOOLS = "setuptools<81"
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Installation:
    """Installs requirements above an environment, in a folder that becomes `layer`."""

    below: Made
    layer: Path
    requirements: Sequence[str]
    image: str
    reader: PipReader
    on_measure: Measure
    given_up: GivenUp

    def write(self, target: Path) -> None:
        """Fill the folder; raises ClientFailure where packages cannot be had."""
        interpreter = self.below.interpreter
        python = make_folder(target, interpreter, self.below.packages)
        lacking = [] if has_package(self.below.packages, "setuptools") else [_SETUPTOOLS]
        listed, fetched = target / "requirements.txt", target / "fetched"
        listed.write_text("".join(f"{line}\n" for line in [*self.requirements, *lacking]), encoding="utf-8")
        fetched.mkdir()
        words = [str(python), "-m", "pip", "install", "--no-input", "--progress-bar", "off", "-r", str(listed)]
        if self._run(words, fetched):
            raise ClientFailure(
                f"Packages could not be fetched ({', '.join(self.requirements)}): {self.reader.error} Without a "
                "network, name a folder of wheels with PIP_FIND_LINKS and PIP_NO_INDEX=1, or an interpreter with them "
                f"by `{COMMAND} set IMAGE --python PATH`."
            )
        shutil.rmtree(fetched, ignore_errors=True)
        show_layers(target / interpreter.packages, self.layer / interpreter.packages, self.below.packages)
        free_scripts(target / "bin", target / "bin")
        about = {"image": self.image, "requirements": list(self.requirements), "bytes": measure_files(target)}
        (target / ABOUT).write_text(json.dumps(about), encoding="utf-8")

    def _run(self, words: Sequence[str], fetched: Path) -> int:
        """Run pip, which puts what it fetches into a folder of its own while it does; answers its exit code."""
        process = subprocess.Popen(
            words,
            cwd=fetched,
            env={
                **_without_packages(kept(os.environ)),
                **pip_variables(os.environ),
                "PYTHONNOUSERSITE": "1",
                "TMPDIR": str(fetched),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(process, fetched, ended), daemon=True)
        watcher.start()
        with process:
            for line in process.stdout or ():
                self.reader.take(line.rstrip())
            code = process.wait()
        ended.set()
        watcher.join()
        if code and self.given_up():
            raise Interrupted("It was stopped while packages of its image were fetched.")
        return code

    def _watch(self, process: subprocess.Popen[str], fetched: Path, ended: threading.Event) -> None:
        while not ended.wait(_POLL_SECONDS):
            self.on_measure(measure_files(fetched), self.reader.announced)
            if self.given_up():
                os.killpg(process.pid, signal.SIGKILL)
                return


def _without_packages(variables: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if not name.startswith(("PYTHON", "PIP_", "SCONES_"))}
