"""`torc exec` on the command line."""

import json

from support.processes import Place, Server


def test_commands_run_and_their_output_is_stored(place: Place, server: Server):
    ended = place.run("torc", "-f", "json", "exec", "-j", "2", "-c", "echo {i}; exit {i}", "--param", "i=0:1", status=1)
    told = json.loads(ended.stdout)
    assert "Created workflow 1\n" in ended.stderr
    assert told["jobs_by_status"] == {"completed": 1, "failed": 1}
    assert (told["status"], told["had_failures"], told["had_terminations"]) == ("failed", True, False)
    assert told["workflow_name"].startswith("exec_")
    stdio = place.directory / "torc_output/job_stdio"
    assert sorted(path.read_text() for path in stdio.glob("*.o")) == ["0\n", "1\n"]


def test_several_arguments_are_one_command(place: Place, server: Server):
    ended = place.run("torc", "exec", "--stdio", "combined", "--", "bash", "-c", "echo out; echo err >&2")
    assert ended.stdout.startswith("Created workflow 1\n")
    assert "torc logs show 1" in ended.stderr
    (written,) = (place.directory / "torc_output/job_stdio").iterdir()
    assert sorted(written.read_text().split()) == ["err", "out"]


def test_output_that_is_not_kept_is_not_offered(place: Place, server: Server):
    assert "torc logs show" not in place.run("torc", "exec", "--stdio", "none", "--", "true").stderr


def test_a_success_has_the_members_of_1_0(place: Place, server: Server):
    told = place.torc("exec", "--", "true")
    assert (told["status"], told["had_failures"], told["had_terminations"]) == ("completed", False, False)


def test_the_jobs_have_the_labels_of_their_runner(place: Place, server: Server):
    ended = place.run("torc", "exec", "--label", "b,a", "--", "true")
    assert "1 completed" in ended.stdout + ended.stderr
    (job,) = place.torc("jobs", "list", "1")["items"]
    assert (job["status"], job["labels"]) == ("completed", ["a", "b"])


def test_a_dry_run_prints_a_valid_spec_without_a_server(place: Place):
    ended = place.run("torc", "--url", "http://127.0.0.1:9/torc-service/v1", "exec", "--dry-run", "-n", "x", "--", "ls")
    assert [job["command"] for job in json.loads(ended.stdout)["jobs"]] == ["ls"]
    place.run("torc", "spec", "check", place.file("x.yaml", ended.stdout))
    refused = place.run("torc", "exec", "--dry-run", "x.yaml", status=1)
    assert refused.stderr.endswith("Run it with `torc run x.yaml`.\n")


def test_words_without_a_mark_are_no_command(place: Place):
    for words in (["echo", "hello"], ["-n", "x", "ls"], ["-c", "true", "echo"]):
        refused = place.run("torc", "exec", "--dry-run", *words, status=2)
        assert "Put -- before the command: torc exec -- " in refused.stderr
    place.run("torc", "exec", "--dry-run", "--", "echo", "--", "hello")
