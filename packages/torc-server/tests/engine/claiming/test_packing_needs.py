"""Jobs that need nothing of a node, as records that were taken over can have it."""

from torc_server.engine.claiming.packing import NodeOffer, ReadyClass, Remaining


def test_jobs_without_needs_are_limited_by_their_number() -> None:
    ready = ReadyClass(
        set_number=0, labels=None, priority=0, num_gpus=0, runtime_seconds=60, memory_bytes=0, num_cpus=0, num_nodes=1,
        first_job_id=1,
    )  # fmt: skip
    remaining = Remaining(NodeOffer(num_cpus=4, memory_bytes=2**30), 3)
    assert remaining.for_jobs_of(ready) == 3
