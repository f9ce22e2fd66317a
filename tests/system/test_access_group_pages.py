"""The pages of access groups for an owner, a member, a stranger and an administrator, on a server with users."""

import contextlib
import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from support import needs
from support.processes import Output, Place, Server, ended_after

pytestmark = needs.programs("curl")

RULES = ("--require-auth", "--enforce-access-control", "--admin-user", "root")
HOSTILE = "<b>'wind'</b> --x"


class Reader:
    """A user with a dashboard of their own, which listens on a socket."""

    def __init__(self, place: Place, socket: Path) -> None:
        self._place = place
        self._socket = socket

    def get(self, path: str) -> str:
        """Return a page, also one with an error."""
        return self._curl(path)

    def send(self, path: str, **changed: str) -> str:
        """Fill in the form of a page and send it. Return the page that follows."""
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.get(path))
        address, _, query = path.partition("?")
        form = {name: unescape(value) for name, value in fields} | dict(parse_qsl(query)) | changed
        return self._curl(address, "--data", urlencode(form))

    def perform(self, path: str, **changed: str) -> str:
        """Send a form that starts a task, and return the page of the task when it has ended."""
        page = self.send(path, **changed)
        found = re.search(r'<a href="/tasks">Tasks</a> <span aria-hidden="true">/</span> (\d+)', page)
        assert found is not None, page
        while 'id="poll"' in page:
            page = self.get(f"/tasks/{found[1]}")
        return unescape(page)

    def _curl(self, path: str, *words: str) -> str:
        curl: tuple[str | Path, ...] = (
            "curl",
            "--silent",
            "--show-error",
            "--location",
            "--unix-socket",
            self._socket,
            *words,
        )
        return self._place.run(*curl, f"http://localhost{path}").stdout


def as_user(user: str) -> dict[str, str]:
    return {"TORC_USERNAME": user, "TORC_PASSWORD": f"{user} is here"}


@contextlib.contextmanager
def reader(place: Place, server: Server, user: str, *words: str) -> Iterator[Reader]:
    """Start a dashboard for a user."""
    socket = place.directory / f"{user}.sock"
    address: tuple[str | Path, ...] = ("--socket", socket, "--api-url", server.url)
    process = place.start("torc-dash", *address, *words, stderr=subprocess.STDOUT, environment=as_user(user))
    with ended_after(process):
        assert process.stdout is not None
        output = Output(process.stdout)
        output.wait_for(str(socket))
        yield Reader(place, socket)
        process.terminate()
        process.wait()
    output.finish()


def run_as(place: Place, user: str, *words: object) -> str:
    return place.run(*map(str, words), environment=as_user(user)).stdout


@pytest.fixture
def guarded(place: Place) -> Iterator[Server]:
    """A server with workflow 1 of ann, workflow 2 of ben, and group 2, whose admin is ann."""
    place.directory.chmod(0o700)
    passwords = place.directory / "htpasswd"
    for user in ("root", "ann", "ben"):
        place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, user, "-p", f"{user} is here", "-c", "4")
    with Server(place, "--auth-file", str(passwords), *RULES) as server:
        for user in ("ann", "ben"):
            spec = place.file(f"{user}.yaml", f"name: of-{user}\njobs: [{{name: one, command: 'true'}}]\n")
            run_as(place, user, "torc", "workflows", "create", spec)
        run_as(place, "root", "torc", "access-groups", "create", "solar", "--description", "The solar project")
        run_as(place, "root", "torc", "access-groups", "create", HOSTILE)
        run_as(place, "root", "torc", "access-groups", "add-user", 2, "ann", "--role", "admin")
        yield server


def test_an_admin_of_a_group_adds_a_member_and_shares_a_workflow(place: Place, guarded: Server):
    with reader(place, guarded, "ann") as ann, reader(place, guarded, "ben") as ben:
        groups = ann.get("/access-groups")
        assert '<a href="/access-groups/2" title="solar">solar</a>' in groups
        assert "The solar project" in groups
        assert "Other groups" not in groups, "only administrators see the groups of others"
        assert "You are in no access group." in ben.get("/access-groups")
        assert "Only members of access group 2" in ben.get("/access-groups/2")
        assert "Shared with" not in ben.get("/workflows")

        shown = ann.get("/access-groups/2/actions/add-user?user=ben")
        assert "torc access-groups add-user 2 ben" in shown
        assert "ben can use all workflows of the group solar" in shown
        assert "ben is a member of access group 2." in ann.perform("/access-groups/2/actions/add-user?user=ben")
        assert "ben is a member already." in ann.get("/access-groups/2/actions/add-user?user=ben")
        shares = ann.perform("/access-groups/2/actions/add-workflow?workflow=1")
        assert "Access group 2 shares workflow 1." in shares
        assert 'href="/workflows/1"' in shares

        # The member sees the workflow, and can change neither members nor what others share.
        group = ben.get("/access-groups/2")
        assert '<a href="/workflows/1" title="of-ann">of-ann</a>' in group
        assert "actions/add-user" not in group
        assert "actions/remove-" not in group
        refused = "Only admins of the group and system administrators may change its members."
        assert refused in ben.get("/access-groups/2/actions/remove-user?user=ann")
        assert refused in ben.send("/access-groups/2/actions/remove-user?user=ann")
        assert "Only the owner of the workflow" in ben.get("/access-groups/2/actions/remove-workflow?workflow=1")
        listed = ben.get("/workflows?access_group=solar")
        assert "of-ann" in listed
        assert "of-ben" not in listed
        assert 'aria-current="true" title="solar"' in listed
        overview = ben.get("/workflows/1")
        assert '<dt>Shared with</dt><dd><a href="/access-groups?name=solar" title="solar">solar</a>' in overview
        assert "<h1>solar</h1>" in ben.get("/access-groups?name=solar")

        # Each shares what is theirs.
        assert "actions/add-workflow?workflow=2" in ben.get("/access-groups?workflow=2")
        assert "is shared by its owner" in (others := ben.get("/access-groups?workflow=1"))
        assert "actions/" not in others
        assert "Access group 2 shares workflow 2." in ben.perform("/access-groups/2/actions/add-workflow?workflow=2")
        assert "actions/remove-workflow?workflow=2" in ben.get("/access-groups?workflow=2")

        stopped = ann.perform("/access-groups/2/actions/remove-workflow?workflow=2")
        assert "Access group 2 no longer shares workflow 2." in stopped
        assert "no longer in access group 2" in ann.perform("/access-groups/2/actions/remove-user?user=ben")
        assert "Only members of access group 2" in ben.get("/access-groups/2")


def test_an_administrator_sees_all_groups_with_their_numbers(place: Place, guarded: Server):
    run_as(place, "ann", "torc", "access-groups", "add-workflow", 1, 2)
    with reader(place, guarded, "root") as root:
        groups = root.get("/access-groups")
        others = groups[groups.index("Other groups") :]
        assert re.search(
            r'solar</a>.*?is-number"><span title="1">1</span>.*?is-number"><span title="1">1', others, re.DOTALL
        )
        assert "&lt;b&gt;&#39;wind&#39;&lt;/b&gt; --x" in others
        assert "<b>'wind'" not in groups
        assert "actions/remove-user" in root.get("/access-groups/2")
        assert "actions/" not in root.get("/access-groups/1").replace("actions/add-workflow", ""), (
            "settings name the administrators"
        )
        assert "--x is a member of access group 3." in root.perform("/access-groups/3/actions/add-user", user="--x")
        assert "give a name" in root.send("/access-groups/3/actions/add-user", user=" ")
        assert "is not an id" in root.send("/access-groups/3/actions/add-workflow", workflow="-1")
        assert "There is no workflow 99." in root.get("/access-groups/3/actions/add-workflow?workflow=99")
        assert "There is no access group 99." in root.get("/access-groups/99")
        assert "There is no such page." in root.get("/access-groups?name=none")


def test_a_dashboard_that_changes_nothing_offers_nothing(place: Place, guarded: Server):
    with reader(place, guarded, "ann", "--read-only") as ann:
        assert "actions/" not in ann.get("/access-groups/2")
        assert "actions/" not in ann.get("/access-groups?workflow=1")
        assert "/access-groups?workflow=1" not in ann.get("/workflows/1")
        assert "started with --read-only" in ann.send("/access-groups/2/actions/add-user?user=ben")


def test_a_server_that_restricts_nothing_says_what_to_turn_on(place: Place, server: Server):
    place.directory.chmod(0o700)
    place.run("torc", "access-groups", "create", "solar")
    with reader(place, server, "ann") as ann:
        groups = ann.get("/access-groups")
        assert (
            "every user can use all workflows: start it with --auth-file, --require-auth and --enforce-access-control"
            in groups
        )
        assert "solar" in groups
