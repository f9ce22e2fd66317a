"""Creation of the workflow of a mapped function."""

import math
from pathlib import Path

import pytest

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.mapping import creation
from torc_client.testing import FakeServer


@pytest.fixture
def server(fake_server: FakeServer) -> FakeServer:
    """Answer the creation and the deletion of a workflow."""
    workflow = {"id": 7, "name": "sqrt", "user": "ann"}
    fake_server.answer("create_workflow", workflow)
    fake_server.answer("finish_creation", workflow)
    fake_server.answer("delete_workflow", workflow)
    return fake_server


async def create(client: TorcClient, directory: Path) -> int:
    """Map a function with files in a directory."""
    return await creation.create_calls(
        client,
        math.sqrt,
        [1, 4],
        name=None,
        requirements=None,
        directory=directory,
        python=None,
        chunksize=1,
    )


async def test_a_directory_that_cannot_be_made_is_a_torc_error(server: FakeServer, client: TorcClient, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TorcError, match=r"workflow_7 cannot be written: Not a directory") as refused:
        await create(client, tmp_path / "file")
    assert refused.value.hint == "Pass another `directory` to `map`."
    assert server.calls_of("delete_workflow")


async def test_a_file_that_cannot_be_written_is_a_torc_error(server: FakeServer, client: TorcClient, tmp_path: Path):
    (tmp_path / "workflow_7" / "input_sqrt_1.pickle").mkdir(parents=True)
    with pytest.raises(TorcError, match=r"input_sqrt_1.pickle cannot be written: Is a directory"):
        await create(client, tmp_path)
    assert server.calls_of("delete_workflow")
