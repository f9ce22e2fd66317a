"""Rows of `sacct`, in the form of Slurm 22.05 and newer."""

from torc_client.batch.slurm.sacct import parsed
from torc_client.batch.system import AllocationId

ROWS = """1|FAILED|3:0|61||00:00.027|2|c8n[1-2]|my|job
1.batch|FAILED|3:0|1|12828672|00:00.021|1|c8n1|batch
1.0|OUT_OF_MEMORY|0:125|1|1655K|01:03.500|2|c8n[1-2]|wf1_j1_r1_a1
3_2|RUNNING|0:0|8||00:00:00|1|n3|wrap
3_[3-4%1]|PENDING|0:0|0||00:00:00|1|None assigned|wrap
4|CANCELLED by 0|0:0||||0||wrap
sacct: something else
"""


def test_allocations_steps_and_elements_of_arrays():
    failed, batch, step, element, queued, canceled = parsed(ROWS)
    assert (failed.allocation, failed.step, failed.name) == (AllocationId("1"), "", "my|job")
    assert (failed.elapsed_seconds, failed.num_nodes, failed.nodes) == (61, 2, "c8n[1-2]")
    assert (batch.step, batch.max_rss_bytes, batch.cpu_seconds) == ("batch", 12_828_672, 0.021)
    assert (step.step, step.state, step.max_rss_bytes, step.cpu_seconds) == ("0", "OUT_OF_MEMORY", 1655 * 1024, 63.5)
    assert (element.allocation, element.num_nodes) == (AllocationId("3", 2), 1)
    # Elements that wait are one row.
    assert (queued.allocation, queued.num_nodes, queued.nodes) == (AllocationId("3"), 0, "")
    assert (canceled.state, canceled.elapsed_seconds, canceled.max_rss_bytes) == ("CANCELLED by 0", 0, None)
