"""The object that `Torc.standalone()` returns: a server for a block of `with`."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")


class InWith(AbstractContextManager[T]):
    """Starts a server at the begin of the block. Before that, names of Torc raise an error with the right form."""

    def __init__(self, context: AbstractContextManager[T]) -> None:
        self._context = context

    def __enter__(self) -> T:
        return self._context.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._context.__exit__(kind, error, trace)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"The server has not started. Write `with Torc.standalone() as torc:`, then torc.{name}.")
