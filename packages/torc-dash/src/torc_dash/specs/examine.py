"""A program that reads a spec from stdin and prints what it becomes: a text of any content cannot harm the dashboard.

python -m torc_dash.specs.examine FORMAT
"""

import resource
import sys
from collections.abc import Iterable
from itertools import islice

import msgspec

from torc_client import spec
from torc_client.graph.layers import stages
from torc_client.graph.merging import merged
from torc_client.spec.formats import Format
from torc_client.spec.group_graph import graph_of_spec
from torc_client.spec.quantities import duration_seconds
from torc_client.spec.reading import Document, parse
from torc_dash.specs.examination import Examination, FoundNode, FoundProblem

MOST_PROBLEMS = 100
# More boxes are not legible beside a text.
MOST_BOXES = 40
# What a plan of 10 MB needs, several times.
_MEMORY_BYTES = 3 * 1024**3
_CPU_SECONDS = 60
# The requirements of a job that names none.
_DEFAULT_SECONDS = 60


def examine(text: str, format: Format) -> Examination:
    """Return what a text becomes, or its problems."""
    try:
        document = parse("spec", text, format=format)
    except spec.SpecError as error:
        return _refused(error, _other_format(text, format))
    try:
        plan = spec.checked(document)
    except spec.SpecError as error:
        return _refused(error, "" if isinstance(document.value, dict) else _other_format(text, format))
    graph = graph_of_spec(plan)
    shown = merged(graph, MOST_BOXES)
    core_hours, gpu_hours = _hours(plan)
    return Examination(
        problems=_found(plan.warnings),
        warning_count=len(plan.warnings),
        name=plan.workflow["name"],
        jobs=len(plan.jobs),
        jobs_before_expansion=plan.counts_before_expansion["jobs"],
        files=len(plan.files),
        user_data=len(plan.user_data),
        stages=len(stages(graph)),
        schedulers=len(plan.slurm_schedulers),
        schedules_nodes=any(action.record["action_type"] == "schedule_nodes" for action in plan.actions),
        core_hours=core_hours,
        gpu_hours=gpu_hours,
        nodes=[
            FoundNode(node.key, node.label, node.kind.value, node.order, node.jobs, node.weight) for node in shown.nodes
        ],
        edges=[(edge.source, edge.target) for edge in shown.edges],
        group_count=len(graph.nodes),
    )


def _refused(error: spec.SpecError, other_format: str = "") -> Examination:
    return Examination(_found(error.problems), problem_count=len(error.problems), other_format=other_format)


def _found(problems: Iterable[spec.Problem]) -> list[FoundProblem]:
    return [
        FoundProblem(
            each.position.line if each.position else None,
            each.position.column if each.position else None,
            each.code.number,
            each.place,
            each.reason,
            each.fix,
            each.is_warning,
        )
        for each in islice(problems, MOST_PROBLEMS)
    ]


def _other_format(text: str, format: Format) -> str:
    """Return the format as which the text can be read; empty if there is none."""
    try:
        document: Document = parse("spec", text)
    except spec.SpecError:
        return ""
    is_other = document.format is not format and isinstance(document.value, dict)
    return document.format.value if is_other else ""


def _hours(plan: spec.Plan) -> tuple[float, float]:
    """Return the core-hours and GPU-hours of all jobs, if each takes its whole run time."""
    costs: dict[str, tuple[float, float]] = {"": (_DEFAULT_SECONDS, 0.0)}
    for record in plan.requirements:
        seconds = duration_seconds(record.get("runtime", "PT1H")) * record.get("num_nodes", 1)
        costs[record["name"]] = (seconds * record["num_cpus"], float(seconds * record.get("num_gpus", 0)))
    cores = gpus = 0.0
    for job in plan.jobs:
        of_cores, of_gpus = costs.get(job.record.get("resource_requirements", ""), costs[""])
        cores, gpus = cores + of_cores, gpus + of_gpus
    return cores / 3600, gpus / 3600


def main() -> None:
    """Run the program."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    found = examine(text, Format(sys.argv[1]))
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
