"""The use of nodes over time as lines for SVG. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from torc_client.recovery.use_summary import amount_text
from torc_client.recovery.utilization import Resource
from torc_client.text import count, duration
from torc_dash.node_samples import NodeSample, NodeSamples

WIDTH: Final = 420.0
HEIGHT: Final = 90.0


@dataclass(frozen=True)
class Line:
    """One amount of a node over time. The points are those of a polyline; `label` describes it in words."""

    caption: str
    label: str
    points: str
    most: str
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True)
class NodeChart:
    """The lines of a node, and the time that they show."""

    host: str
    about: str
    lines: tuple[Line, ...]


def node_chart(node: NodeSamples, num_cpus: int | None) -> NodeChart:
    """Draw CPU use and memory. The lines reach the top where all of the node is used, if its size is known."""
    spent = node.samples[-1].at - node.samples[0].at
    return NodeChart(
        node.host,
        f"{count('sample', len(node.samples))} in {duration(spent)}",
        (
            _line(node, Resource.CPU, lambda sample: sample.cpu_percent, (num_cpus or 0) * 100),
            _line(node, Resource.MEMORY, lambda sample: sample.memory_bytes, node.total_memory_bytes),
        ),
    )


def _line(node: NodeSamples, resource: Resource, value: Callable[[NodeSample], float], whole: float) -> Line:
    highest = max(value(sample) for sample in node.samples)
    top = max(highest, whole) or 1
    start = node.samples[0].at
    spent = max(node.samples[-1].at - start, 1)
    points = " ".join(
        f"{(sample.at - start) / spent * WIDTH:.1f},{HEIGHT - value(sample) / top * (HEIGHT - 2):.1f}"
        for sample in node.samples
    )
    mean = sum(value(sample) for sample in node.samples) / len(node.samples)
    of = f" of {amount_text(resource, whole)}" if whole else ""
    most = f"at most {amount_text(resource, highest)}{of}"
    label = f"{resource.value} of {node.host}: {most}, on average {amount_text(resource, mean)}"
    return Line(resource.value, label, points, most)
