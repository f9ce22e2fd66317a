"""Permissions: every type of caller with every operation of the document, over HTTP and on real records.

A new operation is in the matrix automatically. It must accept only the owner of the workflow and the members of its
groups, unless it is listed in `BESIDES_WORKFLOWS`.
"""

import asyncio
import json
import shutil
import sqlite3
from base64 import b64encode
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from aiohttp.test_utils import TestClient, TestServer

import documented_calls as documented
from torc_server.api.document import API_ROOT, build
from torc_server.api.operation import Audience
from torc_server.api.table import OPERATIONS
from torc_server.auth.basic import Authenticator
from torc_server.auth.credentials import CredentialChecker
from torc_server.engine.access.permissions import TOKEN_OPERATIONS
from torc_server.resources.references import NUMBERS, REFERENCES, Check, is_number, reference_of
from torc_server.store.migrate import migrate
from torc_server.web.app import build_app

DOCUMENT = documented.Document(build())
ROLES = ("anonymous", "stranger", "member", "owner", "group admin", "system admin")
FOREIGN = "foreign"

ALLOWED = {
    Audience.EVERYBODY: set(ROLES),
    Audience.USERS: set(ROLES) - {"anonymous"},
    Audience.WORKFLOW: {"member", "owner", "group admin", "system admin"},
    Audience.GROUP_MEMBERS: {"member", "group admin", "system admin"},
    Audience.GROUP_ADMINS: {"group admin", "system admin"},
    Audience.SHARERS: {"owner", "group admin", "system admin"},
    Audience.SAME_USER: {"member", "system admin"},
    Audience.SYSTEM_ADMINS: {"system admin"},
}
BESIDES_WORKFLOWS = {
    "ping": Audience.EVERYBODY,
    "get_version": Audience.EVERYBODY,
    "list_workflows": Audience.EVERYBODY,
    "create_workflow": Audience.USERS,
    "check_workflow_access": Audience.SAME_USER,
    "list_user_groups": Audience.SAME_USER,
    "get_access_group": Audience.GROUP_MEMBERS,
    "list_group_members": Audience.GROUP_MEMBERS,
    "list_access_groups": Audience.SYSTEM_ADMINS,
    "create_access_group": Audience.SYSTEM_ADMINS,
    "delete_access_group": Audience.SYSTEM_ADMINS,
    "list_tokens": Audience.EVERYBODY,
    "stream_workflow_changes": Audience.EVERYBODY,
    "reload_auth": Audience.SYSTEM_ADMINS,
    "admin_sql": Audience.SYSTEM_ADMINS,
    "list_admin_audit_log": Audience.SYSTEM_ADMINS,
    "get_api_stats": Audience.SYSTEM_ADMINS,
    "stream_api_events": Audience.SYSTEM_ADMINS,
    "add_user_to_group": Audience.GROUP_ADMINS,
    "remove_user_from_group": Audience.GROUP_ADMINS,
    "add_workflow_to_group": Audience.SHARERS,
    "add_workflow_to_group_by_body": Audience.SHARERS,
    "remove_workflow_from_group": Audience.SHARERS,
}


class World:
    """A server that enforces access, with a workflow for each role, and one record of each type in each workflow.

    All workflows belong to the owner, and the group of the member and the group admin can use them. The foreign one
    belongs to the stranger alone: no other caller than the system admin may see its records.
    """

    def __init__(self, client: "TestClient[Any, Any]", path: Path, records: dict[str, dict[str, int]]) -> None:
        self.client = client
        self.path = path
        self.records = records

    async def send(self, user: str, request: Any) -> tuple[int, str]:
        """Send a request as this user, or with this token. Of a stream, only the status is read."""
        headers = {}
        if user.startswith("torc_"):
            headers["Authorization"] = f"Bearer {user}"
        elif user != "anonymous":
            headers["Authorization"] = "Basic " + b64encode(f"{user}:{user}".encode()).decode()
        sent = {} if request.body is None else {"json": request.body}
        path = API_ROOT + request.path
        async with self.client.request(request.method, path, params=request.query, headers=headers, **sent) as response:
            is_stream = response.content_type == "text/event-stream"
            return response.status, "" if is_stream else await response.text()

    def dump(self) -> list[str]:
        """Return the database as text, without the log of refused calls."""
        with closing(sqlite3.connect(self.path)) as connection:
            return [line for line in connection.iterdump() if "admin_audit_log" not in line]

    def belongings(self, workflow_id: int) -> dict[str, list[Any]]:
        """Return all rows of a workflow by table, with the links of its jobs."""
        of = {
            "workflow_id": "SELECT * FROM {} WHERE workflow_id = ?",
            "job_id": "SELECT * FROM {} WHERE job_id IN (SELECT id FROM job WHERE workflow_id = ?)",
        }
        with closing(sqlite3.connect(self.path)) as connection:
            names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            rows = {"workflow": connection.execute("SELECT * FROM workflow WHERE id = ?", [workflow_id]).fetchall()}
            for (table,) in connection.execute(names).fetchall():
                columns = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", [table])}
                statement = next((text for column, text in of.items() if column in columns), None)
                if statement is not None:
                    rows[table] = connection.execute(statement.format(table), [workflow_id]).fetchall()
            return rows


@asynccontextmanager
async def world_on(path: Path, records: dict[str, dict[str, int]], passwords: dict[str, bytes]) -> Any:
    checker = CredentialChecker(passwords, cache_ttl_seconds=600)
    app = build_app(
        path,
        authenticator=Authenticator(checker, required=False),
        enforce_access=True,
        admin_users=("system admin",),
    )
    async with TestClient(TestServer(app, handler_cancellation=True)) as client:
        yield World(client, path, records)
    checker.close()


async def people(world: World) -> None:
    """Create the workflows, groups and records, each as a permitted user."""

    async def make(user: str, method: str, path: str, body: Any = None) -> Any:
        status, text = await world.send(user, documented.Request(method, path, {}, body))
        assert status in {200, 202}, (path, body, text)
        return json.loads(text)

    for role in (*ROLES, FOREIGN):
        owner, label = ("stranger", "secret") if role == FOREIGN else ("owner", role)
        group = (await make("system admin", "POST", "/access_groups", {"name": f"group of {label}"}))["id"]
        have = {"access_groups": group}
        body = {"name": f"{label}-workflow", "user": owner}
        if role != FOREIGN:
            for user, part in (("member", "member"), ("group admin", "admin")):
                member = {"group_id": group, "user_name": user, "role": part}
                await make("system admin", "POST", f"/access_groups/{group}/members", member)
            body["access_groups"] = [f"group of {label}"]
        have["workflows"] = (await make(owner, "POST", "/workflows", body))["id"]
        world.records[role] = have
        missing = {each.tag: each for each in DOCUMENT.creators() if each.tag not in have}
        while missing:
            before = len(missing)
            for tag, creator in list(missing.items()):
                status, text = await world.send(owner, DOCUMENT.request(creator, have, label))
                assert status < 500, (creator.id, text)
                if status == 200:
                    have[tag] = documented.first_id(text)
                    del missing[tag]
            assert len(missing) < before, f"nothing makes {missing}: {text}"
        task = await make(owner, "POST", f"/workflows/{have['workflows']}/initialize_jobs?async=true")
        have["tasks"] = task["id"]


@pytest.fixture(scope="module")
def passwords() -> dict[str, bytes]:
    return {user: bcrypt.hashpw(user.encode(), bcrypt.gensalt(4)) for user in ROLES if user != "anonymous"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, passwords: dict[str, bytes]) -> tuple[Path, Any]:
    """The database of the tests, created once."""
    path = tmp_path_factory.mktemp("matrix") / "torc.db"
    records: dict[str, dict[str, int]] = {}

    async def build_it() -> None:
        async with world_on(path, records, passwords) as world:
            await people(world)

    migrate(path)
    asyncio.run(build_it())
    return path, records


@pytest.fixture
async def world(template: tuple[Path, Any], passwords: dict[str, bytes], tmp_path: Path) -> Any:
    path, records = template
    shutil.copy(path, tmp_path / "torc.db")
    async with world_on(tmp_path / "torc.db", records, passwords) as world:
        yield world


def every(operations: Any) -> Any:
    return pytest.mark.parametrize("operation", operations, ids=lambda each: each.id)


def test_operations_without_a_workflow_answer() -> None:
    assert set(BESIDES_WORKFLOWS) <= {each.id for each in DOCUMENT.operations}


@every(DOCUMENT.operations)
async def test_only_permitted_callers_are_accepted(world: World, operation: Any) -> None:
    audience = BESIDES_WORKFLOWS.get(operation.id, Audience.WORKFLOW)
    assert operation.access == audience.value
    # In lists, a workflow of another user is reported as missing, and so are its tasks.
    is_hidden = operation.takes("workflow_id") or operation.id == "get_task"
    refusal = (404, "NotFound") if is_hidden else (403, "Forbidden")
    before = world.dump()
    for role in ROLES:
        if role not in ALLOWED[audience]:
            status, text = await world.send(role, DOCUMENT.request(operation, world.records[role], role))
            assert (status, json.loads(text)["error"]["error"]) == refusal, (role, text)
            assert "secret" not in text
    assert world.dump() == before
    for role in ROLES:
        if role in ALLOWED[audience]:
            status, text = await world.send(role, DOCUMENT.request(operation, world.records[role], role))
            assert status not in {400, 401, 403, 404}, (role, text)
            assert status < 500, (role, text)


async def token_of(world: World, user: str, workflow_id: int) -> str:
    """Issue a token for a workflow as this user."""
    request = documented.Request("POST", f"/workflows/{workflow_id}/tokens", {}, {})
    return str(json.loads((await world.send(user, request))[1])["token"])


# Operations that name no record. Tokens may call them, or none of their kind.
WITHOUT_WORKFLOW = {"ping", "get_version"}


def test_operations_of_tokens_are_about_one_workflow() -> None:
    of_workflows = {each.id for each in DOCUMENT.operations if each.access == Audience.WORKFLOW.value}
    assert of_workflows > TOKEN_OPERATIONS - WITHOUT_WORKFLOW
    assert not {each for each in TOKEN_OPERATIONS if each.startswith("delete_")}


@pytest.mark.parametrize("user", ["owner", "system admin"])
@every(DOCUMENT.operations)
async def test_a_token_is_for_one_workflow_and_the_operations_of_a_runner(
    world: World, operation: Any, user: str
) -> None:
    own, other = world.records["owner"], world.records["member"]
    token = await token_of(world, user, own["workflows"])
    before = world.dump()
    # The user may use the other workflow, too.
    status, text = await world.send(token, DOCUMENT.request(operation, other, "member"))
    assert status in ({200} if operation.id in WITHOUT_WORKFLOW else {403, 404}), text
    if operation.id not in TOKEN_OPERATIONS:
        status, text = await world.send(token, DOCUMENT.request(operation, own, "owner"))
        assert (status, "password" in text) == (403, True), text
    assert world.dump() == before
    if operation.id in TOKEN_OPERATIONS:
        status, text = await world.send(token, DOCUMENT.request(operation, own, "owner"))
        assert status not in {400, 401, 403, 404}, text
        assert status < 500, text


def test_every_route_is_an_operation_of_the_document(tmp_path: Path) -> None:
    migrate(tmp_path / "torc.db")
    app = build_app(tmp_path / "torc.db")
    paths = {route.resource.canonical for route in app.router.routes() if route.resource is not None}
    # One route covers all operations. Paths without a workflow show nothing about workflows.
    assert paths == {f"{API_ROOT}/{{path}}", f"{API_ROOT}/openapi.json", "/healthz", "/readyz", "/metrics"}
    assert {(each.method, each.path) for each in OPERATIONS} == {
        (each.method, each.path) for each in DOCUMENT.operations
    }


def foreign_ids(operation: Any, have: dict[str, int], foreign: dict[str, int], role: str) -> Any:
    """Calls about the caller's own records that contain the id of a foreign one: reference, name, value, request."""
    for each in operation.parameters:
        name = each["name"]
        reference = REFERENCES.get(f"?{name}")
        if reference is None and name == "id":
            continue
        if reference is not None and not (name == "workflow_id" and each["required"]):
            value = foreign[TAG_OF_TABLE[reference.tables[0]]]
            request = DOCUMENT.request(operation, have, role)
            if each["in"] == "query":
                request.query[name] = value
            else:
                request = DOCUMENT.request(operation, {**have, TAG_OF_TABLE[reference.tables[0]]: value}, role)
            yield reference, name, value, request
    for place, component, name in [] if operation.body is None else DOCUMENT.ids(operation.body):
        reference = reference_of(component, name)
        if reference is not None:
            for table in reference.tables:
                request = DOCUMENT.request(operation, have, role)
                inside = request.body
                for step in place[:-1]:
                    if isinstance(inside, dict):
                        inside = inside.setdefault(step, {})
                    else:
                        inside.extend([{}] * (1 - len(inside)))
                        inside = inside[step]
                value = foreign[TAG_OF_TABLE[table]]
                inside[place[-1]] = [value] if name.endswith("ids") else value
                yield reference, name, value, request


TAG_OF_TABLE = {
    "workflow": "workflows",
    "access_group": "access_groups",
    "job": "jobs",
    "file": "files",
    "user_data": "user_data",
    "compute_node": "compute_nodes",
    "resource_requirements": "resource_requirements",
    "failure_handler": "failure_handlers",
    "slurm_scheduler": "slurm_schedulers",
    "local_scheduler": "local_schedulers",
    "workflow_action": "workflow_actions",
    "scheduled_compute_node": "scheduled_compute_nodes",
    "submission": "submissions",
}


@every([each for each in DOCUMENT.operations if each.access == Audience.WORKFLOW.value])
async def test_ids_of_other_workflows_reveal_and_change_nothing(world: World, operation: Any) -> None:
    have, foreign = world.records["owner"], world.records[FOREIGN]
    before = world.belongings(foreign["workflows"])
    for reference, name, value, request in foreign_ids(operation, have, foreign, "owner"):
        status, text = await world.send("owner", request)
        assert status < 500, (name, text)
        assert "secret" not in text, name
        answer = json.loads(text)
        if reference.check is Check.RECORDS and operation.id.startswith("create_"):
            assert (status, answer["error"].get("field")) == (422, name), (name, text)
        elif reference.check is Check.OPERATION and operation.method != "GET":
            assert status >= 400 or any(documented.values_of("errors", answer)), (name, text)
        elif status == 200:
            # A batch names the refused id, as for a missing record.
            if isinstance(answer, dict):
                answer.pop("errors", None)
            assert value not in documented.values_of(name, answer), (name, text)
            assert not any(documented.values_of("items", answer)), (name, text)
    assert world.belongings(foreign["workflows"]) == before


def test_every_id_of_the_document_refers_to_a_table_or_is_a_number() -> None:
    named: set[str] = set()
    for operation in DOCUMENT.operations:
        for each in operation.parameters:
            if each["name"].endswith(("_id", "_ids")):
                assert f"?{each['name']}" in {*REFERENCES, *NUMBERS}, (operation.id, each["name"])
                named.add(f"?{each['name']}")
        for _, component, name in [] if operation.body is None else DOCUMENT.ids(operation.body):
            known = is_number(component, name) or reference_of(component, name) is not None
            assert known, f"{component}.{name} is not in torc_server/resources/references.py"
            named |= {name, f"{component}.{name}"}
    # The configuration of an action is an object without a schema.
    assert {*REFERENCES, *NUMBERS} - named == {"WorkflowActionModel.action_config.scheduler_id"}


@every([each for each in DOCUMENT.operations if each.path.startswith("/bulk_")])
async def test_records_of_two_workflows_in_one_call_are_refused(world: World, operation: Any) -> None:
    before = world.dump()
    for other, status in ((FOREIGN, 403), ("member", 422)):
        request = DOCUMENT.request(operation, world.records["owner"], "owner")
        more = DOCUMENT.request(operation, world.records[other], "owner")
        member = next(iter(request.body))
        request.body[member] += more.body[member]
        assert (await world.send("owner", request))[0] == status
    assert world.dump() == before
