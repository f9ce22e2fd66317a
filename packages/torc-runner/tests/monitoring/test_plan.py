"""What a workflow asks to be measured."""

import pytest

from torc_client.api.enums import MonitorGranularity
from torc_client.api.records import ComputeNodeMonitorConfig, JobMonitorConfig, ResourceMonitorConfig
from torc_runner.monitoring.plan import Plan, plan_of

SUMMARY, TIME_SERIES = MonitorGranularity.SUMMARY, MonitorGranularity.TIME_SERIES


@pytest.mark.parametrize(
    "config",
    [
        None,
        ResourceMonitorConfig(),
        ResourceMonitorConfig(enabled=False, granularity=TIME_SERIES),
        ResourceMonitorConfig(enabled=True, jobs=JobMonitorConfig(enabled=False)),
        ResourceMonitorConfig(compute_node=ComputeNodeMonitorConfig(granularity=TIME_SERIES)),
    ],
    ids=str,
)
def test_monitoring_is_off_unless_it_is_enabled(config):
    plan = plan_of(config)
    assert plan.is_off
    assert not plan.keeps_samples


def test_members_at_the_top_level_are_for_jobs():
    plan = plan_of(ResourceMonitorConfig(enabled=True, granularity=TIME_SERIES, sample_interval_seconds=2))
    assert (plan.jobs, plan.node, plan.interval_seconds, plan.flush_seconds) == (TIME_SERIES, None, 2, 300)
    assert plan.keeps_samples
    assert plan_of(ResourceMonitorConfig(enabled=True)) == Plan(jobs=SUMMARY)


def test_the_members_jobs_and_compute_node_take_precedence():
    plan = plan_of(
        ResourceMonitorConfig(
            enabled=False,
            jobs=JobMonitorConfig(enabled=True),
            compute_node=ComputeNodeMonitorConfig(enabled=True, granularity=TIME_SERIES, cpu=False),
            generate_plots=True,
            flush_interval_seconds=5,
        )
    )
    assert (plan.jobs, plan.node, plan.node_cpu, plan.node_memory) == (SUMMARY, TIME_SERIES, False, True)
    assert (plan.keeps_samples, plan.generate_plots, plan.flush_seconds) == (True, True, 5)


def test_an_interval_is_at_least_one_second():
    plan = plan_of(ResourceMonitorConfig(enabled=True, sample_interval_seconds=0, flush_interval_seconds=-1))
    assert (plan.interval_seconds, plan.flush_seconds) == (1, 1)
