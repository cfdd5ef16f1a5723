"""Fuzz readers with atheris, guided by the code that they reach: `make fuzz`, or `python -m tests.fuzz [READER ...]`.

Each reader runs in a process of its own for FUZZ_SECONDS (60). An input that breaks one is written to .fuzz/<reader>/
with its traceback; with the fix it moves to tests/fuzz/found/<reader>/.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.mutation import mutate
from tests.fuzz.readers import load, names

OUTPUT = Path(".fuzz")
MOST_BYTES = 1 << 16
MOST_MEGABYTES = 2048
PACKAGES = (
    "common",
    "processing",
    "evaluation",
    "monitoring",
    "localaws",
    "console",
    "serialize_image",
    "ingest_image",
)
LIBRARIES = ("PIL", "tarfile", "zipfile", "gzip", "json", "yaml")


def main(words: list[str]) -> int:
    """Fuzz the named readers, or all of them; answers 1 if one broke."""
    if words[:1] == ["--in-process"]:
        _fuzz(words[1], words[2:])
        return 0
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    broken = [name for name in words or names() if not _run(name, seconds)]
    print(f"Broken: {', '.join(broken)}; see {OUTPUT}/." if broken else "No reader broke.")
    return bool(broken)


def _run(name: str, seconds: int) -> bool:
    folder = OUTPUT / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    reader = load(name)
    for number, seed in enumerate([*reader.seeds, *(path.read_bytes() for path in reader.found)]):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", f"-rss_limit_mb={MOST_MEGABYTES}", "-timeout=20"]
    options += [f"-artifact_prefix={folder}/", "-print_final_stats=1", str(corpus)]
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.fuzz", "--in-process", name, *options]
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    (folder / "log").write_text(ended.stdout + ended.stderr, encoding="utf-8")
    executed = re.search(r"number_of_executed_units: (\d+)|Done (\d+) runs", ended.stderr)
    count = int(executed[1] or executed[2]) if executed else 0
    sentence = "held" if ended.returncode == 0 else f"BROKE, see {folder}/log"
    print(f"{name}: {count:,} executions in {time.monotonic() - began:.0f} s: {sentence}", flush=True)
    return ended.returncode == 0


def _fuzz(name: str, options: list[str]) -> None:
    import atheris  # type: ignore[import-not-found]  # only in .venv/fuzz

    with atheris.instrument_imports(include=[*PACKAGES, *LIBRARIES]):
        reader = load(name)

    def custom(data: bytes, most: int, seed: int) -> bytes:
        """Half of the mutations are atheris's own, half change JSON values."""
        if seed % 2:
            return bytes(atheris.Mutate(data, most))
        return mutate(bytes(data), reader.seeds, random.Random(seed))[:most]  # noqa: S311 - not a secret

    atheris.Setup([name, *options], reader.one_input, custom_mutator=custom)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
