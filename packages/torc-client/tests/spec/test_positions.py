"""All problems are reported at once, with their positions, in every format."""

import pytest

from torc_client.spec import SpecError, load
from torc_client.spec.conversion import converted
from torc_client.spec.formats import Format

WRONG = {
    "s.yaml": """\
nmae: w
jobs:
  - name: a
    command: "true"
    depends_on: [b, c]
    priority: high
""",
    "s.json": """\
{"nmae": "w",
 "jobs": [
  {"name": "a",
   "command": "true",
   "depends_on": ["b", "c"],
   "priority": "high"}]}
""",
    "s.json5": """\
{nmae: 'w',
 jobs: [ // one
  {name: 'a',
   command: 'true',
   depends_on: ['b', 'c'],
   priority: 'high',}]}
""",
    "s.kdl": """\
nmae "w"
/* one */
job "a" {
  command "true"
  depends_on "b" "c"
  priority "high"
}
""",
}


@pytest.mark.parametrize("name", WRONG)
def test_all_problems_are_reported_at_once_with_their_positions(tmp_path, name):
    path = tmp_path / name
    path.write_text(WRONG[name])
    with pytest.raises(SpecError) as raised:
        load(str(path))
    found = {problem.place: problem for problem in raised.value.problems}
    assert set(found) == {"nmae", "jobs[0].depends_on[0]", "jobs[0].depends_on[1]", "jobs[0].priority"}
    lines = [found[place].position.line for place in ("nmae", "jobs[0].depends_on[1]", "jobs[0].priority")]
    assert lines == [1, 5, 6]
    first, second = (found[f"jobs[0].depends_on[{number}]"].position for number in (0, 1))
    text = WRONG[name].splitlines()
    assert text[first.line - 1][first.column - 1 :].lstrip("\"'").startswith("b")
    assert text[second.line - 1][second.column - 1 :].lstrip("\"'").startswith("c")
    assert "'name'" in found["nmae"].fix
    assert found["jobs[0].priority"].facts("s") == {
        "file": "s",
        "line": 6,
        "column": found["jobs[0].priority"].position.column,
        "code": "SPEC010",
        "place": "jobs[0].priority",
        "reason": found["jobs[0].priority"].reason,
        "fix": found["jobs[0].priority"].fix,
    }


def test_a_spec_with_an_unknown_field_is_not_converted(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("name: w\njobs: [{name: a, comand: x}]\n")
    with pytest.raises(SpecError, match=r":2:18: jobs\[0\]\.comand"):
        converted(str(path), Format.KDL)
