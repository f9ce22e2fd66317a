"""Calls operations of 1.0 by plain HTTP as its programs do, and compares bodies and answers with its models."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from published.newest.contract import MODELS, OPERATIONS, bare, faults, members

RUST = {"User-Agent": "OpenAPI-Generator/v0.7.0/rust", "X-Torc-Client-User": "tester"}
PYTHON = {"User-Agent": "OpenAPI-Generator/0.23.0/python"}
# The server sets these members, and ignores the last one. It may answer another value than a body has.
OF_THE_SERVER = {"id", "timestamp", "status", "executed", "executed_at", "executed_by", "trigger_count", "created_at",
                 "schedule_compute_nodes"}  # fmt: skip


class Client:
    """A client of one server. It records the called operations, the sent members and parameters, and all faults."""

    def __init__(self, url: str, headers: Mapping[str, str] = RUST, user: str = "", password: str = "") -> None:
        self.url = url
        self.called: Counter[str] = Counter()
        self.sent: defaultdict[str, set[str]] = defaultdict(set)
        self.faults: list[str] = []
        self._headers = dict(headers)
        if user:
            credential = base64.b64encode(f"{user}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {credential}"

    def __call__(self, name: str, /, *places: Any, body: Any = None, answers: int = 200, **query: Any) -> Any:
        """Call an operation and return its answer. `places` are the values in its path."""
        operation = OPERATIONS[name]
        self.called[name] += 1
        if operation.body is not None:
            body = _as_read(operation.body, body)
            self._check_body(name, operation.body, body)
        # A keyword of Python cannot be the name of an argument: the parameter `async` is `async_` here.
        query = {key.rstrip("_"): value for key, value in query.items()}
        self.sent[name] |= query.keys()
        asked = urllib.parse.urlencode({key: _text(value) for key, value in query.items()}, doseq=True)
        answer = self._send(operation.method, f"{_path(operation.path, places)}?{asked}", body, answers)
        self.faults += faults(operation.answers[str(answers)], answer, name)
        if operation.body == operation.answers[str(answers)]:
            self.faults += _lost(body, answer, name)
        return answer

    def _check_body(self, name: str, kind: str, body: Any) -> None:
        wrong = [*faults(kind, body, name)]
        assert not wrong, f"the body is not one of 1.0: {wrong}"
        for model, member in _members_of(kind, body):
            self.sent[model].add(member)

    def _send(self, method: str, path: str, body: Any, status: int) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({"Content-Type": "application/json"} if data else {})
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                assert answer.status == status, f"{method} {path}: {answer.status}, not {status}"
                for header, value in (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY")):
                    assert answer.headers[header] == value
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error


def _path(template: str, places: tuple[Any, ...]) -> str:
    parts = iter(places)
    words = [
        urllib.parse.quote(str(next(parts)), safe="") if word.startswith("{") else word for word in template.split("/")
    ]
    assert next(parts, None) is None, template
    return "/".join(words)


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _as_read(kind: str, value: Any) -> Any:
    """Return a value as a program of 1.0 sends it after reading it: without the members that it does not know."""
    kind = bare(kind)
    if kind.startswith("array<") and isinstance(value, list):
        return [_as_read(kind.removeprefix("array<").removesuffix(">"), item) for item in value]
    if isinstance(MODELS.get(kind), dict) and isinstance(value, dict):
        return {name: _as_read(known, value[name]) for name, known in members(kind).items() if name in value}
    return value


def _members_of(kind: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield each member of a body that has a value, with its model."""
    kind = bare(kind)
    if kind.startswith(("array<", "map<")):
        inner = kind.partition("<")[2].removesuffix(">")
        for item in value.values() if isinstance(value, dict) else value:
            yield from _members_of(inner, item)
    elif isinstance(MODELS.get(kind), dict):
        for name, item in value.items():
            if item is not None:
                yield kind, name
                yield from _members_of(members(kind)[name], item)


def _lost(sent: Any, answer: Any, where: str) -> Iterator[str]:
    """Yield the members that the answer has with another value than the body."""
    if isinstance(sent, dict) and isinstance(answer, dict):
        for name, value in sent.items():
            if name not in OF_THE_SERVER and value is not None:
                yield from _lost(value, answer.get(name), f"{where}.{name}")
    elif sent != answer:
        yield f"{where}: {answer!r}, but {sent!r} was sent"
