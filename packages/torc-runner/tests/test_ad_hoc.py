"""The spec that `torc exec` makes of its options."""

import pytest

from torc_client.errors import TorcError
from torc_client.spec.plan import make_plan
from torc_runner.ad_hoc import AdHocOptions, specification


def spec_of(**given):
    document = specification(AdHocOptions(**given), stamp="now")
    make_plan("torc exec", document)  # raises if it is invalid
    return document


def commands(**given):
    return [job["command"] for job in spec_of(**given)["jobs"]]


def test_commands_come_in_the_order_of_their_sources(tmp_path):
    (tmp_path / "list.txt").write_text("# first\nsort a\n\n  sort b  \n")
    document = spec_of(commands=["echo {x}"], commands_file=str(tmp_path / "list.txt"), words=["printf", "%s", "a b"])
    assert [(job["name"], job["command"]) for job in document["jobs"]] == [
        ("job1", "echo {x}"),
        ("job2", "sort a"),
        ("job3", "sort b"),
        ("job4", "printf %s 'a b'"),
    ]
    assert document["name"] == "exec_now"


def test_each_command_runs_for_each_combination_of_values():
    assert commands(commands=["a {i:02d} {r}", "b {i}"], parameters=["i=1:2", "r=[0.5, x]"]) == [
        "a 01 0.5", "a 01 x", "a 02 0.5", "a 02 x", "b 1", "b 1", "b 2", "b 2",
    ]  # fmt: skip
    assert commands(commands=["{i}{j}"], parameters=["i=1:2", "j=[a, b]"], link="zip") == ["1a", "2b"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "There is no command to run."),
        ({"words": ["sweep.yaml"]}, "sweep.yaml is a spec file; torc exec takes commands."),
        ({"commands_file": "/nowhere"}, "/nowhere cannot be read"),
        ({"commands": ["a"], "generate_plots": True}, "--generate-plots needs samples over time"),
        (
            {"commands": ["a"], "generate_plots": True, "monitor": "summary", "monitor_compute_node": "off"},
            "--generate-plots needs samples over time",
        ),
        ({"commands": ["a"], "parameters": ["1:3"]}, "--param 1:3 has no name."),
        (
            {"commands": ["a"], "parameters": ["i=[1"]},
            "--param: the list '[1' has no closing bracket",
        ),
        ({"commands": ["a"], "parameters": ["i=1:2", "j=1:3"], "link": "zip"}, "--param: "),
    ],
)
def test_invalid_options_are_refused(given, message):
    with pytest.raises(TorcError) as refused:
        specification(AdHocOptions(**given), stamp="now")
    assert message in refused.value.message
    assert refused.value.hint


def test_files_that_are_programs_are_commands():
    assert commands(words=["./run.sh"]) == ["./run.sh"]


def test_options_for_output_and_measurements():
    document = spec_of(
        commands=["a"], stdio="no-stderr", monitor="time-series", monitor_compute_node="summary", generate_plots=True,
        sample_interval_seconds=3, description="why", name="mine",
    )  # fmt: skip
    assert document["execution_config"] == {"stdio": {"mode": "no_stderr"}}
    assert document["resource_monitor"] == {
        "enabled": True,
        "jobs": {"enabled": True, "granularity": "time_series"},
        "compute_node": {"enabled": True, "granularity": "summary"},
        "generate_plots": True,
        "sample_interval_seconds": 3,
    }
    assert (document["name"], document["description"]) == ("mine", "why")
    assert spec_of(commands=["a"], monitor="off")["resource_monitor"] == {"enabled": False}
    assert "resource_monitor" not in spec_of(commands=["a"])
