"""The notebook of the examples goes through the loop, cell by cell, as a person's kernel does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.laptop import REPOSITORY, Laptop

NOTEBOOK = REPOSITORY / "examples" / "notebook" / "loop.ipynb"
SMALL = {"Epochs": "1", "ImageShape": "3,8,8", "LearningRateScheduleSteps": "1", "AccuracyThreshold": "0.1"}
END = 'print(json.dumps({"curves": len(curves), "accuracy": accuracy, "live": live, "probabilities": probabilities}))'


def test_every_cell_of_the_notebook_runs_until_the_endpoint_answers(laptop: Laptop, tmp_path: Path) -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    program = tmp_path / "notebook.py"
    program.write_text(
        "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code") + f"\n{END}\n",
        encoding="utf-8",
    )
    asked = json.dumps({**SMALL, "InputDataUri": laptop.sample()})
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME")},
        **json.loads(laptop.scones("env", "--json").stdout)["Environment"],
        # Where IAM is enforced, the role of `scones env` has the policy that AWS gives notebooks, and no more.
        **laptop.key.environment,
        "NOTEBOOK_PARAMETERS": asked,
        "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
    }
    environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], str(REPOSITORY)])
    environment.pop("AWS_SESSION_TOKEN", None)
    words = [sys.executable, str(program)]
    done = subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["curves"]
    assert said["live"]
    assert 0 <= said["accuracy"] <= 1
    assert len(said["probabilities"]) == 2
    assert abs(sum(said["probabilities"]) - 1) < 1e-3
