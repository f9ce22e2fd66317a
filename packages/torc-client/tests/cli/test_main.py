"""The root command: settings, failures, exit codes, what it imports."""

import json
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import click
import pytest

from torc_client.cli.framework import failures
from torc_client.testing import Refusal


@pytest.mark.parametrize(
    "arguments", [[], ["workflows"], ["jobs"], ["jobs", "list"], ["results"], ["slurm"], ["hpc"], ["spec"]]
)
def test_help_of_groups_imports_no_network_and_no_spec_loader(arguments: list[str]):
    program = (
        "import sys; from torc_client.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'aiohttp', 'marshmallow', 'yaml', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments, "--help"], capture_output=True, text=True, check=True
    )
    assert "Usage: " in done.stdout
    assert done.stderr.strip() == "[]"


def test_no_group_imports_what_only_its_commands_need():
    program = """
import sys, click
from torc_client.cli import torc
from torc_client.cli.framework.lazy import LazyGroup

def walk(command, context):
    command.get_help(context)
    for name in command.list_commands(context):
        module = command._lazy_commands[name].where.partition(":")[0] if name in command._lazy_commands else ""
        if module.endswith((".groups", ".workflows", ".reports", ".logs", ".hpc", ".config", ".spec", ".admin")):
            below = command.get_command(context, name)
            if isinstance(below, LazyGroup):
                walk(below, click.Context(below, parent=context, info_name=name))

walk(torc, click.Context(torc, info_name="torc"))
heavy = {"aiohttp", "marshmallow", "yaml", "rich", "plotly", "sqlite3", "torc_client.client", "torc_client.spec"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_an_absent_server_is_named_with_what_to_try(torc, told, unused_tcp_port):
    told.hide(str(unused_tcp_port), "PORT")
    url = f"http://127.0.0.1:{unused_tcp_port}/torc-service/v1"
    ended = await torc("workflows", "list", url=url)
    assert (ended.code, ended.out) == (1, "")
    ended.told()
    assert "--url or TORC_API_URL" in ended.err


async def test_a_missing_socket(torc, tmp_path):
    ended = await torc("ping", url=f"unix://{tmp_path}/no.sock")
    assert ended.code == 1
    ended.told()


async def test_a_refusal_is_one_sentence_and_what_to_do(torc, fake_server):
    fake_server.answer("get_job", Refusal(404, "There is no job 3."))
    ended = await torc("jobs", "get", "3")
    assert (ended.code, ended.out) == (1, "")
    ended.told()


async def test_failures_in_json(torc, fake_server):
    fake_server.answer("get_job", Refusal(404, "There is no job 3."))
    ended = await torc("-f", "json", "jobs", "get", "3")
    assert (ended.code, ended.out) == (1, "")
    ended.told()
    assert json.loads(ended.err)["status"] == "error"


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["fly"], 2, "unknown command"),
        (["jobs", "get", "x"], 2, "no number"),
        (["jobs", "list", "x"], 2, "no id"),
        (["jobs", "get"], 2, "missing argument"),
        (["-f", "xml", "ping"], 1, "unknown format"),
        (["--url", "foo", "ping"], 1, "no URL"),
    ],
)
async def test_mistakes(torc, arguments, code, error):
    ended = await torc(*arguments)
    assert (ended.code, ended.out) == (code, "")
    ended.told(error)


async def test_version(torc):
    ended = await torc("--version")
    assert (ended.code, ended.out.split()[0]) == (0, "torc")


async def test_ping(torc, fake_server):
    (await torc("ping")).printed()
    assert (await torc("-f", "json", "ping")).json == {"status": "ok"}


class WithoutSiblings:
    """An installation of the client alone."""

    absent = ("torc_runner", "torc_dash")

    def find_spec(self, name, *_):
        if name in self.absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


async def test_commands_of_distributions_that_are_missing_say_what_to_install(torc, monkeypatch):
    monkeypatch.setattr(sys, "meta_path", [WithoutSiblings(), *sys.meta_path])
    for name in WithoutSiblings.absent:
        monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.delitem(sys.modules, f"{name}.cli", raising=False)
    ended = await torc("run", "spec.yaml", "--max-parallel-jobs", "3")
    assert (ended.code, ended.out) == (1, "")
    ended.told()
    assert "--find-links dist torc-dash" in (await torc("dash", "--help")).err


async def test_any_distribution_may_add_a_command(torc, monkeypatch):
    greet = click.Command("greet", callback=lambda: click.echo("hello"))
    (entry,) = EntryPoints([EntryPoint("greet", "here:greet", "torc.commands")])
    monkeypatch.setattr(EntryPoint, "load", lambda _: greet)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **wanted: [entry] if entry.matches(**wanted) else [])
    assert (await torc("greet")).out == "hello\n"
    assert (await torc("gret")).code == 2


async def test_a_settings_file_chooses_the_format(torc, nobodys_environment):
    (nobodys_environment / "torc.toml").write_text('[client]\nformat = "json"\n')
    assert (await torc("ping")).json == {"status": "ok"}


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        (
            "There is no workflow 7 that you may use",
            "`torc workflows list --all-users --include-archived`",
        ),
        ("There is no user data record 7", "`torc user-data list`"),
        ("There is no note 7", None),
    ],
)
async def test_an_unknown_id_has_a_hint_with_a_command(torc, fake_server, said, hint):
    fake_server.answer("get_job", Refusal(404, said))
    ended = await torc("jobs", "get", "3")
    ended.told(said)
    assert (hint or said) in ended.err


def test_a_password_cannot_be_typed_without_a_terminal(nobodys_environment):
    program = Path(sys.executable).with_name("torc")
    ended = subprocess.run(
        [program, "--prompt-password", "workflows", "list"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=nobodys_environment,
        start_new_session=True,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (failures.EXIT_INTERRUPTED, "")
    assert "Not a terminal: set TORC_PASSWORD." in ended.stderr
    assert "getpass" not in ended.stderr
