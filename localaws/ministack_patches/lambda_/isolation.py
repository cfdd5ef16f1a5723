"""Functions in namespaces of their own, with the folders that Lambda has.

MiniStack starts a function's process in a temporary folder, as the person who runs the local AWS. Where the machine has
namespaces, the code lies in /var/task and the layers in /opt, which nobody can write, as all else but a /tmp of 512 MB
or of what the function is configured with.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html has the folders,
https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html how layers are merged.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from localaws.aws import Aws
from localaws.isolation.interpreter import find_folders, find_user_base, find_user_packages
from localaws.isolation.kinds import Isolation
from localaws.isolation.launching import launch
from localaws.isolation.view import TEMPORARY, View
from localaws.ministack.configuration import MiniStackError
from localaws.ministack.patching import Patch
from localaws.redirect import FOLDER, with_redirect

_TASK, _LAYERS, _RUNTIME = "/var/task", "/opt", "/var/runtime"
_LAYERS_VARIABLE = "_LAMBDA_LAYERS_DIRS"
_MEGABYTES = 512
# The machine's own, which a function has no use for and Lambda does not set.
_LEFT_OUT = ("HOME", "TMPDIR", "LOGNAME", "USER", "SHELL", "NODE_PATH", _LAYERS_VARIABLE)
# Each worker is told the folder of the code by its first line, and takes it from the variable instead.
_PYTHON = ('code_dir = init["code_dir"]', 'code_dir = os.environ["LAMBDA_TASK_ROOT"]')
_NODE = (
    "const { code_dir, module: modPath, handler: handlerName, env } = msg;",
    "const { module: modPath, handler: handlerName, env } = msg; const code_dir = process.env.LAMBDA_TASK_ROOT;",
)

_config: ContextVar[dict[str, Any]] = ContextVar("config")
"""The configuration of the function whose process is being started."""


def patch(aws: Aws) -> Patch:
    """Start functions in namespaces, where there are."""
    if not aws.settings.isolation.namespaces:
        return Patch()

    def replace_module(module: ModuleType) -> Programs:
        return Programs(module, aws.settings.isolation)

    return Patch(
        replaces={
            lambda_runtime: {
                "subprocess": replace_module,
                "_PYTHON_WORKER_SCRIPT": _reading(*_PYTHON),
                "_NODEJS_WORKER_SCRIPT": _reading(*_NODE),
                "Worker._spawn": _noting,
                "ProvidedWorker._spawn": _noting,
            },
            lambda_svc: {"subprocess": replace_module},
        }
    )


class Programs:
    """MiniStack's `subprocess`, whose Popen starts functions in namespaces."""

    def __init__(self, module: ModuleType, isolation: Isolation) -> None:
        self._module = module
        self._isolation = isolation

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(self._module, name)

    def Popen(
        self,
        words: Sequence[str],
        *,
        cwd: str,
        env: dict[str, str],
        text: bool = False,
        bufsize: int = -1,  # noqa: ARG002 - what is written is flushed at once
        **streams: int,
    ) -> subprocess.Popen[Any]:
        """Start a function's process: `cwd` is the folder of its code, beside its worker and its layers."""
        code = Path(cwd)
        layers = [Path(folder) for folder in env.get(_LAYERS_VARIABLE, "").split(os.pathsep) if folder]
        # A layer that others have as well is a link. Node finds packages by links from the code to where each layer was
        # unpacked.
        fixed = {_TASK: code, **{str(layer): layer.resolve() for layer in layers}}
        if layers:
            fixed[_LAYERS] = merge(layers).resolve()
        started = []
        for word in words:
            path = Path(word)
            if path.is_relative_to(code):
                started.append(f"{_TASK}/{path.relative_to(code)}")
            elif path.is_relative_to(code.parent):
                fixed[f"{_RUNTIME}/{path.name}"] = path
                started.append(f"{_RUNTIME}/{path.name}")
            else:
                started.append(word)
        megabytes = (_config.get({}).get("EphemeralStorage") or {}).get("Size", _MEGABYTES)
        view = View(
            fixed=fixed,
            readable=[*_list_interpreter(words[0]), Path(FOLDER)],
            memory={TEMPORARY: f"mode=1777,size={megabytes}m"},
            directory=_TASK,
            sealed=True,
        )
        return launch(view, self._isolation, started, _environment(env, bool(layers)), cwd=cwd, text=text, **streams)


def merge(layers: Sequence[Path]) -> Path:
    """One folder of all layers, of which a later one's file stands before an earlier one's."""
    if len(layers) == 1:
        return layers[0]
    merged = layers[0].with_name("layers")
    shutil.rmtree(merged, ignore_errors=True)
    for layer in layers:
        shutil.copytree(layer, merged, symlinks=True, copy_function=_put, dirs_exist_ok=True)
    return merged


def _put(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # the cache of layers may lie on another disk
        shutil.copy2(source, target, follow_symlinks=False)


def _list_interpreter(program: str) -> Sequence[Path]:
    found = shutil.which(program)
    if not found or (program != sys.executable and "/" in program):
        return ()
    return [*find_folders(Path(found)), *find_user_packages(Path(found))]


def _environment(given: dict[str, str], layered: bool) -> dict[str, str]:
    named = (_config.get({}).get("Environment") or {}).get("Variables") or {}
    kept = {name: value for name, value in given.items() if name not in _LEFT_OUT or name in named}
    kept |= {"LAMBDA_TASK_ROOT": _TASK, "LAMBDA_RUNTIME_DIR": _RUNTIME}
    kept["PYTHONPATH"] = with_redirect(named.get("PYTHONPATH", ""))
    if base := find_user_base():
        kept["PYTHONUSERBASE"] = str(base)
    if layered:
        kept |= {_LAYERS_VARIABLE: _LAYERS, "NODE_PATH": f"{_LAYERS}/nodejs/node_modules:{_LAYERS}/nodejs"}
    return kept


def _reading(stated: str, wanted: str) -> Callable[[str], str]:
    def read(script: str) -> str:
        if script.count(stated) != 1:
            raise MiniStackError("MiniStack's worker does not take the folder of its code as localaws expects.")
        return script.replace(stated, wanted)

    return read


def _noting(spawn: Callable[..., None]) -> Callable[..., None]:
    def note_and_spawn(worker: Any, *given: Any, **more: Any) -> None:  # noqa: ANN401 - MiniStack's
        token = _config.set(worker.config)
        try:
            spawn(worker, *given, **more)
        finally:
            _config.reset(token)

    return note_and_spawn
