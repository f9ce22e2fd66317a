"""What a call costs the server is linear in the bytes of the request and the rows of the workflow, and bounded by kind.

The cost is the number of instructions of SQLite and the memory, which are the same in each run. With
`TORC_FUZZ_COSTS=full` the sizes are larger, and the CPU time is measured too.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import documented_calls as documented
from fuzz.cost_kinds import BYTE, GROWTH, KINDS, MIB, Bound, Kind, bound_of_rows, weight
from fuzz.fine_calls import BEFORE, prepared
from fuzz.measured_server import Cost, MeasuredServer, add_results, add_rows
from fuzz.people import NEED_USER, People
from fuzz.worst_bodies import WorstBodies
from support.processes import Place
from torc_server.resources.lists import FEW_PAIRS

FULL = os.environ.get("TORC_FUZZ_COSTS") == "full"
ROWS = (2_000, 8_000) if FULL else (60, 240)
# An operation on more jobs than this (`huge_jobs` in `live/long_operations.py`) works on a copy of the workflow.
WORKS_ON_A_COPY = 5_000
ROWS_OF_CALLS = (WORKS_ON_A_COPY + 1_000, 4 * (WORKS_ON_A_COPY + 1_000)) if FULL else (400,)
VALUES = (3_000, 12_000) if FULL else (100, 400)
ROWS_OF_BODIES = 1_000 if FULL else 40
HUGE_ROWS = 100_000 if FULL else 1_200
# In the short form, each operation gets one of this number of bodies.
SHORT_PART = 5
CALLS_OF_A_WORKFLOW = 5
# The server does other work meanwhile. The memory is the resident one in the full form, and that of objects otherwise.
NOISE = Bound(60_000, 64 * MIB if FULL else MIB / 2, 0.3)
# There is no password file, and no runner.
NEVER_FINE = {"reload_auth", "get_job_output", *NEED_USER}

pytestmark = pytest.mark.timeout(3600 if FULL else 300)


class Measured:
    """A server, the calls, and what was found."""

    def __init__(self, server: MeasuredServer) -> None:
        self.server = server
        self.people = People(server, {})
        self.operations = {each.id: each for each in self.people.document.operations}
        self.faults: list[str] = []
        self.listed = self._listed(self.people.of_document())

    def _listed(self, document: Any) -> dict[str, list[str]]:
        """Return the members of the records of each list."""
        listed = {}
        plain = self.people.document.plain
        for methods in document["paths"].values():
            for operation in methods.values():
                content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
                items = plain(content.get("schema", {})).get("properties", {}).get("items", {})
                listed[operation["operationId"]] = sorted(plain(items.get("items", {})).get("properties", {}))
        return listed

    def workflow(self, rows: int) -> dict[str, int]:
        """Create a workflow with this number of jobs and files. Half of the jobs have results."""
        have = self.people.records(lambda have: add_rows(self.people, have, rows))
        add_results(self.people, have, rows)
        return have

    def send(self, user: str, request: documented.Request, body: bytes | None = None) -> tuple[int, Cost]:
        """Send a call and return its status and cost. A failure of the server is a fault."""
        how: dict[str, Any] = {"json": request.body}
        if body is not None:
            how = {"data": body, "headers": {"Content-Type": "application/json"}}
        with self.server.measuring():
            response = self.people.sessions[user].request(
                request.method, f"{self.server.url}{request.path}", params=request.query, timeout=600, **how
            )
        if response.status_code >= 500:
            self.faults.append(f"{request.method} {request.path}: {response.status_code} {response.text[:200]}")
        return response.status_code, self.server.cost

    def allows(self, cost: Cost, most: Bound) -> bool:
        """Whether a cost is within a bound."""
        return not (most + NOISE).exceeded_by(cost, with_time=FULL)

    def require(self, what: str, cost: Cost, most: Bound) -> None:
        """Require a bound."""
        if not self.allows(cost, most):
            self.faults.append(f"{what}: {cost}; allowed are {most}")

    def read(self, what: str, request: documented.Request, most: Bound) -> tuple[int, Cost]:
        """Send a call that changes nothing, and require a bound. It is sent again if other work was measured too."""
        status, cost = self.send(self.people.owner, request)
        if not self.allows(cost, most):
            status, cost = self.send(self.people.owner, request)
        self.require(what, cost, most)
        return status, cost

    def require_linear(self, what: str, costs: list[Cost], noise: Bound = NOISE) -> None:
        """Require that the second cost is at most a few times the first one."""
        small, large = costs
        most = Bound(small.steps, small.memory_bytes, small.cpu_seconds) * GROWTH + noise
        if most.exceeded_by(large, with_time=FULL):
            self.faults.append(f"{what} grows from {small} to {large}, with a size of four times")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    """A server that counts, for everybody."""
    place = Place(tmp_path_factory.mktemp("costs"))
    with MeasuredServer(place, "--log-level", "error", traces_memory=not FULL) as server:
        measured = Measured(server)
        yield measured
        for session in measured.people.sessions.values():
            session.close()


@pytest.fixture(autouse=True)
def _no_faults(measured: Measured) -> Iterator[None]:
    measured.faults.clear()
    yield
    assert not measured.faults, "\n".join(measured.faults)


def test_every_operation_has_a_kind(measured: Measured) -> None:
    assert set(KINDS) == set(measured.operations)


def test_calls_cost_what_their_kind_allows(measured: Measured) -> None:
    measured.workflow(1)  # the copy is made only beside another workflow
    costs = [_costs_of_calls(measured, rows) for rows in ROWS_OF_CALLS]
    for name in costs[0]:
        for rows, found in zip(ROWS_OF_CALLS, costs, strict=True):
            measured.require(f"{name} with {rows} rows", found[name], bound_of_rows(KINDS[name], rows))
        if FULL:
            measured.require_linear(name, [found[name] for found in costs])


def _costs_of_calls(measured: Measured, rows: int) -> dict[str, Cost]:
    """Return the cost of a call of each operation that succeeds."""
    costs: dict[str, Cost] = {}
    have: dict[str, int] | None = None
    order = sorted(measured.operations.values(), key=lambda each: (each.method != "GET", _changes_rows(each)))
    for operation in order:
        if KINDS[operation.id] is Kind.STREAM:
            continue
        cost = None if have is None or _changes_rows(operation) else _cost_of(measured, operation, have, str(rows))
        if cost is None:  # an earlier call changed the records that this one needs
            have = measured.workflow(rows)
            cost = _cost_of(measured, operation, have, str(rows))
        assert cost is not None, operation.id
        costs[operation.id] = cost
    return costs


def _changes_rows(operation: documented.Documented) -> bool:
    return operation.method != "GET" and KINDS[operation.id] in {Kind.CHANGES, Kind.READS}


def _cost_of(measured: Measured, operation: documented.Documented, have: Mapping[str, int], label: str) -> Cost | None:
    label = "fine" if operation.id in BEFORE else f"{operation.id.replace('_', '-')}-{label}"
    try:
        user, request = prepared(measured.people, operation, have, label)
    except AssertionError:
        return None
    if operation.id == "get_job_output":
        request.query["wait_seconds"] = 0
    if operation.method == "GET" and _has(operation, "limit"):
        request.query["limit"] = 1
    status, cost = measured.send(user, request)
    return cost if status < 300 or operation.id in NEVER_FINE else None


def _has(operation: documented.Documented, name: str) -> bool:
    return any(each["name"] == name and each["in"] == "query" for each in operation.parameters)


def test_any_filter_and_order_of_a_page_costs_what_its_kind_allows(measured: Measured) -> None:
    costs: dict[str, list[Cost]] = {}
    for rows in ROWS:
        have = measured.workflow(rows)
        for name, request in _reads(measured, have):
            most = bound_of_rows(KINDS[name.partition("?")[0]], rows)
            status, cost = measured.read(f"{name} with {rows} rows", request, most)
            if status < 300:
                costs.setdefault(name, []).append(cost)
    assert len(costs) > 300
    for name, both in costs.items():
        if FULL or KINDS[name.partition("?")[0]] is not Kind.PAIRS:
            measured.require_linear(name, both)


def _reads(measured: Measured, have: Mapping[str, int]) -> Iterator[tuple[str, documented.Request]]:
    """Yield reads of all operations: pages of one record with each filter and each order."""
    document = measured.people.document
    for operation in measured.operations.values():
        if operation.method != "GET" or KINDS[operation.id] is Kind.STREAM or operation.id in NEVER_FINE:
            continue
        for name, values in _queries(measured, operation, have):
            request = document.request(operation, dict(have), "fine")
            request.query |= {"limit": 1} if _has(operation, "limit") else {}
            request.query |= values
            yield f"{operation.id}?{name}", request


def _queries(
    measured: Measured, operation: documented.Documented, have: Mapping[str, int]
) -> Iterator[tuple[str, dict[str, Any]]]:
    document = measured.people.document
    yield "", {}
    for each in operation.parameters:
        name = each["name"]
        if each["in"] != "query" or name in {"workflow_id", "limit", "sort_by", "wait_seconds"}:
            continue
        value = document.value(name, each["schema"], dict(have), "fine")
        yield name, {name: "true" if value is False else str(value)}
        if document.plain(each["schema"]).get("type") == "string":
            yield f"{name} of 4000 characters", {name: "a" * 4000}
    if _has(operation, "sort_by"):
        for name in measured.listed[operation.id]:
            yield f"sort_by={name}", {"sort_by": name}
            yield f"sort_by={name}&reverse_sort", {"sort_by": name, "reverse_sort": "true"}


def test_reads_of_a_huge_workflow_cost_what_their_kind_allows(measured: Measured) -> None:
    have = measured.workflow(HUGE_ROWS)
    assert (HUGE_ROWS // 2) ** 2 > 2 * FEW_PAIRS
    for name, request in _reads(measured, have):
        kind = KINDS[name.partition("?")[0]]
        if FULL or kind is Kind.PAIRS:
            measured.read(f"{name} with {HUGE_ROWS} rows", request, bound_of_rows(kind, HUGE_ROWS))


def test_bodies_cost_what_their_bytes_allow(measured: Measured) -> None:
    with_bodies = [each for each in measured.operations.values() if each.body is not None]
    have: dict[str, int] = {}
    created = 0
    for turn, operation in enumerate(with_bodies):
        if FULL or turn % CALLS_OF_A_WORKFLOW == 0:
            have, created = measured.workflow(ROWS_OF_BODIES), 0
        worst = WorstBodies(measured.people.document, operation, have)
        request = measured.people.document.request(operation, have, "fine")
        # Each call may look once at every row, also at those that earlier bodies created.
        kind = max(KINDS[operation.id], Kind.READS, key=weight)
        before: dict[str, Cost] = {}
        for size in VALUES:
            bodies = list(worst.all(size))
            for name, body in bodies if FULL else bodies[turn % SHORT_PART :: SHORT_PART]:
                most = bound_of_rows(kind, ROWS_OF_BODIES + created) + BYTE * len(body)
                status, cost = measured.send(measured.people.owner, request, body)
                if status >= 400 and not measured.allows(cost, most):  # the first call compiles and caches
                    status, cost = measured.send(measured.people.owner, request, body)
                what = f"{operation.id} with {name} ({len(body)} bytes), answered {status},"
                measured.require(what, cost, most)
                if name in before:
                    measured.require_linear(what, [before[name], cost], NOISE + bound_of_rows(kind, created))
                before.setdefault(name, cost)
                created += size if status < 300 else 0
