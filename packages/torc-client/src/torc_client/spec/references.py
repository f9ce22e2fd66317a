"""`${files.input.NAME}` and its kin in commands: what they stand for, and the relations that they imply."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from torc_client.spec.expansion import PLACE
from torc_client.spec.naming import NOUNS
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# No variable of a shell has a dot in its name, so that whatever begins like this is meant for us.
REFERENCE = re.compile(r"\$\{(files|user_data)\.([^{}]*)\}")
LISTS = {
    ("files", "input"): "input_files",
    ("files", "output"): "output_files",
    ("user_data", "input"): "input_user_data",
    ("user_data", "output"): "output_user_data",
}


def resolve(
    job: Record,
    paths: Mapping[str, str],
    data: Mapping[str, Any],
    problems: Problems,
    *,
    unsure: Collection[str] = (),
) -> Record:
    """The job with paths and JSON where its texts refer to them, and with what they name in the job's lists.

    `unsure` names the kinds of which not all names are known, so that none can be called unknown.
    """
    resolved = job
    for field in ("command", "invocation_script"):
        if "${" in job.get(field, ""):
            resolved = _resolve_field(resolved, field, _Known(paths, data, unsure), problems)
    return resolved


@dataclass(frozen=True, slots=True)
class _Known:
    """What can be referred to."""

    paths: Mapping[str, str]
    data: Mapping[str, Any]
    unsure: Collection[str]


def _resolve_field(job: Record, field: str, known_to_us: _Known, problems: Problems) -> Record:
    paths, data, unsure = known_to_us.paths, known_to_us.data, known_to_us.unsure
    place = f"{job[PLACE]}.{field}"
    named: dict[str, dict[str, None]] = {}

    def stands_for(match: re.Match[str]) -> str:
        kind, rest = match[1], match[2]
        direction, _, name = rest.partition(".")
        if (kind, direction) not in LISTS or not name:
            message = f"{match[0]} refers to nothing; write ${{{kind}.input.NAME}} or ${{{kind}.output.NAME}}"
            problems.add(place, message)
            return match[0]
        known: Mapping[str, Any] = paths if kind == "files" else data
        if name not in known:
            if kind not in unsure:
                message = f"{match[0]}: no {NOUNS[kind]} is named {name!r}"
                problems.add(place, message, word=name, known=known, otherwise=f"; add it to {kind}")
            return match[0]
        named.setdefault(LISTS[kind, direction], {})[name] = None
        return paths[name] if kind == "files" else json.dumps(data[name], separators=(",", ":"), ensure_ascii=False)

    text = REFERENCE.sub(stands_for, job[field])
    # Lists are made anew: those of the file may stand in several jobs.
    lists = {name: list(dict.fromkeys([*job.get(name, ()), *names])) for name, names in named.items()}
    return {**job, **lists, field: text}
