"""Which jobs a target means, and which jobs they need."""

import pytest

from torc_client.api.records import JobModel
from torc_client.errors import TorcError
from torc_client.workflow_operations.partial_run import matching, needed_jobs

NAMES = {1: "prepare", 2: "fit_1", 3: "fit_2", 4: "7", 7: "fit_#"}


@pytest.mark.parametrize(
    ("target", "ids"),
    [("prepare", {1}), ("fit_#", {7}), ("fit_*", {2, 3, 7}), ("fit_[1]", {2}), ("7", {4}), ("2", {2}), ("*", {*NAMES})],
)
def test_a_target_is_a_name_or_a_group_or_an_id_or_a_pattern(target, ids):
    assert matching(NAMES, target) == ids


def test_a_group_is_the_name_without_its_numbers():
    assert matching({1: "fit_1", 2: "fit_20", 3: "fits"}, "fit_#") == {1, 2}


def test_an_unknown_target_names_a_similar_job():
    with pytest.raises(TorcError) as raised:
        matching(NAMES, "prepar")
    assert raised.value.hint == "Did you mean 'prepare'?"


def job(job_id, **relations):
    return JobModel(id=job_id, workflow_id=1, name=f"job{job_id}", command="true", **relations)


def test_jobs_are_needed_for_dependencies_files_and_user_data():
    jobs = [
        job(1, output_file_ids=[10]),
        job(2, input_file_ids=[10], output_user_data_ids=[20]),
        job(3, input_user_data_ids=[20]),
        job(4, depends_on_job_ids=[3]),
        job(5, depends_on_job_ids=[4]),
        job(6, input_file_ids=[10, 11]),
    ]
    assert needed_jobs(jobs, ["job4"]) == {1, 2, 3, 4}
    assert needed_jobs(jobs, ["job1", "job6"]) == {1, 6}


def test_an_unknown_target_lists_the_first_names():
    many = {number: f"{letter}_1" for number, letter in enumerate("abcdefgh", 1)} | {9: "a_2"}
    with pytest.raises(TorcError) as refused:
        matching(many, "nosuch")
    assert refused.value.hint.startswith("The jobs are: 'a_#', 'b_1', 'c_1', 'd_1', 'e_1' and 3 more. A target is ")
