from pathlib import Path

import pytest

from torc_client.config import Setting, load
from torc_client.settings_files import ConfigError


def test_defaults():
    settings = load({}, {}, [])
    assert settings["api_url"] == Setting("http://localhost:8080/torc-service/v1", "default")
    assert settings["format"].value == "table"


def test_the_strongest_place_wins_and_is_named(tmp_path: Path):
    near, far = tmp_path / "torc.toml", tmp_path / "far.toml"
    far.write_text('[client]\nformat = "json"\nlog_level = "debug"\napi_url = "http://far:1"\n')
    near.write_text('[client]\nlog_level = "info"\napi_url = "http://near:1"\n[server]\nport = 1\n')
    settings = load({"api_url": "http://flag:1"}, {"TORC_API_URL": "http://env:1"}, [near, far])
    assert {key: settings[key] for key in ("api_url", "format", "log_level")} == {
        "api_url": Setting("http://flag:1", "the command line"),
        "format": Setting("json", str(far)),
        "log_level": Setting("info", str(near)),
    }
    assert load({}, {"TORC_API_URL": "http://env:1"}, [near, far])["api_url"].source == "TORC_API_URL"


def test_general_variables():
    assert load({}, {"TORC_CLIENT__FORMAT": "json"}, [])["format"] == Setting("json", "TORC_CLIENT__FORMAT")


def test_files_are_found_where_they_belong(nobodys_environment: Path):
    (nobodys_environment / ".config/torc").mkdir(parents=True)
    (nobodys_environment / ".config/torc/config.toml").write_text('[client]\nformat = "json"\n')
    assert load({})["format"].source.endswith(".config/torc/config.toml")
    Path("torc.toml").write_text('[client]\nformat = "table"\n')
    assert load({})["format"].source == "torc.toml"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[client]\nformat = "xml"\n', "format is 'xml'; choose table, json or csv"),
        ("[client]\nformat = 3\n", "must be a text"),
        ('[client]\napi_url = "foo"\n', "'foo' is not a server URL"),
        ("client = 3\n", "must be a table"),
        ("[client\n", "is not valid TOML"),
        pytest.param("a = " + "[" * 100_000, "is nested too deeply", id="deep"),
    ],
)
def test_mistakes_name_their_place(tmp_path: Path, content: str, said: str):
    path = tmp_path / "torc.toml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=said) as caught:
        load({}, {}, [path])
    assert str(path) in str(caught.value)


def test_a_rust_log_in_another_format_is_ignored():
    assert load({}, {"RUST_LOG": "hyper=trace"}, [])["log_level"].source == "default"
