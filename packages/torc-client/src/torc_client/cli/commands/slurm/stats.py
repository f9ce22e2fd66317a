"""`torc slurm stats`."""

from torc_client.cli.framework.resource_commands import list_command
from torc_client.cli.framework.vocabulary import SLURM_STATS

stats = list_command(SLURM_STATS)
stats.name = "stats"
