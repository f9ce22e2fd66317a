"""References in commands, such as `${files.input.NAME}`: their replacement, and the dependencies that they imply."""

import json
import re
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.naming import NOUNS
from torc_client.spec.problems import Problems, closest
from torc_client.spec.quoting import is_safe, quotes_at
from torc_client.spec.shape import Record

# Names of shell variables have no dots, so a text that begins like this is a reference.
REFERENCE = re.compile(r"\$\{(files|datasets|user_data)\.([^{}]*)\}")
# For the same reason, a text with `.input.` is a reference with a misspelt collection.
MISSPELT = re.compile(r"\$\{([A-Za-z_-]+)\.(input|output)s?\.([^{}]*)\}")
QUOTED = ":q"
"""The end of a reference that becomes one word of the shell, in quotation marks where it needs them."""
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
    """The records that references can name: by collection, the path or the data of each name.

    `unsure` has the collections of which some names are not known. Unknown names of them are not reported.
    """

    values: Mapping[str, Mapping[str, Any]]
    unsure: Collection[str] = ()


def resolve(job: Record, known: Known, problems: Problems) -> Record:
    """Return the job with its references replaced by paths and JSON, and their names added to the lists of the job."""
    resolved = job
    for field in ("command", "invocation_script"):
        if "${" in job.get(field, ""):
            resolved = _resolve_field(resolved, field, known, problems)
            _report_misspelt(resolved, field, known, problems)
    return resolved


def _report_misspelt(job: Record, field: str, known: Known, problems: Problems) -> None:
    for match in MISSPELT.finditer(job[field]):
        collection, direction, name = match.groups()
        if collection not in known.values:
            meant = closest(collection, known.values)
            example = "write ${files.input.NAME}, or the same with datasets or user_data"
            fix = f"did you mean ${{{meant}.{direction}.{name}}}?" if meant else example
            problems.add(Code.INVALID_REFERENCE, f"{job[PLACE]}.{field}", f"{match[0]} is not a valid reference", fix)


def _resolve_field(job: Record, field: str, known: Known, problems: Problems) -> Record:
    place = f"{job[PLACE]}.{field}"
    named: dict[str, dict[str, None]] = {}

    def replacement(match: re.Match[str]) -> str:
        collection, rest = match[1], match[2]
        direction, _, name = rest.partition(".")
        if (collection, direction) not in LISTS or not name:
            fix = f"write ${{{collection}.input.NAME}} or ${{{collection}.output.NAME}}"
            problems.add(Code.INVALID_REFERENCE, place, f"{match[0]} is not a valid reference", fix)
            return match[0]
        values = known.values[collection]
        is_quoted = name not in values and name.endswith(QUOTED)
        if is_quoted:
            name = name.removesuffix(QUOTED)
        if name not in values:
            if collection not in known.unsure:
                reason, fix = f"{match[0]}: there is no {NOUNS[collection]} {name!r}", f"add it to {collection}"
                problems.add_unknown(Code.UNKNOWN_NAME, place, reason, word=name, known=values, otherwise=fix)
            return match[0]
        named.setdefault(LISTS[collection, direction], {})[name] = None
        text = str(values[name])
        if collection == "user_data":
            text = json.dumps(values[name], separators=(",", ":"), ensure_ascii=False)
            if values[name] is None and direction == "input":
                reason = f"{name!r} has no data when the workflow is created, so that {match[0]} becomes null"
                problems.warn_once(Code.NO_DATA_YET, place, reason, "read the data in the command while it runs")
        if is_quoted:
            return shlex.quote(text)
        if not is_safe(text, quotes_at(job[field], match.start())):
            reason = f"the shell splits or changes what {match[0]} becomes: {text}"
            fix = f"write ${{{collection}.{rest}{QUOTED}}} without quotation marks around it"
            problems.warn_once(Code.UNQUOTED_REFERENCE, place, reason, fix)
        return text

    text = REFERENCE.sub(replacement, job[field])
    # Lists are copied: an alias in the file may give several jobs the same list.
    lists = {name: list(dict.fromkeys([*job.get(name, ()), *names])) for name, names in named.items()}
    return {**job, **lists, field: text}
