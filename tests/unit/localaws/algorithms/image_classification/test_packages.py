"""Without its packages the image classification says which extra brings them, where SageMaker finds the reason."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from localaws.environment import PACKAGES


def test_an_environment_without_the_extra_is_told_its_name(tmp_path: Path) -> None:
    module = "localaws.algorithms.image_classification"
    program = f"import runpy, sys; sys.argv[1:] = ['train']; runpy.run_module({module!r}, run_name='__main__')"
    # -S: without site-packages, as an environment is that has only the local AWS.
    words = [sys.executable, "-S", "-c", program]
    environment = {"PATH": os.defpath, "PYTHONPATH": PACKAGES, "OPT_ML": str(tmp_path)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    reason = (tmp_path / "output" / "failure").read_text()
    assert reason == (
        "ClientError: numpy, Pillow, ONNX Runtime cannot be imported: run "
        "`pip install 'scones-localaws[image-classification]'`."
    )
    assert reason.partition(": ")[2] in done.stdout
