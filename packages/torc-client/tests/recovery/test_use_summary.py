"""What the server counted leads to the same corrections as all results do."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.api.enums import JobStatus
from torc_client.api.records import QuantilesModel, UsedResources
from torc_client.recovery.corrections import for_usage
from torc_client.recovery.diagnosis import Cause, diagnose
from torc_client.recovery.multipliers import CORRECTION
from torc_client.recovery.outcomes import UNSUCCESSFUL_WITH_RESULT
from torc_client.recovery.quantiles import Quantile
from torc_client.recovery.use_summary import amount_text, comparisons, proposed
from torc_client.recovery.utilization import Resource

MIB = 2**20
ENDS = st.lists(
    st.tuples(st.sampled_from([0, 0, 0, 0, 1, 137, 152]), st.none() | st.integers(1, 300 * MIB), st.floats(0.01, 15)),
    min_size=1,
    max_size=30,
)


def quantiles(values):
    ordered = sorted(value for value in values if value)
    if not ordered:
        return None
    shares = {"p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p99": 0.99}
    found = {name: ordered[max(0, math.ceil(share * len(ordered)) - 1)] for name, share in shares.items()}
    return QuantilesModel(least=ordered[0], most=ordered[-1], **found)


def counted(ends, findings):
    causes = [finding.cause for finding in findings]
    return UsedResources(
        num_results=len(ends),
        num_measured=sum(end.peak_memory_bytes is not None for end in ends),
        num_unsuccessful=sum(end.status is not JobStatus.COMPLETED for end in ends),
        num_out_of_memory=causes.count(Cause.OUT_OF_MEMORY),
        num_out_of_time=causes.count(Cause.TIMEOUT),
        memory_bytes=quantiles(end.peak_memory_bytes for end in ends),
        seconds=quantiles(end.seconds for end in ends),
    )


@given(ENDS, st.sampled_from(Quantile))
def test_a_proposal_is_what_the_command_would_change(ended, rows, quantile):
    ends = [
        ended(code, number, minutes=minutes, peak_memory_bytes=memory)
        for number, (code, memory, minutes) in enumerate(rows, 1)
    ]
    findings = diagnose([end for end in ends if end.status in UNSUCCESSFUL_WITH_RESULT])
    expected = for_usage(ends, findings, CORRECTION, downsizes=True, quantile=quantile)
    made = [
        each for each in proposed(ended.SMALL, counted(ends, findings), CORRECTION, quantile) if not each.is_empty()
    ]
    facts = [(each.direction, each.new_memory, each.new_runtime, each.new_cpus) for each in made]
    assert facts == [(each.direction, each.new_memory, each.new_runtime, each.new_cpus) for each in expected]


@pytest.mark.parametrize(
    ("resource", "amount", "text"),
    [
        (Resource.MEMORY, 12 * 2**30, "12 GiB"), (Resource.MEMORY, 1.5 * 2**30, "1.5 GiB"),
        (Resource.CPU, 100, "1 CPU"), (Resource.CPU, 142.3, "1.42 CPUs"),
        (Resource.RUNTIME, 7200, "2 h"), (Resource.RUNTIME, 7260, "2 h 1 min"), (Resource.RUNTIME, 60, "1 min"),
    ],
)  # fmt: skip
def test_amounts_are_short(resource, amount, text):
    assert amount_text(resource, amount) == text


def test_a_comparison_says_what_is_unused_or_missing(ended):
    memory, cpu, time = comparisons(
        ended.SMALL,
        UsedResources(
            num_results=2, num_measured=2, num_unsuccessful=0, num_out_of_memory=0, num_out_of_time=0,
            memory_bytes=quantiles([26.5 * MIB]), cpu_percent=quantiles([201]), seconds=quantiles([600]),
        ),
    )  # fmt: skip
    assert memory.sentence == "100 MiB required, p99 26.5 MiB: 73 % unused"
    assert cpu.sentence == "2 CPUs required, p99 2.01 CPUs: 1 % more than required"
    assert time.sentence == "10 min required, p99 10 min: 0 % unused"
    (of_default,) = comparisons(
        ended.DEFAULT,
        UsedResources(
            num_results=1, num_measured=0, num_unsuccessful=0, num_out_of_memory=0, num_out_of_time=0,
            seconds=quantiles([5]),
        ),
    )  # fmt: skip
    assert of_default.sentence == "p99 5 s"
