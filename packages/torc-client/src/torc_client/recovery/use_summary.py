"""What jobs required compared with what they used, as the server counted it. Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from torc_client.api.records import QuantilesModel, UsedResources
from torc_client.recovery.corrections import Adjustment, fitted, measured_use
from torc_client.recovery.multipliers import Multipliers
from torc_client.recovery.outcomes import RequiredResources
from torc_client.recovery.quantiles import Quantile
from torc_client.recovery.utilization import Resource
from torc_client.text import duration, size


@dataclass(frozen=True, slots=True)
class UseComparison:
    """One resource of jobs with equal requirements. `required` is None if no user chose it."""

    resource: Resource
    required: float | None
    used: QuantilesModel

    def text(self, amount: float) -> str:
        """Return an amount of the resource as text."""
        return amount_text(self.resource, amount)

    @property
    def over_percent(self) -> float | None:
        """How much more the jobs used than required, by the 99 % quantile; negative if it was less."""
        return None if not self.required else (self.used.p99 / self.required - 1) * 100

    @property
    def share_text(self) -> str:
        """Which part is unused, or how much more was used: "74 % unused"."""
        over = self.over_percent
        if over is None:
            return ""
        # Rounded down: 100 % is unused only if nothing was used.
        return f"{math.floor(-over)} % unused" if over <= 0 else f"{math.ceil(over)} % more than required"

    @property
    def sentence(self) -> str:
        """The comparison in one line: "12 GiB required, p99 3.1 GiB: 74 % unused"."""
        p99 = f"p99 {self.text(self.used.p99)}"
        return p99 if not self.required else f"{self.text(self.required)} required, {p99}: {self.share_text}"


def amount_text(resource: Resource, amount: float) -> str:
    """Return an amount of a resource as text. CPU use is in percent of one CPU."""
    match resource:
        case Resource.MEMORY:
            return size(amount).replace(".0 ", " ")
        case Resource.CPU:
            return f"{amount / 100:.3g} CPU{'' if amount == 100 else 's'}"
        case Resource.RUNTIME:
            return duration(amount)


def comparisons(required: RequiredResources, used: UsedResources) -> Iterator[UseComparison]:
    """Yield the resources that were measured."""
    if used.memory_bytes is not None:
        yield UseComparison(Resource.MEMORY, required.memory_bytes, used.memory_bytes)
    if used.cpu_percent is not None:
        cpus = required.num_cpus
        yield UseComparison(Resource.CPU, None if cpus is None else cpus * 100, used.cpu_percent)
    if used.seconds is not None:
        yield UseComparison(Resource.RUNTIME, required.runtime_seconds, used.seconds)


def proposed(
    required: RequiredResources, used: UsedResources, multipliers: Multipliers, quantile: Quantile = Quantile.MOST
) -> tuple[Adjustment, Adjustment]:
    """Return what `torc workflows correct-resources` would raise and lower in a record. The default one is kept."""
    measured = measured_use(
        quantile,
        amounts=(
            _amount(used.memory_bytes, quantile),
            _amount(used.seconds, quantile),
            _amount(used.cpu_percent, quantile),
        ),
        num_results=used.num_results,
        num_unsuccessful=used.num_unsuccessful,
        num_lacking=(used.num_out_of_memory, used.num_out_of_time),
    )
    return fitted(required, measured, multipliers, {})


def _amount(quantiles: QuantilesModel | None, quantile: Quantile) -> float:
    if quantiles is None:
        return 0
    return {
        Quantile.P50: quantiles.p50,
        Quantile.P90: quantiles.p90,
        Quantile.P99: quantiles.p99,
        Quantile.MOST: quantiles.most,
    }[quantile]
