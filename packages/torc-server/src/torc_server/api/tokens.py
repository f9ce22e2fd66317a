"""Issue, list and revoke tokens."""

import secrets
from typing import Annotated, Any

import msgspec

from torc_server.api import access
from torc_server.api.answers import MessageResponse, page_of
from torc_server.api.of_one import ANY_MAY_FAIL, of_workflow
from torc_server.api.operation import Call, Effect, Parameter, operation
from torc_server.api.paging import PAGING, SORTING, limit_of, sort_key_of
from torc_server.engine.access import tokens
from torc_server.engine.access.permissions import ACCESSIBLE_WORKFLOWS, Audience, accepts, relations_to_server
from torc_server.engine.access.tokens import (
    DEFAULT_LIFETIME_SECONDS,
    LONGEST_LIFETIME_SECONDS,
    IssuedToken,
    TokenOwner,
)
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import SubmissionId, TokenId
from torc_server.resources import lists, records
from torc_server.resources.fields import Integer, Text
from torc_server.resources.lists import Selection
from torc_server.resources.token import TOKEN, TokenModel
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction

TAG = "tokens"
LONGEST_NOTE = 1000


class TokenRequest(TypedBody, kw_only=True, frozen=True):
    """The lifetime and the purpose of a new token."""

    lifetime_seconds: Annotated[
        int | None,
        Integer(
            f"Time until it expires, at most {LONGEST_LIFETIME_SECONDS}. Default: {DEFAULT_LIFETIME_SECONDS}, which are"
            " 90 days."
        ),
    ] = None
    note: Annotated[str | None, Text("A note about its purpose.", longest=LONGEST_NOTE)] = None


class CreatedTokenModel(TokenModel):
    """A new token, with its text."""

    token = Text("The text of the token. No other answer has it.", required=True)


def issue_for(
    call: Call,
    tx: Transaction,
    lifetime_seconds: int | None,
    *,
    note: str | None = None,
    submission_id: SubmissionId | None = None,
) -> IssuedToken | None:
    """Issue a token that acts as the caller; None if the server needs no credentials, or the caller has none.

    Raises RuleBroken for an invalid lifetime.
    """
    user = call.identity.user
    if user is None or not call.has_logins:
        return None
    token = call.identity.token
    return tokens.issue(
        tx,
        call.workflow_id,
        TokenOwner(user, call.identity.is_login, None if token is None else token.token_id),
        secret=secrets.token_urlsafe(32),
        lifetime_seconds=lifetime_seconds,
        note=note,
        submission_id=submission_id,
        now=call.now,
    )


@of_workflow(
    "create_token",
    "POST",
    "tokens",
    tag=TAG,
    answer=CreatedTokenModel,
    body=record_of(TokenRequest),
    body_required=False,
    errors=(422,),
    extension=True,
)
def create_token(tx: Transaction, call: Call) -> dict[str, Any]:
    """Issue a token for a workflow, which acts as the caller.

    A client sends it as `Authorization: Bearer TOKEN`. It is valid for this workflow and for the operations that a
    runner needs: those that the document marks with `x-torc-token`.
    """
    body: TokenRequest = call.body or TokenRequest()
    issued = issue_for(call, tx, body.lifetime_seconds, note=body.note)
    if issued is None:
        raise RuleBroken("A token acts as a user, and this request has none; the server needs no token for it")
    stored = msgspec.json.decode(records.one(tx, TOKEN, issued.id))
    return {**stored, "token": issued.text}


@operation(
    "list_tokens",
    "GET",
    "/tokens",
    tag=TAG,
    effect=Effect.READ,
    guard=access.open_to_all,
    answer=page_of(TokenModel, "tokens"),
    query=(Parameter("workflow_id", Integer("Only tokens of this workflow.", nullable=False)), *PAGING, *SORTING),
    errors=(*ANY_MAY_FAIL, 422),
    extension=True,
)
def list_tokens(tx: Transaction, call: Call) -> dict[str, Any]:
    """List the tokens of the workflows that the caller may use, without their texts."""
    conditions: list[str] = []
    parameters: dict[str, Any] = {}
    if call.query.get("workflow_id") is not None:
        access.workflow_in_query(tx, call)
        conditions.append("token.workflow_id = :workflow_id")
        parameters["workflow_id"] = call.query["workflow_id"]
    elif call.enforce_access and not accepts(Audience.WORKFLOW, relations_to_server(tx, call.caller)):
        conditions.append(
            f"token.workflow_id IN (SELECT workflow.id FROM workflow WHERE {ACCESSIBLE_WORKFLOWS})"  # noqa: S608 - a constant
        )
        parameters["identity"] = call.caller.name
    selection = Selection(
        tuple(conditions),
        parameters,
        sort_by=sort_key_of(call, TOKEN.members, "id"),
        reverse=call.query.get("reverse_sort", False),
        offset=call.query["offset"],
        limit=limit_of(call),
    )
    return lists.page(tx, TOKEN, selection)


@operation(
    "revoke_token",
    "DELETE",
    "/tokens/{id}",
    tag=TAG,
    effect=Effect.WRITE,
    guard=access.through(TOKEN),
    answer=MessageResponse,
    path_fields={"id": Integer("The token.", required=True)},
    errors=ANY_MAY_FAIL,
    extension=True,
)
def revoke_token(tx: Transaction, call: Call) -> dict[str, Any]:
    """Revoke a token, and the tokens that were requested with it. Requests with them are refused from now on."""
    tokens.revoke(tx, TokenId(call.path["id"]))
    return {"message": f"Revoked token {call.path['id']}"}


TOKEN_OPERATIONS = (create_token, list_tokens, revoke_token)
