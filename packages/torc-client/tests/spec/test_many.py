"""Tens of thousands of jobs: a problem of one of them has a position."""

import gc

import pytest

from torc_client.spec import SpecError, load

MANY = 30_000


def yaml_of(number, *, wrong):
    return f'- {{name: j_{number}, command: "true"{", priority: high" if wrong else ""}}}\n'


def kdl_of(number, *, wrong):
    return f'job "j_{number}" {{ command "true"{"; priority high" if wrong else ""}; }}\n'


@pytest.mark.parametrize(
    ("name", "head", "job"),
    [("s.yaml", "name: w\njobs:\n", yaml_of), ("s.kdl", 'name "w"\n\n', kdl_of)],
    ids=["yaml", "kdl"],
)
def test_a_problem_in_the_last_of_many_jobs_has_a_position(tmp_path, name, head, job):
    path = tmp_path / name
    path.write_text(head + "".join(job(number, wrong=number == MANY) for number in range(1, MANY + 1)))
    with pytest.raises(SpecError) as caught:
        load(str(path))
    (problem,) = caught.value.problems
    assert (problem.place, problem.position.line, problem.position.column) == (
        f"jobs[{MANY - 1}].priority",
        MANY + 2,
        job(MANY, wrong=True).index("priority") + 1,
    )
    assert gc.isenabled()
