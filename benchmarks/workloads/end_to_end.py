"""Cost of a job that does nothing, from its claim to its result in the database."""

from benchmarks.command_line import run_workflow, slots, true_jobs
from benchmarks.limits.spawn import spawn_seconds
from benchmarks.measure import Round, Row, Sizes, Workload, at_least


def _run(this: Round, sizes: Sizes) -> None:
    jobs = sizes["jobs"]
    # Before and after: the speed of the machine changes over time.
    before = spawn_seconds(this.cache, this.directory / "before", jobs, slots())
    times = run_workflow(this.directory / "torc", true_jobs(jobs), jobs, at_once=slots())
    after = spawn_seconds(this.cache, this.directory / "after", jobs, slots())
    this.measured["Torc jobs/s"] = jobs / times.run_seconds
    this.measured["Torc, creation counted jobs/s"] = jobs / (times.create_seconds + times.run_seconds)
    this.measured["bare C loop jobs/s"] = 2 * jobs / (before + after)


END_TO_END = Workload(
    name="end_to_end",
    title="True jobs, end to end",
    rows=(
        Row(
            "rate of `torc run` to that of the bare C loop",
            "Torc jobs/s",
            per="bare C loop jobs/s",
            target=at_least(0.8),
            needs_full_size=True,
        ),
        Row("the same, with `torc workflows create`", "Torc, creation counted jobs/s", per="bare C loop jobs/s"),
        Row("`torc run`", "Torc jobs/s", "jobs/s"),
        Row("bare C loop", "bare C loop jobs/s", "jobs/s"),
    ),
    run=_run,
    quick={"jobs": 1_000},
    full={"jobs": 10_000},
)
