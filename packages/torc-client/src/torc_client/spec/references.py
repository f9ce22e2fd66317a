"""`${files.input.NAME}` and its kin in commands: what they stand for, and the relations that they imply."""

import json
import re
from collections.abc import Mapping
from typing import Any

from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problem, did_you_mean
from torc_client.spec.shape import Record

REFERENCE = re.compile(r"\$\{(files|user_data)\.(input|output)\.([^{}]+)\}")
LISTS = {
    ("files", "input"): "input_files",
    ("files", "output"): "output_files",
    ("user_data", "input"): "input_user_data",
    ("user_data", "output"): "output_user_data",
}


def resolve(job: Record, paths: Mapping[str, str], data: Mapping[str, Any], problems: list[Problem]) -> None:
    """Put paths and JSON where the job's texts refer to them, and add what they name to the job's lists."""
    for field in ("command", "invocation_script"):
        if "${" in job.get(field, ""):
            job[field] = _substituted(job, field, paths, data, problems)


def _substituted(
    job: Record, field: str, paths: Mapping[str, str], data: Mapping[str, Any], problems: list[Problem]
) -> str:
    def stands_for(match: re.Match[str]) -> str:
        kind, direction, name = match[1], match[2], match[3]
        known: Mapping[str, Any] = paths if kind == "files" else data
        if name not in known:
            noun = "file" if kind == "files" else "user data record"
            message = f"{match[0]}: no {noun} is named {name!r}{did_you_mean(name, known)}"
            problems.append(Problem(f"{job[PLACE]}.{field}", message))
            return match[0]
        names = job.setdefault(LISTS[kind, direction], [])
        if name not in names:
            names.append(name)
        return paths[name] if kind == "files" else json.dumps(data[name], separators=(",", ":"), ensure_ascii=False)

    text: str = REFERENCE.sub(stands_for, job[field])
    return text
