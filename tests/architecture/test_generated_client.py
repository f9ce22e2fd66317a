"""Gate 2: the committed document and client are up to date with the server."""

import json
from pathlib import Path

import generate
import pytest


def test_the_client_is_up_to_date_with_the_document(capsys: pytest.CaptureFixture[str]):
    assert generate.main(["--check"]) == 0, capsys.readouterr().err


def test_stale_files_are_named_and_then_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    document = tmp_path / "document.json"
    document.write_text(json.dumps(DOCUMENT))
    package = tmp_path / "package"
    arguments = ["--document", str(document), "--package", str(package)]
    assert generate.main([*arguments, "--check"]) == 1
    assert "api/things.py" in capsys.readouterr().err
    assert generate.main(arguments) == 0
    assert generate.main([*arguments, "--check"]) == 0
    (package / "api/leftover.py").write_text("")
    assert generate.main([*arguments, "--check"]) == 1
    assert generate.main(arguments) == 0
    assert not (package / "api/leftover.py").exists()


def test_a_default_that_differs_from_the_document_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert generate.main(["--package", str(tmp_path)]) == 0
    defaults = tmp_path / "defaults.py"
    text = defaults.read_text(encoding="utf-8")
    defaults.write_text(text.replace("WAIT_FOR_NEW_JOBS_SECONDS: Final = 90", "WAIT_FOR_NEW_JOBS_SECONDS: Final = 91"))
    assert generate.main(["--package", str(tmp_path), "--check"]) == 1
    assert f"stale in {tmp_path}: defaults.py;" in capsys.readouterr().err


def test_the_text_of_a_method_and_a_record():
    files = generate.files(DOCUMENT)
    assert "async def get_thing(self, id: int, *, deep: bool | None = None) -> Thing:" in files["api/things.py"]
    assert '_GET_THING = Operation("get_thing", "GET", "/things/{id}", Thing)' in files["api/things.py"]
    assert "    name: str | None = None\n    colour: Colour\n" in files["api/records.py"]
    assert '    DARK_RED = "dark-red"' in files["api/enums.py"]


def test_a_stream_of_events_gets_no_method():
    document = json.loads(json.dumps(DOCUMENT))
    stream = json.loads(json.dumps(document["paths"]["/things/{id}"]["get"])) | {"operationId": "follow_thing"}
    content = stream["responses"]["200"]["content"]
    content["text/event-stream"] = content.pop("application/json")
    document["paths"]["/things/{id}/stream"] = {"get": stream}
    files = generate.files(document)
    assert not [name for name, text in files.items() if name.startswith("api/") and "follow_thing" in text]


def test_an_operation_that_can_be_a_task_has_a_method_for_it():
    document = json.loads(json.dumps(DOCUMENT))
    operation = document["paths"]["/things/{id}"]["get"]
    operation["parameters"].append({"name": "async", "in": "query", "schema": {"type": "boolean"}})
    operation["responses"]["202"] = operation["responses"]["200"]
    text = generate.files(document)["api/things.py"]
    assert "async def get_thing(self, id: int, *, deep: bool | None = None) -> Thing:" in text
    assert "async def get_thing_as_task(self, id: int, *, deep: bool | None = None) -> Thing:" in text
    assert text.count('"async": True') == 1


def test_a_name_that_is_a_keyword_of_python_is_refused():
    document = json.loads(json.dumps(DOCUMENT))
    document["components"]["schemas"]["Thing"]["properties"]["class"] = {"type": "string"}
    with pytest.raises(ValueError, match="'class' is not a Python name"):
        generate.files(document)


DOCUMENT = {
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "get_thing",
                "tags": ["things"],
                "summary": "Get a thing.",
                "parameters": [
                    {"name": "deep", "in": "query", "required": False, "schema": {"type": "boolean"}},
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Colour": {"type": "string", "enum": ["dark-red", "blue"]},
            "Thing": {
                "type": "object",
                "properties": {
                    "name": {"type": ["string", "null"]},
                    "colour": {"$ref": "#/components/schemas/Colour"},
                },
                "required": ["colour"],
            },
        }
    },
}
