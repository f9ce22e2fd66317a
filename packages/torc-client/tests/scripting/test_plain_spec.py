"""Specs in Python: objects of scripts become the values of a spec file."""

from pathlib import Path

import pytest

from torc_client.scripting.plain_spec import as_plain
from torc_client.spec import SpecError
from torc_client.spec.plan import make_plan


class Array:
    """An array or a number of numpy, as far as a spec needs it."""

    def __init__(self, content):
        self.content = content

    def tolist(self):
        return self.content


class ShownWithType(float):
    """A float whose `repr` has its type, as that of numpy."""

    def __repr__(self):
        return f"np.float64({float(self)})"


def names(values):
    spec = {"name": "s", "jobs": [{"name": "j{p}", "command": "echo {p}", "parameters": {"p": values}}]}
    return [job.record["name"] for job in make_plan("the specification", as_plain(spec)).jobs]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([True, False], ["jtrue", "jfalse"]),
        (range(2), ["j0", "j1"]),
        ((1, "a"), ["j1", "ja"]),
        ({"x": 1, "y": 2}.keys(), ["jx", "jy"]),
        ([0.5, 1e-5, 2.0], ["j0.5", "j0.00001", "j2"]),
        (Array([0.0, 0.5]), ["j0", "j0.5"]),
        ([Array(7), ShownWithType(0.1), Array(content=True)], ["j7", "j0.1", "jtrue"]),
        ([Path("a.txt")], ["ja.txt"]),
    ],
)
def test_values_of_parameters(values, written):
    assert names(values) == written


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ([None], "null is not a number or text; write what the command gets for it, such as 'none'"),
        ([float("nan")], "has a text or number that JSON cannot represent"),
        ([{1}], "parameters: has {1}, which is a set of Python; write texts, numbers, true and false, lists and dicts"),
    ],
)
def test_values_that_a_command_cannot_get(values, refused):
    with pytest.raises(SpecError) as error:
        names(values)
    assert refused in str(error.value)
