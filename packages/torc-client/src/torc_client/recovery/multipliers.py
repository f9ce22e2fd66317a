"""The margins by which measured use is multiplied to get a requirement."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Multipliers:
    """A factor for each resource."""

    memory: float
    runtime: float
    cpu: float


CORRECTION: Final = Multipliers(memory=1.2, runtime=1.2, cpu=1.2)
"""The default when requirements are fitted to what jobs used."""

RECOVERY: Final = Multipliers(memory=1.5, runtime=1.5, cpu=1.2)
"""The default when jobs failed for lack of memory or time: how much they need is not known."""
