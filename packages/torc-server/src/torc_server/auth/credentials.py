"""Password checks that do not block the server: threads for bcrypt, and a cache of valid credentials."""

import asyncio
import hmac
import ipaddress
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping

from torc_server.auth import htpasswd
from torc_server.auth.failures import FREE_PER_ADDRESS, FREE_PER_USER, Failures
from torc_server.auth.lane import Lane, Overloaded

__all__ = ["CredentialChecker", "Overloaded"]

THREADS = 2

# Largest number of checks that wait for a thread. At 0.2 s each this is about ten seconds of work.
WAITING_MAX = 100
WAITING_PER_ADDRESS_MAX = 50

# Addresses that sent many wrong passwords share a separate thread, so that they do not delay other clients.
SLOWED_THREADS = 1
SLOWED_WAITING_MAX = 200
SLOWED_PER_ADDRESS_MAX = 20

# Above this number of remembered credentials the expired ones are removed.
REMEMBERED_MAX = 1000

NO_ADDRESS = ""
# A network or a machine usually owns all IPv6 addresses with the same prefix of this length.
IPV6_SHARED_BITS = 64


class _Users:
    """The users of a password file, with the remembered credentials and the checks in progress.

    A reload replaces the object, and so drops the remembered credentials and the checks in progress.
    """

    def __init__(self, hashes: Mapping[str, bytes]) -> None:
        if not hashes:
            raise ValueError("a checker needs at least one user")
        self.hashes = dict(hashes)
        self.decoys = tuple(self.hashes.values())
        self.remembered_until: dict[bytes, float] = {}
        self.running: dict[bytes, asyncio.Task[bool]] = {}


class CredentialChecker:
    """Checks passwords of users.

    A check takes the same time for known and unknown users: for an unknown name the password is compared with the hash
    of a known user, always the same one for that name, and the outcome is ignored. Only successes are remembered, for
    `cache_ttl_seconds` (0: never), under a key that only this process can compute. Wrong passwords delay further
    checks of the same user and address, with a growing delay and in a separate queue.
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
        self._of_user = Failures(FREE_PER_USER, clock)
        self._of_address = Failures(FREE_PER_ADDRESS, clock)
        self._lane = Lane("", threads=THREADS, waiting_max=WAITING_MAX, per_address_max=WAITING_PER_ADDRESS_MAX)
        self._slowed_lane = Lane(
            "slowed",
            threads=SLOWED_THREADS,
            waiting_max=SLOWED_WAITING_MAX,
            per_address_max=SLOWED_PER_ADDRESS_MAX,
        )

    def replace(self, users: Mapping[str, bytes]) -> None:
        """Replace the users and drop the remembered credentials. Can be called from any thread."""
        self._users = _Users(users)

    async def verify(self, user: str, password: str, *, address: str | None = None) -> bool:
        """Whether this is the password of `user`. Raises Overloaded."""
        while True:
            users = self._users
            good = await self._verify(users, user, password, _neighbourhood(address))
            # A reload during the check makes its outcome invalid.
            if users is self._users:
                return good

    def close(self) -> None:
        """End the threads. Checks that have not begun are dropped."""
        self._lane.close()
        self._slowed_lane.close()

    async def _verify(self, users: _Users, user: str, password: str, address: str) -> bool:
        fingerprint = self._fingerprint(user, password)
        if users.remembered_until.get(fingerprint, -1.0) > self._clock():
            return True
        # Many runners that start together send the same credentials: these are checked once for all of them.
        running = users.running.get(fingerprint)
        if running is None:
            # Credentials that were valid before are not delayed by wrong passwords for that name or from that address.
            was_right = fingerprint in users.remembered_until
            by_address = 0.0 if was_right else self._of_address.delay_seconds(address)
            by_user = 0.0 if was_right else self._of_user.delay_seconds(user)
            lane = self._slowed_lane if by_address > 0 else self._lane
            lane.enter(address)
            check = self._check(users, user, password, lane, address, delay_seconds=max(by_address, by_user))
            running = asyncio.create_task(check)
            users.running[fingerprint] = running
        # Shielded: a caller that disconnects must not end the check for the others.
        return await asyncio.shield(running)

    async def _check(
        self, users: _Users, user: str, password: str, lane: Lane, address: str, *, delay_seconds: float
    ) -> bool:
        fingerprint = self._fingerprint(user, password)
        try:
            if delay_seconds > 0:
                await self._sleep(delay_seconds)
            known = users.hashes.get(user)
            password_hash = self._decoy(users, user) if known is None else known
            loop = asyncio.get_running_loop()
            same = await loop.run_in_executor(lane.pool, self._matches, password, password_hash)
            good = same and known is not None
            if good:
                self._remember(users, fingerprint)
                self._of_user.forget(user)
            else:
                self._of_user.note(user)
                self._of_address.note(address)
            return good
        finally:
            del users.running[fingerprint]
            lane.leave(address)

    def _remember(self, users: _Users, fingerprint: bytes) -> None:
        if self._cache_ttl_seconds <= 0:
            return
        now = self._clock()
        if len(users.remembered_until) >= REMEMBERED_MAX:
            users.remembered_until = {key: end for key, end in users.remembered_until.items() if end > now}
        users.remembered_until[fingerprint] = now + self._cache_ttl_seconds

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
