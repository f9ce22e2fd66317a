"""The policy that a runner derives from a workflow and its options."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from torc_client.api.enums import StdioMode
from torc_client.api.records import ExecutionConfig, StdioConfig, WorkflowModel
from torc_client.errors import TorcError
from torc_runner.settings import Settings
from torc_runner.stdio_files import StdioRule
from torc_runner.workflow_config import rules_of, stdio_rules, stop_signal

NOW = datetime(2027, 1, 1, tzinfo=UTC)
MIB = 1024 * 1024


def rules(config=None, **members):
    workflow = WorkflowModel(name="w", user="u", execution_config=config, **members)
    return rules_of(workflow, Settings(time_limit_seconds=3600), now=100.0, calendar_now=NOW)


@pytest.mark.parametrize("wish", [True, False])
def test_staggered_start_has_no_effect(wish):
    assert rules(ExecutionConfig(staggered_start=wish)) == rules()


def test_only_the_execution_config_decides_when_jobs_stop():
    assert rules(compute_node_expiration_buffer_seconds=1800) == rules()
    assert rules().stop_at == 100 + 3600 - 60 - 30
    chosen = ExecutionConfig(sigkill_headroom_seconds=100, sigterm_lead_seconds=200)
    assert rules(chosen).stop_at == 100 + 3600 - 300


@pytest.mark.parametrize(
    ("of_workflow", "walltime_seconds", "seconds"),
    [(None, None, 300), (300, None, 300), (None, 300, 75), (300, 300, 75), (300, 7200, 300), (200, 300, 200)],
)
def test_the_default_time_for_further_jobs_is_less_in_a_short_allocation(of_workflow, walltime_seconds, seconds):
    workflow = WorkflowModel(name="w", user="u", compute_node_min_time_for_new_jobs_seconds=of_workflow)
    now = {"now": 100.0, "calendar_now": NOW}
    assert rules_of(workflow, Settings(), walltime_seconds=walltime_seconds, **now).least_seconds == seconds


@pytest.mark.parametrize(("name", "number"), [(None, 15), ("SIGUSR1", 10), ("usr1", 10)])
def test_the_signal_that_stops_jobs(name, number):
    config = ExecutionConfig(termination_signal=name)
    assert stop_signal(WorkflowModel(name="w", user="u", execution_config=config)) == number


def test_an_unknown_signal_is_an_error(told):
    config = ExecutionConfig(termination_signal="SIGNONE")
    with told.raised(TorcError):
        stop_signal(WorkflowModel(name="w", user="u", execution_config=config))


@pytest.mark.parametrize(
    ("of_workflow", "of_runner", "kept"),
    [(None, None, None), (3, None, 3 * MIB), (None, 2, 2 * MIB), (3, 2, 2 * MIB), (2, 3, 2 * MIB)],
)
def test_the_smaller_limit_of_output_counts(of_workflow, of_runner, kept):
    config = ExecutionConfig(stdio=StdioConfig(mode=StdioMode.COMBINED, max_mb=of_workflow))
    stdio = stdio_rules(WorkflowModel(name="w", user="u", execution_config=config), Settings(max_stdio_mb=of_runner))
    assert stdio.of("any") == StdioRule(StdioMode.COMBINED, max_bytes=kept)


def test_child_runners_inherit_options():
    assert Settings(lease_seconds=20).for_child_runners(NOW, 7) == ("--started-by", "7", "--lease-seconds", "20")
    assert "4" in Settings(started_by=4).for_child_runners(NOW, 7)
    labels = Settings(labels=("a b", "c"), also_unlabeled=True)
    settings = replace(labels, max_stdio_mb=5, time_limit_seconds=60, strict_lease=True)
    assert settings.for_child_runners(NOW, 7) == (
        "--end-time", "2027-01-01T00:01:00+00:00", "--max-stdio-mb", "5", "--label", "a b", "--label", "c",
        "--also-unlabeled",
        "--started-by", "7", "--lease-seconds", "300", "--strict-lease",
    )  # fmt: skip


@pytest.mark.parametrize(("wish", "seconds"), [(0.2, 1), (5.0, 5), (5.5, 6), (30.0, 30), (500.0, 60)])
def test_the_longest_wait_is_the_poll_interval_within_the_limits_of_the_server(wish, seconds):
    assert Settings(poll_interval_seconds=wish).longest_wait_seconds == seconds


@pytest.mark.parametrize(
    ("limit_seconds", "end", "left_seconds"),
    [
        (None, None, None),
        (60, None, 60),
        (None, datetime(2027, 1, 1, 0, 2, tzinfo=UTC), 120),
        (60, datetime(2027, 1, 1, 0, 2, tzinfo=UTC), 60),
        (600, datetime(2027, 1, 1, 0, 2, tzinfo=UTC), 120),
    ],
)
def test_the_earlier_of_time_limit_and_end_counts(limit_seconds, end, left_seconds):
    assert Settings(time_limit_seconds=limit_seconds, end_time=end).time_left_seconds(NOW) == left_seconds
