"""Tokens: credentials of runners, each for one workflow, with fewer rights than its user.

A token is valid until its date, until it is revoked, until its workflow is deleted, or until all allocations of its
submission have ended. A runner can request a further submission with its token. The token of that one is valid until
the date of the first at most, and is revoked with it, so that a stolen token cannot be renewed.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from torc_server.engine.errors import Forbidden, RuleBroken
from torc_server.engine.ids import SubmissionId, TokenId, WorkflowId
from torc_server.engine.signals import TokensChanged
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

PREFIX = "torc"
DEFAULT_LIFETIME_SECONDS = 90 * 24 * 3600
LONGEST_LIFETIME_SECONDS = 366 * 24 * 3600
# Runners report and sign off after they stored that their allocation ended.
GRACE = timedelta(minutes=15)
# Expired tokens stay for this time, so that their runners learn why they are refused.
KEPT_EXPIRED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """The user as which a token acts. `is_login`: the user proved the name with a password.

    `requested_with` is the token with which it was requested, if it was.
    """

    user: str
    is_login: bool
    requested_with: TokenId | None = None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token. Only its first answer has the text."""

    id: TokenId
    text: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token as the database has it. `ends_at` is its date, or the end of its allocations if that comes first."""

    id: TokenId
    workflow_id: WorkflowId
    user: str
    is_login: bool
    digest: bytes
    ends_at: datetime


def digest_of(text: str) -> bytes:
    """Return the digest that is stored for the text of a token. A secret of 256 random bits needs no slow digest."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


ADD = Statement("""
INSERT INTO token (
    workflow_id, user, is_login, digest, note, created_at, expires_at, submission_id, requested_with
)
VALUES (
    :workflow_id, :user, :is_login, x'', :note, :created_at, :expires_at, :submission_id, :requested_with
)
""")
SET_DIGEST = Statement("UPDATE token SET digest = :digest WHERE id = :token_id")
EXPIRES_AT = Statement("SELECT expires_at FROM token WHERE id = :token_id")
DELETE_EXPIRED = Statement("""
DELETE FROM token WHERE id IN (SELECT id FROM token WHERE expires_at < :before ORDER BY expires_at LIMIT 10)
""")


def issue(
    tx: Transaction,
    workflow_id: WorkflowId,
    owner: TokenOwner,
    *,
    secret: str,
    lifetime_seconds: int | None,
    now: datetime,
    note: str | None = None,
    submission_id: SubmissionId | None = None,
) -> IssuedToken:
    """Issue a token. `secret` is a random text. Raises RuleBroken for an invalid lifetime.

    Raises Forbidden if the token with which it was requested is no longer there.
    """
    seconds = DEFAULT_LIFETIME_SECONDS if lifetime_seconds is None else lifetime_seconds
    if not 1 <= seconds <= LONGEST_LIFETIME_SECONDS:
        raise RuleBroken(
            f"The lifetime of a token is from 1 to {LONGEST_LIFETIME_SECONDS} seconds, not {seconds}",
            field="lifetime_seconds",
            value=seconds,
        )
    expires_at = _text(now + timedelta(seconds=seconds))
    if owner.requested_with is not None:
        latest = tx.value(EXPIRES_AT, {"token_id": owner.requested_with})
        if latest is None:
            raise Forbidden(f"Token {owner.requested_with} was revoked")
        expires_at = min(expires_at, latest)
    tx.execute(DELETE_EXPIRED, {"before": _text(now - KEPT_EXPIRED)})
    values = {
        "workflow_id": workflow_id,
        "user": owner.user,
        "is_login": owner.is_login,
        "note": note,
        "created_at": _text(now),
        "expires_at": expires_at,
        "submission_id": submission_id,
        "requested_with": owner.requested_with,
    }
    token_id = TokenId(tx.insert(ADD, values))
    text = f"{PREFIX}_{token_id}_{secret}"
    tx.execute(SET_DIGEST, {"token_id": token_id, "digest": digest_of(text)})
    return IssuedToken(token_id, text, expires_at)


def _text(when: datetime) -> str:
    """Return a time in one form, so that texts compare as times do."""
    return when.astimezone(UTC).replace(microsecond=0).isoformat()


STORED = Statement("""
SELECT token.id, token.workflow_id, token.user, token.is_login, token.digest, token.expires_at, submission.ended_at
FROM token LEFT JOIN submission ON submission.id = token.submission_id
WHERE token.id = :token_id
""")


def stored_token(tx: Transaction, token_id: TokenId) -> StoredToken | None:
    """Return a token, also an expired one; None if there is none with this id."""
    row = tx.row(STORED, {"token_id": token_id})
    if row is None:
        return None
    ends_at = datetime.fromisoformat(row["expires_at"])
    if row["ended_at"] is not None:
        ends_at = min(ends_at, datetime.fromisoformat(row["ended_at"]) + GRACE)
    return StoredToken(
        TokenId(row["id"]), WorkflowId(row["workflow_id"]), row["user"], bool(row["is_login"]), row["digest"], ends_at
    )


REVOKE = Statement("DELETE FROM token WHERE id = :token_id RETURNING workflow_id")


def revoke(tx: Transaction, token_id: TokenId) -> None:
    """Delete a token, and those that were requested with it. Emits TokensChanged."""
    for row in tx.rows(REVOKE, {"token_id": token_id}):
        tx.emit(TokensChanged(WorkflowId(row["workflow_id"])))


REVOKE_OF_SUBMISSION = Statement("DELETE FROM token WHERE submission_id = :submission_id RETURNING workflow_id")


def revoke_of_submission(tx: Transaction, submission_id: SubmissionId) -> None:
    """Delete the token of a submission. Emits TokensChanged."""
    for row in tx.rows(REVOKE_OF_SUBMISSION, {"submission_id": submission_id}):
        tx.emit(TokensChanged(WorkflowId(row["workflow_id"])))


# An allocation with a status that this server does not know has not ended.
NOTE_END = Statement("""
UPDATE submission SET ended_at = CASE WHEN ended_at IS NULL THEN :now END
WHERE id = (SELECT submission_id FROM scheduled_compute_node WHERE id = :scheduled_node_id)
AND (ended_at IS NULL) = NOT EXISTS (
    SELECT 1 FROM scheduled_compute_node AS allocation
    WHERE allocation.submission_id = submission.id AND allocation.status NOT IN ('complete', 'canceled', 'failed')
)
RETURNING workflow_id
""")


def note_end_of_allocations(tx: Transaction, scheduled_node_id: int, *, now: datetime) -> None:
    """Note that all allocations of a submission have ended, or do no longer. Call this after a status changed.

    Emits TokensChanged.
    """
    for row in tx.rows(NOTE_END, {"scheduled_node_id": scheduled_node_id, "now": _text(now)}):
        tx.emit(TokensChanged(WorkflowId(row["workflow_id"])))
