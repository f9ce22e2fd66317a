"""Iteration over the items of a list operation, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

Item_co = TypeVar("Item_co", covariant=True)


class Page(Protocol[Item_co]):
    """An answer of a list operation."""

    @property
    def items(self) -> Sequence[Item_co]:
        """The records of this page."""
        ...

    @property
    def has_more(self) -> bool:
        """Whether there are more records after these."""
        ...


class _Position:
    """The position in a list: the query of the next page, and how many records are left to yield."""

    def __init__(self, offset: int, limit: int | None, page_size: int | None) -> None:
        self._offset, self._left, self._page_size = offset, limit, page_size
        self.is_at_end = limit is not None and limit <= 0

    def query(self) -> dict[str, Any]:
        sizes = [size for size in (self._left, self._page_size) if size is not None]
        return {"offset": self._offset, "limit": min(sizes, default=None)}

    def advance(self, page: Page[Any]) -> None:
        self._offset += len(page.items)
        self._left = None if self._left is None else self._left - len(page.items)
        is_enough = self._left is not None and self._left <= 0
        self.is_at_end = is_enough or not page.has_more or not page.items


async def iterate(
    list_operation: Callable[..., Awaitable[Page[Item_co]]],
    *,
    offset: int = 0,
    limit: int | None = None,
    page_size: int | None = None,
    **query: Any,
) -> AsyncIterator[Item_co]:
    """Yield every item of a list operation from `offset` on, at most `limit` of them.

        async for job in iterate(client.jobs.list_jobs, workflow_id=1):

    `query` are the parameters of the operation. Raises its errors. A page without items ends the iteration, even if its
    `has_more` is true.
    """
    position = _Position(offset, limit, page_size)
    while not position.is_at_end:
        page = await list_operation(**query, **position.query())
        for item in page.items:
            yield item
        position.advance(page)


def iterate_synchronously(
    list_operation: Callable[..., Page[Item_co]],
    *,
    offset: int = 0,
    limit: int | None = None,
    page_size: int | None = None,
    **query: Any,
) -> Iterator[Item_co]:
    """Yield the same as `iterate`, for a list operation of the synchronous client."""
    position = _Position(offset, limit, page_size)
    while not position.is_at_end:
        page = list_operation(**query, **position.query())
        yield from page.items
        position.advance(page)
