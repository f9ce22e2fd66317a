"""Parameters: values, combinations, and how they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.spec.parameters import ParameterError, combine, fill, parse_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1:4", [1, 2, 3, 4]),
        ("{1:3}", [1, 2, 3]),
        ("0:10:5", [0, 5, 10]),
        ("0:9:5", [0, 5]),
        ("5:1:-2", [5, 3, 1]),
        ("-2:1", [-2, -1, 0, 1]),
        ("3:1", []),
        ("0.0:1.0:0.25", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("0:0.3:0.1", [0.0, 0.1, 0.2, pytest.approx(0.3)]),
        ("[a, 'b c', \"d\"]", ["a", "b c", "d"]),
        ("[1, 2.5, x]", [1, 2.5, "x"]),
        ("[]", []),
        ("adam", ["adam"]),
        ("7", [7]),
        ("12:30:abc", ["12:30:abc"]),
        ([1, "x", 2.5], [1, "x", 2.5]),
        (3, [3]),
    ],
)
def test_values(text, values):
    parsed = parse_values(text)
    assert parsed == values
    assert [type(value) for value in parsed] == [type(getattr(value, "expected", value)) for value in values]


@pytest.mark.parametrize(
    ("text", "named"), [("1:5:0", "step 0"), ("1:1e300", "is the most"), ("[a, b", "bracket"), ([[1]], "lists of")]
)
def test_values_that_are_none(text, named):
    with pytest.raises(ParameterError, match=named):
        parse_values(text)


def test_a_product_changes_the_last_parameter_fastest():
    instances = combine({"a": [1, 2], "b": ["x", "y"]}, "product")
    assert [(it["a"], it["b"]) for it in instances] == [(1, "x"), (1, "y"), (2, "x"), (2, "y")]


def test_a_zip_pairs_values_and_refuses_unequal_lengths():
    assert list(combine({"a": [1, 2], "b": [3, 4]}, "zip")) == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]
    with pytest.raises(ParameterError, match="a has 2, b has 3"):
        list(combine({"a": [1, 2], "b": [1, 2, 3]}, "zip"))


def test_a_product_beyond_all_measure_is_refused_without_building_it():
    with pytest.raises(ParameterError, match="is the most"):
        combine({name: list(range(1000)) for name in "abc"}, "product")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("job_{i:03d}", "job_007"),
        ("{i} and {i:02d}", "7 and 07"),
        ("{f:.2f}/{f}", "0.50/0.5"),
        ("{s:03d}", "x"),
        ("{other} ${i} {{i}", "{other} ${i} {7"),
        ("${files.input.part_{i:02d}}", "${files.input.part_07}"),
        ("awk '{ print }'", "awk '{ print }'"),
    ],
)
def test_filling_in(text, filled):
    assert fill(text, {"i": 7, "f": 0.5, "s": "x"}) == filled


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(-50, 50).filter(bool))
def test_a_range_is_pythons_with_its_end(start, end, step):
    last = end + (1 if step > 0 else -1)
    assert parse_values(f"{start}:{end}:{step}") == list(range(start, last, step))
