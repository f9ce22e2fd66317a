"""Types of options: `~` in paths, and numbers that are none."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from torc_client.config import load
from torc_client.option_types import FiniteRange, UserPath
from torc_client.settings_files import ConfigError


@click.command()
@click.option("--output-dir", type=UserPath(path_type=Path))
@click.option("--hours", type=FiniteRange(min=0, min_open=True))
def command(output_dir: Path | None, hours: float | None) -> None:
    """Print both."""
    click.echo(f"{output_dir} {hours}")


@pytest.mark.parametrize(
    ("written", "path"), [("~/runs", "{home}/runs"), ("~", "{home}"), ("a~b", "a~b"), ("./~/x", "~/x")]
)
def test_the_home_folder_is_expanded_where_the_shell_does_not(written, path, nobodys_environment):
    ended = CliRunner().invoke(command, [f"--output-dir={written}"])
    assert ended.output == f"{path.format(home=nobodys_environment)} None\n"


@pytest.mark.parametrize(("written", "exit_code"), [("nan", 2), ("inf", 2), ("-inf", 2), ("0", 2), ("0.5", 0)])
def test_a_number_is_finite(written, exit_code):
    assert CliRunner().invoke(command, [f"--hours={written}"]).exit_code == exit_code


def test_the_home_folder_is_expanded_in_settings(tmp_path, nobodys_environment):
    path = tmp_path / "config.toml"
    path.write_text('[client.run]\noutput_dir = "~/runs"\n')
    assert load({}, {}, [path])["run.output_dir"].value == f"{nobodys_environment}/runs"
    assert load({}, {"TORC_CLIENT__RUN__OUTPUT_DIR": "~/x"}, [])["run.output_dir"].value == f"{nobodys_environment}/x"


@pytest.mark.parametrize(
    "line",
    ['output_dir = "$HOME/runs"', 'output_dir = "${SCRATCH}"', "memory_gb = nan", "memory_gb = inf"],
)
def test_what_is_no_path_or_number_is_refused(tmp_path, line):
    path = tmp_path / "config.toml"
    path.write_text(f"[client.run]\n{line}\n")
    with pytest.raises(ConfigError):
        load({}, {}, [path])
