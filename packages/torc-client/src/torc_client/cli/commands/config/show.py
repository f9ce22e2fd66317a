"""`torc config show`."""

import json

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Text
from torc_client.config import Setting
from torc_client.config_sources import every_setting


@command("show", short_help="Show all settings and their sources.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["toml", "json"]), help="Output format.  [default: that of torc -f]"
)
def show_settings(app: App, form: str | None) -> Text:
    """Show the values in use and the source of each: a file, a variable, an option, or the default.

    Passwords are not settings and are never shown.
    """
    found = every_setting() | {f"client.{key}": setting for key, setting in app.settings.items()}
    value = {name: {"value": setting.value, "source": setting.source} for name, setting in sorted(found.items())}
    text = json.dumps(value, indent=2, ensure_ascii=False) if form == "json" else _toml(found)
    return Text(text, text if form == "toml" else value)


def _toml(found: dict[str, Setting]) -> str:
    found = {name: setting for name, setting in found.items() if setting.value is not None}
    lines: list[str] = []
    tables = sorted({name.rpartition(".")[0] for name in found})
    for table in tables:
        lines += ["", f"[{table}]"] if lines else [f"[{table}]"]
        own = {name.rpartition(".")[2]: each for name, each in found.items() if name.rpartition(".")[0] == table}
        for key, setting in sorted(own.items()):
            # JSON strings, numbers, booleans and lists of them are valid TOML.
            lines.append(f"{key} = {json.dumps(setting.value, ensure_ascii=False, default=str)}  # {setting.source}")
    return "\n".join(lines)
