"""Whether an unsuccessful job lacked memory or time, from its result and what it required. Pure."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

NODE_DIED: Final = -128
_KILLED: Final = -9
_KILLED_BY_SHELL: Final = 137
# A job that was killed after a larger share of its run time may have been killed for that.
_MEMORY_TIME_SHARE: Final = 0.8
_OVER_TIME_SHARE: Final = 0.9


class Lack(Enum):
    """What a job lacked, and by what that is known."""

    MEMORY_BY_USE = "it used more memory than it required"
    MEMORY_BY_CODE = "it was killed long before the end of its run time"
    TIME_BY_CODE = "it was stopped at the end of its run time"
    TIME_BY_USE = "it ran for almost all of its run time, or longer"

    @property
    def is_of_memory(self) -> bool:
        """Whether it lacked memory, and not time."""
        return self in {Lack.MEMORY_BY_USE, Lack.MEMORY_BY_CODE}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a job required; None for what its user did not choose."""

    memory_bytes: int | None
    runtime_seconds: int | None


@dataclass(frozen=True, slots=True)
class KillCodes:
    """The return codes that the runners of a workflow report for jobs that they stopped for memory or time."""

    out_of_memory: int
    out_of_time: int


def lack_of(
    return_code: int, limits: Limits, codes: KillCodes, *, peak_bytes: int | None, seconds: float, is_terminated: bool
) -> Lack | None:
    """Return what an unsuccessful job lacked; None if it was neither memory nor time, or if that is not known."""
    if return_code == NODE_DIED:
        return None
    limit, runtime = limits.memory_bytes, limits.runtime_seconds
    if limit is not None and peak_bytes is not None and peak_bytes > limit:
        return Lack.MEMORY_BY_USE
    is_killed = return_code in {codes.out_of_memory, _KILLED_BY_SHELL, _KILLED} and not is_terminated
    is_early = runtime is None or seconds < _MEMORY_TIME_SHARE * runtime
    if is_killed and is_early and (limit is not None or peak_bytes is not None):
        return Lack.MEMORY_BY_CODE
    if return_code == codes.out_of_time:
        return Lack.TIME_BY_CODE
    return Lack.TIME_BY_USE if runtime is not None and seconds > _OVER_TIME_SHARE * runtime else None
