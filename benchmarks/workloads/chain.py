"""Time of a chain of jobs."""

from benchmarks.command_line import chained, run_workflow, slots
from benchmarks.limits.spawn import spawn_seconds
from benchmarks.measure import Round, Row, Sizes, Workload, at_most


def _run(this: Round, sizes: Sizes) -> None:
    jobs = sizes["jobs"]
    before = spawn_seconds(this.cache, this.directory / "before", jobs, 1)
    times = run_workflow(this.directory / "torc", chained(jobs), jobs, at_once=slots())
    after = spawn_seconds(this.cache, this.directory / "after", jobs, 1)
    this.measured["torc ms"] = 1000 * times.run_seconds / jobs
    this.measured["loop ms"] = 1000 * (before + after) / 2 / jobs


CHAIN = Workload(
    name="chain",
    title="A chain of true jobs",
    rows=(
        Row(
            "time of `torc run` to that of the bare C loop, one by one",
            "torc ms",
            per="loop ms",
            target=at_most(1.6),
            needs_full_size=True,
        ),
        Row("a link of the chain", "torc ms", "ms"),
        Row("bare C loop", "loop ms", "ms"),
    ),
    run=_run,
    quick={"jobs": 200},
    full={"jobs": 1_000},
)
