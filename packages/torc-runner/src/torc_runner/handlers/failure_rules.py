"""What a failure handler says about a return code: pure.

The rules are the contract's: the first rule that names the code exactly, else the first that matches all codes.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec

_FEWEST = 1


class Rule(msgspec.Struct, frozen=True):
    """One rule of a failure handler."""

    exit_codes: tuple[int, ...] = ()
    match_all_exit_codes: bool = False
    recovery_script: str | None = None
    """A command that is run before the next attempt; there is none if it fails."""
    max_retries: Annotated[int, msgspec.Meta(ge=_FEWEST)] = 3
    """How many attempts there are in all, despite its name: so the contract counts."""


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Read the rules of a failure handler, a JSON list; ValueError says what is wrong with it."""
    return msgspec.json.decode(text, type=tuple[Rule, ...])


def rule_for(rules: Sequence[Rule], return_code: int) -> Rule | None:
    """Choose the rule for a return code, if there is one."""
    exact = (rule for rule in rules if return_code in rule.exit_codes)
    return next(exact, None) or next((rule for rule in rules if rule.match_all_exit_codes), None)
