"""Parameters from files, variables, and user data with parameters."""

import pytest

from torc_client.spec import SpecError
from torc_client.spec.plan import make_plan

JOB = {"name": "a_{site}_{rate}", "command": "run {site} --rate {rate:.2f}"}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def plan_of(**members):
    return make_plan("spec.yaml", {"name": "w", "jobs": [{"name": "j", "command": "true"}], **members})


def problems_of(**members):
    with pytest.raises(SpecError) as raised:
        plan_of(**members)
    return raised.value.problems


def commands(plan):
    return [job.record["command"] for job in plan.jobs]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", 'site,rate\nnorth,1\n"so,uth",2.5\n'),
        ("t.json", '[{"site": "north", "rate": 1}, {"rate": 2.5, "site": "so,uth"}]'),
        ("t.jsonl", '{"site": "north", "rate": 1}\n\n{"site": "so,uth", "rate": 2.5}\n'),
        ("t.ndjson", '{"site": "north", "rate": 1}\n{"site": "so,uth", "rate": 2.5}'),
    ],
)
@pytest.mark.parametrize("is_shared", [False, True])
def test_each_row_of_a_table_is_an_instance(here, name, text, is_shared):
    (here / name).write_text(text)
    if is_shared:
        plan = plan_of(parameters_file=name, jobs=[{**JOB, "use_parameters_file": True}])
    else:
        plan = plan_of(jobs=[{**JOB, "parameters_file": name}])
    assert commands(plan) == ["run north --rate 1.00", "run so,uth --rate 2.50"]


def test_a_table_excludes_other_parameters(here):
    (here / "t.csv").write_text("site,rate\n1,2\n")
    problems = problems_of(
        jobs=[
            {**JOB, "parameters_file": "t.csv", "parameters": {"x": 1}, "parameter_mode": "zip", "use_parameters": []}
        ]
    )
    assert [(str(problem.code), problem.place) for problem in problems] == [
        ("SPEC034", "jobs[0].parameters"), ("SPEC034", "jobs[0].parameter_mode"), ("SPEC034", "jobs[0].use_parameters")
    ]  # fmt: skip
    (problem,) = problems_of(jobs=[{**JOB, "use_parameters_file": True}])
    assert (str(problem.code), problem.place) == ("SPEC033", "jobs[0].use_parameters_file")


CELLS = ["007", "1E5", "12e03", "1.50", "4225332178759948e04347560002921719079454", "nan", "inf", "1_000", "+5", "0x10",
         "-0", " 9 ", "12345678901234567890123", "1e-7", "True", "NA", "", "2024-01-05", "1/2"]  # fmt: skip


@pytest.mark.parametrize(("name", "delimiter"), [("t.csv", ","), ("t.tsv", "\t")])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_cells_are_texts_as_they_are_written(here, name, delimiter, line_end):
    rows = [delimiter.join(("n", "id")), *(f"{number}{delimiter}{cell}" for number, cell in enumerate(CELLS))]
    (here / name).write_bytes(b"\xef\xbb\xbf" + line_end.join(rows).encode())
    plan = plan_of(jobs=[{"name": "j_{n:02d}", "command": "[{id}]", "parameters_file": name}])
    assert commands(plan) == [f"[{cell}]" for cell in CELLS]
    assert plan.jobs[1].record["name"] == "j_01"


def test_values_are_read_from_the_lines_of_a_file(here):
    (here / "sites.txt").write_text("north\n\n 7 \n1e-3\n")
    plan = plan_of(jobs=[{"name": "a_{s}", "command": "run {s}", "parameters": {"s": "@sites.txt"}}])
    assert commands(plan) == ["run north", "run 7", "run 1e-3"]
    (problem,) = problems_of(jobs=[{"name": "a_{s}", "command": "run {s}", "parameters": {"s": "@gone.txt"}}])
    assert (str(problem.code), problem.place) == ("SPEC035", "jobs[0].parameters.s")


def test_user_data_is_expanded_at_every_depth():
    plan = plan_of(
        parameters={"i": "1:2"},
        user_data=[{"name": "d_{i}", "data": {"list": ["{i:02d}", {"deep": "x{i}"}], "n": 1}, "use_parameters": ["i"]}],
    )
    assert [record["name"] for record in plan.user_data] == ["d_1", "d_2"]
    assert plan.user_data[1]["data"] == {"list": ["02", {"deep": "x2"}], "n": 1}


def test_plain_and_formatted_names_can_be_combined():
    plan = plan_of(jobs=[{"name": "a_{i:03d}", "command": "{i} {i:02d} {x} ${i}", "parameters": {"i": [7]}}])
    assert commands(plan) == ["7 07 {x} ${i}"]
    assert [(str(warning.code), warning.place) for warning in plan.warnings] == [("SPEC036", "jobs[0].command")]


def test_a_parameter_that_is_not_used_is_a_warning():
    plan = plan_of(parameters={"i": "1:2"}, jobs=[{"name": "a", "command": "echo {i}"}])
    assert "use_parameters" in plan.warnings[0].fix


def test_variables_are_replaced_everywhere():
    plan = plan_of(
        variables={"root": "/data", "seed": 7, "fast": True},
        files=[{"name": "f", "path": "{root}/f"}],
        env={"SEED": "{seed:03d}"},
        jobs=[{"name": "a_{i}", "command": "{root} {fast} {i} ${HOME} { x }", "parameters": {"i": "1:{seed}"}}],
    )
    assert commands(plan)[6] == "/data true 7 ${HOME} { x }"
    assert (plan.files[0]["path"], plan.workflow["env"]) == ("/data/f", {"SEED": "007"})


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"variables": {"a-b": 1}}, ("SPEC037", "variables.a-b")),
        ({"variables": {"a": "{b}", "b": 1}}, ("SPEC037", "variables.a")),
        ({"variables": {"a": 1}, "parameters": {"a": "1:2"}}, ("SPEC034", "parameters.a")),
        (
            {"variables": {"a": 1}, "jobs": [{"name": "x_{a}", "command": "true", "parameters": {"a": "1:2"}}]},
            ("SPEC034", "jobs[0].parameters.a"),
        ),
        (
            {"variables": {"a": 1}, "jobs": [{"name": "x", "command": "echo {b}"}]},
            ("SPEC036", "jobs[0].command"),
        ),
    ],
)
def test_problems_of_variables(members, found):
    assert found in [(str(problem.code), problem.place) for problem in problems_of(**members)]


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_column_that_is_used_nowhere_warns(here, is_shared):
    (here / "t.csv").write_text("a,sample-id,note\n1,2,3\n")
    use = {"use_parameters_file": True} if is_shared else {"parameters_file": "t.csv"}
    shared = {"parameters_file": "t.csv"} if is_shared else {}
    jobs = [{"name": "j_{a}", "command": "echo {sample-id}", **use}]
    plan = plan_of(jobs=jobs, **shared)
    assert [each.code.number for each in plan.warnings] == ["SPEC039", "SPEC039"]
    assert ["'sample-id'" in each.reason for each in plan.warnings] == [True, False]
    plan = plan_of(jobs=jobs, files=[{"name": "f_{note}", "path": "x{a}", **use}], **shared)
    assert ["'sample-id'" in each.reason for each in plan.warnings] == [True]


def test_only_line_ends_separate_values(here):
    (here / "v.txt").write_bytes("a\x0cb\u2028c\r\nd\re\x85\x1cf\n".encode())
    plan = plan_of(jobs=[{"name": "j_{v}", "command": "{v}", "parameters": {"v": "@v.txt"}}])
    assert commands(plan) == ["a\x0cb\u2028c", "d", "e\x85\x1cf"]
    (here / "t.jsonl").write_text('{"v": "a\u2028b"}\n')
    plan = plan_of(jobs=[{"name": "j_{v}", "command": "{v}", "parameters_file": "t.jsonl"}])
    assert commands(plan) == ["a\u2028b"]
