"""The number of values of a JSON text is found without decoding it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_server.resources import values
from torc_server.resources.steps import Work, WorkEnded, working
from torc_server.resources.values import has_more_values

texts = st.text(alphabet='a,[{:"\\\n', max_size=8)
documents = st.recursive(
    st.none() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def number_of_values(document: Any) -> int:
    """Count the items of all lists and the members of all objects; an empty one counts as one."""
    if isinstance(document, list | dict):
        inner = document if isinstance(document, list) else list(document.values())
        return max(len(inner), 1) + sum(map(number_of_values, inner))
    return 0


@given(documents, st.integers(1, 9))
def test_values_are_counted_and_texts_are_not(document: Any, step_bytes: int) -> None:
    text, count = json.dumps(document).encode(), number_of_values(document)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(values, "STEP_BYTES", step_bytes)
        assert not has_more_values(text, count)
        assert count == 0 or has_more_values(text, count - 1)


@pytest.mark.parametrize("text", [b'"', b"\\", b"\\\\\\", b'"\\"', b'["a\\', b"\xff,\xff"])
def test_a_text_that_is_not_json_is_counted_too(text: bytes) -> None:
    assert not has_more_values(text, 5)


def test_the_count_ends_when_its_caller_no_longer_needs_it() -> None:
    work = Work()
    work.end()
    with working(work), pytest.raises(WorkEnded):
        has_more_values(b"[]", 1)
