"""The order of jobs: the graph of their groups, and the events at which jobs become ready."""

import asyncio
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.execution_plan.events import events_of
from torc_client.execution_plan.rendering import record_of
from torc_client.execution_plan.sources import of_spec
from torc_client.graph.layers import critical_path, stages
from torc_client.graph.merging import merged
from torc_client.graph.mermaid import mermaid_of
from torc_client.graph.model import Edge, Graph, GraphNode, graph_of
from torc_client.graph.plain_text import text_of
from torc_client.mcp.answers import Answer, Described, Id
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.session import McpSession
from torc_client.mcp.spec_texts import check_spec
from torc_client.spec.plan import Plan

_MOST_NODES: Final = 150
_MOST_LINES: Final = 200
_NAMES_SHOWN: Final = 5


class GroupGraph(Answer):
    """The groups of jobs, and which wait for which."""

    workflow_id: Id
    format: str
    graph: str
    total_jobs: int
    total_groups: int
    critical_path: list[str]
    """The longest chain of groups."""


async def read_graph(client: TorcClient, workflow_id: int) -> Graph:
    """Return the graph of the groups of a workflow."""
    found = await client.workflows.list_job_groups(workflow_id)
    return graph_of(
        [
            GraphNode(each.key, each.label, order=each.first_job_id, jobs=each.total_jobs, weight=1.0)
            for each in found.groups
        ],
        [Edge(each.source, each.target) for each in found.edges],
    )


async def get_graph(session: McpSession, *, workflow_id: Id, format: Literal["text", "mermaid"] = "text") -> GroupGraph:
    """Show which groups of jobs wait for which, as text in stages or as a Mermaid flowchart. Small at any size."""
    whole = await read_graph(session.client, workflow_id)
    graph = merged(whole, _MOST_NODES)
    text = mermaid_of(graph) if format == "mermaid" else "\n".join(text_of(graph, _MOST_LINES))
    labels = {node.key: node.label for node in graph.nodes}
    path = critical_path(graph)[0] if graph.edges else ()
    return GroupGraph(
        workflow_id=workflow_id,
        format=format,
        graph=text,
        total_jobs=sum(node.jobs for node in whole.nodes),
        total_groups=len(whole.nodes),
        critical_path=[labels[key] for key in path],
    )


class PlanStage(Described):
    """What becomes ready together."""

    event: str
    when: str
    num_jobs_ready: int
    jobs_ready: list[str]
    """Some of their names, or their groups."""

    allocations: list[str]
    then: list[str]


class ExecutionPlan(Answer):
    """The order in which jobs and allocations become due."""

    source: Literal["spec", "workflow"]
    name: str
    total_jobs: int
    total_events: int
    root_events: list[str]
    leaf_events: list[str]
    events: list[PlanStage]


async def get_execution_plan(
    session: McpSession,
    *,
    spec_or_id: Annotated[int | str | dict[str, Any], Field(description="A spec, as an object or text, or an id")],
) -> ExecutionPlan:
    """Show in which order jobs become ready: of a spec by its events, of a workflow by the stages of its groups."""
    text = str(spec_or_id).strip() if not isinstance(spec_or_id, dict) else ""
    if text.isascii() and text.isdecimal():
        return await _of_workflow(session, int(text))
    checked = await asyncio.to_thread(check_spec, spec_or_id if isinstance(spec_or_id, dict) else text)
    if checked.plan is None:
        raise TorcError(f"The spec is invalid: {checked.problems[0]}.", "validate_spec lists all problems.")
    return await asyncio.to_thread(_of_spec, checked.plan)


def _of_spec(plan: Plan) -> ExecutionPlan:
    steps, allocations = of_spec(plan)
    record = record_of("spec_file", str(plan.workflow["name"]), steps, events_of(steps, allocations))
    return ExecutionPlan(
        source="spec",
        name=record["workflow_name"],
        total_jobs=record["total_jobs"],
        total_events=record["total_events"],
        root_events=record["root_events"],
        leaf_events=record["leaf_events"][:_NAMES_SHOWN],
        events=[
            PlanStage(
                event=each["id"],
                when=each["trigger_description"],
                num_jobs_ready=len(each["jobs_becoming_ready"]),
                jobs_ready=each["jobs_becoming_ready"][:_NAMES_SHOWN],
                allocations=[
                    f"{one['num_allocations']} of {one['scheduler']}" for one in each["scheduler_allocations"]
                ],
                then=each["unlocks_events"][:_NAMES_SHOWN],
            )
            for each in record["events"]
        ],
    )


async def _of_workflow(session: McpSession, workflow_id: int) -> ExecutionPlan:
    workflow, graph = await asyncio.gather(
        session.client.workflows.get_workflow(workflow_id), read_graph(session.client, workflow_id)
    )
    jobs = {node.key: node.jobs for node in graph.nodes}
    found = stages(graph)
    names = [f"stage_{number}" for number in range(1, len(found) + 1)]
    events = [
        PlanStage(
            event=name,
            when="when the workflow starts" if place == 0 else f"as jobs of {names[place - 1]} complete",
            num_jobs_ready=sum(jobs[key] for key in keys),
            jobs_ready=keys[:_NAMES_SHOWN],
            allocations=[],
            then=names[place + 1 : place + 2],
        )
        for place, (name, keys) in enumerate(zip(names, found, strict=True))
    ]
    return ExecutionPlan(
        source="workflow",
        name=workflow.name,
        total_jobs=sum(jobs.values()),
        total_events=len(events),
        root_events=names[:1],
        leaf_events=names[-1:],
        events=events,
    )


TOOLS: Final = (
    AssistantTool(get_graph, "Graph of a workflow"),
    AssistantTool(get_execution_plan, "Execution plan"),
)
