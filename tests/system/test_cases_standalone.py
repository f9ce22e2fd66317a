"""`torc -s` in unusual surroundings: deep folders, jobs that fit no machine, texts with a byte-order mark."""

import json

from support.processes import Place

BOM = "\ufeff"


def test_a_folder_for_temporary_files_that_is_too_long_for_a_socket(place: Place) -> None:
    deep = place.directory / ("d" * 90) / ("e" * 60)
    deep.mkdir(parents=True)
    spec = place.file("spec.json", json.dumps({"name": "w", "jobs": [{"name": "a", "command": "echo hi"}]}))
    ran = place.run("torc", "-s", "run", spec, environment={"TMPDIR": str(deep)})
    assert "1 completed" in ran.stdout + ran.stderr
    assert [*deep.iterdir()] == []


def test_a_job_that_fits_no_machine_does_not_make_a_run_alone_wait(place: Place) -> None:
    """Otherwise the runner waits for 90 seconds for other work, and this test takes as long."""
    spec = {
        "name": "big",
        "resource_requirements": [{"name": "r", "num_cpus": 5000, "memory": "1g"}],
        "jobs": [{"name": "a", "command": "true", "resource_requirements": "r"}, {"name": "b", "command": "true"}],
    }
    ran = place.run("torc", "-s", "run", place.file("spec.json", json.dumps(spec)), status=4)
    assert "needs 5000 CPUs" in ran.stderr
    assert "No job was left that could run here. r (1 job): needs 5000 CPUs, this node has " in ran.stdout


def test_a_byte_order_mark_is_accepted_in_every_text(place: Place) -> None:
    place.file("table.csv", f"{BOM}id\n007\n")
    place.file("torc.toml", f'{BOM}[client]\nformat = "json"\n')
    jobs = "[{name: 'a_{id}', command: echo, parameters_file: table.csv}]"
    place.file("spec.yaml", f"{BOM}name: w\njobs: {jobs}\n")
    place.file("commands.txt", f"{BOM}echo first\n")
    place.run("torc", "-s", "run", "spec.yaml")
    listed = json.loads(place.run("torc", "-s", "-f", "json", "jobs", "list", "1").stdout)
    assert [job["name"] for job in listed["items"]] == ["a_007"]
    place.run("torc", "-s", "exec", "--commands-file", "commands.txt")
