"""Bearer authentication: finds the token of an Authorization header, and remembers valid ones."""

import hmac
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from torc_server.auth.basic import Refused
from torc_server.engine.access.tokens import StoredToken, digest_of
from torc_server.engine.ids import TokenId
from torc_server.engine.signals import TokensChanged, WorkflowDeleted

_BEARER = re.compile(r"bearer +(torc_([0-9]{1,18})_[A-Za-z0-9_-]{20,100})", re.IGNORECASE)
# All allocations of a submission have the same token. Those that were read first are removed first.
REMEMBERED_MAX = 10_000
_REMEDY = "submit again, or use a user name and a password"

LookUp = Callable[[TokenId], Awaitable[StoredToken | None]]
"""Reads a token from the database. Raises StoreError."""


class TokenRefused(Refused):
    """A token that is not valid, or not any more. The message says why, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class TokenChecker:
    """Checks tokens. Valid ones are remembered until a commit changes tokens of their workflow.

    Belongs to one event loop. The writer delivers signals before it answers, so a request that begins after the answer
    to a revocation is refused.
    """

    def __init__(
        self,
        look_up: LookUp,
        has_user: Callable[[str], bool],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`has_user`: whether the password file has a user."""
        self._look_up = look_up
        self._has_user = has_user
        self._clock = clock
        self._known: OrderedDict[bytes, StoredToken] = OrderedDict()
        # Number of changes. What was read before a change is not remembered after it.
        self._changes = 0

    async def token_of(self, authorization: str | None) -> StoredToken | None:
        """Return the token of a header; None if it has none. Raises TokenRefused and StoreError."""
        found = None if authorization is None else _BEARER.fullmatch(authorization.strip())
        if found is None:
            return None
        return await self._checked(TokenId(int(found[2])), digest_of(found[1]))

    async def require_still_valid(self, token_id: TokenId) -> None:
        """Raise TokenRefused if a token that was valid is not valid any more. Raises StoreError."""
        self._require_current(token_id, await self._look_up(token_id))

    def deliver(self, signals: Sequence[object]) -> None:
        """Handle the signals of a commit."""
        changed = {each.workflow_id for each in signals if isinstance(each, TokensChanged | WorkflowDeleted)}
        if changed:
            self._changes += 1
            for digest in [digest for digest, token in self._known.items() if token.workflow_id in changed]:
                del self._known[digest]

    async def _checked(self, token_id: TokenId, digest: bytes) -> StoredToken:
        known = self._known.get(digest)
        if known is not None:
            return self._require_current(token_id, known)
        changes = self._changes
        stored = await self._look_up(token_id)
        if stored is not None and not hmac.compare_digest(stored.digest, digest):
            stored = None
        token = self._require_current(token_id, stored)
        if changes == self._changes:
            self._known[digest] = token
            if len(self._known) > REMEMBERED_MAX:
                self._known.popitem(last=False)
        return token

    def _require_current(self, token_id: TokenId, token: StoredToken | None) -> StoredToken:
        if token is None:
            raise TokenRefused(
                f"Token {token_id} is not valid: it was revoked, or its workflow was deleted, or this server did not"
                f" issue it; {_REMEDY}"
            )
        if token.ends_at <= self._clock():
            ended = token.ends_at.strftime("%Y-%m-%d %H:%M:%S UTC")
            raise TokenRefused(f"Token {token_id} expired at {ended}; {_REMEDY}")
        if token.is_login and not self._has_user(token.user):
            raise TokenRefused(f"Token {token_id} acts as {token.user!r}, who is not a user of this server any more")
        return token
