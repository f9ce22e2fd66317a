"""The rules of a failure handler. Pure.

The first rule that names the return code applies, else the first rule that matches all codes.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """One rule of a failure handler."""

    exit_codes: tuple[int, ...] = ()
    match_all_exit_codes: bool = False
    recovery_script: str | None = None
    """A command that runs before the next attempt. If it fails, there is no next attempt."""
    max_retries: Annotated[int, msgspec.Meta(ge=0)] = 3
    """Total number of attempts, the first included, despite the name. 0 is like 1."""


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Parse the rules of a failure handler, a JSON list. Raises ValueError with the reason."""
    return msgspec.json.decode(text, type=tuple[Rule, ...])


def rule_for(rules: Sequence[Rule], return_code: int) -> Rule | None:
    """Return the rule for a return code, or None."""
    exact = (rule for rule in rules if return_code in rule.exit_codes)
    return next(exact, None) or next((rule for rule in rules if rule.match_all_exit_codes), None)
