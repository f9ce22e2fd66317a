"""What docstrings show works: their examples are run, against a real server, in a directory of their own."""

import pytest

from support.processes import Place, Server

EXAMPLES = ["torc_client.sync"]
PROGRAM = "import doctest, importlib, sys; sys.exit(doctest.testmod(importlib.import_module(sys.argv[1])).failed)"


@pytest.mark.parametrize("module", EXAMPLES)
def test_examples_of(module: str, server: Server, place: Place):
    place.run("python", "-W", "error", "-c", PROGRAM, module)
