"""Search profiles on real pictures, then measure one on the test set.

    python -m benchmarks.search try --archive FILE [CANDIDATE ...]     # folds of the training pictures only
    python -m benchmarks.search final --archive FILE [--profile compact] [--weights FOLDER]
    python -m benchmarks.search table

`try` never opens the test pictures; `final` trains on nine tenths of the training pictures, as the pipeline does,
with five seeds. Both go on where they were stopped. See docs/model.md for what came out.
"""

import argparse
from pathlib import Path

from benchmarks.search import page, pictures, results, trial
from benchmarks.search.candidates import CANDIDATES
from pipelines.profiles import PROFILES, find_profile

RESULTS = Path("benchmarks/results")
TRIED, MEASURED = RESULTS / "search.jsonl", RESULTS / "final.jsonl"
FOLDS_TRIED = (0, 1)
FINAL_SEEDS = (1, 2, 3, 4, 5)
TEST = -1
VALIDATION_FOLDS = 10
"""PrepareData keeps a tenth of the training pictures for validation."""


def main() -> None:
    """Run one of the three commands."""
    options = _parse()
    if options.command == "try":
        _try(options.archive, options.candidates or list(CANDIDATES), options.folds)
    elif options.command == "final":
        _final(options.archive, options.profile, options.weights)
    print(page.table(results.summarize(results.read(MEASURED if options.command == "final" else TRIED))))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search")
    commands = parser.add_subparsers(dest="command", required=True)
    searching = commands.add_parser("try")
    searching.add_argument("--archive", type=Path, required=True)
    searching.add_argument("--folds", type=int, nargs="+", default=list(FOLDS_TRIED))
    searching.add_argument("candidates", nargs="*", metavar="CANDIDATE")
    final = commands.add_parser("final")
    final.add_argument("--archive", type=Path, required=True)
    final.add_argument("--profile", default="compact", choices=sorted(PROFILES))
    final.add_argument("--weights", type=Path, help="an artifact's folder to start from, all but its last layer")
    commands.add_parser("table")
    return parser.parse_args()


def _try(archive: Path, candidates: list[str], folds: list[int]) -> None:
    training = pictures.read(archive, "train")
    done = {(each.candidate, each.part) for each in results.read(TRIED)}
    for name in candidates:
        for number in folds:
            if (name, number) in done:
                continue
            train, held = pictures.fold(training, number)
            seed = number + 1
            wrong, seconds = trial.run(CANDIDATES[name], train, held, seed)
            _keep(TRIED, results.Trial(name, number, seed, len(held), wrong, seconds))


def _final(archive: Path, profile: str, weights: Path | None) -> None:
    train, _ = pictures.fold(pictures.read(archive, "train"), 0, VALIDATION_FOLDS)
    test = pictures.read(archive, "test")
    name = profile if weights is None else f"{profile} from {weights.name}"
    done = {(each.candidate, each.seed) for each in results.read(MEASURED)}
    for seed in FINAL_SEEDS:
        if (name, seed) not in done:
            wrong, seconds = trial.run(find_profile(profile).hyperparameters, train, test, seed, weights)
            _keep(MEASURED, results.Trial(name, TEST, seed, len(test), wrong, seconds))


def _keep(path: Path, done: results.Trial) -> None:
    results.append(path, done)
    print(
        f"{done.candidate}, part {done.part}, seed {done.seed}: {done.accuracy:.4f}, {done.cpu_seconds:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
