"""Amounts of memory."""

import pytest

from torc_client.spec.quantities import is_memory, memory_bytes


@pytest.mark.parametrize(
    ("text", "expected"), [("0", 0), ("1024", 1024), ("1m", 1024**2), (" 2G ", 2 * 1024**3), ("3t", 3 * 1024**4)]
)
def test_amounts_of_memory_are_converted_to_bytes(text: str, expected: int):
    assert memory_bytes(text) == expected
    assert is_memory(text)


@pytest.mark.parametrize("text", ["", "1.5g", "-1", "2GB", "g", "1 m", "1" * 101])
def test_other_texts_are_refused(text: str):
    with pytest.raises(ValueError, match="memory"):
        memory_bytes(text)
    assert not is_memory(text)


def test_an_amount_that_exceeds_64_bits_is_refused():
    assert is_memory("8388607t")
    assert not is_memory("8388608t")
