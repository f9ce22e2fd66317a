"""The commands: `torc run` and `torc exec`, which join the client's command line, and `torc-runner` for compute images.

Nothing heavy is imported before a command runs, so that help is quick.
"""

from torc_runner.cli.exec import exec_command
from torc_runner.cli.run import run_command
from torc_runner.cli.standalone import main

__all__ = ["exec_command", "main", "run_command"]
