# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on submissions."""

from torc_client.api.records import (
    AcceptSubmissionRequest,
    CreatedSubmissionModel,
    ListSubmissionsResponse,
    RejectSubmissionRequest,
    SubmissionModel,
    SubmissionRequest,
)
from torc_client.operation import Operation, Operations

_ACCEPT_SUBMISSION = Operation("accept_submission", "POST", "/submissions/{id}/accept", SubmissionModel)
_CREATE_SUBMISSION = Operation("create_submission", "POST", "/workflows/{id}/submissions", CreatedSubmissionModel)
_GET_SUBMISSION = Operation("get_submission", "GET", "/submissions/{id}", SubmissionModel)
_LIST_SUBMISSIONS = Operation("list_submissions", "GET", "/workflows/{id}/submissions", ListSubmissionsResponse)
_REJECT_SUBMISSION = Operation("reject_submission", "POST", "/submissions/{id}/reject", SubmissionModel)


class Submissions(Operations):
    """Operations on submissions."""

    async def accept_submission(self, id: int, body: AcceptSubmissionRequest) -> SubmissionModel:
        """Store the id that the batch system gave to a submission.

        Its allocations become pending. In a job array each is a task, numbered from 1. A repeated call changes nothing.

        `id`: The submission.
        """
        return await self._call(_ACCEPT_SUBMISSION, path={"id": id}, body=body)

    async def create_submission(self, id: int, body: SubmissionRequest) -> CreatedSubmissionModel:
        """Record a submission before the batch system is called.

        In one step: claims the action, if there is one (409 if it is claimed or not pending), records the submission and its allocations as scheduled compute nodes with the status `submitting`, and issues a token for the runners.

        `id`: The workflow.
        """
        return await self._call(_CREATE_SUBMISSION, path={"id": id}, body=body)

    async def get_submission(self, id: int) -> SubmissionModel:
        """Get a submission.

        `id`: The id of the record.
        """
        return await self._call(_GET_SUBMISSION, path={"id": id})

    async def list_submissions(
        self,
        id: int,
        *,
        status: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListSubmissionsResponse:
        """List submissions.

        `id`: The workflow.
        `status`: Only submissions with this status.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_SUBMISSIONS,
            path={"id": id},
            query={
                "status": status,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def reject_submission(self, id: int, body: RejectSubmissionRequest) -> SubmissionModel:
        """Undo a submission that the batch system refused, and store the reason as an event.

        Its allocations and its token are deleted, and its action can be claimed again. A repeated call changes nothing; an accepted submission is not rejected (409).

        `id`: The submission.
        """
        return await self._call(_REJECT_SUBMISSION, path={"id": id}, body=body)
