"""The JSON Schema and the reader agree about the shape of a spec."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from torc_client.spec.formats import Format
from torc_client.spec.objects import OBJECTS
from torc_client.spec.problems import Problems
from torc_client.spec.reading import parse, read_document
from torc_client.spec.schema import schema
from torc_client.spec.shape import check
from torc_client.spec.writing import write

ROOT = Path(__file__).parents[4]
PUBLISHED = ROOT / "docs" / "reference" / "torc-spec.schema.json"
EXAMPLES = sorted(ROOT.glob("examples/*/*.yaml"))
VALIDATOR = Draft202012Validator(schema())
JOB = {"name": "a", "command": "true"}


def is_refused_by_reading(document):
    problems = Problems()
    check(document, "workflow", "", problems)
    return len(problems) > 0


def test_the_schema_is_a_valid_json_schema():
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize(
    "members",
    [
        {"jobs": "a"},
        {"jobs": [{"name": "a"}]},
        {"jobs": [{**JOB, "comand": "x"}]},
        {"jobs": [{**JOB, "name": 1}]},
        {"jobs": [{**JOB, "name": " "}]},
        {"jobs": [{**JOB, "priority": -1}]},
        {"jobs": [{**JOB, "priority": "1"}]},
        {"jobs": [{**JOB, "depends_on": "a"}]},
        {"jobs": [{**JOB, "env": {"A": 1}}]},
        {"jobs": [{**JOB, "stdio": {"mode": "both"}}]},
        {"jobs": [{**JOB, "parameter_mode": "sum"}]},
        {"jobs": [JOB], "unheard_of": 1},
        {"jobs": [JOB], "use_pending_failed": "yes"},
        {"jobs": [JOB], "variables": {"a": [1]}},
        {"jobs": [JOB], "slurm_defaults": {"a": {}}},
        {"jobs": [JOB], "files": [{"name": "f"}]},
        {"jobs": [JOB], "resource_requirements": [{"name": "r", "num_cpus": 0, "memory": "1g"}]},
        {"jobs": [JOB], "actions": [{"trigger_type": "on_lunch", "action_type": "run_commands"}]},
        {"jobs": [JOB], "failure_handlers": [{"name": "h", "rules": [{"exit_codes": ["1"]}]}]},
        {"jobs": [JOB], "execution_config": {"mode": "fast"}},
        {"jobs": [JOB], "dynamic_jobs": {"max_iterations": 0}},
    ],
    ids=str,
)
def test_invalid_specs_are_refused_by_both(members):
    document = {"name": "w", **members}
    assert is_refused_by_reading(document)
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    "members",
    [
        {"description": None, "files": None, "execution_config": None, "metadata": None, "jobs_sort_method": None},
        {"resource_monitor": {"metrics": ["cpu"]}},
        {"metadata": '{"a": 1}'},
        {"parameters": {"i": "1:3", "j": [1, "a"], "k": 0.5}},
    ],
    ids=str,
)
def test_valid_specs_are_accepted_by_both(members):
    document = {"name": "w", "jobs": [JOB], **members}
    assert not is_refused_by_reading(document)
    VALIDATOR.validate(document)


def test_every_field_of_the_declaration_is_in_the_schema():
    for kind, declared in OBJECTS.items():
        described = schema() if kind == "workflow" else schema()["$defs"][kind.lower().replace(" ", "_")]
        assert described["properties"].keys() == declared.fields.keys()
        assert described.get("required", []) == [name for name, field in declared.fields.items() if field.required]
        assert all(each["description"] for each in described["properties"].values())


def test_the_published_file_is_the_schema():
    assert json.loads(PUBLISHED.read_text()) == schema()


@pytest.mark.parametrize("each", Format)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_match_the_schema_in_every_format(example, each):
    document = read_document(str(example)).value
    VALIDATOR.validate(document)
    problems = Problems()
    record = check(document, "workflow", "", problems)
    VALIDATOR.validate(parse(example.name, write(record, each), format=each).value)
