"""Folders on the machines of workers, as users name them."""

from pathlib import Path

import pytest

from torc_client.errors import TorcError
from torc_client.remote.folder_names import folder_named


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("out", "/home/ada/out"), ("a b", "/home/ada/a b"), ("~", "/home/ada"), ("~/", "/home/ada"),
        ("~//out", "/home/ada/out"), (".", "/home/ada"), ("/scratch/x", "/scratch/x"), ("a~b", "/home/ada/a~b"),
    ],
)  # fmt: skip
def test_a_folder_begins_at_the_home_folder(text, path):
    assert folder_named(text, Path("/home/ada")) == Path(path)


@pytest.mark.parametrize("text", ["", "a\nb", "\x1b[0m", "a\0b", "$HOME/out", "/data/${USER}", "~eve/out", "~nobody"])
def test_texts_that_a_shell_would_change_or_that_are_no_names_are_refused(text):
    with pytest.raises(TorcError, match="folder"):
        folder_named(text, Path("/home/ada"))
