"""Checking passwords without stalling the server: a few threads for bcrypt, and a memory of what was right."""

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from torc_server.auth import htpasswd

THREADS = 2

# Checks that may wait for a thread. At 0.2 s each this is some ten seconds of work; beyond it, better to say so.
WAITING_MAX = 100

# Above this many remembered credentials the expired ones are thrown out.
REMEMBERED_MAX = 1000


class Overloaded(Exception):  # noqa: N818 - a state of the server, not a fault
    """Too many credentials wait to be checked; the caller should come back later."""


class CredentialChecker:
    """Says whether a password belongs to a user.

    A check takes equally long for known and unknown users: for an unknown name the password is tried against
    one of the known users' hashes, always the same one, and the outcome is dropped. Only successes are
    remembered, for `cache_ttl_seconds` (0: never), under a key that only this process can compute.
    """

    def __init__(
        self,
        users: Mapping[str, bytes],
        *,
        cache_ttl_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        matches: Callable[[str, bytes], bool] = htpasswd.matches,
    ) -> None:
        if not users:
            raise ValueError("a checker needs at least one user")
        self._users = dict(users)
        self._decoys = tuple(self._users.values())
        self._cache_ttl_seconds = cache_ttl_seconds
        self._clock = clock
        self._matches = matches
        self._key = secrets.token_bytes(32)
        self._remembered_until: dict[bytes, float] = {}
        self._running: dict[bytes, asyncio.Task[bool]] = {}
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="torc-bcrypt")

    async def verify(self, user: str, password: str) -> bool:
        """Whether user and password belong together. Raises Overloaded."""
        fingerprint = self._fingerprint(user, password)
        if self._remembered_until.get(fingerprint, -1.0) > self._clock():
            return True
        # A thousand runners that start together send the same credential: it is checked once for all of them.
        running = self._running.get(fingerprint)
        if running is None:
            if len(self._running) >= WAITING_MAX:
                raise Overloaded
            running = asyncio.create_task(self._check(fingerprint, user, password))
            self._running[fingerprint] = running
        # Shielded: one caller that goes away must not end the check for the others.
        return await asyncio.shield(running)

    def close(self) -> None:
        """Let the threads end; checks that have not begun are dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _check(self, fingerprint: bytes, user: str, password: str) -> bool:
        try:
            known = self._users.get(user)
            password_hash = self._decoy(user) if known is None else known
            loop = asyncio.get_running_loop()
            same = await loop.run_in_executor(self._pool, self._matches, password, password_hash)
            good = same and known is not None
            if good:
                self._remember(fingerprint)
            return good
        finally:
            del self._running[fingerprint]

    def _remember(self, fingerprint: bytes) -> None:
        if self._cache_ttl_seconds <= 0:
            return
        now = self._clock()
        if len(self._remembered_until) >= REMEMBERED_MAX:
            self._remembered_until = {key: end for key, end in self._remembered_until.items() if end > now}
        self._remembered_until[fingerprint] = now + self._cache_ttl_seconds

    def _decoy(self, user: str) -> bytes:
        """Choose the hash to spend the time on for a name that is not in the file."""
        number = int.from_bytes(self._mac(user.encode("utf-8", "surrogateescape"))[:8], "big")
        return self._decoys[number % len(self._decoys)]

    def _fingerprint(self, user: str, password: str) -> bytes:
        # The name's length goes first, so that ("a", "b:c") and ("a:b", "c") differ.
        name = user.encode("utf-8", "surrogateescape")
        return self._mac(len(name).to_bytes(4, "big") + name + password.encode("utf-8", "surrogateescape"))

    def _mac(self, message: bytes) -> bytes:
        return hmac.digest(self._key, message, "sha256")
