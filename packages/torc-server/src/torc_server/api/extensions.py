"""Parameters that are ours: optional, and marked in the document as no part of the contract."""

from torc_server.api.operation import Parameter
from torc_server.resources.fields import Boolean, Integer, Number, Text
from torc_server.resources.json_fields import Many

LONGEST_WAIT_SECONDS = 60

WAIT_SECONDS = Parameter(
    "wait_seconds",
    Number(
        "Hold the request up to this many seconds until there is something to answer.",
        nullable=False,
        default=0.0,
        default_shown=False,
        at_least=0,
        at_most=LONGEST_WAIT_SECONDS,
    ),
    extension=True,
)
CLAIM_KEY = Parameter(
    "claim_key",
    Text(
        "Idempotency key: a repeated claim with the same key answers with the jobs of the first.",
        nullable=False,
        longest=64,
    ),
    extension=True,
)
COMPUTE_NODE_ID = Parameter(
    "compute_node_id",
    Integer(
        "The node that claims: renews its lease, and has the jobs given back if it is given up before they start.",
        nullable=False,
    ),
    extension=True,
)
LABEL = Parameter(
    "label",
    Many(Text(required=True), "Take jobs with this label, besides those without any; may be repeated."),
    extension=True,
)
ASYNC = Parameter(
    "async", Boolean("Answer at once with a task that does it in the background.", default=False, default_shown=False)
)
