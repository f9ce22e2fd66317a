"""Create user data that is linked to jobs."""

from msgspec import Raw

from torc_server.api.access import workflow_in_body
from torc_server.api.generic import view_for
from torc_server.api.operation import Call, Effect, Parameter, operation
from torc_server.engine.errors import RuleBroken
from torc_server.resources import records
from torc_server.resources.fields import Integer
from torc_server.resources.job import JOB
from torc_server.resources.job_links import LINKS
from torc_server.resources.user_data import USER_DATA, UserDataModel
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

WORKFLOW_OF_JOB = Statement("SELECT workflow_id FROM job WHERE id = :job_id")


@operation(
    "create_user_data",
    "POST",
    "/user_data",
    tag="user_data",
    effect=Effect.WRITE,
    guard=workflow_in_body,
    answer=UserDataModel,
    query=(
        Parameter("consumer_job_id", Integer("A job that reads it.", nullable=False)),
        Parameter("producer_job_id", Integer("A job that writes it.", nullable=False)),
    ),
    body=UserDataModel,
    errors=(400, 403, 404, 409, 422),
)
def create_user_data(tx: Transaction, call: Call) -> Raw:
    """Create a user data record, linked to the jobs that read and write it."""
    (record_id,) = records.create(tx, USER_DATA, [call.body], call.now)
    for parameter, member in (("consumer_job_id", "input_user_data_ids"), ("producer_job_id", "output_user_data_ids")):
        job_id = call.query.get(parameter)
        if job_id is None:
            continue
        workflow_id = tx.value(WORKFLOW_OF_JOB, {"job_id": job_id})
        if workflow_id is None:
            raise records.missing(JOB, job_id)
        if workflow_id != call.body["workflow_id"]:
            raise RuleBroken(f"Job {job_id} belongs to another workflow", field=parameter, value=job_id)
        tx.execute(LINKS[member].add, {"job_id": job_id, "linked": record_id})
    return records.one(tx, USER_DATA, record_id, view_for(call, relations=True))
