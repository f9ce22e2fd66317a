"""Calls the published client's methods, compares what comes back, and remembers both."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

VARIANTS = ("_with_http_info", "_without_preload_content")


def operations(library: Any) -> Iterator[tuple[str, type]]:
    """Every operation of the API classes with the class that has it, by reflection."""
    for name, kind in inspect.getmembers(library.api, inspect.isclass):
        if name.endswith("Api"):
            for method in vars(kind):
                if not method.startswith("_") and not method.endswith(VARIANTS):
                    yield method, kind


def plain(value: Any) -> Any:
    """The value as JSON has it; all of it, while the client's own `to_dict` leaves out what it does not send."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.model_dump(mode="json", by_alias=True) if hasattr(value, "model_dump") else value


def differences(expected: Any, actual: Any, where: str) -> Iterator[str]:
    """Where `actual` lacks what is expected: records may have more members, functions are asked."""
    if callable(expected):
        if not expected(actual):
            yield f"{where}: {actual!r} is not what was asked for"
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            yield from differences(value, actual.get(name), f"{where}.{name}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (left, right) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(left, right, f"{where}[{index}]")
    elif expected != actual:
        yield f"{where}: {actual!r}, not {expected!r}"


class Recorder:
    """The operations of one client, by name, and what became of each."""

    def __init__(self, library: Any, client: Any) -> None:
        self.library = library
        self.operations = {name: getattr(kind(client), name) for name, kind in operations(library)}
        self.compared: dict[str, int] = {}
        self.failures: list[str] = []

    def model(self, name: str, /, **members: Any) -> Any:
        """A record of the client's own kind."""
        return getattr(self.library, name).from_dict(members)

    def call(self, operation: str, *arguments: Any, expect: Any, **options: Any) -> Any:
        """Call the operation and compare its answer with `expect`; gives the answer as JSON has it."""
        answer = plain(self.operations[operation](*arguments, **options))
        self.compared[operation] = self.compared.get(operation, 0) + 1
        self.failures.extend(differences(expect, answer, operation))
        return answer

    def attempt(self, subject: Callable[["Recorder"], None]) -> None:
        """Drive one subject; an exception ends it and is a failure, and the next subject goes on."""
        try:
            subject(self)
        except Exception as error:  # noqa: BLE001 - whatever the client raises is a finding to report
            self.failures.append(f"{subject.__name__}: {type(error).__name__}: {error}")


def page(*items: Any) -> dict[str, Any]:
    """What a list answers that has these items and no more."""
    return {"items": list(items), "count": len(items), "total_count": len(items), "offset": 0, "has_more": False}
