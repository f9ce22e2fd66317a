"""Datasets: directories that jobs read and write as a whole."""

import pytest

from torc_client.spec.formats import Format
from torc_client.spec.plan import make_plan
from torc_client.spec.problems import SpecError
from torc_client.spec.reading import parse

SPEC = """\
name "w"
enable_ro_crate #true
file "f" path="f.txt"
dataset "part_{i}" path="parts/{i}" hash_mode="content" description="a part" {
    parameters { i "1:2" }
}
job "make_{i}" {
    command "split -n ${datasets.output.part_{i}}"
    parameters { i "1:2" }
}
job "sum" {
    command "cat ${datasets.input.part_1}/* ${files.output.f}"
    input_dataset "part_2"
}
"""


def planned(**members):
    return make_plan("spec", {"name": "w", "jobs": [{"name": "a", "command": "true"}], **members})


def test_datasets_are_read_and_written_in_the_way_of_files():
    plan = make_plan("s.kdl", parse("s.kdl", SPEC, format=Format.KDL).value)
    assert [each["name"] for each in plan.files] == ["f", "part_1", "part_2"]
    assert [job.output_files for job in plan.jobs] == [(1,), (2,), (0,)]
    assert sorted(plan.jobs[2].input_files) == [1, 2]
    assert plan.jobs[0].record["command"] == "split -n parts/1"
    assert not plan.warnings


@pytest.mark.parametrize(
    ("members", "found"),
    [
        (
            {"datasets": [{"name": "d", "path": "x"}], "files": [{"name": "d", "path": "y"}]},
            ("SPEC020", "datasets[0].name"),
        ),
        (
            {"datasets": [{"name": "d", "path": "x"}, {"name": "d", "path": "y"}]},
            ("SPEC020", "datasets[1].name"),
        ),
        (
            {"datasets": [{"name": "d", "path": "x", "hash_mode": "md5"}]},
            ("SPEC013", "datasets[0].hash_mode"),
        ),
        (
            {
                "datasets": [{"name": "data", "path": "x"}],
                "jobs": [{"name": "a", "command": "true", "input_datasets": ["dat"]}],
            },
            ("SPEC022", "jobs[0].input_datasets[0]"),
        ),
        (
            {"jobs": [{"name": "a", "command": "ls ${datasets.input.d}"}]},
            ("SPEC022", "jobs[0].command"),
        ),
    ],
)
def test_problems_of_datasets(members, found):
    with pytest.raises(SpecError) as caught:
        planned(**members)
    assert [(str(each.code), each.place) for each in caught.value.problems] == [found]


def test_a_cycle_through_a_dataset_is_reported():
    jobs = [
        {"name": "a", "command": "true", "input_datasets": ["d"], "output_datasets": ["e"]},
        {"name": "b", "command": "true", "input_datasets": ["e"], "output_datasets": ["d"]},
    ]
    with pytest.raises(SpecError) as caught:
        planned(jobs=jobs, datasets=[{"name": "d", "path": "d"}, {"name": "e", "path": "e"}])
    assert [(str(each.code), each.place) for each in caught.value.problems] == [("SPEC042", "jobs[0]")]


def test_fields_of_crates_are_warnings_without_one():
    plan = planned(datasets=[{"name": "d", "path": "x", "description": "all"}])
    assert [(str(each.code), each.place) for each in plan.warnings] == [("SPEC062", "datasets[0].description")]
