"""Compare an answer of a tool with what a question expects. Pure."""

import json
from typing import Any


def value_at(answer: Any, path: str) -> Any:
    """Return the value at a path such as `clusters.0.return_code`; None if there is none."""
    for step in path.split("."):
        try:
            answer = answer[int(step)] if isinstance(answer, list) else answer[step]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return answer


def filled_in(value: Any, kept: dict[str, Any]) -> Any:
    """Return arguments with `$name` replaced by what an earlier call kept."""
    if isinstance(value, str) and value.startswith("$") and value[1:] in kept:
        return kept[value[1:]]
    if isinstance(value, dict):
        return {name: filled_in(each, kept) for name, each in value.items()}
    if isinstance(value, list):
        return [filled_in(each, kept) for each in value]
    return value


def complaint_about(answer: Any, expected: dict[str, Any]) -> str | None:
    """Return what an answer lacks; None if it has what is expected."""
    place = value_at(answer, expected["at"]) if "at" in expected else answer
    text = place if isinstance(place, str) else json.dumps(place, ensure_ascii=False, separators=(",", ":"))
    where = expected.get("at", "the answer")
    if "equals" in expected and place != expected["equals"]:
        return f"{where} is {text[:200]}, not {expected['equals']!r}"
    if "at_least" in expected and not (isinstance(place, int | float) and place >= expected["at_least"]):
        return f"{where} is {text[:200]}, not at least {expected['at_least']}"
    if "contains" in expected and expected["contains"] not in text:
        return f"{where} lacks {expected['contains']!r}: {text[:300]}"
    if "lacks" in expected and expected["lacks"] in text:
        return f"{where} contains {expected['lacks']!r}"
    return None
