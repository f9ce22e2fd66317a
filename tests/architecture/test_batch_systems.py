"""Only a few modules know that Slurm is the batch system, so that another one can be added beside it."""

import ast
from pathlib import Path

PACKAGES = Path(__file__).parents[2] / "packages"
SLURM = "torc_client.batch.slurm"
KNOW_SLURM = (
    # The lists of batch systems: to request allocations, for a runner inside of one, and for steps.
    "torc_client/batch/systems.py", "torc_client/batch/surrounding.py", "torc_client/batch/own_steps.py",
    "torc_client/batch/slurm/",
    # Commands and members of specs with the name of Slurm.
    "torc_client/cli/commands/slurm/", "torc_client/cli/commands/hpc/", "torc_client/spec/fit.py",
    "torc_client/spec/slurm.py",
)  # fmt: skip


def test_few_modules_import_those_for_slurm() -> None:
    others = [
        str(path.relative_to(source))
        for source in PACKAGES.glob("*/src")
        for path in source.rglob("*.py")
        if not str(path.relative_to(source)).startswith(KNOW_SLURM) and _imports_slurm(path)
    ]
    assert not others, f"{others} import {SLURM}: use torc_client.batch.systems, surrounding or own_steps"


def _imports_slurm(path: Path) -> bool:
    text = path.read_text()
    if SLURM not in text:
        return False
    nodes = list(ast.walk(ast.parse(text)))
    imported = [each.module or "" for each in nodes if isinstance(each, ast.ImportFrom)]
    imported += [alias.name for each in nodes if isinstance(each, ast.Import) for alias in each.names]
    return any(name == SLURM or name.startswith(f"{SLURM}.") for name in imported)
