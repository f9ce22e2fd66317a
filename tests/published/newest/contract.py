"""The operations and models of 1.0, as facts of its wire format, and the differences of a value from them.

`contract.json` has one line for each. The type of a member or parameter ends with `!` if it is required, and with `?`
if null is legal. The member with the empty name says that a model has no others.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FACTS = json.loads((Path(__file__).parent / "contract.json").read_text())
MODELS: dict[str, Any] = _FACTS["models"]
CLOSED = ""


@dataclass(frozen=True)
class Operation:
    """An operation: its parameters, and the types of its body and of its answers by status."""

    method: str
    path: str
    name: str
    parameters: dict[str, str]
    body: str | None
    answers: dict[str, str]


OPERATIONS = {facts[2]: Operation(*facts) for facts in _FACTS["operations"]}
PLAIN: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
}


def members(model: str) -> dict[str, str]:
    """Return the types of the members of a model."""
    return {name: kind for name, kind in MODELS[model].items() if name != CLOSED}


def bare(kind: str) -> str:
    """Return a type without its marks."""
    return kind.rstrip("!?")


def takes_null(kind: str) -> bool:
    """Return whether null is legal. The generated models of 1.0 accept it for optional records, too."""
    return kind.endswith("?") or bare(kind) == "any" or (not kind.endswith("!") and bare(kind) in MODELS)


def faults(kind: str, value: Any, where: str) -> Iterator[str]:
    """Yield the differences of a value from a type."""
    kind = bare(kind)
    container = re.fullmatch(r"(array|map)<(.*)>", kind)
    if container and isinstance(value, list if container[1] == "array" else dict):
        for key, item in enumerate(value) if isinstance(value, list) else value.items():
            yield from faults(container[2], item, f"{where}[{key}]")
    elif isinstance(MODELS.get(kind), dict) and isinstance(value, dict):
        yield from _member_faults(kind, value, where)
    elif not _is_plain(kind, value):
        yield f"{where}: {value!r} is not {kind}"


def _is_plain(kind: str, value: Any) -> bool:
    if kind in PLAIN:
        return isinstance(value, PLAIN[kind]) and isinstance(value, bool) == (kind == "boolean")
    return kind == "any" or (isinstance(MODELS.get(kind), list) and value in MODELS[kind])


def _member_faults(model: str, value: dict[str, Any], where: str) -> Iterator[str]:
    known = members(model)
    if CLOSED in MODELS[model]:
        yield from (f"{where}.{name}: {model} of 1.0 refuses this member" for name in value.keys() - known.keys())
    for name, kind in known.items():
        if name not in value:
            if "!" in kind:
                yield f"{where}.{name} is missing"
        elif value[name] is None:
            if not takes_null(kind):
                yield f"{where}.{name} is null"
        else:
            yield from faults(kind, value[name], f"{where}.{name}")
