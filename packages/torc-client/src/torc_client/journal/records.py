"""The format of a journal: consecutive records, each with a mark, its length and a checksum. Pure.

What a crash leaves behind (half a record, a block of zeros, old bytes) is skipped: reading continues at the next mark.
"""

import struct
import zlib

import msgspec
from msgspec import Struct

from torc_client.api.records import ExchangedCompletion

_MARK = b"\x93TJ1"
_PREFIX = struct.Struct("<4sII")
_LONGEST_BYTES = 16 * 1024 * 1024


class Head(msgspec.Struct, tag="head", frozen=True, kw_only=True):
    """The first record: the runner and run of the results."""

    workflow_id: int
    run_id: int
    compute_node_id: int
    api_url: str
    runner: str
    """Host and process, for messages."""
    database_id: str | None = None
    """The database of these ids; None in journals of earlier versions."""
    node_secret: str | None = None
    """The secret of the registration of the compute node."""


class Kept(msgspec.Struct, tag="end", frozen=True):
    """The outcome of one attempt, as it is reported to the server."""

    completion: ExchangedCompletion


_DECODER = msgspec.json.Decoder(Head | Kept)


class Contents(Struct, frozen=True):
    """The readable part of a journal."""

    head: Head | None
    """None if the first record is damaged."""
    completions: tuple[ExchangedCompletion, ...]
    """In the order in which they were written, without duplicates."""
    damaged_bytes: int
    """The number of bytes that are not part of a record."""


def encode(record: Head | Kept) -> bytes:
    """Encode one record."""
    payload = msgspec.json.encode(record)
    return _PREFIX.pack(_MARK, len(payload), zlib.crc32(payload)) + payload


def decode(content: bytes) -> Contents:
    """Decode all complete records."""
    head: Head | None = None
    completions: dict[tuple[int, int | None], ExchangedCompletion] = {}
    damaged_bytes = position = 0
    while position < len(content):
        record, end = _record_at(content, position)
        match record:
            case Head():
                head = head or record
            case Kept(completion):
                completions[completion.job_id, completion.result.attempt_id] = completion
            case None:
                found = content.find(_MARK, position + 1)
                end = len(content) if found < 0 else found
                damaged_bytes += end - position
        position = end
    return Contents(head, tuple(completions.values()), damaged_bytes)


def _record_at(content: bytes, position: int) -> tuple[Head | Kept | None, int]:
    """Return the record at this position, or None, and its end."""
    begin = position + _PREFIX.size
    if len(content) < begin:
        return None, position
    mark, size_bytes, checksum = _PREFIX.unpack_from(content, position)
    end = begin + size_bytes
    if mark != _MARK or size_bytes > _LONGEST_BYTES or end > len(content):
        return None, position
    payload = content[begin:end]
    if zlib.crc32(payload) != checksum:
        return None, position
    try:
        return _DECODER.decode(payload), end
    except msgspec.DecodeError:
        return None, position
