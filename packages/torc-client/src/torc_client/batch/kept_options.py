"""What regenerated schedulers keep of those before them: what the user chose and the plan does not decide. Pure."""

import shlex
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from torc_client.api.records import SlurmSchedulerModel

_DECIDED = frozenset({
    "account", "array", "cores-per-socket", "cpus-per-gpu", "cpus-per-task", "dependency", "error", "exclusive", "gpus",
    "gpus-per-node", "gpus-per-task", "gres", "job-name", "mem", "mem-per-cpu", "mem-per-gpu", "nodes", "ntasks",
    "ntasks-per-gpu", "ntasks-per-node", "output", "partition", "qos", "sockets-per-node", "time", "time-min", "tmp",
    "A", "a", "c", "d", "e", "G", "J", "N", "n", "o", "p", "q", "t",
})  # fmt: skip
"""Options of sbatch that a plan decides, or that the script has from other members."""


def with_kept_options(
    record: Mapping[str, Any], before: Collection[SlurmSchedulerModel], warnings: list[str]
) -> dict[str, Any]:
    """Return the record of a scheduler with the options that all schedulers `before` it have, such as --constraint.

    A QOS is kept only in the same partition. If the schedulers differ, a warning is added and nothing is kept.
    """
    kept = dict(record)
    extras = {kept_extra(each.extra or "") for each in before}
    if len(extras) == 1 and (extra := extras.pop()):
        kept["extra"] = " ".join(filter(None, (kept.get("extra"), extra)))
    elif len(extras) > 1:
        names = ", ".join(each.name for each in before if each.name)
        warnings.append(f"{kept['name']} has none of the extra options of {names}, since these differ")
    if "qos" not in kept and {each.partition for each in before} == {kept.get("partition")}:
        kept |= _common("qos", before)
    return kept | _common("tmp", before)


def kept_extra(extra: str) -> str:
    """Return the options in a text that no plan decides."""
    try:
        words = shlex.split(extra)
    except ValueError:
        return ""
    return shlex.join(word for option in _options(words) for word in option if _name(option[0]) not in _DECIDED)


def _options(words: Iterable[str]) -> list[list[str]]:
    """Group words into options: each with the value that follows it, if that is a word of its own."""
    options: list[list[str]] = []
    for word in words:
        if word.startswith("-") or not options:
            options.append([word])
        else:
            options[-1].append(word)
    return options


def _name(word: str) -> str:
    return word[2:].partition("=")[0] if word.startswith("--") else word[1:2]


def _common(member: str, before: Collection[SlurmSchedulerModel]) -> dict[str, Any]:
    values = {getattr(each, member) or None for each in before}
    return {member: values.pop()} if len(values) == 1 and None not in values else {}
