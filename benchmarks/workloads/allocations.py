"""The part of the time of allocations in which jobs run: 1,000 short jobs in three allocations of a real Slurm."""

from benchmarks.allocations import cluster_service
from benchmarks.command_line import write_spec
from benchmarks.measure import Round, Row, Sizes, Workload, at_least

_NODES, _CPUS = 3, 4


def _run(this: Round, sizes: Sizes) -> None:
    jobs, seconds = sizes["jobs"], sizes["seconds"]
    with cluster_service(this.directory) as service:
        spec = write_spec(
            this.directory,
            [
                {
                    "name": "job_{i:07d}",
                    "command": f"sleep {seconds}",
                    "parameters": {"i": f"1:{jobs}"},
                    "resource_requirements": "one",
                    "scheduler": "nodes",
                }
            ],
            resource_requirements=[{"name": "one", "num_cpus": 1, "memory": "10m", "runtime": "PT1M"}],
            slurm_defaults={"cpus-per-task": _CPUS},
            slurm_schedulers=[{"name": "nodes", "account": "root", "walltime": "00:30:00", "mem": "1000"}],
            actions=[
                {
                    "trigger_type": "on_workflow_start",
                    "action_type": "schedule_nodes",
                    "scheduler_type": "slurm",
                    "scheduler": "nodes",
                    "num_allocations": _NODES,
                }
            ],
        )
        service.torc("submit", spec)
        allocations = service.await_allocations()
        completed = service.torc("-f", "json", "results", "list", "1").count('"completed"')
    assert completed == jobs, f"{completed} of {jobs} jobs are completed"
    this.measured |= {
        "used": jobs * seconds / _CPUS,
        "held": sum(each.seconds for each in allocations),
        "all s": (max(each.ended for each in allocations) - min(each.began for each in allocations)).total_seconds(),
        "least s": jobs * seconds / _CPUS / _NODES,
    }


ALLOCATIONS = Workload(
    name="allocations",
    title=f"Jobs of 1 s in {_NODES} Slurm allocations of {_CPUS} CPUs",
    rows=(
        Row("node-seconds used by jobs / held", "used", per="held", target=at_least(0.9), needs_full_size=True),
        Row("node-seconds held", "held", "s"),
        Row("from the first start to the last end", "all s", "s"),
        Row("the least possible", "least s", "s"),
    ),
    run=_run,
    runs=1,
    has_warm_up=False,
    full={"jobs": 1000, "seconds": 1},
)
