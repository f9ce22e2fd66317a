"""All operations in document order. Routes, parsing, access, the document and the tests follow from this table."""

from torc_server.api.actions import ACTION_OPERATIONS
from torc_server.api.admin import ADMIN_OPERATIONS
from torc_server.api.batches import BATCH_OPERATIONS
from torc_server.api.bulk_jobs import create_jobs
from torc_server.api.claims import CLAIM_OPERATIONS
from torc_server.api.compute_nodes import COMPUTE_NODE_OPERATIONS
from torc_server.api.events import EVENT_OPERATIONS
from torc_server.api.exchange import EXCHANGE_OPERATIONS
from torc_server.api.executions import EXECUTION_OPERATIONS
from torc_server.api.explanations import EXPLANATION_OPERATIONS
from torc_server.api.generic import operations_of
from torc_server.api.groups import GROUP_OPERATIONS
from torc_server.api.job_groups import JOB_GROUP_OPERATIONS
from torc_server.api.job_reading import get_job
from torc_server.api.neighbours import NEIGHBOUR_OPERATIONS
from torc_server.api.node_loads import NODE_LOAD_OPERATIONS
from torc_server.api.operation import AnyOperation
from torc_server.api.output import OUTPUT_OPERATIONS
from torc_server.api.ownership import OWNERSHIP
from torc_server.api.remote_workers import REMOTE_WORKER_OPERATIONS
from torc_server.api.replanning import REPLANNING_OPERATIONS
from torc_server.api.reports import REPORT_OPERATIONS
from torc_server.api.resource_use import RESOURCE_USE_OPERATIONS
from torc_server.api.restarts import RESTART_OPERATIONS
from torc_server.api.ro_crate_entities import RO_CRATE_OPERATIONS
from torc_server.api.spawning import spawn_jobs
from torc_server.api.statistics import STATISTICS_OPERATIONS
from torc_server.api.submissions import SUBMISSION_OPERATIONS
from torc_server.api.system import SYSTEM
from torc_server.api.tasks import TASK_OPERATIONS
from torc_server.api.timelines import TIMELINE_OPERATIONS
from torc_server.api.tokens import TOKEN_OPERATIONS
from torc_server.api.user_data import create_user_data
from torc_server.api.workflows import WORKFLOW_OPERATIONS
from torc_server.resources.catalogue import catalogue

# All resources that files of resources/ declare.
RESOURCES = catalogue()

# Operations that are written by hand. One with the id of a generic operation replaces it.
SPECIAL: tuple[AnyOperation, ...] = (
    *SYSTEM,
    *GROUP_OPERATIONS,
    *ADMIN_OPERATIONS,
    *OWNERSHIP,
    *WORKFLOW_OPERATIONS,
    *RESTART_OPERATIONS,
    *REPLANNING_OPERATIONS,
    *REPORT_OPERATIONS,
    *EXPLANATION_OPERATIONS,
    *TASK_OPERATIONS,
    *COMPUTE_NODE_OPERATIONS,
    *OUTPUT_OPERATIONS,
    *CLAIM_OPERATIONS,
    *EXCHANGE_OPERATIONS,
    *EXECUTION_OPERATIONS,
    *BATCH_OPERATIONS,
    create_jobs,
    spawn_jobs,
    create_user_data,
    *EVENT_OPERATIONS,
    *RO_CRATE_OPERATIONS,
    *REMOTE_WORKER_OPERATIONS,
    *NODE_LOAD_OPERATIONS,
    *JOB_GROUP_OPERATIONS,
    get_job,
    *NEIGHBOUR_OPERATIONS,
    *RESOURCE_USE_OPERATIONS,
    *STATISTICS_OPERATIONS,
    *TIMELINE_OPERATIONS,
    *ACTION_OPERATIONS,
    *SUBMISSION_OPERATIONS,
    *TOKEN_OPERATIONS,
)
_SPECIAL_IDS = {each.id for each in SPECIAL}

OPERATIONS: tuple[AnyOperation, ...] = (
    *SPECIAL,
    *(each for resource in RESOURCES for each in operations_of(resource) if each.id not in _SPECIAL_IDS),
)
