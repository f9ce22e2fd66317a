"""The programs `torc-runner` and `torc-slurm-job-runner`, after a look at the torc-client beside them.

The package index has a torc-client of another project. Installed in this environment, it replaces the one of this
project.
"""

import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec


def main() -> None:
    """Run `torc-runner`."""
    _require_client()
    from torc_runner.cli import main as run  # noqa: PLC0415 - needs torc_client

    run()


def slurm_main() -> None:
    """Run `torc-slurm-job-runner`."""
    _require_client()
    from torc_runner.cli import slurm_main as run  # noqa: PLC0415 - needs torc_client

    run()


def _require_client() -> None:
    if find_spec("torc_client") is not None:
        return
    try:
        found = f"torc-client {version('torc-client')} in {sys.prefix} is the package of another project"
    except PackageNotFoundError:
        found = f"torc-client is not installed in {sys.prefix}"
    sys.exit(
        f"Error: {found}.\nHint: Install ours from the folder of Torc's wheels, which `make dist` builds: "
        "pip install --force-reinstall --no-deps --find-links dist 'torc-client>=1.0.0.dev0'"
    )
