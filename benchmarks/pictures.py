"""`python -m benchmarks.pictures FOLDER`: pictures of all pages of the dashboard of a large workflow, to look at.

Each page is drawn at 1280 pixels in light and dark colours, and at 390 pixels. With `--link` the pages are those of a
running dashboard.
"""

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.browsers import chromium_page
from benchmarks.dashboards import Dashboard
from benchmarks.service import Service
from benchmarks.sweeps import run_part, write_sweep
from benchmarks.workloads.dashboard import pages

_JOBS, _COMPLETED = 100_002, 34_012
_SHAPES = (("1280", 1280, "light"), ("dark", 1280, "dark"), ("390", 390, "light"))
_HEIGHT, _MOST_HEIGHT = 900, 3000
# What the route table alone does not show.
_MORE = {
    "jobs-failed": "/workflows/{id}/jobs?filter=status=failed",
    "jobs-page-900": "/workflows/{id}/jobs?page=900",
    "jobs-no-match": "/workflows/{id}/jobs?filter=name~nothing",
    "results-by-memory": "/workflows/{id}/tables/results?sort=peak_memory_bytes&reverse=1",
    "graph-of-a-job": "/workflows/{id}/graph?job={job}",
    "log-of-an-error": "/jobs/{job}/log",
    "job-completed": "/jobs/100",
    "job-blocked": "/jobs/{last}",
    "missing": "/workflows/999",
}


def main() -> int:
    """Draw the pages that the command line names."""
    choice = _parse(sys.argv[1:])
    choice.folder.mkdir(parents=True, exist_ok=True)
    if choice.link:
        _draw(choice.link, choice.folder, choice.only, choice.failed)
        return 0
    with _large_workflow() as (link, failed):
        _draw(link, choice.folder, choice.only, failed)
    return 0


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures", description="Draw all pages.")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--only", default="", metavar="EXPRESSION", help="only names of pictures that match")
    parser.add_argument("--link", help="the link of a running dashboard with workflow 1")
    parser.add_argument("--failed", type=int, default=1, help="with --link: a failed job")
    return parser.parse_args(words)


@contextmanager
def _large_workflow() -> Iterator[tuple[str, int]]:
    with tempfile.TemporaryDirectory() as directory, Service(Path(directory)) as service:
        service.torc("create", write_sweep(Path(directory), _JOBS))
        sweep = asyncio.run(run_part(service, _COMPLETED))
        with Dashboard(service) as dashboard:
            yield dashboard.link, sweep.failed[-1]


def _draw(link: str, folder: Path, only: str, failed: int) -> None:
    named = {_name_of(path): path for path in pages()} | _MORE
    with chromium_page(link) as opened:
        origin = link.partition("/?")[0]
        for name, path in named.items():
            if re.search(only, name):
                address = _filled(path, failed)
                _draw_page(opened.page, origin + address, folder / name)
                print(f"{name}: {address}", flush=True)


def _draw_page(page: Any, address: str, path: Path) -> None:
    for shape, width, colours in _SHAPES:
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        page.emulate_media(color_scheme=colours)
        page.goto(address)
        page.wait_for_timeout(400)
        height = min(_MOST_HEIGHT, page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": width, "height": max(_HEIGHT, height)})
        page.screenshot(path=f"{path}-{shape}.png")


def _name_of(path: str) -> str:
    words = re.findall(r"[a-z-]+", path.replace("{id}", "").replace("/workflows/", "/workflow/"))
    return "-".join(words) or "start"


def _filled(path: str, failed: int) -> str:
    numbers = {"job": failed, "last": _JOBS, "id": failed if path.startswith("/jobs/") else 1}
    return re.sub(r"\{(\w+)\}", lambda match: str(numbers[match[1]]), path)


if __name__ == "__main__":
    sys.exit(main())
