"""Reading spec files: formats, and texts that mean mischief."""

import json

import pytest

from torc_client.spec import SpecError, load


def told(path):
    with pytest.raises(SpecError) as raised:
        load(str(path))
    return str(raised.value)


@pytest.fixture
def write(tmp_path):
    def writing(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return writing


SPEC = {"name": "w", "jobs": [{"name": "a", "command": "true"}]}


@pytest.mark.parametrize("name", ["spec.json", "spec.yaml", "spec.yml", "spec"])
def test_json_text_is_read_under_any_name(write, name):
    assert load(str(write(name, json.dumps(SPEC)))).workflow["name"] == "w"


def test_standard_input(monkeypatch, write):
    with write("spec", "name: w\njobs: [{name: a, command: 'true'}]").open() as text:
        monkeypatch.setattr("sys.stdin", text)
        assert load("-").workflow["name"] == "w"


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("s.yaml", "name: a\nname: b\n", "line 2, column 1: the key 'name' stands twice"),
        ("s.json", '{"name": 1, "name": 2}', "'name' stands twice"),
        ("s.yaml", "jobs: [", "line 2, column 1"),
        ("s.json", '{"name": }', "line 1, column 10"),
        ("s.yaml", "- a\n- b\n", "a workflow is a map of fields, not a list"),
        ("s.yaml", "", "not nothing"),
        ("s.yaml", "name: !!python/object/apply:os.system [id]", "python/object"),
        ("s.json", "[" * 100_000, "nested too deeply"),
        ("s.kdl", 'name "x"', "KDL specs are not supported yet"),
        ("s.json5", "{}", "JSON5 specs are not supported yet"),
    ],
)
def test_text_that_is_no_spec(write, name, text, named):
    assert named in told(write(name, text))


def test_files_that_cannot_be_read(tmp_path, write):
    assert "No such file" in told(tmp_path / "nowhere.yaml")
    assert "Is a directory" in told(tmp_path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"name: \xe9")
    assert "not UTF-8" in told(latin)


def test_a_bomb_of_aliases_is_bounded(write):
    levels = "\n".join(f"  l{number}: &l{number} [{', '.join([f'*l{number - 1}'] * 9)}]" for number in range(1, 10))
    bomb = f"name: w\nmetadata:\n  l0: &l0 [x]\n{levels}\njobs: [{{name: a, command: 'true'}}]"
    assert "metadata" in told(write("s.yaml", bomb))
