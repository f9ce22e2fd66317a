"""Datasets: directories as inputs and outputs of jobs."""

from support.processes import Place, Server

SPEC = """\
name: parts
enable_ro_crate: true
datasets:
- {name: "part_{i}", path: "parts/{i}", description: a part, parameters: {i: "1:2"}}
jobs:
- name: sum
  command: cat ${datasets.input.part_1}/* ${datasets.input.part_2}/* > sum.txt
- name: make_{i}
  command: mkdir -p ${datasets.output.part_{i}} && echo {i} > parts/{i}/value
  parameters: {i: "1:2"}
"""


def test_jobs_depend_on_the_writers_of_their_input_directories(place: Place, server: Server):
    spec = place.file("spec.yaml", SPEC)
    place.run("torc", "run", spec)
    assert (place.directory / "sum.txt").read_text() == "1\n2\n"
    jobs = {job["name"]: job for job in place.torc("jobs", "list", "1")["items"]}
    assert {job["status"] for job in jobs.values()} == {"completed"}
    entities = place.torc("ro-crate", "list", "1")["items"]
    described = {each["entity_id"]: each for each in entities if each["entity_type"] == "Dataset"}
    assert described.keys() == {"parts/1/", "parts/2/"}
    place.run("torc", "ro-crate", "add-dataset", "1", "--name", "part_1", "--path", "parts/1")
    again = {each["entity_id"]: each for each in place.torc("ro-crate", "list", "1")["items"]}
    assert again.keys() == {each["entity_id"] for each in entities}
    assert "sha256" in str(again["parts/1/"]["metadata"])


def test_an_input_directory_without_a_writer_must_exist(place: Place, server: Server):
    spec = place.file(
        "spec.yaml",
        "name: w\ndatasets: [{name: d, path: nowhere}]\njobs: [{name: a, command: 'true', input_datasets: [d]}]\n",
    )
    refused = place.run("torc", "run", spec, status=None)
    assert refused.returncode != 0
    assert "nowhere" in refused.stderr
