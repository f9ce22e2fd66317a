"""The measurements that a workflow asks for. Pure."""

from msgspec import Struct

from torc_client.answers import value_or
from torc_client.api.enums import MonitorGranularity
from torc_client.api.records import ResourceMonitorConfig
from torc_client.defaults import FLUSH_INTERVAL_SECONDS, SAMPLE_INTERVAL_SECONDS
from torc_runner.machine.usage import UsageSummary


class Plan(Struct, frozen=True):
    """The measurements of a workflow and their intervals. A granularity of None measures nothing."""

    jobs: MonitorGranularity | None = None
    node: MonitorGranularity | None = None
    node_cpu: bool = True
    node_memory: bool = True
    interval_seconds: float = SAMPLE_INTERVAL_SECONDS
    flush_seconds: float = FLUSH_INTERVAL_SECONDS
    generate_plots: bool = False

    @property
    def is_off(self) -> bool:
        """Whether nothing is measured."""
        return self.jobs is None and self.node is None

    @property
    def keeps_samples(self) -> bool:
        """Whether samples go to a file."""
        return MonitorGranularity.TIME_SERIES in {self.jobs, self.node}

    def of_node(self, used: UsageSummary) -> UsageSummary:
        """Return what the node used, without what the workflow excludes."""
        return UsageSummary(
            peak_memory_bytes=used.peak_memory_bytes if self.node_memory else None,
            avg_memory_bytes=used.avg_memory_bytes if self.node_memory else None,
            peak_cpu_percent=used.peak_cpu_percent if self.node_cpu else None,
            avg_cpu_percent=used.avg_cpu_percent if self.node_cpu else None,
        )


def plan_of(config: ResourceMonitorConfig | None) -> Plan:
    """Convert `resource_monitor_config`. The member `jobs` takes precedence over the top level."""
    if config is None:
        return Plan()
    node = config.compute_node
    jobs = config if config.jobs is None else config.jobs
    return Plan(
        jobs=_granularity(jobs.granularity, is_enabled=bool(jobs.enabled)),
        node=None if node is None else _granularity(node.granularity, is_enabled=bool(node.enabled)),
        node_cpu=node is None or node.cpu is not False,
        node_memory=node is None or node.memory is not False,
        interval_seconds=max(1, value_or(config.sample_interval_seconds, SAMPLE_INTERVAL_SECONDS)),
        flush_seconds=max(1, value_or(config.flush_interval_seconds, FLUSH_INTERVAL_SECONDS)),
        generate_plots=bool(config.generate_plots),
    )


def _granularity(chosen: MonitorGranularity | None, *, is_enabled: bool) -> MonitorGranularity | None:
    return (chosen or MonitorGranularity.SUMMARY) if is_enabled else None
