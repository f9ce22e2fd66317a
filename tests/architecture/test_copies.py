"""The folder `edge` of the server and that of the client, which have the same text."""

from pathlib import Path

# Neither distribution depends on the other, so each has a copy.
FOLDERS = ("packages/torc-server/src/torc_server/edge", "packages/torc-client/src/torc_client/edge")


def test_both_folders_have_the_same_text(root: Path):
    server, client = ({path.name: path.read_text() for path in (root / folder).glob("*.py")} for folder in FOLDERS)
    assert client == server, f"cp {FOLDERS[0]}/*.py {FOLDERS[1]}/"
