"""Compare the requirements of ready jobs with the offers of candidate nodes. No SQL."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from torc_server.edge.duration_words import exact_duration
from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.ids import NodeId
from torc_server.engine.labels import labels_of
from torc_server.engine.quantities import BYTES_PER_GB


class Quantity(StrEnum):
    """A quantity of an offer. The value is its name in offers."""

    NUM_CPUS = "num_cpus"
    MEMORY_GB = "memory_gb"
    NUM_GPUS = "num_gpus"
    NUM_NODES = "num_nodes"
    TIME_LIMIT_SECONDS = "time_limit_seconds"


@dataclass(frozen=True, slots=True)
class Need:
    """Ready jobs with the same requirements, labels and scheduler configuration. `labels` is in the stored form."""

    requirements_id: int
    requirements_name: str
    scheduler_id: int | None
    num_jobs: int
    num_cpus: int
    memory_bytes: int
    num_gpus: int
    num_nodes: int
    runtime_seconds: int
    labels: str | None = None

    @property
    def amounts(self) -> dict[Quantity, float]:
        """The amount of each quantity that one of the jobs needs."""
        return {
            Quantity.NUM_CPUS: self.num_cpus,
            Quantity.MEMORY_GB: self.memory_bytes / BYTES_PER_GB,
            Quantity.NUM_GPUS: self.num_gpus,
            Quantity.NUM_NODES: self.num_nodes,
            Quantity.TIME_LIMIT_SECONDS: self.runtime_seconds,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer, with one of the `nodes_alike` nodes that make it, or without a node for a hypothetical offer."""

    offer: NodeOffer
    node_id: NodeId | None = None
    hostname: str | None = None
    nodes_alike: int = 1

    def amount(self, quantity: Quantity) -> float | None:
        """The offered amount of a quantity; None if it is unlimited."""
        return {
            Quantity.NUM_CPUS: self.offer.num_cpus,
            Quantity.MEMORY_GB: self.offer.memory_bytes / BYTES_PER_GB,
            Quantity.NUM_GPUS: self.offer.num_gpus,
            Quantity.NUM_NODES: self.offer.num_nodes,
            Quantity.TIME_LIMIT_SECONDS: self.offer.time_limit_seconds,
        }[quantity]

    @property
    def name(self) -> str:
        """The name of the candidate in messages."""
        return "such a node" if self.node_id is None else f"node {self.node_id} on {self.hostname}"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A quantity of which a candidate has too little."""

    candidate: Candidate
    quantity: Quantity
    needed: float
    offered: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate fits one of the jobs, and the shortfalls of the candidates that do not.

    `is_bound_elsewhere`: the jobs are bound to a scheduler configuration that no fitting candidate has; a claim takes
    them only if no other job fits, and a strict claim never does. `lacks_label`: the labels of the candidates
    allow none of the jobs; their sizes were not compared.
    """

    need: Need
    fits: bool
    is_bound_elsewhere: bool
    lacks_label: bool
    shortfalls: tuple[Shortfall, ...]


def largest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without those that are at most as large as another one in every quantity."""

    def amounts(candidate: Candidate) -> tuple[float, ...]:
        return tuple(math.inf if amount is None else amount for amount in map(candidate.amount, Quantity))

    kept: dict[Candidate, tuple[float, ...]] = {}
    for candidate, offered in sorted(
        ((each, amounts(each)) for each in candidates), key=lambda each: each[1], reverse=True
    ):
        if not any(
            other.offer.scheduler_config_id == candidate.offer.scheduler_config_id
            and set(other.offer.labels.labels) >= set(candidate.offer.labels.labels)
            and other.offer.labels.takes_unlabelled >= candidate.offer.labels.takes_unlabelled
            and all(more >= less for more, less in zip(larger, offered, strict=True))
            for other, larger in kept.items()
        ):
            kept[candidate] = offered
    return list(kept)


def judge(need: Need, candidates: Sequence[Candidate]) -> Verdict:
    """Compare a need with the candidates whose labels allow it."""
    labels = labels_of(need.labels)
    is_about_labels = bool(labels or candidates)
    candidates = [candidate for candidate in candidates if candidate.offer.labels.allow(labels)]
    fitting = [candidate for candidate in candidates if not _short(need, candidate)]
    bound_elsewhere = need.scheduler_id is not None and all(
        candidate.offer.scheduler_config_id != need.scheduler_id for candidate in fitting
    )
    return Verdict(
        need=need,
        fits=bool(fitting),
        is_bound_elsewhere=bool(fitting) and bound_elsewhere,
        lacks_label=is_about_labels and not candidates,
        shortfalls=tuple(shortfall for candidate in candidates for shortfall in _short(need, candidate)),
    )


def _short(need: Need, candidate: Candidate) -> list[Shortfall]:
    found = []
    for quantity, needed in need.amounts.items():
        offered = candidate.amount(quantity)
        if offered is not None and offered < needed:
            found.append(Shortfall(candidate, quantity, needed, offered))
    return found


def sentence(verdict: Verdict, *, of_earlier: bool = False) -> str:
    """Return why no candidate fits the jobs: the quantities of which no candidate has enough, or an example.

    `of_earlier`: the candidates are nodes that are no longer active.
    """
    need, candidates = verdict.need, {shortfall.candidate for shortfall in verdict.shortfalls}
    short_everywhere = {}
    for quantity in Quantity:
        offered = [each.offered for each in verdict.shortfalls if each.quantity is quantity]
        if len(offered) == len(candidates):
            short_everywhere[quantity] = max(offered)
    jobs = f"{need.num_jobs} ready {'job' if need.num_jobs == 1 else 'jobs'} ({need.requirements_name})"
    if short_everywhere:
        wanted = _listed([_words(quantity, need.amounts[quantity]) for quantity in short_everywhere])
        most = _listed([_words(quantity, offered) for quantity, offered in short_everywhere.items()])
        needs = f"{jobs} needs {wanted}" if need.num_jobs == 1 else f"{jobs} need {wanted} each"
        return f"{needs}, but no {'earlier node offered' if of_earlier else 'node offers'} more than {most}"
    first, verb = verdict.shortfalls[0], "needs" if need.num_jobs == 1 else "need"
    none, has = ("No earlier node offered", "had") if of_earlier else ("No node offers", "has")
    return (
        f"{none} everything that {jobs} {verb}: for example, {first.candidate.name} {has} only "
        f"{_words(first.quantity, first.offered)} of {_words(first.quantity, first.needed)}"
    )


def _words(quantity: Quantity, amount: float) -> str:
    match quantity:
        case Quantity.NUM_CPUS:
            return f"{amount:g} {'CPU' if amount == 1 else 'CPUs'}"
        case Quantity.MEMORY_GB:
            # More digits would not help, unless it is less than 1 GiB.
            return f"{amount if amount < 1 else round(amount, 2):g} GiB of memory"
        case Quantity.NUM_GPUS:
            return f"{amount:g} {'GPU' if amount == 1 else 'GPUs'}"
        case Quantity.NUM_NODES:
            return f"{amount:g} {'node' if amount == 1 else 'nodes'}"
        case Quantity.TIME_LIMIT_SECONDS:
            return f"{exact_duration(int(amount))} of time"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
