"""The server and the client carry the same module for private sockets; only the declared lines differ."""

import re
from pathlib import Path

# Neither distribution depends on the other, so each has a copy.
COPIES = (
    "packages/torc-server/src/torc_server/web/private_socket.py",
    "packages/torc-client/src/torc_client/private_socket.py",
)
# Allowed differences of the copies: the note on the copy, the import, and the base and docstring of the exception.
DECLARED = re.compile(
    r"( \(torc-server has a copy of this[^)]*\))"
    r"|^from (torc_client\.errors|torc_server\.start_errors) import \w+\n\n"
    r"|^class ListenError\(\w+\):\n    \"\"\".*\"\"\"\n",
    re.MULTILINE,
)


def test_both_copies_have_the_same_text(root: Path):
    server, client = (re.sub(r"\n{2,}", "\n\n", DECLARED.sub("", (root / copy).read_text())) for copy in COPIES)
    assert client == server
