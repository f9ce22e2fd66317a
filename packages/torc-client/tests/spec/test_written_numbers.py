"""Numbers of parameters and variables: they stay as they are written, in all formats."""

import pytest

from torc_client.spec import checked
from torc_client.spec.formats import Format
from torc_client.spec.reading import parse


def names_of(text):
    return [job.record["name"] for job in checked(parse("w.yaml", text, format=Format.YAML)).jobs]


WRITTEN = ["007", "1E5", "1.50", "1.0", "010", "0x10", "7", "0.5", "x"]


@pytest.mark.parametrize(
    "text",
    [
        "name: w\njobs:\n  - {name: 'a_{i}', command: x, parameters: {i: [%s]}}\n",
        "name: w\nparameters: {i: [%s]}\njobs:\n  - {name: 'a_{i}', command: x, use_parameters: [i]}\n",
        "name: w\nparameters:\n  i: &i [%s]\n  k: *i\njobs:\n  - {name: 'a_{k}', command: x, use_parameters: [k]}\n",
    ],
)
def test_a_list_keeps_its_numbers_as_they_are_written(text):
    assert names_of(text % ", ".join(WRITTEN)) == [f"a_{value}" for value in WRITTEN]


def test_a_single_value_is_kept_too():
    assert names_of("name: w\njobs:\n  - {name: 'a_{i}', command: x, parameters: {i: 007}}\n") == ["a_007"]


def test_numbers_elsewhere_are_numbers():
    text = "name: w\nmetadata: {deep: {parameters: {i: [007]}}}\njobs:\n  - {name: a, command: x, priority: 007}\n"
    plan = checked(parse("w.yaml", text, format=Format.YAML))
    assert plan.jobs[0].record["priority"] == 7
    assert plan.workflow["metadata"] == {"deep": {"parameters": {"i": [7]}}}


def test_variables_keep_their_numbers_as_they_are_written():
    text = "name: w\nvariables: {a: 1.10, b: 007, c: true}\njobs:\n  - {name: 'a_{a}_{b}_{b:02d}_{c}', command: x}\n"
    assert names_of(text) == ["a_1.10_007_07_true"]


@pytest.mark.parametrize("format", [Format.JSON, Format.JSON5])
def test_json_keeps_what_no_program_writes(format):
    text = """{"name": "w", "variables": {"v": 1.10}, "metadata": {"x": 1.50},
      "jobs": [{"name": "a_{i}_{v}", "command": "x", "parameters": {"i": [1.50, 1E5, 1e-7, 7, 1.0, 1e-05, 0.5]}}]}"""
    plan = checked(parse("w", text, format=format))
    values = ["1.50", "1E5", "1e-7", "7", "1", "0.00001", "0.5"]
    assert [job.record["name"] for job in plan.jobs] == [f"a_{value}_1.10" for value in values]
    assert plan.workflow["metadata"] == {"x": 1.5}


def test_kdl_keeps_what_no_program_writes():
    text = """
name "w"
variables { v 1.10; z "b"; w 007 }
job "a_{i}_{v}_{w}_{k}" {
    command "x"; priority 007
    parameters k=010 { i 007 1E5 1.50 0x10 7 1.0 }
}
"""
    plan = checked(parse("w.kdl", text, format=Format.KDL))
    values = ["007", "1E5", "1.50", "0x10", "7", "1"]
    assert [job.record["name"] for job in plan.jobs] == [f"a_{value}_1.10_007_010" for value in values]
    assert plan.jobs[0].record["priority"] == 7


def test_a_table_in_json_keeps_what_no_program_writes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text('[{"i": 1.50}, {"i": 1.0}]')
    assert names_of("name: w\njobs:\n  - {name: 'a_{i}', command: x, parameters_file: t.json}\n") == ["a_1.50", "a_1"]
