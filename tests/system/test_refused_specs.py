"""Invalid specs: exit code 1, a message with the position, and no workflow."""

import pytest

from support.processes import Place, Server

WRONG = {
    "cycle": ("jobs: [{name: a, command: 'true', depends_on: [b]}, {name: b, command: 'true', depends_on: [a]}]", "a"),
    "self-dependency": ("jobs: [{name: a, command: 'true', depends_on: [a]}]", "a"),
    "duplicate-job": ("jobs: [{name: twin, command: 'true'}, {name: twin, command: 'true'}]", "twin"),
    "duplicate-after-expansion": ("jobs: [{name: twin, command: 'echo {i}', parameters: {i: '1:3'}}]", "twin"),
    "duplicate-file": (
        "files: [{name: f, path: a}, {name: f, path: b}]\njobs: [{name: a, command: 'true'}]",
        "f",
    ),
    "unknown-job": ("jobs: [{name: build, command: 'true'}, {name: b, command: 'true', depends_on: [biuld]}]", "build"),
    "unknown-file": (
        "files: [{name: corpus, path: c}]\njobs: [{name: a, command: 'true', input_files: [corpse]}]",
        "corpus",
    ),
    "unknown-file-token": ("jobs: [{name: a, command: 'cat ${files.input.nothing}'}]", "nothing"),
    "unknown-requirements": ("jobs: [{name: a, command: 'true', resource_requirements: huge}]", "huge"),
    "unknown-key": ("jobs: [{name: a, comand: 'true'}]", "command"),
    "missing-command": ("jobs: [{name: a}]", "command"),
    "regex-without-match": ("jobs: [{name: a, command: 'true', depends_on_regexes: ['^zzz']}]", "^zzz"),
    "regex-that-is-none": ("jobs: [{name: a, command: 'true', depends_on_regexes: ['(']}]", "("),
    "step-of-zero": ("jobs: [{name: 'a_{i}', command: 'true', parameters: {i: '1:5:0'}}]", "1:5:0"),
    "zip-of-unequal-lengths": (
        "jobs: [{name: 'a_{i}_{j}', command: 'true', parameter_mode: zip, parameters: {i: '1:3', j: '1:4'}}]",
        "zip",
    ),
    "memory-that-is-none": (
        "resource_requirements: [{name: r, num_cpus: 1, memory: plenty}]\njobs: [{name: a, command: 'true'}]",
        "plenty",
    ),
    "no-yaml": ("jobs: [", "spec.yaml"),
}


@pytest.mark.parametrize("words", [["workflows", "create"], ["run"]], ids=" ".join)
@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_spec_creates_nothing(place: Place, server: Server, case: str, words: list[str]):
    text, named = WRONG[case]
    spec = place.file("spec.yaml", f"name: wrong\n{text}\n")
    refused = place.run("torc", *words, spec, status=1)
    assert refused.stdout == ""
    assert named in refused.stderr, refused.stderr
    assert "Traceback" not in refused.stderr
    assert place.torc("workflows", "list")["items"] == []


@pytest.mark.parametrize("words", [["workflows", "create"], ["run"]], ids=" ".join)
def test_a_missing_spec_is_named(place: Place, server: Server, words: list[str]):
    refused = place.run("torc", *words, "nowhere.yaml", status=None)
    assert refused.returncode in {1, 2}
    assert "nowhere.yaml" in refused.stderr
    assert "Traceback" not in refused.stderr
