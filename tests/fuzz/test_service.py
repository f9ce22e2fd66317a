"""Whatever is sent, the service answers as its document says: no fault of its own, no other status, no other shape.

Each operation gets a call that is fine and must succeed, then calls made up from its schema, half of them about records
that are there; then operations follow each other at random. `TORC_FUZZ_EXAMPLES` says how many calls of each kind.
"""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

import documented_calls as documented
from fuzz.fine_calls import prepared
from fuzz.people import ANYBODY, NEED_USER, People
from support.processes import Place, Server

load_all_checks()
EXAMPLES = int(os.environ.get("TORC_FUZZ_EXAMPLES", "40"))
PASSWORDS = {"owner": "o w:n", "admin": "\u00e4dmin", "stranger": "x" * 70}
CHECKED = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]
ENDLESS = {"stream_events", "stream_api_events", "stream_workflow_changes"}
"""Answers without an end, which have tests of their own."""
WAITS = "wait_seconds"

SOME = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

ASKED_OF_RUNNERS = {"get_job_output"}


class Service:
    """A server, its document, and who calls it."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.schema = schemathesis.openapi.from_dict(_without_defaults(people.of_document()))
        self.schema.config.update(base_url=people.server.url)
        self.operations = {
            name: self.schema.find_operation_by_id(name)
            for name in (each.id for each in people.document.operations)
            if name not in ENDLESS
        }
        self.documented = {each.id: each for each in people.document.operations}
        self.faults: list[str] = []

    def judge(self, operation_id: str, user: str, response: Any, case: Any) -> None:
        """Write down in what the answer is not as the document says."""
        try:
            case.validate_response(schemathesis.Response.from_any(response), checks=CHECKED)
        except FailureGroup as failures:
            said = "; ".join(f"{each.title}: {each.message}" for each in failures.exceptions)
            call = f"{operation_id} as {user or 'anybody'}: {response.request.url} {response.request.body!r}"[:1000]
            fault = f"{call}\n  {said}\n  {response.text}"[:3000]
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                fault += "\n  " + self.people.server.log_path.read_text(encoding="utf-8")[-3000:]
            self.faults.append(fault)

    def call(self, operation_id: str, case: Any, user: str, have: dict[str, int] | None) -> Any:
        """Send a made-up call, about the records that are there if these are given, and judge its answer."""
        if have is not None:
            case.path_parameters = {
                name: _real(name, value, have, self.documented[operation_id].path)
                for name, value in (case.path_parameters or {}).items()
            }
            case.query = {name: _real(name, value, have, "") for name, value in (case.query or {}).items()}
            case.body = _really(case.body, have)
        if case.query and WAITS in case.query:
            case.query = {**case.query, WAITS: 0}
        response = case.call(session=self.people.sessions[user], timeout=30)
        self.judge(operation_id, user, response, case)
        return response

    def fine(self, operation_id: str, have: dict[str, int]) -> int:
        """Send the call that is fine as whoever may, judge its answer, and give its status."""
        people = self.people
        user, request = prepared(people, self.documented[operation_id], have)
        with people.answering(have) if operation_id in ASKED_OF_RUNNERS else nullcontext():
            response = people.send(user, request)
        self.judge(operation_id, user, response, self.operations[operation_id].Case())
        return response.status_code


def _without_defaults(document: Any) -> Any:
    """Leave out what is said of every other status: here each must be named."""
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("default", None)
    return document


def _real(name: str, value: Any, have: dict[str, int], path: str) -> Any:
    kind = path.split("/")[1] if name == "id" and path else documented.kind_of(name, have)
    return have.get(kind, value)


def _really(value: Any, have: dict[str, int]) -> Any:
    if isinstance(value, list):
        return [_really(each, have) for each in value]
    if isinstance(value, dict):
        return {
            name: have[kind] if isinstance(inner, int) and (kind := documented.kind_of(name, have)) in have
            else _really(inner, have)
            for name, inner in value.items()
        }  # fmt: skip
    return value


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(False, id="open", marks=pytest.mark.xdist_group("fuzz-open")),
        pytest.param(True, id="guarded", marks=pytest.mark.xdist_group("fuzz-guarded")),
    ],
)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A server that lets in everybody, and one that enforces access."""
    place = Place(tmp_path_factory.mktemp("fuzz"))
    users = place.directory / "htpasswd"
    for user, password in PASSWORDS.items():
        place.run("torc-htpasswd", "add", "--allow-weak", "-f", users, user, "-p", password, "-c", "4")
    guarded = ("--require-auth", "--enforce-access-control", "--admin-user", "admin") if request.param else ()
    with Server(place, "--auth-file", str(users), "--log-level", "error", *guarded) as server:
        people = People(server, PASSWORDS if request.param else {})
        yield Service(people)
        assert server.process is not None
        assert server.process.poll() is None, "it lives"
        for session in people.sessions.values():
            session.close()


@pytest.mark.timeout(900)
def test_every_operation_can_succeed_and_answers_as_it_says(service: Service) -> None:
    failed = {}
    for operation_id in service.operations:
        if operation_id in NEED_USER and not service.people.owner:
            continue
        status = service.fine(operation_id, service.people.records())
        if status >= 300:
            failed[operation_id] = status
    assert failed == {}
    assert not service.faults, "\n".join(service.faults)


@pytest.mark.timeout(3600)
def test_whatever_an_operation_is_sent_it_answers_as_it_says(service: Service) -> None:
    users = st.sampled_from(sorted(service.people.sessions))
    for operation_id, operation in service.operations.items():
        have = service.people.records()

        @SOME
        @given(case=operation.as_strategy(), user=users, is_real=st.booleans())
        def send(case: Any, user: str, is_real: bool) -> None:
            service.call(operation_id, case, user, have if is_real else None)  # noqa: B023  called at once

        send()
    assert not service.faults, "\n".join(service.faults)


@pytest.mark.timeout(3600)
def test_operations_may_follow_each_other_in_any_order(service: Service) -> None:
    strategies = {name: operation.as_strategy() for name, operation in service.operations.items()}
    trusted = sorted(set(service.people.sessions) - {"stranger", ANYBODY}) or [ANYBODY]

    @settings(SOME, max_examples=3 * EXAMPLES)
    @given(data=st.data(), names=st.lists(st.sampled_from(sorted(strategies)), min_size=5, max_size=15))
    def follow(data: Any, names: list[str]) -> None:
        have = service.people.records()
        for name in names:
            service.call(name, data.draw(strategies[name]), data.draw(st.sampled_from(trusted)), have)

    follow()
    assert not service.faults, "\n".join(service.faults)
