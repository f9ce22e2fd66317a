"""The generations of published clients."""

from enum import Enum


class Generation(Enum):
    """Generations of published clients, recognized by their headers, where one answer does not suit all."""

    V012 = "0.12"
    V035 = "0.35"
    V100 = "1.0"
    OTHER = "other"
