"""`python -m outages`: perform outages between real hosts, and print what each program reports after how long."""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from outages.checking import findings
from outages.kinds import OUTAGES
from outages.performing import Performed, perform
from outages.remote_workers import REMOTE_OUTAGES, perform_remote, remote_findings, remote_lines
from outages.table import lines_of, transcript

SECONDS = (5.0, 20.0, 75.0, 600.0)


def main() -> int:
    """Perform the outages and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m outages", description=__doc__)
    parser.add_argument(
        "--kind", action="append", choices={**OUTAGES, **REMOTE_OUTAGES}, help="perform this outage; repeatable"
    )
    parser.add_argument("--seconds", type=float, action="append", help="length of an outage; repeatable")
    parser.add_argument("--remote", action="store_true", help="perform those of workers over ssh instead")
    parser.add_argument("--at-once", type=int, default=8, help="outages at once; most of the time they wait")
    parser.add_argument("--transcripts", type=Path, help="folder for everything that the programs print")
    options = parser.parse_args()
    # The longest first, so that the others run beside them.
    lengths = sorted(options.seconds or SECONDS, reverse=True)
    if options.remote:
        return _perform_remote(lengths, options)
    wanted = [(kind, seconds) for seconds in lengths for kind in options.kind or OUTAGES]
    failed = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="outages-") as root, ThreadPoolExecutor(options.at_once) as pool:
        works = [pool.submit(perform, *each, Path(root) / str(number)) for number, each in enumerate(wanted)]
        for work in works:
            done = work.result()
            found = [*findings(done)]
            failed += bool(found)
            print(*lines_of(done), *(f"   FAILED: {each}" for each in found), sep="\n", flush=True)
            if options.transcripts:
                _save(done, options.transcripts)
    load = os.getloadavg()[2]
    print(f"{len(wanted)} outages in {time.monotonic() - began:.0f} s, failed: {failed}; load {load:.1f}")
    return 1 if failed else 0


def _perform_remote(lengths: list[float], options: argparse.Namespace) -> int:
    """Perform the outages of workers over ssh, and return the exit code."""
    wanted = [
        (kind, seconds, tunnel)
        for seconds in lengths
        for kind in options.kind or REMOTE_OUTAGES
        for tunnel in (False, True)
        if tunnel or not REMOTE_OUTAGES[kind].needs_tunnel
    ]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="outages-") as root, ThreadPoolExecutor(options.at_once) as pool:
        works = [
            pool.submit(perform_remote, kind, seconds, Path(root) / str(number), tunnel=tunnel)
            for number, (kind, seconds, tunnel) in enumerate(wanted)
        ]
        for each, work in zip(wanted, works, strict=True):
            if (error := work.exception()) is not None:
                failed += 1
                print(f"== {each}\n   FAILED: {error}", flush=True)
                continue
            done = work.result()
            found = [*remote_findings(done)]
            failed += bool(found)
            print(*remote_lines(done), *(f"   FAILED: {each}" for each in found), sep="\n", flush=True)
    print(f"{len(wanted)} outages, failed: {failed}")
    return 1 if failed else 0


def _save(done: Performed, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{done.kind.replace(' ', '-')}-{done.seconds:g}.txt"
    path.write_text("\n".join(transcript(done)))


if __name__ == "__main__":
    sys.exit(main())
