"""What is read of journals that are whole, torn, zeroed or mixed up."""

import pytest

from journal_builders import HEAD, end
from torc_client.journal.records import Kept, decode, encode

WHOLE = encode(HEAD) + b"".join(encode(Kept(end(job_id))) for job_id in (1, 2, 3))


def test_what_was_written_is_read_in_order() -> None:
    contents = decode(WHOLE)
    assert contents.head == HEAD
    assert [each.job_id for each in contents.completions] == [1, 2, 3]
    assert contents.completions[0] == end(1)
    assert contents.damaged_bytes == 0


@pytest.mark.parametrize("lost_bytes", [1, 7, 40])
def test_a_torn_last_record_costs_itself_only(lost_bytes: int) -> None:
    contents = decode(WHOLE[:-lost_bytes])
    assert [each.job_id for each in contents.completions] == [1, 2]
    assert contents.damaged_bytes == len(encode(Kept(end(3)))) - lost_bytes


def test_every_way_of_being_cut_off_is_survived() -> None:
    for length in range(len(WHOLE)):
        contents = decode(WHOLE[:length])
        assert [each.job_id for each in contents.completions] == [1, 2, 3][: len(contents.completions)]


def test_zeros_in_the_middle_are_skipped() -> None:
    content = encode(HEAD) + bytes(4096) + encode(Kept(end(5)))
    contents = decode(content)
    assert [each.job_id for each in contents.completions] == [5]
    assert contents.damaged_bytes == 4096


def test_any_flipped_byte_costs_one_record_at_most() -> None:
    for position in range(len(encode(HEAD)), len(WHOLE)):
        content = bytearray(WHOLE)
        content[position] ^= 0x55
        assert len(decode(bytes(content)).completions) >= 2


def test_what_was_written_twice_is_read_once() -> None:
    assert decode(WHOLE + encode(Kept(end(2)))).completions == (end(1), end(2), end(3))


def test_an_excessive_length_is_not_a_record() -> None:
    contents = decode(encode(HEAD) + b"\x93TJ1\xff\xff\xff\xff0000" + encode(Kept(end(5))))
    assert [each.job_id for each in contents.completions] == [5]


def test_nothing_is_nothing() -> None:
    assert decode(b"").head is None
    assert decode(bytes(100)).damaged_bytes == 100
