"""Parameters: values, combinations, and replacement in texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.spec.codes import Code
from torc_client.spec.parameters import ParameterError, combine, count_instances, fill, parse_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1:4", [1, 2, 3, 4]),
        ("{1:3}", [1, 2, 3]),
        ("0:10:5", [0, 5, 10]),
        ("0:9:5", [0, 5]),
        ("5:1:-2", [5, 3, 1]),
        ("-2:1", [-2, -1, 0, 1]),
        ("0.0:1.0:0.25", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("0:0.3:0.1", [0.0, 0.1, 0.2, 0.3]),
        ("1:2:0.33333333333", [1.0, 1.33333333333, 1.66666666666, 1.99999999999]),
        ("999999999999999990:999999999999999999:9", [999999999999999990, 999999999999999999]),
        ("1_000", ["1_000"]),
        ("9" * 5000, ["9" * 5000]),
        ("infinity", ["infinity"]),
        ("[a, 'b c', \"d\"]", ["a", "b c", "d"]),
        ("[007, 1E5, '008', \"009\", 1.50]", ["007", "1E5", "008", "009", "1.50"]),
        ("adam", ["adam"]),
        ("7", ["7"]),
        ("12:30:abc", ["12:30:abc"]),
        ([1, "x", 2.5], [1, "x", 2.5]),
        (3, [3]),
        ([True, False], ["true", "false"]),
        (True, ["true"]),
        ("[true, False, null]", ["true", "False", "null"]),
    ],
)
def test_values(text, values):
    parsed = parse_values(text)
    assert parsed == values
    assert [type(value) for value in parsed] == [type(value) for value in values]


def test_a_product_changes_the_last_parameter_fastest():
    instances = combine({"a": [1, 2], "b": ["x", "y"]}, "product")
    assert [(it["a"], it["b"]) for it in instances] == [(1, "x"), (1, "y"), (2, "x"), (2, "y")]


def test_a_zip_pairs_values_and_requires_equal_lengths():
    assert list(combine({"a": [1, 2], "b": [3, 4]}, "zip")) == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]
    with pytest.raises(ParameterError) as raised:
        count_instances({"a": [1, 2], "b": [1, 2, 3]}, "zip")
    assert raised.value.complaint.code is Code.INVALID_PARAMETER


@given(
    st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(), min_size=1, max_size=4, unique=True), min_size=1)
)
def test_a_product_has_each_combination_once(parameters):
    instances = [tuple(instance.items()) for instance in combine(parameters, "product")]
    assert len(instances) == len(set(instances)) == count_instances(parameters, "product")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("job_{i:03d}", "job_007"),
        ("{i} and {i:02d}", "7 and 07"),
        ("{f:.2f}/{f}", "0.50/0.5"),
        ("{s:03d}", "x"),
        ("{t} {t:03d} {t:.1f}", "07 007 7.0"),
        ("{e} {e:03d} {e:.1f}", "1E2 1E2 100.0"),
        ("{other} ${i} {{i}", "{other} ${i} {7"),
        ("${files.input.part_{i:02d}}", "${files.input.part_07}"),
        ("awk '{ print }'", "awk '{ print }'"),
    ],
)
def test_replacement_of_names(text, filled):
    assert fill(text, {"i": 7, "f": 0.5, "s": "x", "t": "07", "e": "1E2"}) == filled


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(-50, 50).filter(bool))
def test_a_range_is_that_of_python_with_its_end(start, end, step):
    expected = list(range(start, end + (1 if step > 0 else -1), step))
    if expected:
        assert parse_values(f"{start}:{end}:{step}") == expected
    else:
        with pytest.raises(ParameterError, match=f"{start}:{end}:{step}"):
            parse_values(f"{start}:{end}:{step}")


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1.0, "1"),
        (0.0, "0"),
        (-0.0, "0"),
        (-2.50, "-2.5"),
        (100.0, "100"),
        (1e-5, "0.00001"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e20, "1e+20"),
        (1e-20, "1e-20"),
    ],
)
def test_fractions_have_no_needless_zeros(number, written):
    assert fill("a_{p}", {"p": number}) == f"a_{written}"
    assert float(written) == number
