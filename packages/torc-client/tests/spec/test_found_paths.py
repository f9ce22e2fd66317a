"""Parameters whose values are the paths of files: `glob:data/*.csv`."""

import json
import os
from pathlib import Path

import pytest

from torc_client.spec import SpecError, load
from torc_client.spec import found_paths as searched
from torc_client.spec.allowed_folders import confined_to
from torc_client.spec.codes import Code
from torc_client.spec.formats import Format
from torc_client.spec.parameters import ParameterError, fill, parse_values
from torc_client.spec.plan import make_plan
from torc_client.spec.reading import read_document
from torc_client.spec.writing import write

JOB = {"name": "count_{sample:stem}", "command": "wc {sample:q}", "use_parameters": ["sample"]}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*names):
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(pattern):
    return parse_values(f"glob:{pattern}")


def refused(pattern):
    with pytest.raises(ParameterError) as raised:
        found(pattern)
    assert raised.value.complaint.code is Code.INVALID_GLOB
    return raised.value.complaint


def plan_of(pattern, *jobs):
    return make_plan("spec", {"name": "w", "parameters": {"sample": f"glob:{pattern}"}, "jobs": list(jobs) or [JOB]})


def names_of(plan):
    return [job.record["name"] for job in plan.jobs]


def test_the_order_is_natural_and_does_not_depend_on_the_folder():
    make(*(f"d/{name}" for name in ("b10", "b9", "B1", "b", "b.x", "b01", "b1", "é", "a-1", "²")), "d-1/b", "d/c/x")
    assert found("d/*") == [f"d/{name}" for name in ("B1", "a-1", "b", "b.x", "b01", "b1", "b9", "b10", "²", "é")]
    assert found("**/b") == ["d/b", "d-1/b"]


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*.csv", ["top.csv"]),
        ("d/*.csv", ["d/a.csv", "d/my b.csv"]),
        ("d/[!a]*.csv", ["d/my b.csv"]),
        ("d/?.csv", ["d/a.csv"]),
        ("d/a.csv", ["d/a.csv"]),
        ("d/A.csv", None),
        ("**/*.csv", ["d/a.csv", "d/e/c.csv", "d/my b.csv", "top.csv"]),
        ("d/**", ["d/a.csv", "d/e/c.csv", "d/my b.csv", "d/plain"]),
        ("**/**/c.csv", ["d/e/c.csv"]),
        ("d/*/", ["d/e"]),
        ("./d//a.csv", ["./d/a.csv"]),
        ("d/.*", ["d/.hidden.csv"]),
        ("d/*/c.csv", ["d/e/c.csv"]),
        (" d/a.csv ", ["d/a.csv"]),
        ("'d/my b.csv'", ["d/my b.csv"]),
        ("d/broken*", None),
    ],
)
def test_what_a_pattern_matches(pattern, paths):
    make("top.csv", "d/a.csv", "d/my b.csv", "d/.hidden.csv", "d/plain", "d/e/c.csv", "d/.git/g.csv")
    Path("d/broken").symlink_to("nowhere")
    Path("d/e/loop").symlink_to("..")
    if paths is None:
        refused(pattern)
    else:
        assert found(pattern) == paths


def test_a_link_to_a_file_and_a_link_to_a_folder_are_matched():
    make("d/a.csv")
    Path("link.csv").symlink_to("d/a.csv")
    Path("folder").symlink_to("d")
    assert found("*.csv") == ["link.csv"]
    assert found("*/*.csv") == ["d/a.csv", "folder/a.csv"]


def test_absolute_patterns_give_absolute_paths(here):
    make("d/a.csv")
    assert found(f"{here}/d/*.csv") == [f"{here}/d/a.csv"]


def test_a_name_like_an_option_begins_with_the_folder():
    make("-rf.csv")
    assert found("*.csv") == ["./-rf.csv"]


def test_no_match_names_the_folder_and_the_pattern(here):
    make("d/a.csv")
    complaint = refused("d/*.tsv")
    assert "'d/*.tsv'" in complaint.reason
    assert complaint.reason.endswith(str(here))
    assert "'data'" in refused("data/x/*.tsv").fix
    assert "glob:d/" in refused("d").fix
    assert "glob:d/a.csv" in refused("d/a.csv/").fix
    assert "[ab]" in refused("d/{a,b}.csv").fix


@pytest.mark.parametrize("pattern", ["", "/", "~/x/*", "$HOME/*", "d/${X}/*", "a\0b"])
def test_patterns_that_are_not_expanded_are_refused(pattern):
    refused(pattern)


def test_names_that_no_spec_can_have_are_refused(here):
    make("n/a\nb")
    assert "a\\nb" in refused("n/*").reason
    (here / os.fsdecode(b"caf\xe9.csv")).touch()
    assert "caf\\xe9.csv" in refused("*.csv").reason


def test_too_many_entries_and_too_many_files_are_refused(monkeypatch):
    make(*(f"d/{number}" for number in range(9)))
    monkeypatch.setattr(searched, "MAX_INSTANCES", 8)
    assert refused("d/*").fix
    monkeypatch.setattr(searched, "MAX_ENTRIES", 8)
    assert found("d/1") == ["d/1"]
    assert "8" in refused("d/1*").reason


def test_files_outside_of_the_allowed_folders_are_not_listed(here):
    make("in/a", "out/b")
    Path("in/link").symlink_to(here / "out")
    with confined_to([here / "in"]):
        assert found("in/*") == ["in/a"]
        for pattern in ("out/*", "in/../out/*", "in/link/*", "in/*/*", "out/b", "/etc/*"):
            refused(pattern)


@pytest.mark.parametrize(
    ("token", "written"),
    [
        ("{f}", "in/s 1/reads.fastq.gz"),
        ("{f:stem}", "reads"),
        ("{f:name}", "reads.fastq.gz"),
        ("{f:parent}", "in/s 1"),
        ("{f:parent:name}", "s 1"),
        ("{f:parent:name:q}", "'s 1'"),
        ("{f:name:stem}", "reads"),
        ("{n:stem}", "7"),
        ("{t:stem}.{t:parent}", "a.b.."),
        ("{h:stem}", ".profile"),
    ],
)
def test_forms_for_parts_of_paths(token, written):
    values = {"f": "in/s 1/reads.fastq.gz", "n": 7, "t": "a.b.csv", "h": ".profile"}
    assert fill(token, values) == written


def test_jobs_and_files_are_made_from_the_paths():
    make("d/a10.csv", "d/a9.csv")
    files = [
        {"name": "in_{sample:stem}", "path": "{sample}", "use_parameters": ["sample"]},
        {"name": "out_{sample:stem}", "path": "out/{sample:stem}.txt", "use_parameters": ["sample"]},
    ]
    command = "wc ${files.input.in_{sample:stem}:q} > ${files.output.out_{sample:stem}:q}"
    job = {"name": "count_{sample:stem}", "command": command, "use_parameters": ["sample"]}
    document = {"name": "w", "parameters": {"sample": "glob:d/*.csv"}, "files": files, "jobs": [job]}
    plan = make_plan("spec", document)
    assert [each.record["command"] for each in plan.jobs] == [
        "wc d/a9.csv > out/a9.txt",
        "wc d/a10.csv > out/a10.txt",
    ]
    assert not plan.warnings


def test_paths_that_the_shell_would_split_are_a_warning_where_they_are_not_quoted():
    make("d/a.csv", "d/my b.csv")
    (warning,) = plan_of("d/*", {**JOB, "command": "wc {sample}"}).warnings
    assert (warning.code, warning.place) == (Code.UNQUOTED_REFERENCE, "jobs[0].command")
    assert "{sample:q}" in warning.fix
    assert not plan_of("d/*").warnings
    assert not plan_of("d/*", {**JOB, "command": "wc '{sample}'"}).warnings
    assert not plan_of("d/a*", {**JOB, "command": "wc {sample}"}).warnings


def test_names_that_are_the_same_are_an_error_that_names_the_form():
    make("a/reads.csv", "b/reads.csv")
    with pytest.raises(SpecError) as raised:
        plan_of("*/reads.csv")
    (problem,) = raised.value.problems
    assert (problem.code, problem.place) == (Code.REPEATED_NAME, "jobs[0].name")
    assert ":parent:name}" in problem.fix
    assert names_of(plan_of("*/reads.csv", {**JOB, "name": "{sample:parent:name}"})) == ["a", "b"]


@pytest.mark.parametrize("values", [["glob:d/*"], "[glob:d/*, x]", {"glob": "d/*"}, {"glob": ["d/*"]}])
def test_a_pattern_in_a_list_or_a_map_is_an_error_with_the_right_form(values):
    with pytest.raises(ParameterError) as raised:
        parse_values(values)
    assert raised.value.complaint.code is Code.INVALID_PARAMETER


@pytest.mark.parametrize("format", Format)
def test_all_formats_read_patterns_and_conversion_keeps_them(here, format):
    make("d/a1.csv", "d/a2.csv")
    document = {"name": "w", "parameters": {"sample": "glob:d/*.csv"}, "jobs": [JOB]}
    path = here / f"spec.{format.value}"
    path.write_text(write(document, format))
    assert "glob:d/*.csv" in path.read_text()
    assert names_of(load(str(path))) == ["count_a1", "count_a2"]
    assert json.loads(write(read_document(str(path)).value, Format.JSON))["parameters"] == document["parameters"]


@pytest.mark.parametrize(
    ("name", "fix"),
    [("a_{i:03}", "write {i:03d}"), ("a_{i:>5}", None), ("a_{i:.2e}", None), ("a_{i:.1f}", ""), ("a_{i:stem}", "")],
)
def test_a_form_without_effect_is_a_warning(name, fix):
    plan = make_plan("spec", {"name": "w", "jobs": [{"name": name, "command": "x", "parameters": {"i": "1:3"}}]})
    assert [(each.code, each.place) for each in plan.warnings] == (
        [] if fix == "" else [(Code.UNKNOWN_FORM, "jobs[0].name")]
    )
    assert not fix or plan.warnings[0].fix == fix


def test_a_form_of_a_variable_without_effect_is_a_warning():
    job = {"name": "a", "command": "echo {level:x}"}
    (warning,) = make_plan("spec", {"name": "w", "variables": {"level": 7}, "jobs": [job]}).warnings
    assert (warning.code, warning.place) == (Code.UNKNOWN_FORM, "jobs[0].command")
