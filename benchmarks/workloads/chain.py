"""How long jobs take of which each waits for the one before."""

from benchmarks.command_line import chained, run_workflow, slots
from benchmarks.limits.spawn import spawn_seconds
from benchmarks.measure import Round, Row, Sizes, Workload, at_most, in_turn


def _run(this: Round, sizes: Sizes) -> None:
    jobs = sizes["jobs"]
    for way in in_turn(("torc", "loop"), this.number):
        if way == "torc":
            times = run_workflow(this.directory / "torc", chained(jobs), jobs, at_once=slots())
            this.measured["torc ms"] = 1000 * times.run_seconds / jobs
        else:
            seconds = spawn_seconds(this.cache, this.directory / "loop", jobs, 1)
            this.measured["loop ms"] = 1000 * seconds / jobs


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
