"""The same jobs in other programs, each in its own environment."""

from benchmarks.command_line import run_workflow, slots, true_jobs
from benchmarks.limits.spawn import spawn_seconds
from benchmarks.measure import NotMeasured, Round, Row, Sizes, Workload, at_least, in_turn
from benchmarks.peers import PEERS as OTHERS

_TORC = "Torc"
_LOOP = "bare C loop"
_JOBS = {peer.name: peer for peer in OTHERS}


def _run(this: Round, sizes: Sizes) -> None:
    for name in in_turn((_TORC, _LOOP, *_JOBS), this.number):
        directory = this.directory / name.replace(" ", "_")
        jobs = sizes["jobs of slow ones" if name in _JOBS and _JOBS[name].is_slow else "jobs"]
        try:
            if name == _TORC:
                times = run_workflow(directory, true_jobs(jobs), jobs, at_once=slots())
                seconds = times.create_seconds + times.run_seconds
            elif name == _LOOP:
                seconds = spawn_seconds(this.cache, directory, jobs, slots())
            else:
                directory.mkdir()
                seconds = _JOBS[name].seconds(this.cache, directory, jobs, slots())
        except NotMeasured as reason:
            this.reasons[f"{name} jobs/s"] = str(reason)
        else:
            this.measured[f"{name} jobs/s"] = jobs / seconds


PEERS = Workload(
    name="peers",
    title="True jobs, other programs",
    rows=tuple(
        Row(
            f"rate of Torc to that of {peer.name}",
            "Torc jobs/s",
            "times",
            per=f"{peer.name} jobs/s",
            target=at_least(peer.target),
            needs_full_size=True,
        )
        for peer in OTHERS
    )
    + tuple(Row(name, f"{name} jobs/s", "jobs/s") for name in (_TORC, _LOOP, *_JOBS)),
    run=_run,
    # Creation is included for Torc, as submission is for the others. Snakemake would take ten minutes.
    full={"jobs": 10_000, "jobs of slow ones": 1_000},
    has_warm_up=False,
)
