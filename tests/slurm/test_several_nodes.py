"""Allocations with several nodes: with one runner for all of them, and with one for each."""

from collections import Counter
from pathlib import Path

from slurm.by_hand import OUTPUT, workflow_on
from slurm.cluster import Cluster
from slurm.configuration import HEAD
from slurm.waiting import until
from support.processes import SERVICE, Place, Server

SIZES = """
  - {name: half, num_cpus: 2, memory: 100m, runtime: PT10S}
  - {name: most, num_cpus: 3, memory: 100m, runtime: PT10S}
  - {name: wide, num_cpus: 1, memory: 100m, runtime: PT10S, num_nodes: 2}
"""
CPUS = {"half": 2, "most": 3, "wide": 4}
# Each task notes where and when it starts and ends. O_APPEND keeps the lines of all nodes in order.
NOTE = 'echo "$TORC_JOB_NAME $SLURMD_NODENAME {word}" >> "$TORC_OUTPUT_DIR/events"'
COMMAND = f"{NOTE.format(word='begins')}; sleep 1; {NOTE.format(word='ends')}"


def spec(mode: str, more: str = "", **jobs: int) -> str:
    """Return a spec with this number of jobs of each size."""
    listed = "".join(
        f"  - {{name: '{size}_{{i}}', parameters: {{i: '1:{count}'}}, resource_requirements: {size}, "
        f"command: {COMMAND!r}}}\n"
        for size, count in jobs.items()
    )
    return f"name: demo\nexecution_config: {{mode: {mode}}}\nresource_requirements: {SIZES}jobs:\n{listed}{more}"


def followed(folder: Path, wide_nodes: int = 2) -> Counter[str]:
    """Return the number of jobs on each node. No node ever has jobs of more than 4 CPUs."""
    used: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    hosts: dict[str, set[str]] = {}
    for line in (folder / "events").read_text().splitlines():
        job, host, word = line.split()
        cpus = CPUS[job.partition("_")[0]]
        used[host] += cpus if word == "begins" else -cpus
        assert used[host] <= 4, line
        if word == "begins":
            tasks[host] += 1
            hosts.setdefault(job, set()).add(host)
    assert all(len(on) == (wide_nodes if job.startswith("wide") else 1) for job, on in hosts.items())
    return tasks


def test_one_runner_places_jobs_on_all_nodes(place: Place, cluster: Cluster) -> None:
    with workflow_on(cluster, place, spec("slurm", half=6, most=3, wide=2)) as work:
        job = work.request("--nodes=2")
        work.await_end(job)
        assert set(work.jobs.values()) == {"completed"}, work.log
        (node,) = work.nodes
    assert (node["num_nodes"], node["num_cpus"], round(node["memory_gb"] * 1024)) == (2, 8, 2000)
    tasks = followed(place.directory / OUTPUT)
    assert len(tasks) == 2
    assert sum(tasks.values()) == 6 + 3 + 2 * 2


def test_in_mode_direct_only_the_first_node_is_used(place: Place, cluster: Cluster) -> None:
    with workflow_on(cluster, place, spec("direct", half=3, wide=1)) as work:
        job = work.request("--nodes=2")
        work.await_end(job)
        assert set(work.jobs.values()) == {"completed"}, work.log
        assert work.log.count("Jobs run on the first node only") == 1
        (node,) = work.nodes
    assert node["num_nodes"] == 2
    assert followed(place.directory / OUTPUT, wide_nodes=1) == {node["hostname"]: 4}


def test_each_node_has_a_runner_of_its_own(place: Place, cluster: Cluster) -> None:
    """The first runner that finds no more work ends none of the others."""
    more = """
slurm_schedulers: [{name: pair, account: root, nodes: 2, walltime: "00:05:00", mem: "1000"}]
slurm_defaults: {cpus-per-task: 4}
compute_node_wait_for_new_jobs_seconds: 1
actions:
  - {trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler_type: slurm, scheduler: pair,
     start_one_worker_per_node: true}
"""
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    with Server(place, "--host", HEAD) as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        place.file("w.yaml", spec("direct", more, half=8))
        workflow = place.torc("submit", "w.yaml", "-o", OUTPUT, "-p", "1")["workflow_id"]
        until(lambda: not cluster.run("squeue", "--noheader").strip())
        jobs = place.torc("jobs", "list", workflow)["items"]
        nodes = place.torc("compute-nodes", "list", workflow)["items"]
        allocations = place.torc("scheduled-compute-nodes", "list", workflow)["items"]
    assert {job["status"] for job in jobs} == {"completed"}
    assert sorted(node["scheduler"]["slurm_node_id"] for node in nodes) == ["0", "1"]
    assert {(node["num_nodes"], node["num_cpus"]) for node in nodes} == {(1, 4)}
    assert [each["status"] for each in allocations] == ["complete"]
    names = [path.name for path in (place.directory / OUTPUT).glob("job_runner_slurm_*.log")]
    assert sorted(name.split("_n")[1][0] for name in names) == ["0", "1"]
    assert sum(followed(place.directory / OUTPUT).values()) == 8
