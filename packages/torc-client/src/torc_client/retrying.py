"""Which calls may be retried, and the pause before each retry."""

import random
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from torc_client.operation import Operation
from torc_client.time_limits import FIRST_CONTACT_SECONDS, LONGEST_PAUSE_SECONDS, SCRIPT_RETRY_TIMEOUT_SECONDS

# A POST that is idempotent: a repeated report changes nothing.
REPEATABLE_POSTS = frozenset({"complete_job"})
# A POST that is idempotent if it has a key: the answer is then the same.
REPEATABLE_WITH_KEY = {"claim_jobs_based_on_resources": "claim_key", "claim_next_jobs": "claim_key"}
# HTTP statuses of temporary failures.
PASSING_STATUSES = frozenset({502, 503, 504})
# The server refused the call before it did anything: too many wrong passwords came before this one.
THROTTLED_STATUS = 429


class RetryPolicy(Struct, frozen=True):
    """How long a call is retried during an outage, and the growing pauses between its attempts.

    `first_seconds` replaces `seconds` until the server has answered once.
    """

    seconds: float = 5.0
    first_pause_seconds: float = 0.1
    longest_pause_seconds: float = LONGEST_PAUSE_SECONDS
    first_seconds: float | None = None

    def limit_seconds(self, *, was_heard: bool) -> float:
        """Return how long a call is retried, given whether the server has answered before."""
        return self.seconds if was_heard or self.first_seconds is None else self.first_seconds

    def pause_seconds(self, attempt: int, jitter: float) -> float:
        """Return the pause after failed attempt 1, 2, ...; `jitter`, from 0 to 1, varies the second half of it."""
        full = min(self.longest_pause_seconds, self.first_pause_seconds * 2.0 ** min(attempt - 1, 30))
        return full * (0.5 + 0.5 * jitter)


def script_retries(seconds: float | None) -> RetryPolicy:
    """Return the policy of scripts. `seconds` hold from the first call on; None is the default of the library."""
    if seconds is not None:
        return RetryPolicy(seconds=seconds)
    return RetryPolicy(seconds=SCRIPT_RETRY_TIMEOUT_SECONDS, first_seconds=FIRST_CONTACT_SECONDS)


def may_repeat(operation: Operation[Any], query: Mapping[str, Any]) -> bool:
    """Whether a call that the server may have performed already can be sent again.

    Deletions of several records are not repeated: the answer would not count what the first one deleted.
    """
    if operation.method in {"GET", "PUT"} or operation.id in REPEATABLE_POSTS:
        return True
    if operation.method == "DELETE":
        return operation.path.endswith("}")
    key = REPEATABLE_WITH_KEY.get(operation.id)
    return key is not None and bool(query.get(key))


# POSTs that may be sent again while the first one may still be performed: the server answers both alike.
_RESENDABLE_POSTS = frozenset({"complete_job", "heartbeat_compute_node", "report_and_claim"})


def may_resend(operation: Operation[Any], query: Mapping[str, Any]) -> bool:
    """Whether a call can be sent again although the server may still perform it."""
    if operation.method == "GET" or operation.id in _RESENDABLE_POSTS:
        return True
    return operation.method == "POST" and may_repeat(operation, query)


# A failed attempt that took less than this counts as an outage from its start. A longer one counts from its end:
# otherwise one lost answer would use up the whole time for retries.
_SHORT_ATTEMPT_SECONDS = 1.0


class RetryLoop:
    """Counts the attempts of a call and measures the outage. All times are seconds of the clock of the caller."""

    def __init__(self, policy: RetryPolicy, *, was_heard: bool = True) -> None:
        self.attempts = 0
        self.limit_seconds = policy.limit_seconds(was_heard=was_heard)
        """For the outage."""
        self._policy = policy
        self._outage_since: float | None = None

    def end_outage(self) -> None:
        """Forget the outage, because the server has answered."""
        self._outage_since = None
        self.limit_seconds = self._policy.limit_seconds(was_heard=True)

    def shorten_pauses(self) -> None:
        """Begin with the shortest pause again."""
        self.attempts = 0

    def next_pause_seconds(self) -> float:
        """Count an attempt that has ended, and return the pause after it."""
        self.attempts += 1
        return self._policy.pause_seconds(self.attempts, random.random())  # noqa: S311 - not a secret

    def allows(self, pause_seconds: float, *, began: float, now: float, silent_since: float | None = None) -> bool:
        """Whether the policy allows another attempt after the pause, when one that failed `began` then and ends now.

        `silent_since` is the start of the outage if it is known.
        """
        if self._outage_since is None:
            is_short = now - began < _SHORT_ATTEMPT_SECONDS
            self._outage_since = silent_since if silent_since is not None else began if is_short else now
        return now + pause_seconds <= self._outage_since + self.limit_seconds

    def outage_seconds(self, now: float) -> float:
        """Return the length of the outage until now."""
        return 0.0 if self._outage_since is None else now - self._outage_since
