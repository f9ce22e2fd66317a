"""Members of answers."""

import pytest

from torc_client.answers import id_of, run_id_of, value_or
from torc_client.api.records import JobModel, WorkflowModel
from torc_client.errors import UnexpectedResponseError


def test_an_answer_has_its_id() -> None:
    assert id_of(JobModel(id=7, workflow_id=1, name="j", command="true")) == 7


def test_an_answer_without_id_is_refused_instead_of_becoming_record_0() -> None:
    with pytest.raises(UnexpectedResponseError, match="JobModel without id"):
        id_of(JobModel(workflow_id=1, name="j", command="true"))


def test_an_answer_has_its_run_id() -> None:
    assert run_id_of(WorkflowModel(name="w", user="ann", run_id=3)) == 3


def test_an_answer_without_run_id_is_refused_instead_of_becoming_run_0() -> None:
    with pytest.raises(UnexpectedResponseError, match="WorkflowModel without run_id"):
        run_id_of(WorkflowModel(name="w", user="ann"))


@pytest.mark.parametrize(("member", "value"), [(None, 90), (0, 0), (5, 5)])
def test_a_member_that_an_answer_omits_has_its_default(member: int | None, value: int) -> None:
    assert value_or(member, 90) == value
