"""Where each setting comes from."""

from pathlib import Path

import pytest

from torc_client.settings_files import ConfigError
from torc_dash.settings import load


def test_defaults():
    found = load({}, {}, [])
    assert (found.host, found.port, found.socket, found.standalone) == ("127.0.0.1", 8090, None, False)
    assert (found.server_host, found.server_port, found.database) == ("0.0.0.0", 0, Path("torc.db"))  # noqa: S104
    assert found.api_url == "http://localhost:8080/torc-service/v1"


def test_flags_beat_the_environment_beats_files_in_their_order(tmp_path: Path):
    near, far = tmp_path / "near.toml", tmp_path / "far.toml"
    near.write_text('[dash]\nport = 3\nhost = "near"\n')
    far.write_text('[dash]\nport = 4\nhost = "far"\nstandalone = true\nallowed_hosts = ["A.example"]\n')
    environment = {"TORC_DASH__PORT": "2", "TORC_API_URL": "http://env:1/torc-service/v1"}
    found = load({"port": 1, "api_url": None}, environment, [near, far])
    assert (found.port, found.host, found.standalone) == (1, "near", True)
    assert found.api_url == "http://env:1/torc-service/v1"
    assert found.allowed_hosts == ("a.example",)
    assert load({}, environment, [near, far]).port == 2
    assert load({}, {}, [near, far]).port == 3


def test_a_flag_of_zero_is_a_value():
    assert load({"port": 0}, {"TORC_DASH__PORT": "2"}, []).port == 0


@pytest.mark.parametrize("url", ["torc.db", "sqlite:torc.db", "sqlite://torc.db"])
def test_a_database_may_be_written_as_a_url(url: str):
    assert load({}, {"DATABASE_URL": url}, []).database == Path("torc.db")


@pytest.mark.parametrize(
    ("content", "word"),
    [("[dash]\nport = 70000\n", "port"), ("[dash]\nport = true\n", "port"), ("dash = 1\n", "table"), ("[", "TOML")],
)
def test_a_file_that_makes_no_sense_is_named(tmp_path: Path, content: str, word: str):
    path = tmp_path / "torc.toml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=word) as refused:
        load({}, {}, [path])
    assert str(path) in refused.value.message
