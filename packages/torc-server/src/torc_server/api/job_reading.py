"""Read one job, if wanted without the jobs that it needs: there can be 100,000 of them."""

from dataclasses import replace

from msgspec import Raw

from torc_server.api.generic import operations_of, view_for
from torc_server.api.operation import Call, Parameter
from torc_server.resources import records
from torc_server.resources.fields import Boolean
from torc_server.resources.job import JOB
from torc_server.store.transaction import Transaction

INCLUDE_DEPENDENCIES = Parameter(
    "include_dependencies",
    Boolean("False leaves out `depends_on_job_ids`. `neighbours` lists some of these jobs, and counts them."),
    extension=True,
)
WITHOUT_DEPENDENCIES = frozenset(
    name
    for name, member in JOB.members.items()
    if member.column.is_relation and not member.column.only_named and name != "depends_on_job_ids"
)


def _read(tx: Transaction, call: Call) -> Raw:
    view = view_for(call, relations=True)
    if call.query.get(INCLUDE_DEPENDENCIES.name) is False:
        view = view._replace(only=WITHOUT_DEPENDENCIES)
    return records.one(tx, JOB, call.path["id"], view)


get_job = replace(
    next(each for each in operations_of(JOB) if each.id == "get_job"),
    run=_read,
    query=(INCLUDE_DEPENDENCIES,),
    errors=(400, 403, 404, 422),
)
