"""`python -m benchmarks.report RESULTS.json`: put results and plots into docs/explanation/performance.md."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.plots import Bar, bars
from benchmarks.record import RunRecord, WorkloadRecord, read
from benchmarks.table import number, page_part

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "performance.md"
_BEGIN, _END = "<!-- results begin -->", "<!-- results end -->"
_RATE = " jobs/s"


def with_results(page: str, results: str) -> str:
    """Replace the text between the two marks of a page. Raises ValueError if they are missing."""
    before, found_begin, rest = page.partition(_BEGIN)
    _, found_end, after = rest.partition(_END)
    if not found_begin or not found_end:
        raise ValueError(f"the page lacks the marks {_BEGIN} and {_END}")
    return f"{before}{_BEGIN}\n\n{results.strip()}\n\n{_END}{after}"


def plots_of(run: RunRecord) -> Iterator[tuple[str, str]]:
    """Draw each workload that measured rates of jobs; yield file name and SVG."""
    for workload in run.workloads:
        drawn = _rates(workload)
        if len(drawn) > 1:
            yield f"performance-{workload.name}.svg", bars(f"{workload.title}: jobs a second", drawn)


def _rates(workload: WorkloadRecord) -> list[Bar]:
    names = dict.fromkeys(name for each in workload.rounds for name in each if name.endswith(_RATE))
    found = []
    for name in names:
        values = sorted(each[name] for each in workload.rounds if name in each)
        middle = values[len(values) // 2]
        label = name.removesuffix(_RATE)
        found.append(Bar(label, middle, number(middle), is_ours=label.startswith("Torc")))
    return sorted(found, key=lambda bar: -bar.value)


def main() -> None:
    """Write page and plots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    run = read(parser.parse_args().results)
    if run is None:
        parser.error("there are no such results: run `make bench` first")
    results = page_part(run)
    for name, svg in plots_of(run):
        (PAGE.parent / name).write_text(svg)
        results += f"\n![{name.removesuffix('.svg')}]({name})\n"
    PAGE.write_text(with_results(PAGE.read_text(), results))
    print(f"Wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
