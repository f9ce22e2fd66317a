"""Iteration over the items of a list operation, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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


async def iterate(
    list_operation: Callable[..., Awaitable[Page[Item_co]]],
    *,
    offset: int = 0,
    limit: int | None = None,
    page_size: int | None = None,
    **query: Any,
) -> AsyncIterator[Item_co]:
    """Yield every item from `offset` on, at most `limit` of them.

        async for job in iterate(client.jobs.list_jobs, workflow_id=1):

    Raises the errors of the operation. A page without items ends the iteration, even if its `has_more` is true.
    """
    left = limit
    while left is None or left > 0:
        sizes = [size for size in (left, page_size) if size is not None]
        page = await list_operation(**query, offset=offset, limit=min(sizes, default=None))
        for item in page.items:
            yield item
        if not page.has_more or not page.items:
            return
        offset += len(page.items)
        left = None if left is None else left - len(page.items)
