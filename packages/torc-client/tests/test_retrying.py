import pytest

from torc_client.operation import Operation
from torc_client.retrying import RetryPolicy, may_repeat


@pytest.mark.parametrize(
    ("id", "method", "path", "query", "repeatable"),
    [
        ("get_job", "GET", "/", {}, True),
        ("update_job", "PUT", "/", {}, True),
        ("start_job", "PUT", "/", {}, True),
        ("delete_job", "DELETE", "/jobs/{id}", {}, True),
        ("delete_jobs", "DELETE", "/jobs", {}, False),
        ("complete_job", "POST", "/", {}, True),
        ("create_job", "POST", "/", {}, False),
        ("initialize_jobs", "POST", "/", {}, False),
        ("claim_next_jobs", "POST", "/", {}, False),
        ("claim_next_jobs", "POST", "/", {"claim_key": "k"}, True),
        ("claim_jobs_based_on_resources", "POST", "/", {"claim_key": "k"}, True),
        ("create_job", "POST", "/", {"claim_key": "k"}, False),
    ],
)
def test_what_may_be_sent_twice(id: str, method: str, path: str, query: dict[str, str], repeatable: bool):
    assert may_repeat(Operation(id, method, path, dict), query) is repeatable


def test_pauses_double_up_to_the_longest_and_jitter_takes_up_to_half():
    patience = RetryPolicy(first_pause_seconds=1, longest_pause_seconds=5)
    assert [patience.pause_seconds(attempt, 1.0) for attempt in (1, 2, 3, 4, 1000)] == [1, 2, 4, 5, 5]
    assert patience.pause_seconds(3, 0.0) == 2


def test_the_time_for_retries_before_the_first_answer():
    for first_seconds in (5, 300):
        policy = RetryPolicy(seconds=60, first_seconds=first_seconds)
        assert (policy.limit_seconds(was_heard=False), policy.limit_seconds(was_heard=True)) == (first_seconds, 60)
