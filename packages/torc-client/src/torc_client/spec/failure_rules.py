"""Warnings about failure handlers and rules that have no effect."""

from collections.abc import Iterable

from torc_client.spec.codes import Code
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record


def warn_of_unused_rules(handlers: Iterable[Record], problems: Problems) -> None:
    """Warn of handlers and rules that apply to no failure."""
    for number, handler in enumerate(handlers):
        place = f"failure_handlers[{number}]"
        if not handler.get("rules"):
            problems.warn(Code.UNUSED_RULE, place, "has no rules, so it has no effect", "add a rule")
        for index, rule in enumerate(handler.get("rules", ())):
            if not rule.get("exit_codes") and not rule.get("match_all_exit_codes"):
                fix = "add exit_codes, or set match_all_exit_codes to true"
                problems.warn(Code.UNUSED_RULE, f"{place}.rules[{index}]", "applies to no exit code", fix)
            for code in rule.get("exit_codes", ()):
                if code < 0:
                    reason, fix = f"no job ends with {code}", f"write {128 - code} for signal {-code}"
                    problems.warn(Code.UNUSED_RULE, f"{place}.rules[{index}].exit_codes", reason, fix)
