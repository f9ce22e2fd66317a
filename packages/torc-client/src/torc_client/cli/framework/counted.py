"""Records of a list together with the number of all that match."""

from collections.abc import Awaitable, Callable
from typing import Any

from torc_client.paging import Page, iterate


async def records_and_total(
    list_operation: Callable[..., Awaitable[Page[Any]]], *, limit: int | None, offset: int = 0, **query: Any
) -> tuple[list[Any], int]:
    """Return records of a list, and the number of all matching records, also of those before and after them."""
    total = 0

    async def counted(**asked: Any) -> Page[Any]:
        nonlocal total
        page = await list_operation(**asked)
        total = getattr(page, "total_count", 0)
        return page

    items = [item async for item in iterate(counted, limit=limit, offset=offset, **query)]
    if limit == 0:
        await counted(limit=1, offset=offset, **query)
    return items, total
