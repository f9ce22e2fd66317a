"""Which target a request is for: a step in a dictionary for each segment of its path, however many routes there are."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class RouteNode(Generic[T]):
    """Where the segments so far lead: onwards by a word or by any value, and the targets of a path that ends here."""

    __slots__ = ("by_value", "by_word", "targets")

    def __init__(self) -> None:
        self.by_word: dict[str, RouteNode[T]] = {}
        self.by_value: RouteNode[T] | None = None
        self.targets: dict[str, T] = {}


class Routes(Generic[T]):
    """Targets by method and path. Paths are written as ``/workflows/{id}/status``; a word goes before a value."""

    def __init__(self) -> None:
        self._root: RouteNode[T] = RouteNode()
        self._known: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Give each method with its path."""
        return iter(self._known)

    def add(self, method: str, path: str, target: T) -> None:
        """Lead this method and path to the target."""
        node = self._root
        for segment in path.split("/"):
            if not segment.startswith("{"):
                node = node.by_word.setdefault(segment, RouteNode())
                continue
            if node.by_value is None:
                node.by_value = RouteNode()
            node = node.by_value
        node.targets[method] = target
        self._known.append((method, path))

    def find(self, path: str) -> tuple[Mapping[str, T], list[str]]:
        """Give the targets at a path by method, none where it leads nowhere, and the values in it, in order.

        In `path` only ``/`` and ``%`` within a segment are still escaped.
        """
        node = self._root
        values: list[str] = []
        for segment in path.split("/"):
            onwards = node.by_word.get(segment)
            if onwards is None and segment:
                values.append(segment.replace("%2F", "/").replace("%25", "%") if "%" in segment else segment)
                onwards = node.by_value
            if onwards is None:
                return {}, values
            node = onwards
        return node.targets, values
