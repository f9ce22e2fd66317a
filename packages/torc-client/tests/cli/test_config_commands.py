"""torc config: values, their sources, and mistakes."""

import tomllib

import click
import pytest

from torc_client import cli
from torc_client.cli.framework.lazy import LazyCommand


@pytest.fixture
def home(nobodys_environment):
    return nobodys_environment


async def test_every_setting_is_shown_with_its_source(torc, home, monkeypatch):
    (home / "torc.toml").write_text('[client]\nlog_level = "error"\n[client.run]\nnum_cpus = 3\n[server]\nport = 99\n')
    monkeypatch.setenv("TORC_CLIENT__RUN__MEMORY_GB", "2.5")
    shown = (await torc("--url", "http://a:1", "-f", "json", "config", "show")).json
    assert shown["client.log_level"] == {"value": "error", "source": "torc.toml"}
    assert shown["client.run.num_cpus"] == {"value": 3, "source": "torc.toml"}
    assert shown["client.run.memory_gb"] == {"value": 2.5, "source": "TORC_CLIENT__RUN__MEMORY_GB"}
    assert shown["server.port"] == {"value": 99, "source": "torc.toml"}
    assert shown["client.api_url"]["source"] == "the command line"
    assert shown["client.username"] == {"value": "ada", "source": "TORC_USERNAME"}
    text = (await torc("config", "show")).out
    assert "num_cpus = 3  # torc.toml" in text
    assert tomllib.loads(text)["client"]["run"]["memory_gb"] == 2.5
    assert (await torc("config", "show", "-f", "toml")).out == text


@pytest.mark.parametrize(("flag", "place"), [("--local", "torc.toml"), ("--user", ".config/torc/config.toml")])
async def test_a_file_is_begun_in_which_nothing_is_set(torc, home, flag, place):
    assert (await torc("config", "init", flag)).code == 0
    assert tomllib.loads((home / place).read_text()) == {"client": {"tls": {}, "run": {}, "slurm": {}, "watch": {}}}
    again = await torc("config", "init", flag)
    assert again.code == 1
    again.told(flag)
    assert "--force" in again.err
    assert (await torc("config", "init", flag, "--force")).code == 0
    assert (await torc("config", "validate")).code == 0


async def test_each_setting_of_a_new_file_is_valid(torc, home):
    await torc("config", "init", "--local")
    lines = (home / "torc.toml").read_text().splitlines()
    taken = [line.removeprefix("# ") if " = " in line else line for line in lines]
    (home / "torc.toml").write_text("\n".join(taken))
    assert (await torc("config", "validate")).code == 0


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ('[client]\nformat = "xml"\n', "format"),
        ("[client.run]\npoll_interval = 0\n", "poll_interval"),
        ('[client.run]\nnum_cpus = "3"\n', "num_cpus"),
        ("[client.run]\noutput_dir = 1\n", "output_dir"),
        ("[server]\nport = 0\n", "port of the server"),
        ("[dash]\nport = 70000\n", "port of the dashboard"),
        ("[client\n", "TOML"),
    ],
)
async def test_mistakes_are_named_and_nothing_else_stops(torc, home, content, error):
    (home / "torc.toml").write_text(content)
    ended = await torc("config", "validate")
    assert ended.code == 1
    ended.printed(error)
    assert (await torc("config", "paths")).code == 0
    assert (await torc("-f", "json", "config", "validate")).json["valid"] is False


async def test_all_mistakes_are_reported_at_once(torc, home):
    (home / "torc.toml").write_text('[client]\nformat = "xml"\nlog_level = "loud"\n[server]\nthreads = 0\n')
    assert len((await torc("-f", "json", "config", "validate")).json["errors"]) == 3


async def test_an_unknown_name_is_reported(torc, home):
    (home / "torc.toml").write_text('[client]\nformt = "json"\n[client.hpc]\ndefault_account = "lab"\n')
    ended = await torc("config", "validate")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "Warning: torc.toml: client.formt is not a setting of torc. Did you mean client.format?",
        "All settings are valid.",
    ]


async def test_a_setting_that_its_place_may_not_set_is_part_of_the_result(torc, home):
    (home / "torc.toml").write_text('[client.tls]\nca_cert = "x.pem"\n')
    ended = await torc("-f", "json", "config", "validate")
    (warning,) = ended.json["warnings"]
    assert "torc.toml: client.tls.ca_cert " in warning
    assert (ended.code, ended.json["valid"]) == (0, True)
    (await torc("config", "validate")).printed("ignored")
    (home / "torc.toml").write_text('[server]\nauth_file = "passwords"\n')
    ended = await torc("-f", "json", "config", "validate")
    (error,) = ended.json["errors"]
    assert "torc.toml: server.auth_file " in error
    assert (ended.code, ended.json["warnings"]) == (1, [])


async def test_a_setting_of_another_version_is_reported_as_without_effect(torc, home):
    (home / "torc.toml").write_text("[client.offline]\nenabled = true\n[client.run]\nclaim_backoff_max_secs = 300\n")
    ended = await torc("config", "validate")
    assert ended.code == 0
    ended.printed()


async def test_where_files_are_looked_for(torc, home):
    (home / "torc.toml").write_text("")
    places = (await torc("-f", "json", "config", "paths")).json["items"]
    assert [(place["name"], place["exists"]) for place in places[:2]] == [("local", True), ("user", False)]


@pytest.mark.parametrize("spelling", [("run",), ("workflows", "run")])
async def test_settings_are_the_defaults_of_torc_run(torc, home, monkeypatch, spelling):
    given = {}

    @click.command("run")
    @click.option("--num-cpus", type=int)
    @click.option("--poll-interval", "poll_interval_seconds", type=float, default=30.0)
    def run(**options):
        given.update(options)

    load = LazyCommand.load
    monkeypatch.setattr(LazyCommand, "load", lambda self, name: run if name == "run" else load(self, name))
    (home / "torc.toml").write_text("[client.run]\nnum_cpus = 3\npoll_interval = 2\n")
    await torc(*spelling, "--num-cpus", "1")
    assert given == {"num_cpus": 1, "poll_interval_seconds": 2.0}
    assert cli.COMMANDS["run"].distribution == "torc-runner"


async def test_a_user_of_a_file_is_who_asks(torc, home, fake_server, make, monkeypatch):
    monkeypatch.delenv("TORC_USERNAME")
    # Set here first, so that it is forgotten after the test.
    monkeypatch.setenv("TORC_USERNAME", "")
    (home / "torc.toml").write_text('[client]\nusername = "grace"\n')
    fake_server.answer("list_workflows", make.workflows())
    await torc("workflows", "list")
    assert fake_server.calls_of("list_workflows")[0].query["user"] == "grace"
