"""Password checks that do not block the server: threads for bcrypt, and a cache of valid credentials."""

import asyncio
import hmac
import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from torc_server.auth import htpasswd
from torc_server.auth.failures import FREE_PER_ADDRESS, FREE_PER_PAIR, FREE_PER_USER, Failures
from torc_server.auth.lane import FIRST, Lane, Overloaded, Precedence, Throttled

__all__ = ["CredentialChecker", "Overloaded", "Throttled"]

THREADS = 2
# Further threads for credentials that were valid before: they do not wait for the check of a guess that has begun.
KEPT_THREADS = 1

# Largest number of checks that wait for a thread. At 0.2 s each this is about ten seconds of work.
WAITING_MAX = 100
WAITING_PER_ADDRESS_MAX = 50

# Names that are guessed have a separate thread, so that they do not delay other logins.
GUESSED_THREADS = 1
GUESSED_WAITING_MAX = 200
GUESSED_PER_ADDRESS_MAX = 20
# The lowest priority: what guesses cost is taken from no other check.
GUESSED_NICENESS = 19

# An address with many wrong passwords gets each further refusal after this time, whether or not the user exists.
LATE_ANSWER_SECONDS = 1.0

# Above this number of remembered credentials the expired ones are removed.
REMEMBERED_MAX = 1000
# Largest number of remembered wrong credentials. Those that were sent least recently are removed first.
WRONG_MAX = 10_000
# Largest number of pairs of address and user that are known to have logged in.
KNOWN_MAX = 10_000

NO_ADDRESS = ""
# A network or a machine usually owns all IPv6 addresses with the same prefix of this length.
IPV6_SHARED_BITS = 64

# The precedence of checks: credentials that were valid before, users who logged in from this address before and
# addresses without many wrong passwords, and others.
_VALID_BEFORE, _ORDINARY, _SUSPECT = FIRST, 1, 2


class _Users:
    """The users of a password file, with the remembered credentials and the checks in progress.

    A reload replaces the object, and so drops the checks in progress.
    """

    def __init__(self, hashes: Mapping[str, bytes]) -> None:
        if not hashes:
            raise ValueError("a checker needs at least one user")
        self.hashes = dict(hashes)
        self.decoys = tuple(self.hashes.values())
        # By fingerprint: the user, and the time until which the credentials are valid without a check.
        self.remembered: dict[bytes, tuple[str, float]] = {}
        # The fingerprints of wrong credentials.
        self.wrong: OrderedDict[bytes, None] = OrderedDict()
        self.running: dict[bytes, asyncio.Task[bool]] = {}


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Credentials of a request, and how many wrong ones came over the same connection."""

    user: str
    password: str
    address: str
    refused: int
    fingerprint: bytes

    @property
    def pair(self) -> str:
        return f"{self.address}\n{self.user}"


class CredentialChecker:
    """Checks passwords of users.

    Known and unknown users get the same answers after the same time: for an unknown name the password is compared with
    the hash of a known user, always the same one for that name, and the outcome is ignored. Credentials are remembered
    under a key that only this process can compute: valid ones for `cache_ttl_seconds` (0: never), wrong ones until
    `replace`. Wrong ones count once: programs that repeat a former password are not guesses, and keep out no user.

    Guesses do not delay logins. A name that is guessed from an address is checked in growing intervals; in between,
    further attempts are refused without a check. From an address with many wrong passwords, names that do not exist
    are no longer compared with a hash, and every 401 is late by the same time. So the checks that wait are few, and
    those of users who were right before come first, on a thread of their own.
    """

    def __init__(
        self,
        users: Mapping[str, bytes],
        *,
        cache_ttl_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        matches: Callable[[str, bytes], bool] = htpasswd.matches,
    ) -> None:
        self._users = _Users(users)
        self._cache_ttl_seconds = cache_ttl_seconds
        self._clock = clock
        self._sleep = sleep
        self._matches = matches
        self._key = secrets.token_bytes(32)
        self._of_pair = Failures(FREE_PER_PAIR, clock)
        self._of_user = Failures(FREE_PER_USER, clock)
        self._of_address = Failures(FREE_PER_ADDRESS, clock)
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lane = Lane(
            "",
            threads=THREADS + KEPT_THREADS,
            waiting_max=WAITING_MAX,
            per_address_max=WAITING_PER_ADDRESS_MAX,
            kept_threads=KEPT_THREADS,
        )
        self._guessed_lane = Lane(
            "guessed",
            threads=GUESSED_THREADS,
            waiting_max=GUESSED_WAITING_MAX,
            per_address_max=GUESSED_PER_ADDRESS_MAX,
            niceness=GUESSED_NICENESS,
        )

    def has_user(self, user: str) -> bool:
        """Whether this is the name of a user."""
        return user in self._users.hashes

    def replace(self, users: Mapping[str, bytes]) -> frozenset[str]:
        """Replace the users. Return those who were removed or have another hash. Can be called from any thread.

        All credentials are checked again. Those of users who did not change keep their precedence.
        """
        former, self._users = self._users, _Users(users)
        changed = frozenset(user for user, each in former.hashes.items() if self._users.hashes.get(user) != each)
        self._users.remembered = {
            key: (user, -1.0) for key, (user, _) in former.remembered.copy().items() if user not in changed
        }
        for pair in list(self._known):
            if pair[1] in changed:
                self._known.pop(pair, None)
        return changed

    async def verify(self, user: str, password: str, *, address: str | None = None, refused: int = 0) -> bool:
        """Whether this is the password of `user`. Raises Overloaded and Throttled.

        `refused` is the number of wrong passwords on the same connection.
        """
        attempt = _Attempt(user, password, _neighbourhood(address), refused, self._fingerprint(user, password))
        while True:
            users = self._users
            good = await self._verify(users, attempt)
            # A reload during the check makes its outcome invalid.
            if users is self._users:
                return good

    def close(self) -> None:
        """End the threads. Checks that have not begun are dropped."""
        self._lane.close()
        self._guessed_lane.close()

    async def _verify(self, users: _Users, attempt: _Attempt) -> bool:
        _, until = users.remembered.get(attempt.fingerprint, (attempt.user, -1.0))
        if until > self._clock():
            return True
        # Many runners that start together send the same credentials: these are checked once for all of them.
        running = users.running.get(attempt.fingerprint)
        if running is not None:
            return await asyncio.shield(running)
        if attempt.fingerprint in users.wrong:
            users.wrong.move_to_end(attempt.fingerprint)
            return False
        if attempt.fingerprint in users.remembered:
            return await self._run(users, attempt, self._lane, (_VALID_BEFORE,))
        return await self._verify_new(users, attempt)

    async def _verify_new(self, users: _Users, attempt: _Attempt) -> bool:
        """Check credentials that were not valid before. They count as wrong until they prove to be right."""
        user, address, pair = attempt.user, attempt.address, attempt.pair
        wrong = self._of_pair.count(pair)
        seconds = self._of_pair.wait_seconds(pair)
        if seconds > 0:
            # Also late, so that few connections cannot keep the server busy with refusals.
            await self._sleep(LATE_ANSWER_SECONDS)
            raise Throttled(seconds)
        is_known = (address, user) in self._known
        is_guessed = self._of_pair.is_beyond(pair) or (self._of_user.is_beyond(user) and not is_known)
        is_suspect = self._of_address.is_beyond(address)
        began = self._clock()
        counted = ((self._of_pair, pair), (self._of_user, user), (self._of_address, address))
        for failures, key in counted:
            failures.note(key)
        good = False
        if is_guessed or not is_suspect or user in users.hashes:
            lane = self._guessed_lane if is_guessed else self._lane
            rank = _SUSPECT if is_suspect and not is_known else _ORDINARY
            try:
                good = await self._run(users, attempt, lane, (rank, wrong, attempt.refused))
            except Overloaded:
                for failures, key in counted:
                    failures.take_back(key)
                raise
        if good:
            self._of_pair.forget(pair)
            self._of_address.take_back(address)
            return True
        if is_suspect and not is_guessed:
            await self._sleep(max(began + LATE_ANSWER_SECONDS - self._clock(), 0.0))
        users.wrong[attempt.fingerprint] = None
        if len(users.wrong) > WRONG_MAX:
            users.wrong.popitem(last=False)
        return False

    async def _run(self, users: _Users, attempt: _Attempt, lane: Lane, precedence: Precedence) -> bool:
        check = self._check(users, attempt, lane, precedence)
        running = users.running[attempt.fingerprint] = asyncio.create_task(check)
        running.add_done_callback(partial(_forget, users.running, attempt.fingerprint))
        # Shielded: a caller that disconnects must not end the check for the others.
        return await asyncio.shield(running)

    async def _check(self, users: _Users, attempt: _Attempt, lane: Lane, precedence: Precedence) -> bool:
        known = users.hashes.get(attempt.user)
        password_hash = self._decoy(users, attempt.user) if known is None else known
        matches = partial(self._matches, attempt.password, password_hash)
        same = await lane.run(matches, precedence=precedence, address=attempt.address)
        if not same or known is None:
            return False
        self._of_user.forget(attempt.user)
        self._remember(users, attempt)
        return True

    def _remember(self, users: _Users, attempt: _Attempt) -> None:
        pair = (attempt.address, attempt.user)
        self._known[pair] = None
        self._known.move_to_end(pair)
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)
        if self._cache_ttl_seconds <= 0:
            return
        now = self._clock()
        if len(users.remembered) >= REMEMBERED_MAX:
            users.remembered = {key: (who, end) for key, (who, end) in users.remembered.items() if end > now}
        users.remembered[attempt.fingerprint] = (attempt.user, now + self._cache_ttl_seconds)

    def _decoy(self, users: _Users, user: str) -> bytes:
        """Choose the hash to check against for a name that is not in the file."""
        number = int.from_bytes(self._mac(user.encode("utf-8", "surrogateescape"))[:8], "big")
        return users.decoys[number % len(users.decoys)]

    def _fingerprint(self, user: str, password: str) -> bytes:
        # The length of the name comes first, so that ("a", "b:c") and ("a:b", "c") differ.
        name = user.encode("utf-8", "surrogateescape")
        return self._mac(len(name).to_bytes(4, "big") + name + password.encode("utf-8", "surrogateescape"))

    def _mac(self, message: bytes) -> bytes:
        return hmac.digest(self._key, message, "sha256")


def _forget(running: dict[bytes, asyncio.Task[bool]], fingerprint: bytes, task: asyncio.Task[bool]) -> None:
    del running[fingerprint]
    if not task.cancelled():
        task.exception()  # the callers may have disconnected, so that no other code reads it


def _neighbourhood(address: str | None) -> str:
    """Return the network of an IPv6 address, since its owner can use every address in it; else the address."""
    if address is None:
        return NO_ADDRESS
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed.packed, IPV6_SHARED_BITS), strict=False))
    return address
