"""Runs in a job, as `train` of AWS's framework images does: their sagemaker-training toolkit, on the job's script.

`python3 launcher.py TOOLKIT`, by the job's interpreter and without our packages. What the images' own launchers add is
from https://github.com/aws/sagemaker-pytorch-training-toolkit, sagemaker-tensorflow-training-toolkit and
sagemaker-scikit-learn-container; the error is captured for every framework, as PyTorch's and TensorFlow's do.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import socket
import sys
from collections import deque
from pathlib import Path
from types import ModuleType
from typing import Any

MODULE = "SAGEMAKER_TRAINING_MODULE"
OPT_ML = "/opt/ml"
FOR_SCRIPTS = Path(__file__).parents[2] / "inference_toolkit" / "for_scripts"
MASTER_PORT = "7777"
_LAST_LINES = 20
_PIECE_SECONDS = 0.2
# Imported by the toolkit for mpirun alone, which starts nothing here.
_OF_MPI = ("gethostname", "paramiko", "psutil")


class WholeLines:
    """A program's output as the toolkit reads it, which takes what it is given for whole lines.

    An uncaught error arrives in pieces, as the script's output is not buffered.
    """

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream

    async def read(self, size: int) -> bytes:
        """The next whole lines, or what has come of one that does not go on."""
        block = await self._stream.read(size)
        while block and len(block) < size and not block.endswith((b"\n", b"\r")):
            try:
                more = await asyncio.wait_for(self._stream.read(size), _PIECE_SECONDS)
            except asyncio.TimeoutError:  # noqa: UP041 - another class before Python 3.11
                break
            if not more:
                break
            block += more
        return block


class KeptOutput:
    """Standard output that keeps its last lines, for the failure of a script that names no error."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - sys.stdout, of which only two members are used
        self._stream = stream
        self._lines: deque[str] = deque(maxlen=_LAST_LINES)

    def write(self, text: str) -> int:
        """Pass a text on."""
        self._lines.extend(line for line in text.split("\n") if line.strip())
        written: int = self._stream.write(text)
        return written

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._stream, name)

    @property
    def last_lines(self) -> str:
        """What was written last."""
        return "\n".join(self._lines)


def main(toolkit: str) -> None:
    """Let the toolkit run the script; it ends this process with the job's exit code."""
    # The toolkit hands its path on to the script: without this folder, and the job's own packages first.
    sys.path[:] = [*(place for place in sys.path if place != str(Path(__file__).parent)), toolkit, str(FOR_SCRIPTS)]
    os.environ.setdefault("SAGEMAKER_BASE_DIR", os.environ.get("OPT_ML", OPT_ML))
    for name in _OF_MPI:
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = ModuleType(name)
    name_hosts()
    module = os.environ[MODULE].partition(":")[0]
    sys.modules.setdefault(module, framework(module))
    importlib.import_module("sagemaker_training.cli.train").main()


def name_hosts() -> None:
    """Let the toolkit, which waits for names of all hosts, find those of a job's instances: all are this machine."""
    ask = socket.gethostbyname

    def find(host: str) -> str:
        try:
            return ask(host)
        except OSError:
            if host.startswith("algo-"):
                return "127.0.0.1"
            raise

    socket.gethostbyname = find


def framework(name: str) -> ModuleType:
    """What the toolkit calls as the image's own launcher."""
    made = ModuleType(name)
    made.main = lambda: run_script(name)  # type: ignore[attr-defined]
    return made


def run_script(module: str) -> None:
    """Run the script as the image of this launcher module does."""
    # On the path by now.
    from sagemaker_training import (  # type: ignore[import-not-found]  # noqa: PLC0415
        entry_point,
        environment,
        errors,
        files,
        mapping,
        process,
        runner,
    )

    env = environment.Environment()
    arguments = dict(env.hyperparameters)
    kind = runner.ProcessRunnerType
    if "pytorch" in module:
        set_distributed_environment(env)
        if env.additional_framework_parameters.get("sagemaker_torch_distributed_enabled"):
            kind = runner.TorchDistributedRunnerType
    elif "tensorflow" in module:
        set_model_directory(arguments, environment.read_hyperparameters(), env.job_name)
    files.download_and_extract(uri=env.module_dir, path=environment.code_dir)
    if environment.base_dir != OPT_ML:
        rewrite_scripts(environment.code_dir, environment.base_dir)
    watch = process.watch
    process.watch = lambda stream, *more, **named: watch(stream and WholeLines(stream), *more, **named)
    sys.stdout = output = KeptOutput(sys.stdout)
    try:
        entry_point.run(
            uri=env.module_dir,
            user_entry_point=env.user_entry_point,
            args=mapping.to_cmd_args(arguments),
            env_vars=env.to_env_vars(),
            capture_error=True,
            runner_type=kind,
        )
    except errors.ClientError as error:
        # The toolkit keeps what follows the name of an error. A script may say in its own words why it exits.
        if getattr(error, "output", None) == "":
            error.output = output.last_lines
        raise


def set_distributed_environment(env: Any) -> None:  # noqa: ANN401 - the toolkit's Environment
    """What PyTorch's launcher sets for processes that find each other."""
    host = env.master_hostname
    os.environ["MASTER_ADDR"] = host if _is_known(host) else "127.0.0.1"
    os.environ["MASTER_PORT"] = MASTER_PORT
    os.environ["NCCL_SOCKET_IFNAME"] = env.network_interface_name
    os.environ["NCCL_IB_DISABLE"] = "1"
    os.environ["NCCL_DEBUG"] = "WARN"


def _is_known(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False


def set_model_directory(arguments: dict[str, Any], given: dict[str, Any], job: str | None) -> None:
    """Give each trial of a tuning job its own place in S3, as TensorFlow's launcher does."""
    place = arguments.get("model_dir")
    if place and "_tuning_objective_metric" in given and not place.startswith(OPT_ML):
        arguments["model_dir"] = f"{place}/{job}/model"


def rewrite_scripts(code: str, base: str) -> None:
    """Let scripts name the job's own directory, where /opt/ml is not the job's."""
    packages = str(Path(__file__).parents[3])
    sys.path.append(packages)
    opt_ml = importlib.import_module("localaws.jobs.opt_ml")
    sys.path.remove(packages)
    opt_ml.rewrite_scripts(Path(code), Path(base))


if __name__ == "__main__":
    main(sys.argv[1])
