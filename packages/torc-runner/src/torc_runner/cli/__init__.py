"""The commands `torc run`, `torc exec` and `torc monitor-node`, and programs that need no other distribution.

`torc-runner` is for compute images, `torc-slurm-job-runner` for allocations of Slurm.

Nothing heavy is imported before a command runs, so that help is quick.
"""

from torc_runner.cli.exec import exec_command
from torc_runner.cli.monitor_node import monitor_node_command
from torc_runner.cli.run import run_command
from torc_runner.cli.slurm_job_runner import slurm_main
from torc_runner.cli.standalone import main

__all__ = ["exec_command", "main", "monitor_node_command", "run_command", "slurm_main"]
