"""Check and explain specs."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from torc_client.errors import TorcError
from torc_client.graph.layers import critical_path, stages
from torc_client.graph.merging import merged
from torc_client.graph.model import Graph
from torc_client.graph.names import group_of
from torc_client.graph.plain_text import text_of
from torc_client.mcp.answers import Answer, Described
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.session import McpSession
from torc_client.mcp.spec_texts import CheckedSpec, check_file, check_spec
from torc_client.spec.group_graph import graph_of_spec
from torc_client.spec.plan import RESERVED_REQUIREMENTS, Plan
from torc_client.spec.problems import Problem

_MOST_PROBLEMS: Final = 50
_NAMES_SHOWN: Final = 10
_MOST_NODES: Final = 100
_MOST_LINES: Final = 150

Spec = Annotated[dict[str, Any] | str, Field(description="The spec: an object, or text in YAML, JSON, JSON5 or KDL")]
SpecPath = Annotated[str, Field(max_length=4096, description="In place of `spec`: a file below the folder for specs")]


class SpecProblem(Described):
    """A problem or a warning."""

    code: str
    place: str
    """Path in the spec, such as jobs[3].command. Empty for the whole."""

    reason: str
    fix: str | None = None
    line: int | None = None
    column: int | None = None
    is_warning: bool | None = None


class Validation(Answer):
    """Whether a workflow can be created from a spec."""

    valid: bool
    problems: list[SpecProblem]
    """Problems and warnings. get_docs with topic reference/spec-problems explains the codes."""

    num_problems: int
    name: str | None = None
    num_jobs: int | None = None
    num_files: int | None = None
    job_names: list[str] | None = None
    """Some of them."""


class SpecGroup(Described):
    """Jobs whose names differ only in numbers."""

    group: str
    num_jobs: int
    example: str
    command: str
    """The command of the first job, with its parameters."""

    requirements: str
    waits_for: list[str]


class SpecRequirements(Described):
    """A record of resource requirements."""

    name: str
    num_jobs: int
    num_cpus: int | None = None
    memory: str | None = None
    runtime: str | None = None
    num_gpus: int | None = None
    num_nodes: int | None = None


class SpecExplanation(Answer):
    """What a spec would create, and in which order it would run."""

    name: str
    num_jobs: int
    num_files: int
    groups: list[SpecGroup]
    num_groups: int
    graph: str
    stages: list[int]
    """Number of jobs that can run at the same time, stage by stage."""

    critical_path: list[str]
    requirements: list[SpecRequirements]
    files_needed_before: list[str]
    """Paths that no job writes and that jobs read."""

    num_files_needed_before: int
    retries: list[str]
    actions: list[str]
    schedulers: list[str]
    warnings: list[SpecProblem]


def problem_rows(problems: Sequence[Problem]) -> list[SpecProblem]:
    """Return the first problems for an answer."""
    return [
        SpecProblem(
            code=each.code.number,
            place=each.place,
            reason=each.reason,
            fix=each.fix or None,
            line=each.position.line if each.position else None,
            column=each.position.column if each.position else None,
            is_warning=each.is_warning or None,
        )
        for each in problems[:_MOST_PROBLEMS]
    ]


def validation_of(found: CheckedSpec) -> Validation:
    """Return the answer about a checked spec."""
    plan = found.plan
    names = [job.record["name"] for job in plan.jobs[:_NAMES_SHOWN]] if plan else None
    return Validation(
        valid=plan is not None,
        problems=problem_rows(found.problems),
        num_problems=len(found.problems),
        name=plan.workflow["name"] if plan else None,
        num_jobs=len(plan.jobs) if plan else None,
        num_files=len(plan.files) if plan else None,
        job_names=names,
    )


async def checked_one(session: McpSession, spec: dict[str, Any] | str | None, path: str | None) -> CheckedSpec:
    """Return the spec that was passed, or that of the file. Raises TorcError if there is none or both."""
    if spec is not None and path is None:
        return await asyncio.to_thread(check_spec, spec)
    if path is not None and spec is None:
        return await asyncio.to_thread(check_file, path, session.settings.spec_folders)
    raise TorcError("Pass either `spec` or `path`.")


async def validate_spec(session: McpSession, *, spec: Spec | None = None, path: SpecPath | None = None) -> Validation:
    """Check a spec, and list all problems with their place and remedy. Creates nothing and contacts no server."""
    return validation_of(await checked_one(session, spec, path))


async def explain_spec(
    session: McpSession, *, spec: Spec | None = None, path: SpecPath | None = None
) -> SpecExplanation:
    """Explain what a spec would create: groups of jobs, their order, requirements, files, retries, actions."""
    found = await checked_one(session, spec, path)
    if found.plan is None:
        first = found.problems[0]
        raise TorcError(f"The spec is invalid: {first}.", "validate_spec lists all problems.")
    return await asyncio.to_thread(_explained, found.plan)


def _explained(plan: Plan) -> SpecExplanation:
    graph = graph_of_spec(plan)
    labels = {node.key: node.label for node in graph.nodes}
    jobs = {node.key: node.jobs for node in graph.nodes}
    groups = _groups(plan, graph)
    needed = _needed_before(plan)
    return SpecExplanation(
        name=plan.workflow["name"],
        num_jobs=len(plan.jobs),
        num_files=len(plan.files),
        groups=groups,
        num_groups=len(graph.nodes),
        graph="\n".join(text_of(merged(graph, _MOST_NODES), _MOST_LINES)),
        stages=[sum(jobs[key] for key in stage) for stage in stages(graph)],
        critical_path=[labels[key] for key in critical_path(graph)[0]] if graph.edges else [],
        requirements=_requirements(plan),
        files_needed_before=needed[:_NAMES_SHOWN],
        num_files_needed_before=len(needed),
        retries=[_retry(each) for each in plan.failure_handlers],
        actions=[f"{each.record['trigger_type']}: {each.record['action_type']}" for each in plan.actions],
        schedulers=[str(each.get("name", "")) for each in plan.slurm_schedulers],
        warnings=problem_rows(plan.warnings),
    )


def _groups(plan: Plan, graph: Graph) -> list[SpecGroup]:
    labels = {node.key: node.label for node in graph.nodes}
    awaited: dict[str, list[str]] = {}
    for edge in graph.edges:
        awaited.setdefault(edge.target, []).append(labels[edge.source])
    first: dict[str, int] = {}
    for number, planned in enumerate(plan.jobs):
        first.setdefault(f"group:{group_of(planned.record['name'])}", number)
    rows = []
    for node in graph.nodes[:_MOST_NODES]:
        job = plan.jobs[first[node.key]].record
        rows.append(
            SpecGroup(
                group=node.label,
                num_jobs=node.jobs,
                example=job["name"],
                command=job["command"],
                requirements=job.get("resource_requirements", RESERVED_REQUIREMENTS),
                waits_for=sorted(awaited.get(node.key, ())),
            )
        )
    return rows


def _requirements(plan: Plan) -> list[SpecRequirements]:
    used = Counter(job.record.get("resource_requirements", RESERVED_REQUIREMENTS) for job in plan.jobs)
    rows = [
        SpecRequirements(
            name=each["name"],
            num_jobs=used.pop(each["name"], 0),
            num_cpus=each.get("num_cpus"),
            memory=each.get("memory"),
            runtime=each.get("runtime"),
            num_gpus=each.get("num_gpus"),
            num_nodes=each.get("num_nodes"),
        )
        for each in plan.requirements
    ]
    return [*rows, *(SpecRequirements(name=name, num_jobs=number) for name, number in used.items())]


def _needed_before(plan: Plan) -> list[str]:
    """Return the paths of files that jobs read and no job writes."""
    read = _positions(job.input_files for job in plan.jobs)
    written = _positions(job.output_files for job in plan.jobs)
    return [plan.files[number]["path"] for number in sorted(read - written)]


def _positions(tuples: Iterable[tuple[int, ...]]) -> set[int]:
    return {number for each in set(tuples) for number in each}


def _retry(handler: dict[str, Any]) -> str:
    rules = [
        f"{rule.get('max_retries', 3)} attempts for "
        + ("all exit codes" if rule.get("match_all_exit_codes") else f"exit codes {rule.get('exit_codes', [])}")
        for rule in handler.get("rules", [])
        if isinstance(rule, dict)
    ]
    return f"{handler['name']}: {'; '.join(rules)}"


TOOLS: Final = (
    AssistantTool(validate_spec, "Check a spec"),
    AssistantTool(explain_spec, "Explain a spec"),
)
