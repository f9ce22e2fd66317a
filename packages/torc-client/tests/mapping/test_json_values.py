"""Items and values as JSON."""

import enum
from collections import namedtuple
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from support import needs
from torc_client.errors import TorcError
from torc_client.mapping.json_values import as_json


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Size(float):
    pass


Point = namedtuple("Point", "x y")  # noqa: PYI024 - scripts have such ones
Circle: list[Any] = []
Circle.append(Circle)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (Size(0.5), 0.5),
        (Point(1, 2.5), [1, 2.5]),
        ([(1, None), {Colour.RED: (True,)}], [[1, None], {"red": [True]}]),
        (2**70, 2**70),
    ],
)
def test_what_means_the_same_in_json(value: Any, arrives: Any):
    converted = as_json(value, "The value")
    assert (converted, repr(converted)) == (arrives, repr(arrives))


def test_scalars_of_numpy():
    numpy = needs.library("numpy")
    values = [numpy.float64(2), numpy.float32(0.5), numpy.int64(3), numpy.bool_(True), numpy.str_("x")]  # noqa: FBT003
    assert (
        repr(as_json([*values, {numpy.str_("key"): values[0]}], "The value"))
        == "[2.0, 0.5, 3, True, 'x', {'key': 2.0}]"
    )
    with pytest.raises(TorcError):
        as_json(numpy.float64("nan"), "The value")


@pytest.mark.parametrize(
    "value",
    [
        {1: 2},
        {True: 1},
        {(1, 2): 3},
        "\udce9",
        {"\udce9": 1},
        b"x",
        float("inf"),
        [1.0, float("nan")],
        {1, 2},
        Path("x"),
        Fraction(1, 2),
        range(3),
        Circle,
    ],
)
def test_what_would_arrive_as_another_value_is_refused(value: Any):
    with pytest.raises(TorcError) as refused:
        as_json([value], "value")
    assert "directory" in (refused.value.hint or "")
