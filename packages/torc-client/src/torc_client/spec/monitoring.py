"""Defaults of resource monitoring: peaks and means of all jobs."""

from typing import TypeVar

from msgspec.structs import replace

from torc_client.api.enums import MonitorGranularity
from torc_client.api.records import ComputeNodeMonitorConfig, JobMonitorConfig, ResourceMonitorConfig

SAMPLE_INTERVAL_SECONDS = 10

_Part = TypeVar("_Part", ResourceMonitorConfig, JobMonitorConfig, ComputeNodeMonitorConfig)


def with_defaults(config: ResourceMonitorConfig | None) -> ResourceMonitorConfig:
    """Enable what is not disabled, for jobs and for the parts that the config has."""
    config = _with_own(config or ResourceMonitorConfig())
    return replace(
        config,
        sample_interval_seconds=config.sample_interval_seconds or SAMPLE_INTERVAL_SECONDS,
        jobs=None if config.jobs is None else _with_own(config.jobs),
        compute_node=None if config.compute_node is None else _with_own(config.compute_node),
    )


def _with_own(part: _Part) -> _Part:
    return replace(
        part,
        enabled=part.enabled is not False,
        granularity=part.granularity or MonitorGranularity.SUMMARY,
    )
