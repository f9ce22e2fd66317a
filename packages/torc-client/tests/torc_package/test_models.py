"""The models of the package `torc`: how they are created, changed, converted and compared."""

import copy
import json
import pickle

import pytest
from torc.openapi_client.models.error_response import ErrorResponse

from torc.openapi_client import ApiValueError, JobModel, JobsModel, JobStatus, ResourceRequirementsModel

JOB = {"workflow_id": 1, "name": "a", "command": "true"}


def test_members_are_attributes_and_have_defaults():
    job = JobModel(**JOB, status="ready", depends_on_job_ids=(3, 4))
    assert (job.name, job.status, job.depends_on_job_ids) == ("a", JobStatus.READY, [3, 4])
    assert (job.id, job.priority) == (None, 0)
    assert job.model_fields_set == {"workflow_id", "name", "command", "status", "depends_on_job_ids"}
    assert ResourceRequirementsModel(workflow_id=1, name="small").memory == "1m"


def test_all_problems_of_a_model_are_reported():
    with pytest.raises(ValueError, match="JobModel: name: 1 is not of type str; command: required, but missing"):
        JobModel(name=1, workflow_id=1)
    with pytest.raises(ApiValueError, match="status: 'done' is not one of uninitialized"):
        JobModel(**JOB, status="done")
    with pytest.raises(ApiValueError, match="name: None is not allowed"):
        JobModel(**(JOB | {"name": None}))


@pytest.mark.parametrize(
    ("member", "value"),
    [("workflow_id", True), ("workflow_id", "1"), ("env", ["A=b"]), ("depends_on_job_ids", "12"), ("env", {"A": 1})],
)
def test_values_of_a_wrong_type_are_refused(member: str, value: object):
    with pytest.raises(ApiValueError, match=member):
        JobModel(**(JOB | {member: value}))
    job = JobModel(**JOB)
    with pytest.raises(ApiValueError, match=f"JobModel.{member}"):
        setattr(job, member, value)


def test_an_unknown_member_is_ignored_with_a_warning_and_cannot_be_set():
    with pytest.warns(UserWarning, match="JobModel has no member colour"):
        job = JobModel(**JOB, colour="red")
    with pytest.raises(AttributeError, match="colour"):
        job.colour = "red"
    assert JobModel.from_dict({**JOB, "colour": "red"}) == JobModel(**JOB)


def test_to_dict_leaves_out_what_has_no_value_and_keeps_what_was_set_to_none():
    job = JobModel(**JOB, scheduler_id=None)
    assert job.to_dict() == {**JOB, "priority": 0, "scheduler_id": None}
    assert JobModel.from_dict(job.to_dict()).to_dict() == job.to_dict()
    assert JobModel.from_json(job.to_json()).name == "a"
    assert JobModel.from_dict(None) is None


def test_model_dump_has_all_members_and_selects():
    job = JobModel(**JOB, status=JobStatus.READY)
    assert job.model_dump().keys() == JobModel.model_fields.keys()
    assert job.model_dump(exclude_none=True, exclude_defaults=True) == {**JOB, "status": "ready"}
    assert job.model_dump(exclude_unset=True, exclude={"status"}) == JOB
    assert job.model_dump(include={"name"}) == {"name": "a"}
    assert type(job.model_dump(mode="json")["status"]) is str
    assert json.loads(job.model_dump_json())["status"] == "ready"


def test_nested_models_may_be_dicts():
    jobs = JobsModel(jobs=[JOB, JobModel(**JOB)])
    assert jobs.jobs == [JobModel(**JOB), JobModel(**JOB)]
    assert jobs.to_dict()["jobs"][0]["name"] == "a"
    assert jobs.model_dump()["jobs"][1]["name"] == "a"
    with pytest.raises(ApiValueError, match="command: required"):
        JobsModel(jobs=[{"workflow_id": 1, "name": "a"}])


def test_models_are_copied_pickled_and_compared_by_their_members():
    job = JobModel(**JOB, env={"A": "b"})
    pickled = pickle.loads(pickle.dumps(job))  # noqa: S301 - made here
    for copied in (copy.deepcopy(job), pickled, job.model_copy(), JobModel(**dict(job))):
        assert copied == job
    changed = job.model_copy(update={"name": "b"})
    assert changed.name == "b"
    assert changed != job
    assert repr(changed).startswith("JobModel(")


def test_members_with_other_names_in_json():
    error = ErrorResponse.from_dict({"error": {}, "errorNum": 1, "errorMessage": "no"})
    assert error.error_message == "no"
    assert error.to_dict()["errorMessage"] == "no"
    assert error.model_dump(by_alias=False)["error_message"] == "no"


def test_statuses_equal_their_texts():
    assert JobStatus.READY == "ready"
    assert JobStatus("ready") is JobStatus.READY
    assert JobStatus.from_json('"ready"') is JobStatus.READY
    assert str(JobStatus.READY) == "JobStatus.READY"
