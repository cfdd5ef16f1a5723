"""Search profiles on real images, then measure one on the test set.

    python -m benchmarks.search try --archive FILE [--weights FOLDER] [CANDIDATE ...]   # folds of the training images
    python -m benchmarks.search final --archive FILE [--profile compact] [--weights FOLDER]
    python -m benchmarks.search engines --archive FILE [--profile quick]   # either engine, five seeds
    python -m benchmarks.search cores --archive FILE [--profile quick] [--cores 2]   # five seeds on so many cores
    python -m benchmarks.search compare CANDIDATE OTHER   # the paired test, on the folds that both were tried on
    python -m benchmarks.search table

`try` never opens the test images; `final` trains on nine tenths of the training images, as the pipeline does,
with five seeds, `engines` does so by either engine, and `cores` on several cores, to compare with one. All go on
where they were stopped. See docs/model.md for what came out.
"""

import argparse
from pathlib import Path

from benchmarks.search import images, page, results, trial
from benchmarks.search.candidates import CANDIDATES
from pipelines.profiles import PROFILES, find_profile

RESULTS = Path("benchmarks/results")
TRIED, MEASURED, BY_ENGINE = (RESULTS / f"{name}.jsonl" for name in ("search", "final", "engines"))
ENGINES = ("mxnet", "portable")
FOLDS_TRIED = (0, 1)
FINAL_SEEDS = (1, 2, 3, 4, 5)
TEST = -1
WEIGHTS = "a folder that `scones pretrain` made, to start from"
VALIDATION_FOLDS = 10
"""PrepareData keeps a tenth of the training images for validation."""


def main() -> None:
    """Run one of the commands."""
    options = _parse()
    if options.command == "try":
        _try(options.archive, options.candidates or list(CANDIDATES), options.folds, options.weights)
    elif options.command == "final":
        _final(options.archive, options.profile, options.weights)
    elif options.command == "engines":
        _compare_variants(
            options.archive, options.profile, {f"{options.profile}, {each}": (each, 1) for each in ENGINES}
        )
    elif options.command == "cores":
        one = f"{options.profile}, {options.engine}"
        variants = {one: (options.engine, 1), f"{one}, {options.cores} cores": (options.engine, options.cores)}
        _compare_variants(options.archive, options.profile, variants)
    elif options.command == "compare":
        _compare(options.candidate, options.other)
        return
    kept = {"final": MEASURED, "engines": BY_ENGINE, "cores": BY_ENGINE}.get(options.command, TRIED)
    print(page.table(results.summarize(results.read(kept))))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search")
    commands = parser.add_subparsers(dest="command", required=True)
    searching = commands.add_parser("try")
    searching.add_argument("--archive", type=Path, required=True)
    searching.add_argument("--folds", type=int, nargs="+", default=list(FOLDS_TRIED))
    searching.add_argument("--weights", type=Path, help=WEIGHTS)
    searching.add_argument("candidates", nargs="*", metavar="CANDIDATE")
    final = commands.add_parser("final")
    final.add_argument("--archive", type=Path, required=True)
    final.add_argument("--profile", default="compact", choices=sorted(PROFILES))
    final.add_argument("--weights", type=Path, help=WEIGHTS)
    engines = commands.add_parser("engines")
    engines.add_argument("--archive", type=Path, required=True)
    engines.add_argument("--profile", default="quick", choices=sorted(PROFILES))
    cores = commands.add_parser("cores")
    cores.add_argument("--archive", type=Path, required=True)
    cores.add_argument("--profile", default="quick", choices=sorted(PROFILES))
    cores.add_argument("--engine", default="mxnet", choices=ENGINES)
    cores.add_argument("--cores", type=int, default=2)
    compare = commands.add_parser("compare")
    compare.add_argument("candidate")
    compare.add_argument("other")
    commands.add_parser("table")
    return parser.parse_args()


def _try(archive: Path, candidates: list[str], folds: list[int], weights: Path | None) -> None:
    training = images.read(archive, "train")
    done = {(each.candidate, each.part) for each in results.read(TRIED)}
    for candidate in candidates:
        name = _name(candidate, weights)
        for number in folds:
            if (name, number) in done:
                continue
            train, held = images.fold(training, number)
            seed = number + 1
            wrong, seconds = trial.run(CANDIDATES[candidate], train, held, seed, weights)
            _keep(TRIED, results.Trial(name, number, seed, len(held), wrong, seconds))


def _final(archive: Path, profile: str, weights: Path | None) -> None:
    train, _ = images.fold(images.read(archive, "train"), 0, VALIDATION_FOLDS)
    test = images.read(archive, "test")
    name = _name(profile, weights)
    done = {(each.candidate, each.seed) for each in results.read(MEASURED)}
    for seed in FINAL_SEEDS:
        if (name, seed) not in done:
            wrong, seconds = trial.run(find_profile(profile).hyperparameters, train, test, seed, weights)
            _keep(MEASURED, results.Trial(name, TEST, seed, len(test), wrong, seconds))


def _compare_variants(archive: Path, profile: str, variants: dict[str, tuple[str, int]]) -> None:
    """Train one profile by two kinds of engine and number of cores, and say how the second differs."""
    train, _ = images.fold(images.read(archive, "train"), 0, VALIDATION_FOLDS)
    test = images.read(archive, "test")
    done = {(each.candidate, each.seed) for each in results.read(BY_ENGINE)}
    for seed in FINAL_SEEDS:
        for name, (engine, cores) in variants.items():
            if (name, seed) not in done:
                chosen = find_profile(profile).hyperparameters
                wrong, seconds = trial.run(chosen, train, test, seed, engine=engine, cores=cores)
                _keep(BY_ENGINE, results.Trial(name, TEST, seed, len(test), wrong, seconds))
    first, second = variants
    _say_difference(results.read(BY_ENGINE), second, first)


def _compare(candidate: str, other: str) -> None:
    kept = results.read(TRIED)
    parts = {name: {each.part for each in kept if each.candidate == name} for name in (candidate, other)}
    both = parts[candidate] & parts[other]
    if not both:
        raise SystemExit(f"No fold was tried with both {candidate} and {other}: run `try` for them.")
    _say_difference([each for each in kept if each.part in both], candidate, other)


def _say_difference(kept: list[results.Trial], candidate: str, other: str) -> None:
    ours, theirs = ([each for each in kept if each.candidate == name] for name in (candidate, other))
    gain, low, high = results.difference(ours, theirs)
    chance = results.find_chance(ours, theirs)
    print(f"{candidate} to {other}: {gain:+.4f} ({low:+.4f} to {high:+.4f}), p = {chance:.2f}")


def _name(candidate: str, weights: Path | None) -> str:
    return candidate if weights is None else f"{candidate} from {weights.name}"


def _keep(path: Path, done: results.Trial) -> None:
    results.append(path, done)
    print(
        f"{done.candidate}, part {done.part}, seed {done.seed}: {done.accuracy:.4f}, {done.cpu_seconds:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
