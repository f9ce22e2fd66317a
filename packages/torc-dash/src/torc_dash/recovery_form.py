"""The form of the recovery page, and the command that it stands for. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import quote, unquote

from torc_client.recovery.by_group import FailedGroup, RecoveryByGroup
from torc_client.recovery.diagnosis import Cause
from torc_client.spec.quantities import duration_seconds, memory_bytes

_LISTED = re.compile(r"([0-9]{1,18}(?:,[0-9]{1,18}){0,999}) (.+)", re.DOTALL)
_FACTOR = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_FACTORS = {"memory_multiplier": "Multiply memory by", "runtime_multiplier": "Multiply run time by"}
_VALUES = {"memory": memory_bytes, "runtime": duration_seconds}


def key_of(group: FailedGroup) -> str:
    """Return the value of the check box of a class. It has no characters that a form changes."""
    return f"{group.cause}:{quote(group.group, safe='')}"


def listed_as(group: FailedGroup) -> str:
    """Return the value of the hidden field of a class: the ids of its requirements, and its key."""
    return f"{','.join(map(str, group.resource_requirements_ids))} {key_of(group)}"


@dataclass(frozen=True)
class Wish:
    """What the reader chose. `listed` has the classes that the form showed, with the ids of their requirements."""

    listed: Mapping[str, frozenset[int]] = field(default_factory=dict)
    ticked: frozenset[str] = frozenset()
    is_cut: bool = False
    """Whether the form showed only some of the classes."""

    values: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """The values that differ from the proposed ones, by `memory` or `runtime` and the id of requirements."""

    factors: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether classes were shown, and none is ticked."""
        return bool(self.listed) and not self.ticked

    def arguments(self, workflow_id: int) -> list[str]:
        """Return the words of the command."""
        words = ["recover", str(workflow_id), "--no-prompts", "--by-group"]
        words += [f"--{name.replace('_', '-')}={text}" for name, text in self.factors.items()]
        words += self._selection()
        words += [f"--{name}={id}={text}" for (name, id), text in self.values.items()]  # noqa: A001 - the contract's name
        return words

    def _selection(self) -> list[str]:
        unknown = {key for key in self.listed if key.startswith(f"{Cause.UNKNOWN}:")}
        if not self.is_cut and self.ticked == self.listed.keys() - unknown:
            return []
        if not self.is_cut and self.ticked == self.listed.keys():
            return ["--retry-unknown"]
        return [f"--only={unquote(key)}" for key in self.listed if key in self.ticked]


def read_wish(form: Mapping[str, str], ticked: Sequence[str], listed: Sequence[str]) -> Wish:
    """Parse the values of the form, of which `pick` and `class` are repeated."""
    classes: dict[str, frozenset[int]] = {}
    for text in listed:
        if found := _LISTED.fullmatch(text):
            classes[found[2]] = frozenset(map(int, found[1].split(",")))
    chosen = frozenset(ticked) & classes.keys()
    used = {id for key in chosen for id in classes[key]}  # noqa: A001 - the contract's name
    values, problems = {}, []
    for id in sorted(used):  # noqa: A001 - the contract's name
        for name, check in _VALUES.items():
            text = form.get(f"{name}-{id}", "").strip()
            if text and text != form.get(f"was-{name}-{id}", ""):
                values[name, id] = text
                try:
                    check(text)
                except ValueError as error:
                    problems.append(f"{error}.")
    factors = {}
    for name, label in _FACTORS.items():
        text = form.get(name, "").strip()
        if not text:
            continue
        factors[name] = text
        if _FACTOR.fullmatch(text) is None or float(text) < 1:
            problems.append(f"{label}: {text!r} is not a number of at least 1.")
    return Wish(classes, chosen, form.get("cut") == "1", values, factors, tuple(problems))


def digest_of(plan: RecoveryByGroup) -> str:
    """Return the name of what a plan does: a form with another one shows something else."""
    changes = [(each.id, each.job_count, each.new_memory, each.new_runtime) for each in plan.requirements]
    classes = [(each.cause, each.group, each.job_count) for each in plan.groups if each.retry]
    return sha256(repr((plan.jobs_to_retry, sorted(changes), sorted(classes))).encode()).hexdigest()[:32]
