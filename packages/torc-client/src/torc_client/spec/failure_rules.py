"""Warnings about failure handlers and rules that have no effect."""

from collections.abc import Iterable

from torc_client.spec.codes import Code
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

MAX_EXIT_CODE = 255


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
            if rule.get("max_retries") in {0, 1}:
                reason = "retries no job: the first attempt counts"
                fix = "set max_retries to 2 for one retry"
                problems.warn(Code.UNUSED_RULE, f"{place}.rules[{index}].max_retries", reason, fix)
            for code in rule.get("exit_codes", ()):
                fix = _meant_code(code)
                if fix:
                    reason = "a job that ends with 0 has not failed" if code == 0 else f"no job ends with {code}"
                    problems.warn(Code.UNUSED_RULE, f"{place}.rules[{index}].exit_codes", reason, fix)


def _meant_code(code: int) -> str:
    """Return what to write for an exit code that no failed job has; empty for others."""
    if code == 0:
        return "remove it"
    if code < 0:
        return f"write {128 - code} for signal {-code}"
    if code > MAX_EXIT_CODE:
        return f"write {code % 256}, as the shell does" if code % 256 else "remove it: the shell makes it 0"
    return ""
