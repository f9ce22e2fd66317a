"""Common mistakes: each has one problem, with its position and a fix."""

import pytest

from torc_client.spec import load
from torc_client.spec.conversion import converted
from torc_client.spec.formats import Format
from torc_client.spec.plan import make_plan
from torc_client.spec.problems import SpecError
from torc_client.spec.quantities import is_duration, is_memory, is_walltime, meant_duration, meant_memory

JOB = {"name": "a", "command": "true"}


@pytest.fixture
def problems_in(tmp_path, monkeypatch):
    """Return a function that writes a file and returns its problems as `LINE:COLUMN CODE PLACE`."""
    monkeypatch.chdir(tmp_path)

    def loading(name, text=None):
        if text is not None:
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(SpecError) as caught:
            load(name)
        return [shown(problem) for problem in caught.value.problems]

    return loading


def shown(problem):
    position = f"{problem.position.line}:{problem.position.column} " if problem.position else ""
    return f"{position}{problem.code} {problem.place}"


@pytest.mark.parametrize("values", ["well, this is text", "'a,b'", "a", "a,b c"])
def test_a_single_value_is_no_warning(values):
    job = {**JOB, "name": "a_{p}", "command": "{p}", "parameters": {"p": values}}
    assert make_plan("spec", {"name": "w", "jobs": [job]}).warnings == []


def test_repeated_nodes_of_kdl_are_reported_with_other_problems(problems_in):
    lines = problems_in(
        "s.kdl", 'name "x"\nname "y"\njob "a" { command "b"; priority "high" }\nuser_data "d" { data "{" }\n'
    )
    assert lines == [
        "2:1 SPEC006 name",
        "3:24 SPEC010 jobs[0].priority",
        "4:17 SPEC010 user_data[0].data",
    ]


def test_kdl_with_problems_is_not_converted(tmp_path):
    (tmp_path / "s.kdl").write_text('name "x"\njobb "a" { command "true" }\n')
    with pytest.raises(SpecError, match=r":2:1: jobb: .*SPEC012"):
        converted(str(tmp_path / "s.kdl"), Format.YAML)


def test_unknown_nodes_of_open_objects_are_ignored(tmp_path):
    (tmp_path / "s.kdl").write_text(
        'name "x"\njob "a" { command "b" }\nresource_monitor { metrics "cpu" { all #true } }\n'
    )
    assert load(str(tmp_path / "s.kdl")).workflow["resource_monitor"] == {}


@pytest.mark.parametrize(
    ("written", "meant"),
    [("8 GB", "8g"), ("512MiB", "512m"), ("1K", "1k"), ("2 t", "2t"), ("8", ""), ("a lot", ""), ("1.5g", "")],
)
def test_other_forms_of_memory(written, meant):
    assert meant_memory(written) == meant
    assert not meant or is_memory(meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30m", "PT30M"),
        ("1h30m", "PT1H30M"),
        ("2 days", "P2D"),
        ("90 min", "PT90M"),
        ("45 seconds", "PT45S"),
        ("1 hour 5 mins", "PT1H5M"),
        ("01:30:00", "PT1H30M"),
        ("2-00:00:10", "P2DT10S"),
        ("pt5m", "PT5M"),
        ("00:00:00", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_other_forms_of_durations(written, meant):
    assert meant_duration(written) == meant
    assert not meant or is_duration(meant)


@pytest.mark.parametrize("text", ["30", "30:00", "4:00:00", "04:00:00", "2-12", "2-12:30", "1-00:00:00", "UNLIMITED"])
def test_valid_times_of_slurm(text):
    assert is_walltime(text)


@pytest.mark.parametrize("text", ["4h", "PT4H", "", "1:99:00", "1:2:3:4"])
def test_invalid_times_of_slurm(text):
    assert not is_walltime(text)


def test_user_data_without_a_name_gets_one_from_its_position():
    plan = make_plan("spec", {"name": "w", "jobs": [JOB], "user_data": [{"name": "first"}, {"data": 5}]})
    assert [(each["name"], each.get("data")) for each in plan.user_data] == [("first", None), ("user_data_2", 5)]
    assert [shown(each) for each in plan.warnings] == ["SPEC064 user_data[1]"]


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"parameters": {"i": "1:2"}}, ("SPEC011", "user_data[0]")),
        ({"name": "__torc_lineage__x"}, ("SPEC021", "user_data[0].name")),
    ],
)
def test_invalid_names_of_user_data(record, found):
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [JOB], "user_data": [record]})
    assert [(str(each.code), each.place) for each in caught.value.problems] == [found]
