"""Modules of which the server and the client have a copy each; only the declared lines differ."""

import re
from pathlib import Path

import pytest

# Neither distribution depends on the other, so each has a copy.
COPIES = (
    ("torc_server/web/private_socket.py", "torc_client/private_socket.py"),
    ("torc_server/standard_streams.py", "torc_client/standard_streams.py"),
    ("torc_server/web/http_protocol.py", "torc_client/http_protocol.py"),
    ("torc_server/web/held_connections.py", "torc_client/held_connections.py"),
    ("torc_server/web/accepting.py", "torc_client/accepting.py"),
    ("torc_server/log_redaction.py", "torc_client/log_redaction.py"),
    ("torc_server/browser_requests.py", "torc_client/browser_requests.py"),
    ("torc_server/terminal_text.py", "torc_client/terminal_text.py"),
    ("torc_server/trusted_files.py", "torc_client/trusted_files.py"),
    ("torc_server/output_files.py", "torc_client/output_files.py"),
)
# Allowed differences of the copies: the note on the copy, the imports of other copies, and the import, base and
# docstring of the exception.
DECLARED = re.compile(
    r"([ \n]\(torc-server has a copy of this[^)]*\))"
    r"|^from (torc_client|torc_server)\.terminal_text import inert\n\n"
    r"|^from (torc_client\.errors|torc_server\.start_errors) import \w+\n\n"
    r"|^from (torc_client|torc_server\.web)(?=\.(held_connections|http_protocol) import )"
    r"|^from (torc_client|torc_server)(?=\.trusted_files import )"
    r"|^class ListenError\(\w+\):\n    \"\"\".*\"\"\"\n",
    re.MULTILINE,
)


@pytest.mark.parametrize("copies", COPIES, ids=lambda copies: copies[1])
def test_both_copies_have_the_same_text(root: Path, copies: tuple[str, str]):
    places = (root / "packages" / copy.partition("/")[0].replace("_", "-") / "src" / copy for copy in copies)
    server, client = (re.sub(r"\n{2,}", "\n\n", DECLARED.sub("", place.read_text())) for place in places)
    assert client == server
