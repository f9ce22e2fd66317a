"""Defaults of resource monitoring: peaks and means of all jobs."""

from typing import TypeVar

from msgspec.structs import replace

from torc_client.answers import value_or
from torc_client.api.enums import MonitorGranularity
from torc_client.api.records import ComputeNodeMonitorConfig, JobMonitorConfig, ResourceMonitorConfig
from torc_client.defaults import FLUSH_INTERVAL_SECONDS, SAMPLE_INTERVAL_SECONDS

_Part = TypeVar("_Part", ResourceMonitorConfig, JobMonitorConfig, ComputeNodeMonitorConfig)


def with_defaults(config: ResourceMonitorConfig | None) -> ResourceMonitorConfig:
    """Return the config with all members.

    Jobs are measured as the top level says, unless `jobs` says otherwise. Nodes are measured if the config has a
    `compute_node` that is not disabled.
    """
    config = _with_own(config or ResourceMonitorConfig())
    node = config.compute_node
    return replace(
        config,
        sample_interval_seconds=value_or(config.sample_interval_seconds, SAMPLE_INTERVAL_SECONDS),
        flush_interval_seconds=value_or(config.flush_interval_seconds, FLUSH_INTERVAL_SECONDS),
        generate_plots=bool(config.generate_plots),
        jobs=(
            JobMonitorConfig(enabled=config.enabled, granularity=config.granularity)
            if config.jobs is None
            else _with_own(config.jobs)
        ),
        compute_node=_whole_node(ComputeNodeMonitorConfig(enabled=False) if node is None else node),
    )


def _whole_node(node: ComputeNodeMonitorConfig) -> ComputeNodeMonitorConfig:
    return replace(_with_own(node), cpu=node.cpu is not False, memory=node.memory is not False)


def _with_own(part: _Part) -> _Part:
    return replace(
        part,
        enabled=part.enabled is not False,
        granularity=part.granularity or MonitorGranularity.SUMMARY,
    )
