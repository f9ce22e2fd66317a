"""Tokens: credentials of runners, each for one workflow. A record has no secret."""

from torc_server.resources.fields import Column, Integer, Record, Text, Timestamp
from torc_server.resources.resource import Generic, Names, Resource


class TokenModel(Record):
    """A credential for one workflow and the operations that a runner needs."""

    id = Integer("Set by the server.", read_only=True, required=True)
    workflow_id = Integer("Id of the workflow that it is valid for.", required=True, fixed=True)
    user = Text("The user as which it acts.", required=True, fixed=True)
    note = Text("A note about its purpose.", fixed=True)
    created_at = Timestamp("Time of the request.", required=True, fixed=True)
    expires_at = Timestamp("Time at which it expires.", required=True, fixed=True)
    submission_id = Integer("Id of the submission that it was issued for.", fixed=True)
    allocations_ended_at = Timestamp(
        "When the last allocation of its submission ended. It is valid for a quarter of an hour longer.",
        column=Column(sql="(SELECT ended_at FROM submission WHERE submission.id = token.submission_id)"),
    )
    requested_with = Integer("Id of the token with which it was requested. It is revoked with that one.", fixed=True)


TOKEN = Resource(
    table="token",
    path="tokens",
    names=Names(one="token", many="tokens", delete_one="", delete_all=""),
    schema=TokenModel,
    noun="token",
    # The operations are not generic and are in api/tokens.py.
    operations=Generic(0),
    extension=True,
)
