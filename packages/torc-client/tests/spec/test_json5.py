"""The fast reader of JSON5 and the module json5 read the same values, and refuse the same texts."""

import json
from typing import Any

import json5
import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.spec.json5_as_json import UntranslatedError, translate
from torc_client.spec.json_text import read_json5

REFUSED = object()
PARTS = st.sampled_from([
    "{", "}", "[", "]", ",", ":", " ", "\n", "a", "$b", "_c", "true", "null", "NaN", "-Infinity", "+Infinity", "1",
    "-2", "+3", ".5", "5.", "1e3", "0x1F", "-0xa", "01", "1.5E-2", "'x'", '"y"', '"it\'s"', "'say \"hi\"'", "'\\''",
    '"\\x41"', "'\\\n'", "'\\v\\0'", "'\\q'", "'\\u00e9'", "'\\\\\"'", "'\t'", "// c\n", "/* d */", "/* e", "é",
    "\xa0", "\ufeff", "\u2028", "'\n'", "+", "-", "x1", "'\\1'", "'\\01'",
])  # fmt: skip


def read_slowly(text: str) -> Any:
    try:
        return json5.loads(text)
    except ValueError:
        return REFUSED


def read_fast(text: str) -> Any:
    return json.loads(translate(text).json, strict=False)


def same(one: Any, other: Any) -> bool:
    """Return whether values are equal and of the same types, with NaN equal to NaN."""
    return repr(one) == repr(other)


@given(st.lists(PARTS, max_size=12).map("".join))
def test_any_text(text: str) -> None:
    try:
        fast = read_fast(text)
    except UntranslatedError:
        return
    except ValueError:
        fast = REFUSED
    assert same(fast, read_slowly(text)), text


SCALARS = st.sampled_from(
    ["true", "null", "1", "+2", "-.5", "7.", "0xFF", "'a \"b\" \\'c\\''", '"d\\te"', "'\\\nf'", "[]", "{}", "Infinity"]
)
TEXTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(
            lambda each, end: f"[{', '.join(each)}{',' if each and end else ''}]", st.lists(inner), st.booleans()
        ),
        st.builds(
            lambda each: "{" + "".join(f"k{n}: /* c */ {value}, // e\n" for n, value in enumerate(each)) + "}",
            st.lists(inner),
        ),
    ),
    max_leaves=20,
)


@given(TEXTS)
def test_a_valid_text_is_translated(text: str) -> None:
    value = read_slowly(text)
    assert value is not REFUSED
    assert same(read_fast(text), value)
    assert same(read_json5(text), value)


@pytest.mark.parametrize("text", ["{\\u0061b: 1}", "['\\u{61}']"])
def test_what_is_not_translated_goes_to_the_module(text: str) -> None:
    with pytest.raises(UntranslatedError):
        translate(text)
    slow = read_slowly(text)
    if slow is not REFUSED:
        assert read_json5(text) == slow
