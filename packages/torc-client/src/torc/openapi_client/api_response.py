"""The answer of a call together with its HTTP status and headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ApiResponse(Generic[T]):
    """What a method with the ending `_with_http_info` returns."""

    status_code: int
    headers: Mapping[str, str]
    data: T
    raw_data: bytes
