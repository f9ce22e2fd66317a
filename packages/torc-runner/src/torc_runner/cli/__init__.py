"""The commands: `torc run`, `torc exec`, `torc monitor-node`, and `torc-runner` for compute images.

Nothing heavy is imported before a command runs, so that help is quick.
"""

from torc_runner.cli.exec import exec_command
from torc_runner.cli.monitor_node import monitor_node_command
from torc_runner.cli.run import run_command
from torc_runner.cli.standalone import main

__all__ = ["exec_command", "main", "monitor_node_command", "run_command"]
