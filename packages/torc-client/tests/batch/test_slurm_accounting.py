"""What sacct reports about ended steps."""

import pytest

from torc_client.batch.slurm.accounting import read_usage, size_bytes, time_seconds
from torc_client.batch.steps import StepUsage

TEXT = """script.sh|RUNNING||||||n1
batch|RUNNING||||||n1
wf1_j1_r1_a1|COMPLETED|4720K|7280K|0.01M|0|00:01:02|n[1-2]
wf1_j2_r1_a1|CANCELLED by 0|306424K||||00:00.500|n1
wf1_j3_r1_a1|RUNNING||||||n2
wf1_j4_r1_a1|COMPLETED||||||n2
"""


def test_ended_steps_have_what_they_used() -> None:
    found = read_usage(TEXT)
    assert set(found) == {"wf1_j1_r1_a1", "wf1_j2_r1_a1", "wf1_j4_r1_a1"}
    assert found["wf1_j1_r1_a1"] == StepUsage(4720 * 1024, 7280 * 1024, 10486, 0, 62.0, "n[1-2]")
    assert found["wf1_j2_r1_a1"] == StepUsage(306424 * 1024, ave_cpu_seconds=0.5, nodes="n1")
    assert found["wf1_j4_r1_a1"] == StepUsage(nodes="n2")


@pytest.mark.parametrize(
    ("text", "expected"), [("", None), ("0", 0), ("5K", 5120), ("1.5M", 1572864), ("2G", 2**31), ("?", None)]
)
def test_sizes(text: str, expected: int | None) -> None:
    assert size_bytes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", None), ("00:00:01", 1.0), ("01:02.5", 62.5), ("1-00:00:10", 86410.0), ("02:00:00", 7200.0), ("-", None)],
)
def test_times(text: str, expected: float | None) -> None:
    assert time_seconds(text) == expected
