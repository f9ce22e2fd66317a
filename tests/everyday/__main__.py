"""`python -m everyday`: perform sequences, print what is broken, and shrink what failed."""

import argparse
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from everyday.checkers import findings
from everyday.generating import plan_of
from everyday.programs import OF_THIS_ENVIRONMENT, Programs
from everyday.sequence import perform
from everyday.shrinking import shrunk
from everyday.steps import Plan


def main() -> int:
    """Perform the sequences and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m everyday", description=__doc__)
    parser.add_argument("--seed", type=int, action="append", help="perform this sequence; repeatable")
    parser.add_argument("--sequences", type=int, default=300, help="number of random sequences")
    parser.add_argument("--first", type=int, help="first seed; a random one by default")
    parser.add_argument("--programs", type=Path, default=OF_THIS_ENVIRONMENT, help="directory of the programs")
    parser.add_argument("--workers", type=int, default=2, help="sequences at once")
    parser.add_argument("--no-shrink", action="store_true", help="do not shrink what failed")
    parser.add_argument("--only", action="append", help="shrink for this finding only; repeatable")
    options = parser.parse_args()
    first = random.randrange(1_000_000) if options.first is None else options.first  # noqa: S311 - any will do
    seeds = options.seed or list(range(first, first + options.sequences))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="everyday-") as root, ThreadPoolExecutor(options.workers) as pool:
        slices = [seeds[number :: options.workers] for number in range(options.workers)]
        works = [pool.submit(work, each, Path(root) / str(number), options) for number, each in enumerate(slices)]
        failed = [seed for each in works for seed in each.result()]
    print(f"{len(seeds)} sequences ({seeds[0]}…{seeds[-1]}) in {time.monotonic() - began:.0f} s, failed: {failed or 0}")
    return 1 if failed else 0


def work(seeds: list[int], root: Path, options: argparse.Namespace) -> list[int]:
    """Perform the plans of seeds one after the other. Returns those that failed."""
    failed = []
    with Programs(options.programs, root) as programs:
        for seed in seeds:
            plan = plan_of(seed)
            began = time.monotonic()
            evidence, script = perform(plan, programs, root)
            found = findings(evidence)
            print(f"seed {seed}: {', '.join(found) or 'ok'} ({time.monotonic() - began:.1f} s)", flush=True)
            if not found:
                continue
            failed.append(seed)
            report(plan, found, script)
            names = [name for name in found if not options.only or name in options.only]
            if not options.no_shrink and names:
                smaller(plan, names[0], programs, root)
    return failed


def report(plan: Plan, found: dict[str, list[str]], script: str, *, is_shrunk: bool = False) -> None:
    """Print what failed."""
    text = "\n".join(f"  {name}: {each}" for name, texts in found.items() for each in texts)
    title = "SHRUNK" if is_shrunk else "FAILED"
    print(f"{title} {plan}\n{text}\n{script if is_shrunk else ''}", flush=True)


def smaller(plan: Plan, name: str, programs: Programs, root: Path) -> None:
    """Shrink a plan for one finding, and print the script. A finding that does not occur again is only reported."""

    last: list[tuple[Plan, dict[str, list[str]], str]] = []

    def fails(candidate: Plan) -> bool:
        # A sequence depends on times: it fails if it fails once in two tries.
        for _ in range(2):
            evidence, script = perform(candidate, programs, root)
            if name in (found := findings(evidence)):
                last.append((candidate, found, script))
                return True
        return False

    if fails(plan):
        shrunk(plan, fails)
        report(*last[-1], is_shrunk=True)
    else:
        print(f"seed {plan.seed}: {name} did not occur again", flush=True)


if __name__ == "__main__":
    sys.exit(main())
