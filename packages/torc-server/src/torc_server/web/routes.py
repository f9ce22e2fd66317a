"""Find the target of a request, with one dictionary lookup for each segment of its path."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class RouteNode(Generic[T]):
    """A node in the tree of routes: the next nodes by word or any value, and the targets of a path that ends here."""

    __slots__ = ("by_value", "by_word", "targets")

    def __init__(self) -> None:
        self.by_word: dict[str, RouteNode[T]] = {}
        self.by_value: RouteNode[T] | None = None
        self.targets: dict[str, T] = {}


class Routes(Generic[T]):
    """Targets by method and path. Paths have the form ``/workflows/{id}/status``; words take precedence over values."""

    def __init__(self) -> None:
        self._root: RouteNode[T] = RouteNode()
        self._known: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield each method with its path."""
        return iter(self._known)

    def add(self, method: str, path: str, target: T) -> None:
        """Add a target for a method and a path."""
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
        """Return the targets of a path by method, empty for an unknown path, and the values in it, in order.

        In `path` only ``/`` and ``%`` within a segment are escaped.
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
