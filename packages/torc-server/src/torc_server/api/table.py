"""All operations, in document order: this table drives routes, parsing, access, the document and the tests."""

from torc_server.api.claims import CLAIM_OPERATIONS
from torc_server.api.events import EVENT_OPERATIONS, REQUIREMENTS_OPERATIONS
from torc_server.api.executions import EXECUTION_OPERATIONS
from torc_server.api.generic import operations_of
from torc_server.api.operation import Operation
from torc_server.api.system import SYSTEM
from torc_server.api.user_data import create_user_data
from torc_server.api.workflows import WORKFLOW_OPERATIONS
from torc_server.resources.compute_node import COMPUTE_NODE
from torc_server.resources.event import EVENT
from torc_server.resources.file import FILE
from torc_server.resources.job import JOB
from torc_server.resources.resource_requirements import RESOURCE_REQUIREMENTS
from torc_server.resources.result import RESULT
from torc_server.resources.user_data import USER_DATA
from torc_server.resources.workflow import WORKFLOW

RESOURCES = (WORKFLOW, JOB, FILE, USER_DATA, RESOURCE_REQUIREMENTS, COMPUTE_NODE, RESULT, EVENT)

OPERATIONS: tuple[Operation, ...] = (
    *SYSTEM,
    *operations_of(WORKFLOW),
    *WORKFLOW_OPERATIONS,
    *CLAIM_OPERATIONS,
    *operations_of(JOB),
    *EXECUTION_OPERATIONS,
    *operations_of(FILE),
    create_user_data,
    *operations_of(USER_DATA),
    *REQUIREMENTS_OPERATIONS,
    *operations_of(COMPUTE_NODE),
    *operations_of(RESULT),
    *EVENT_OPERATIONS,
)
