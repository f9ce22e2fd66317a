"""Parameters that extend the contract. They are optional, and the document marks them as extensions."""

from torc_server.api.operation import Parameter
from torc_server.resources.fields import Boolean, Integer, Number, Text
from torc_server.resources.json_fields import Many
from torc_server.resources.labels import LabelList

LONGEST_WAIT_SECONDS = 60


def flag(name: str, description: str) -> Parameter:
    """Return a parameter that is true or false, and false if it is absent."""
    return Parameter(name, Boolean(description, default=False, default_shown=False))


WAIT_SECONDS = Parameter(
    "wait_seconds",
    Number(
        "Wait up to this number of seconds until the answer changes.",
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
        "Idempotency key. A repeated claim with the same key returns the jobs of the first.",
        nullable=False,
        longest=64,
    ),
    extension=True,
)
COMPUTE_NODE_ID = Parameter(
    "compute_node_id",
    Integer(
        "The compute node that claims. The claim renews its lease. If the node is lost, unstarted jobs are released.",
        nullable=False,
    ),
    extension=True,
)
RUN_ID = Parameter(
    "run_id",
    Integer(
        "The run in which the compute node was registered. If it is over, the claim is refused with status 409, and "
        "`run_id` of the error is the current run.",
        nullable=False,
    ),
    extension=True,
)
LABELS = Parameter(
    "labels",
    LabelList(
        "The labels of the compute node, with commas between. Claim jobs with labels that are all among these. Without"
        " labels, claim jobs without labels."
    ),
)
LABEL = Parameter("label", Many(Text(required=True), "Another one of `labels`. Can be repeated."), extension=True)
ALSO_UNLABELED = Parameter(
    "also_unlabeled",
    Boolean("Also claim jobs without labels, after those with labels.", default=False, default_shown=False),
    extension=True,
)
KNOWN_FENCES = Parameter(
    "known_fences",
    Integer("Do not wait if `fences` of the answer differs from this number.", nullable=False),
    extension=True,
)
ASYNC = Parameter(
    "async",
    Boolean(
        "Return a task immediately, which does the operation in the background.", default=False, default_shown=False
    ),
)
