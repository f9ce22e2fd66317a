"""A graph of groups, or of the jobs near one job: what its boxes say, and the same as a list. Pure."""

from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.edge.filter_language import quoted
from torc_client.edge.terminal_text import inert_line
from torc_client.graph.canvas import Canvas, Label, cut, draw_text, one_by_one
from torc_client.graph.layers import critical_path, stages
from torc_client.graph.merging import merged
from torc_client.graph.model import Graph, GraphNode, NodeKind
from torc_client.overview.job_groups import JobGroup, JobGroups
from torc_client.overview.neighbours import Neighbourhood, notices_of
from torc_client.text import count
from torc_client.tui.lines.bars import jobs_bar
from torc_client.tui.lines.line import LineTarget, Part, TextLine, heading, table
from torc_client.tui.tables.marks import MARKS, STYLES

MOST_BOXES = 120
_WIDEST_NAME, _BAR = 28, 6
_KINDS = {NodeKind.FILE: "file", NodeKind.DATA: "user data"}
_EDGE_STYLE, _CRITICAL_STYLE = "bright_black", "bold"
_NEEDS_SHOWN = 3


@dataclass(frozen=True)
class GraphNow:
    """A graph that is shown: all its nodes, those that are drawn, and what leads where."""

    graph: Graph
    drawn: Graph
    labels: dict[str, Label]
    targets: dict[str, LineTarget]
    title: str
    notices: tuple[str, ...] = ()
    chosen: str = ""
    """The node that has the cursor first."""

    has_path: bool = True

    def canvas(self, width: int) -> Canvas:
        """Return the drawing."""
        return draw_text(
            self.drawn,
            lambda node: self.labels[node.key],
            width=width,
            edge_style=_EDGE_STYLE,
            critical_style=_CRITICAL_STYLE,
            with_path=self.has_path,
        )


def graph_of_groups(found: JobGroups, *, with_files: bool) -> GraphNow:
    """Return the graph of the groups of a workflow, and of files and data if they were read."""
    drawn = merged(found.graph, MOST_BOXES)
    labels, targets = {}, {}
    for node in (*found.graph.nodes, *drawn.nodes):
        labels[node.key] = _label(found, node)
        targets[node.key] = _target(found, node)
    notices = []
    if len(drawn.nodes) < len(found.graph.nodes):
        notices.append(f"{len(found.graph.nodes):,} boxes are too many: those with the same neighbours are one.")
    if not found.is_whole:
        notices.append("Some groups, files or edges are left out.")
    path = critical_path(found.graph)[0] if found.graph.edges else ()
    names = [inert_line(found.graph.nodes[found.graph.place_of[key]].label) for key in path]
    things = " with files and data" if with_files else ""
    title = f"{count('group', len(found.groups))}{things}"
    if names:
        title += f" · critical path: {' → '.join(names)}"
    return GraphNow(found.graph, drawn, labels, targets, title, tuple(notices))


def graph_near(found: Neighbourhood) -> GraphNow:
    """Return the graph of the jobs near one job."""
    labels, targets = {}, {}
    for node in found.graph.nodes:
        job = found.jobs.get(node.key)
        if job is None:
            labels[node.key] = Label((_name(node.label), "not drawn"), "bright_black")
            targets[node.key] = LineTarget("jobs")
            continue
        status = job.status.value
        text = f"{MARKS.get(status, ' ')} {status.replace('_', ' ')}"
        labels[node.key] = Label((_name(node.label), text), STYLES.get(status, ""), marked=job.step == 0)
        targets[node.key] = LineTarget("jobs", filter=f"id={job.job_id}", job_id=job.job_id)
    middle = found.job
    title = f"jobs up to 2 steps from {inert_line(middle.job_name)}"
    return GraphNow(
        found.graph, found.graph, labels, targets, title, notices_of(found), f"job:{middle.job_id}", has_path=False
    )


def _label(found: JobGroups, node: GraphNode) -> Label:
    group = found.groups.get(node.key)
    name = _name(node.label)
    if group is not None:
        return Label((name, group_text(group)), style_of(group))
    if node.kind in _KINDS:
        return Label((name, _KINDS[node.kind]), "blue")
    members = [found.groups[key] for key in node.members if key in found.groups]
    failed = sum(group.unsuccessful for group in members)
    done = sum(group.counts.get(JobStatus.COMPLETED, 0) for group in members)
    text = f"{done:,}/{node.jobs:,}{_failed(failed)}" if members else f"{len(node.members):,} items"
    return Label((name, text), STYLES["failed"] if failed else "")


def _name(label: str) -> str:
    return cut(one_by_one(inert_line(label)), _WIDEST_NAME)


def group_text(group: JobGroup) -> str:
    """Return the progress of a group: that of its only job as a word, else a bar and numbers."""
    if group.total == 1:
        status = next(status.value for status, number in group.counts.items() if number)
        return f"{MARKS.get(status, ' ')} {status.replace('_', ' ')}"
    bar = "".join(part.text for part in jobs_bar(group.counts, _BAR))
    done = group.counts.get(JobStatus.COMPLETED, 0)
    return f"{bar} {done:,}/{group.total:,}{_failed(group.unsuccessful)}"


def _failed(number: int) -> str:
    return f" {number:,}✗" if number else ""


def style_of(group: JobGroup) -> str:
    """Return the style of a group: that of the status that matters most."""
    if group.unsuccessful:
        return STYLES["failed"]
    if group.counts.get(JobStatus.RUNNING, 0):
        return STYLES["running"]
    return STYLES["completed"] if group.counts.get(JobStatus.COMPLETED, 0) == group.total else ""


def _target(found: JobGroups, node: GraphNode) -> LineTarget:
    group = found.groups.get(node.key)
    if group is None:
        view = {NodeKind.FILE: "files", NodeKind.DATA: "user_data"}.get(node.kind, "jobs")
        return LineTarget(view)
    name = node.key.partition(":")[2]
    if group.is_merged or not name:
        return LineTarget("jobs")
    return LineTarget("jobs", filter=f"group={quoted(name)}", job_id=group.first_job_id)


def graph_list(now: GraphNow, width: int) -> list[TextLine]:
    """Return the graph as a list: each node below its stage, with what it needs."""
    graph = now.graph
    path = set(critical_path(graph)[0]) if graph.edges and now.has_path else set()
    lines: list[TextLine] = []
    for number, keys in enumerate(stages(graph), 1):
        lines.append(heading(f"Stage {number}"))
        rows = []
        for key in keys:
            place = graph.place_of[key]
            label = now.labels[key]
            needs = [inert_line(graph.nodes[parent].label) for parent in graph.parents[place]]
            rows.append(
                (
                    (
                        Part(f"{'*' if key in path else ' '} {label.lines[0]}", label.style),
                        Part(" ".join(label.lines[1:])),
                        Part(_needs(needs), "bright_black"),
                    ),
                    LineTarget(node=key),
                )
            )
        lines += table(rows)
    if path:
        lines += [TextLine(), TextLine((Part("* on the critical path", "bright_black"),))]
    return [each.cut(width) for each in lines]


def _needs(names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _NEEDS_SHOWN:,} more" if len(names) > _NEEDS_SHOWN else ""
    return f"◂ {', '.join(names[:_NEEDS_SHOWN])}{more}"
