"""Rules of failure handlers that do nothing, as where a rule does not say what it is about."""

from collections.abc import Iterable

from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record


def warn_of_idle_rules(handlers: Iterable[Record], problems: Problems) -> None:
    """Warn of handlers and rules that no failure can come to."""
    for number, handler in enumerate(handlers):
        place = f"failure_handlers[{number}]"
        if not handler.get("rules"):
            problems.warn(place, "has no rules; jobs with it stay failed as those without")
        for index, rule in enumerate(handler.get("rules", ())):
            if not rule.get("exit_codes") and not rule.get("match_all_exit_codes"):
                remedy = "name exit_codes, or set match_all_exit_codes to true"
                problems.warn(f"{place}.rules[{index}]", f"is about no exit code; {remedy}")
