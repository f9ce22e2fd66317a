"""`${files.input.NAME}` and its kin in commands: what they stand for, and the relations that they imply."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from torc_client.spec.expansion import PLACE
from torc_client.spec.naming import NOUNS
from torc_client.spec.problems import Problems, closest
from torc_client.spec.shape import Record

# No variable of a shell has a dot in its name, so that whatever begins like this is meant for us.
REFERENCE = re.compile(r"\$\{(files|datasets|user_data)\.([^{}]*)\}")
# Nor has it `.input.` in it: this is meant for us, too.
MISSPELT = re.compile(r"\$\{([A-Za-z_-]+)\.(input|output)s?\.([^{}]*)\}")
LISTS = {
    ("files", "input"): "input_files",
    ("files", "output"): "output_files",
    ("datasets", "input"): "input_datasets",
    ("datasets", "output"): "output_datasets",
    ("user_data", "input"): "input_user_data",
    ("user_data", "output"): "output_user_data",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What can be referred to: by kind, the path or the data of each name.

    `unsure` names the kinds of which not all names are known, so that none can be called unknown.
    """

    values: Mapping[str, Mapping[str, Any]]
    unsure: Collection[str] = ()


def resolve(job: Record, known: Known, problems: Problems) -> Record:
    """The job with paths and JSON where its texts refer to them, and with what they name in the job's lists."""
    resolved = job
    for field in ("command", "invocation_script"):
        if "${" in job.get(field, ""):
            resolved = _resolve_field(resolved, field, known, problems)
            _refuse_misspelt(resolved, field, known, problems)
    return resolved


def _refuse_misspelt(job: Record, field: str, known: Known, problems: Problems) -> None:
    for match in MISSPELT.finditer(job[field]):
        kind, direction, name = match.groups()
        if kind not in known.values:
            meant = closest(kind, known.values)
            remedy = (
                f"did you mean ${{{meant}.{direction}.{name}}}?" if meant else "write ${files.input.NAME} or its kin"
            )
            problems.add(f"{job[PLACE]}.{field}", f"{match[0]} refers to nothing; {remedy}")


def _resolve_field(job: Record, field: str, known: Known, problems: Problems) -> Record:
    place = f"{job[PLACE]}.{field}"
    named: dict[str, dict[str, None]] = {}

    def stands_for(match: re.Match[str]) -> str:
        kind, rest = match[1], match[2]
        direction, _, name = rest.partition(".")
        if (kind, direction) not in LISTS or not name:
            message = f"{match[0]} refers to nothing; write ${{{kind}.input.NAME}} or ${{{kind}.output.NAME}}"
            problems.add(place, message)
            return match[0]
        values = known.values[kind]
        if name not in values:
            if kind not in known.unsure:
                message = f"{match[0]}: no {NOUNS[kind]} is named {name!r}"
                problems.add(place, message, word=name, known=values, otherwise=f"; add it to {kind}")
            return match[0]
        named.setdefault(LISTS[kind, direction], {})[name] = None
        if kind == "user_data":
            return json.dumps(values[name], separators=(",", ":"), ensure_ascii=False)
        return str(values[name])

    text = REFERENCE.sub(stands_for, job[field])
    # Lists are made anew: those of the file may stand in several jobs.
    lists = {name: list(dict.fromkeys([*job.get(name, ()), *names])) for name, names in named.items()}
    return {**job, **lists, field: text}
