"""Gates 2 and 3: generated files are up to date, and every operation is described."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from support.pages import headings
from torc_client.config import DECLARATIONS
from torc_server.api.document import build
from torc_server.api.operation import Operation
from torc_server.api.table import OPERATIONS
from torc_server.engine.states import JobStatus, transitions_markdown
from torc_server.settings import SETTINGS

# Operations without a guard: everyone may call them, and they show no data of users.
OPEN = {"ping", "get_version", "create_workflow", "list_workflows"}


@pytest.fixture(scope="module")
def document() -> dict[str, object]:
    return build()


def test_the_document_is_valid(document):
    validate(document)


def test_the_document_of_the_client_is_up_to_date(root: Path, document):
    shipped = json.loads((root / "packages/torc-client/src/torc_client/openapi.json").read_text())
    assert shipped == json.loads(json.dumps(document)), "stale: run `make openapi`"


@pytest.mark.parametrize("tool", ["openapi_client/generate.py", "reference_docs.py"])
def test_generated_files_are_up_to_date(root: Path, tool: str):
    check = subprocess.run(
        [sys.executable, root / "tools" / tool, "--check"], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_operation_has_a_summary_and_errors(operation: Operation):
    assert operation.summary.endswith("."), "a summary is a sentence"
    assert operation.guard is not None
    assert operation.id in OPEN or operation.errors, "an operation declares its errors"


def test_operations_are_unique():
    ids = [operation.id for operation in OPERATIONS]
    places = [(operation.method, operation.path) for operation in OPERATIONS]
    assert len(set(ids)) == len(ids)
    assert len(set(places)) == len(places)


def test_the_reference_has_a_heading_for_each_command_and_operation(root: Path):
    reference = root / "docs" / "reference"
    assert {f"server {setting.name}" for setting in SETTINGS} <= headings(reference / "settings.md")
    assert {f"client {declared.key}" for declared in DECLARATIONS} <= headings(reference / "settings.md")
    assert {status.word for status in JobStatus} <= headings(reference / "job-states.md")
    assert {operation.id for operation in OPERATIONS} <= headings(reference / "http-api.md")
    assert {"torc run", "torc workflows create", "torc-server run", "torc-htpasswd add"} <= headings(
        reference / "cli.md"
    )


def test_the_page_of_states_has_the_table_of_transitions(root: Path):
    assert transitions_markdown() in (root / "docs/reference/job-states.md").read_text()
