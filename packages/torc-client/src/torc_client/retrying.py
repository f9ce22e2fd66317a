"""Which calls may be repeated, and how long to wait before each repetition. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from torc_client.operation import Operation

# A POST that changes nothing when the very same one arrives again: reports are idempotent.
REPEATABLE_POSTS = frozenset({"complete_job"})
# A POST that answers the same again when it carries its key.
REPEATABLE_WITH_KEY = {"claim_jobs_based_on_resources": "claim_key", "claim_next_jobs": "claim_key"}
# HTTP answers that say "not now" rather than "no".
PASSING_STATUSES = frozenset({502, 503, 504})


class RetryPolicy(Struct, frozen=True):
    """How long a call outlasts a server that is away, and the growing pauses between its attempts."""

    seconds: float = 5.0
    first_pause_seconds: float = 0.1
    longest_pause_seconds: float = 5.0

    def pause_seconds(self, attempt: int, jitter: float) -> float:
        """Return the pause after failed attempt 1, 2, ...; `jitter` in 0..1 spreads clients over half of it."""
        full = min(self.longest_pause_seconds, self.first_pause_seconds * 2.0 ** min(attempt - 1, 30))
        return full * (0.5 + 0.5 * jitter)


def may_repeat(operation: Operation[Any], query: Mapping[str, Any]) -> bool:
    """Whether a call that perhaps was performed already may be sent once more."""
    if operation.method in {"GET", "PUT", "DELETE"} or operation.id in REPEATABLE_POSTS:
        return True
    key = REPEATABLE_WITH_KEY.get(operation.id)
    return key is not None and bool(query.get(key))
