"""`make bench` and `make bench-all`: measure, print the table, write JSON. `--help` lists the options."""

import argparse
import contextlib
import datetime as dt
import gc
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.machine import describe, sentence
from benchmarks.measure import NotMeasured, Round, Sizes, Workload
from benchmarks.record import RunRecord, WorkloadRecord, merged, read, workload_record, write
from benchmarks.table import workload_table
from benchmarks.workloads import WORKLOADS

CACHE = Path(os.environ.get("TORC_BENCH_DIR", Path(__file__).parents[1] / ".bench"))
RUNS = 5


def main() -> int:
    """Measure the chosen workloads; return 1 if a workload failed."""
    choice = _parse(sys.argv[1:])
    chosen = [each for each in WORKLOADS if _is_chosen(each, choice)]
    (CACHE / "work").mkdir(parents=True, exist_ok=True)
    machine = describe(CACHE)
    print(sentence(machine), flush=True)
    started_at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    name = "full" if choice.full else "quick"
    run = RunRecord(set=name, started_at=started_at, machine=machine, remark=choice.remark, workloads=[])
    path = choice.json or CACHE / f"{name}.json"
    earlier = read(path) if choice.only else None
    # Next to the checkout, not in /tmp, which is memory on some machines: a durable store needs a real disk.
    # Files are deleted at the end: ext4 creates files ten times slower within minutes after others were deleted.
    with tempfile.TemporaryDirectory(dir=CACHE / "work") as work:
        for workload in chosen:
            run.workloads.append(_measure(workload, choice, Path(work)))
            print(workload_table(run.workloads[-1]), flush=True)
            write(path, merged(earlier, run))
    print(f"Results in {path}")
    return int(any("workload" in each.reasons for each in run.workloads))


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Torc on this machine.")
    parser.add_argument("--full", action="store_true", help="every workload in its full size; default: the quick set")
    parser.add_argument("--runs", type=int, default=RUNS, help="rounds of each workload (default %(default)s)")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this workload; may be repeated")
    parser.add_argument("--size", action="append", default=[], metavar="NAME.WHAT=N", help="another size than declared")
    parser.add_argument("--json", type=Path, help="path of the results (default .bench/quick.json or full.json)")
    parser.add_argument("--remark", default="", help="a sentence to print above the results")
    parser.add_argument("--list", action="store_true", help="print the names of the workloads and exit")
    choice = parser.parse_args(words)
    known = {each.name for each in WORKLOADS}
    if choice.list:
        for each in WORKLOADS:
            print(f"{each.name:24} {each.title}")
        parser.exit()
    unknown = set(choice.only or ()) - known
    if unknown:
        parser.error(f"there is no workload called {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    return choice


def _is_chosen(workload: Workload, choice: argparse.Namespace) -> bool:
    if choice.only:
        return workload.name in choice.only
    return choice.full or workload.quick is not None


def sizes_of(workload: Workload, *, is_full: bool, changes: Sequence[str]) -> Sizes:
    """Choose the sizes of a workload; `changes` are texts such as ``chain.jobs=100``."""
    sizes: Mapping[str, int] = workload.full if is_full or workload.quick is None else workload.quick
    mine = (change.removeprefix(f"{workload.name}.") for change in changes if change.startswith(f"{workload.name}."))
    changed = {name: int(count) for name, _, count in (change.partition("=") for change in mine)}
    if set(changed) - set(sizes):
        raise SystemExit(f"{workload.name} has the sizes {', '.join(sizes)}")
    return {**sizes, **changed}


def _measure(workload: Workload, choice: argparse.Namespace, work: Path) -> WorkloadRecord:
    sizes = sizes_of(workload, is_full=choice.full, changes=choice.size)
    runs = min(choice.runs, workload.runs or choice.runs)
    rounds: list[Round] = []
    failure = ""
    start = time.perf_counter()
    first = -1 if workload.has_warm_up else 0
    print(f"{workload.name}: {runs} rounds", end="", file=sys.stderr, flush=True)
    for number in range(first, runs):
        print(" .", end="", file=sys.stderr, flush=True)
        try:
            done = _one_round(workload, sizes, number, work)
        except NotMeasured as reason:
            failure = str(reason)
            break
        except Exception as error:  # noqa: BLE001 - a failed workload must not stop the others
            failure = f"broke: {_told(error)}"
            break
        if number >= 0:
            rounds.append(done)
    print(file=sys.stderr, flush=True)
    seconds = time.perf_counter() - start
    record = workload_record(workload, sizes, rounds, is_full=choice.full, seconds=seconds, failure=failure)
    if failure:
        print(f"{workload.name}: {failure}", flush=True)
    return record


def _told(error: BaseException) -> str:
    """Return an error as one line; of a group, its first error."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    notes = " ".join(getattr(error, "__notes__", ()))
    return " ".join(f"{type(error).__name__}: {error} {notes}".split())


def _one_round(workload: Workload, sizes: Sizes, number: int, work: Path) -> Round:
    with _no_collector():
        done = Round(Path(tempfile.mkdtemp(dir=work)), CACHE, is_warm_up=number < 0, number=max(number, 0))
        workload.run(done, sizes)
        return done


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Disable the garbage collector of this process during a measurement."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


if __name__ == "__main__":
    sys.exit(main())
