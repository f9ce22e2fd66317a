"""Statistics of requests from the metrics of a server."""

import pytest

from torc_client.request_figures import OperationStats, figures, stats

BEFORE = """\
# HELP torc_requests_total Requests answered, by operation and status.
torc_requests_total{operation="list_jobs",status="200"} 10.0
torc_requests_total{operation="claim_next_jobs",status="200"} 3.0
torc_request_seconds_bucket{le="0.01",operation="list_jobs"} 10.0
torc_request_seconds_bucket{le="+Inf",operation="list_jobs"} 10.0
torc_request_seconds_count{operation="list_jobs"} 10.0
torc_request_seconds_sum{operation="list_jobs"} 0.05
torc_jobs{status="ready"} 7.0
"""
NOW = """\
torc_requests_total{operation="list_jobs",status="200"} 110.0
torc_requests_total{operation="list_jobs",status="404"} 6.0
torc_requests_total{operation="list_jobs",status="503"} 4.0
torc_requests_total{operation="claim_next_jobs",status="200"} 3.0
torc_requests_total{operation="ping",status="200"} 1.0
torc_request_seconds_bucket{le="0.01",operation="list_jobs"} 100.0
torc_request_seconds_bucket{le="0.1",operation="list_jobs"} 119.0
torc_request_seconds_bucket{le="+Inf",operation="list_jobs"} 120.0
torc_request_seconds_sum{operation="list_jobs"} 1.15
"""


def test_since_the_start():
    busiest, *others = stats(figures(NOW))
    assert busiest == OperationStats("list_jobs", 120, 6, 4, None, pytest.approx(1150 / 120), 100.0)
    assert [each.operation for each in others] == ["claim_next_jobs", "ping"]
    assert others[0].mean_ms is None


def test_in_a_window_only_what_happened_there_counts():
    busiest, other = stats(figures(NOW), figures(BEFORE), 10)
    assert (busiest.requests, busiest.refused, busiest.failed, busiest.per_second) == (110, 6, 4, 11)
    assert busiest.mean_ms == pytest.approx(10)
    assert (other.operation, other.requests) == ("ping", 1)


def test_a_page_of_something_else_has_no_requests():
    assert stats(figures("<html>{}</html>")) == []
