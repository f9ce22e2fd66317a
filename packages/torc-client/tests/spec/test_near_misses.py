"""Texts that are nearly right: each is refused or warned of, with what to write."""

import pytest

from torc_client.spec import SpecError
from torc_client.spec.plan import make_plan
from torc_client.spec.quantities import duration_seconds, meant_duration

SWEEP = {"name": "a_{i}", "parameters": {"i": [1, 2]}}


def warnings_of(*jobs, **members):
    jobs = [{"name": f"j{number}", "command": "true", **job} for number, job in enumerate(jobs)]
    return make_plan("spec.yaml", {"name": "w", "jobs": jobs, **members}).warnings


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1.5h", "PT1H30M"), ("PT0.5H", "PT30M"), ("P1H", "PT1H"), ("PT1D", "P1D"), ("1.5 days", "P1DT12H"),
        ("90m", "PT90M"), ("pt1h", "PT1H"), ("0.5s", ""), ("PT90", ""), ("1:30", ""),
    ],
)  # fmt: skip
def test_the_duration_that_is_meant(text, meant):
    assert meant_duration(text) == meant
    with pytest.raises(ValueError, match=f"write {meant}" if meant else "ISO 8601"):
        duration_seconds(text)


@pytest.mark.parametrize("runtime", ["PT0S", "P0DT0H"])
def test_a_runtime_of_no_time_warns(runtime):
    requirements = [{"name": "r", "num_cpus": 1, "memory": "1g", "runtime": runtime}]
    (warning,) = warnings_of({}, resource_requirements=requirements)
    assert (warning.code.number, warning.place) == ("SPEC041", "resource_requirements[0].runtime")


def test_half_a_gpu_leads_to_the_option_that_shares_gpus():
    requirements = [{"name": "r", "num_cpus": 1, "memory": "1g", "num_gpus": 0.5}]
    with pytest.raises(SpecError) as raised:
        warnings_of({}, resource_requirements=requirements)
    (problem,) = raised.value.problems
    assert "--jobs-per-gpu" in problem.fix


@pytest.mark.parametrize(("attempts", "is_retried"), [(0, False), (1, False), (2, True)])
def test_a_rule_that_allows_the_first_attempt_alone_warns(attempts, is_retried):
    handlers = [{"name": "h", "rules": [{"exit_codes": [1], "max_retries": attempts}]}]
    found = warnings_of({}, failure_handlers=handlers)
    assert [each.place for each in found] == ([] if is_retried else ["failure_handlers[0].rules[0].max_retries"])


@pytest.mark.parametrize(("code", "meant"), [(0, ""), (300, "44"), (-9, "137"), (255, None)])
def test_an_exit_code_that_no_failed_job_has_warns(code, meant):
    handlers = [{"name": "h", "rules": [{"exit_codes": [code], "max_retries": 2}]}]
    found = warnings_of({}, failure_handlers=handlers)
    assert [each.code.number for each in found] == ([] if meant is None else ["SPEC063"])
    assert all((meant or "") in each.fix for each in found)


def test_a_url_is_no_path():
    (warning,) = warnings_of({"input_files": ["f"]}, files=[{"name": "f", "path": "s3://bucket/x.csv"}])
    assert (warning.code.number, warning.place) == ("SPEC067", "files[0].path")


def test_an_empty_pattern_warns():
    (warning,) = warnings_of({}, {"depends_on_regexes": [""]})
    assert (warning.code.number, warning.place) == ("SPEC027", "jobs[1].depends_on_regexes[0]")


@pytest.mark.parametrize("token", ["{i+1}", "{i.stem}", "{i!r}", "{i[0]}", "{{i}}"])
def test_placeholders_of_other_languages_warn(token):
    (warning,) = warnings_of({**SWEEP, "command": f"echo {token}"})
    assert (warning.code.number, warning.place) == ("SPEC070", "jobs[0].command")
    assert token in warning.reason


@pytest.mark.parametrize("text", ["${i+1}", "{ i+1 }", "{1..3}", "{i}{j,k}", "a{{ i }}"])
def test_other_braces_are_for_the_shell(text):
    assert warnings_of({**SWEEP, "command": f"echo {text}"}) == []


def test_a_quoting_form_before_a_part_of_a_path_is_put_in_its_place():
    (warning,) = warnings_of({**SWEEP, "command": "echo {i:q:stem}"})
    assert warning.fix == "write {i:stem:q}"


def test_a_line_that_looks_like_a_comment_is_a_value(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ids.txt").write_text("one\r\n# two\r\n")
    (tmp_path / "t.csv").write_text("id,x\r\n1,a\r\n#2,b\r\n")
    listed = {"name": "a_{i}", "parameters": {"i": "@ids.txt"}}
    table = {"name": "b_{id}", "command": "echo {x}", "parameters_file": "t.csv"}
    assert [(each.code.number, each.place) for each in warnings_of(listed, table)] == [
        ("SPEC071", "jobs[0].parameters.i"),
        ("SPEC071", "jobs[1].parameters_file"),
    ]


def test_a_missing_table_leads_to_the_file_that_is_meant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases.csv").write_text("i\n1\n")
    with pytest.raises(SpecError) as raised:
        warnings_of({"name": "a_{i}", "parameters_file": "case.csv"})
    (problem,) = raised.value.problems
    assert (problem.code.number, "'cases.csv'" in problem.fix) == ("SPEC035", True)
