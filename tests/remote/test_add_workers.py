"""`torc remote add-workers` with real hosts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import Place, Server
from support.remote_hosts import REMOTE_HOSTS, RemoteHosts, remote_hosts

pytestmark = REMOTE_HOSTS


@pytest.fixture
def hosts(place: Place) -> Iterator[RemoteHosts]:
    with remote_hosts(place) as hosts:
        yield hosts


@pytest.fixture
def workflow(server: Server, place: Place) -> str:
    spec = place.file("w.yaml", "name: w\njobs:\n  - {name: hello, command: echo hello}\n")
    return str(place.torc("create", spec)["workflow_id"])


def workers(place: Place, workflow: str) -> list[str]:
    return [each["worker"] for each in place.torc("remote", "list-workers", workflow)["items"]]


def test_hosts_are_checked_and_stored(place: Place, hosts: RemoteHosts, workflow: str):
    _, second, third = hosts.all
    second.remove_torc()
    third.cut("reject", port=22)
    ended = place.run("torc", "-f", "json", "remote", "add-workers", workflow, "n1", "n2", "n3", "nohost", status=1)
    answer = json.loads(ended.stdout)
    assert [(each["worker"], each["outcome"], each["problem"]) for each in answer["workers"]] == [
        ("n1", "added", None),
        ("n2", "added", None),
        ("n3", "failed", "connection_refused"),
        ("nohost", "failed", "host_unknown"),
    ]
    assert answer["num_stored"] == 2
    n1, n2 = answer["workers"][:2]
    assert place.run("torc", "--version").stdout.startswith(f"torc {n1['torc']}")
    assert n2["torc"] == ""
    assert "[OK] n2: Linux" in ended.stderr
    assert "no torc in PATH" in ended.stderr
    assert "[FAILED] n3: the connection was refused" in ended.stderr
    assert workers(place, workflow) == ["n1", "n2"]

    third.mend()
    place.run("torc", "remote", "add-workers", workflow, "n1", "n3")
    assert workers(place, workflow) == ["n1", "n2", "n3"]
    assert [call for call in hosts.calls() if call[-2] == "n1"][1:] == []  # a known one is not checked again


def test_one_host_has_several_workers(place: Place, hosts: RemoteHosts, workflow: str):
    address = hosts[0].address
    file = place.file("workers.txt", f"{hosts[0].destination}\nsecond={hosts[0].destination}\n{address}\n")
    ended = place.run("torc", "remote", "add-workers-from-file", file, workflow, status=1)
    # Without a user, ssh uses that of the caller, which the host does not have.
    assert f"[FAILED] {address}: the login was refused" in ended.stderr
    assert workers(place, workflow) == [hosts[0].destination, f"second={hosts[0].destination}"]
    place.run("torc", "remote", "remove-worker", f"second={hosts[0].destination}", workflow)
    assert workers(place, workflow) == [hosts[0].destination]


def test_no_text_of_a_host_is_run(place: Place, hosts: RemoteHosts, workflow: str):
    made = place.directory / "made"
    texts = [
        f"-oProxyCommand=touch {made}",
        f"-oProxyCommand=touch${{IFS}}{made}",
        f"$(touch {made})",
        f"n1;touch {made}",
    ]
    for text in texts:
        ended = place.run("torc", "remote", "add-workers", workflow, "--", text, status=1)
        assert "is not the address of a worker" in ended.stderr
    assert hosts.calls() == []
    assert not made.exists()
    assert workers(place, workflow) == []


def test_hosts_that_do_not_answer_take_one_time_limit(place: Place, hosts: RemoteHosts, workflow: str):
    for host in hosts.all:
        host.cut("drop")
    ended = place.run("torc", "remote", "add-workers", workflow, "n1", "n2", "n3", "--connect-timeout", "2", status=1)
    assert ended.stderr.count("the host does not answer (ssh: connect to host") == 3
    assert "no firewall drops packets" in ended.stderr
    assert "3 machines of 3 cannot be used: not added." in ended.stdout
    assert workers(place, workflow) == []


def test_a_missing_ssh_is_named(place: Place, server: Server, workflow: str, tmp_path: Path):
    programs = tmp_path / "programs"
    programs.mkdir()
    torc = place.run("sh", "-c", "command -v torc").stdout.strip()
    ended = place.run(torc, "remote", "add-workers", workflow, "n1", status=1, environment={"PATH": str(programs)})
    assert "[FAILED] n1: ssh is not installed here." in ended.stderr
    assert "Install OpenSSH's client" in ended.stderr
