"""Reading spec files: formats, and malicious texts."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.spec import SpecError, load
from torc_client.spec.formats import Format, format_of
from torc_client.spec.reading import parse


def problems_of(path):
    with pytest.raises(SpecError) as raised:
        load(str(path))
    return [
        (str(problem.code), problem.place, problem.position and (problem.position.line, problem.position.column))
        for problem in raised.value.problems
    ]


@pytest.fixture
def write(tmp_path):
    def writing(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return writing


SPEC = {"name": "w", "jobs": [{"name": "a", "command": "true"}]}


def test_a_map_of_yaml_that_begins_like_json():
    assert parse("standard input", "{name: w}").value == {"name": "w"}


@pytest.mark.parametrize("name", ["spec.json", "spec.yaml", "spec.yml", "spec", "spec.JSON"])
def test_json_text_is_read_under_any_name(write, name):
    assert load(str(write(name, json.dumps(SPEC)))).workflow["name"] == "w"


def test_standard_input(monkeypatch, write):
    with write("spec", "name: w\njobs: [{name: a, command: 'true'}]").open() as text:
        monkeypatch.setattr("sys.stdin", text)
        assert load("-").workflow["name"] == "w"


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("s.yaml", "name: a\nname: b\n", ("SPEC006", "", (2, 1))),
        ("s.json", '{"name": 1, "name": 2}', ("SPEC006", "", (1, 13))),
        ("s.yaml", "jobs: [", ("SPEC004", "", (2, 1))),
        ("s.json", '{"name": }', ("SPEC004", "", (1, 10))),
        ("s.yaml", "- a\n- b\n", ("SPEC010", "", (1, 1))),
        ("s.yaml", " \n", ("SPEC003", "", (1, 1))),
        ("s.yaml", "# nothing", ("SPEC010", "", (1, 1))),
        (
            "s.yaml",
            "name: !!python/object/apply:os.system [id]",
            ("SPEC004", "", (1, 7)),
        ),
        ("s.yaml", "? [a]\n: b\n", ("SPEC004", "", (1, 5))),
        ("s.yaml", "a: &x [*x]", ("SPEC004", "", (1, 8))),
        ("s.yaml", "name: a\n---\nname: b\n", ("SPEC004", "", (2, 1))),
        ("s.yaml", "name: a\n<<: 3\n", ("SPEC004", "", (2, 5))),
        pytest.param("s.yaml", "[" * 100_000, ("SPEC005", "", (1, 201)), id="deep-yaml-flow"),
        pytest.param("s.yaml", "- " * 100_000 + "a", ("SPEC005", "", (1, 401)), id="deep-yaml-block"),
        ("s.yaml", "a: \0", ("SPEC002", "", None)),
        pytest.param("s.json", '{"a": ' + "9" * 5000 + "}", ("SPEC014", "", None), id="long-json-number"),
        ("spec", '{"name": 1, "name": 2}', ("SPEC006", "", (1, 13))),
        pytest.param("s.json", "[" * 100_000, ("SPEC005", "", (1, 201)), id="deep-json"),
        ("s.json", '{"name": 1,\n "name": 2}', ("SPEC006", "", (2, 2))),
        ("s.kdl", 'user "x"', ("SPEC011", "", (1, 1))),
        ("s.kdl", 'name "x"\njob "a" {\n  command "b\n}', ("SPEC004", "", (3, 11))),
        ("s.kdl", 'name "x"\njob "a" {\n  priority = 3\n}', ("SPEC004", "", (3, 3))),
        ("s.kdl", 'job "a" {\n  command "b"', ("SPEC004", "", (1, 9))),
        ("s.kdl", 'name "x"\nname "y"', ("SPEC006", "name", (2, 1))),
        (
            "s.kdl",
            'name "x"\njob "a" { comand "true" }',
            ("SPEC012", "jobs[0].comand", (2, 11)),
        ),
        pytest.param("s.kdl", "a {" * 1000 + "}" * 1000, ("SPEC005", "", (1, 603)), id="deep-kdl"),
        ("s.json5", "{}", ("SPEC011", "", (1, 1))),
        ("s.json5", "{name: 'x',\n jobs: [{name: 'a', comand: 'b'}]}", ("SPEC012", "jobs[0].comand", (2, 21))),
        ("s.json5", "{a: 1,\n a: 2}", ("SPEC006", "", (2, 2))),
        ("s.json5", "{a: }", ("SPEC004", "", (1, 5))),
    ],
)
def test_invalid_text(write, name, text, problem):
    assert problem in problems_of(write(name, text))


@pytest.mark.parametrize(
    ("name", "opening", "closing", "column"),
    [
        ("s.yaml", "[", "]", 201),
        ("s.yaml", "- ", "", 401),
        ("s.yaml", "{é: ", "}", 801),
        ("s.json", "[", "]", 201),
        ("s.json", '{"a":', "}", 1001),
        ("s.json5", "[", "]", 201),
        ("s.json5", "{a:", "}", 601),
        ("s.kdl", "a {", "}", 603),
    ],
)
def test_the_limit_of_nesting_does_not_depend_on_the_parser(write, name, opening, closing, column):
    for depth in (201, 1200, 100_000):
        for end in ("", " 1" + closing * depth):
            assert problems_of(write(name, opening * depth + end)) == [("SPEC005", "", (1, column))]


@pytest.mark.parametrize("name", ["s.yaml", "s.json", "s.kdl"])
def test_text_at_the_limit_of_nesting_is_read(name):
    text = f"metadata {'{ - ' * 200}{' }' * 200}" if name == "s.kdl" else "[" * 200 + "]" * 200
    assert parse(name, text, format=format_of(name)).value


def test_a_brace_in_a_text_does_not_count_as_nesting(write):
    assert load(str(write("s.kdl", f'name "{"{" * 300}"\n'))).workflow["name"] == "{" * 300


def test_files_that_cannot_be_read(tmp_path, write):
    assert problems_of(tmp_path / "nowhere.yaml") == [("SPEC001", "", None)]
    assert problems_of(tmp_path) == [("SPEC001", "", None)]
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"name: \xe9")
    assert problems_of(latin) == [("SPEC002", "", (1, 7))]


def test_the_number_of_values_in_aliases_is_limited(write):
    levels = "\n".join(f"  l{number}: &l{number} [{', '.join([f'*l{number - 1}'] * 9)}]" for number in range(1, 10))
    bomb = f"name: w\nmetadata:\n  l0: &l0 [x]\n{levels}\njobs: [{{name: a, command: 'true'}}]"
    ((code, _, _),) = problems_of(write("s.yaml", bomb))
    assert code == "SPEC004"


def test_unquoted_words_have_the_meaning_of_yaml_1_2():
    text = """
range: 1:30
word: on
ten: 010
date: 2020-01-01
numbers: [1e3, -.5, 0x1F, 0o17, +7, 1_000]
texts: ["7", 'true', !!str 5, "<<"]
nothing: [~, null, ]
"""
    assert parse("s", text, format=Format.YAML).value == {
        "range": "1:30",
        "word": "on",
        "ten": 10,
        "date": "2020-01-01",
        "numbers": [1000.0, -0.5, 31, 15, 7, "1_000"],
        "texts": ["7", "true", "5", "<<"],
        "nothing": [None, None],
    }


def test_aliases_and_merged_maps():
    text = "base: &b {cpus: 1, memory: 1g}\nsome: {<<: *b, cpus: 4}\nmore: {<<: [{memory: 2g}, *b]}\nsame: *b\n"
    assert parse("s", text, format=Format.YAML).value == {
        "base": {"cpus": 1, "memory": "1g"},
        "some": {"cpus": 4, "memory": "1g"},
        "more": {"cpus": 1, "memory": "2g"},
        "same": {"cpus": 1, "memory": "1g"},
    }


def test_a_pipe_and_a_byte_order_mark(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(pipe.write_bytes, b"\xef\xbb\xbf" + json.dumps(SPEC).encode())
        assert load(str(pipe)).workflow["name"] == "w"
        writing.result()


texts = st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("\n\täλ語"), max_size=100)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inside: st.lists(inside) | st.dictionaries(texts, inside),
)


@given(values)
def test_json_read_as_yaml_has_the_same_value(value):
    assert parse("s", json.dumps(value, ensure_ascii=False), format=Format.YAML).value == value
