"""Add Slurm schedulers to a spec that an assistant passed."""

from typing import Any

from torc_client.batch.generation import CannotGenerateError, generate, overhead_seconds
from torc_client.batch.planning import Options
from torc_client.batch.this_cluster import chosen
from torc_client.errors import TorcError
from torc_client.mcp.spec_texts import CheckedSpec
from torc_client.spec.problems import Problems
from torc_client.spec.shape import check


def requests_nodes(document: dict[str, Any]) -> bool:
    """Whether a spec already has schedulers, or actions that request nodes."""
    actions = document.get("actions")
    listed = actions if isinstance(actions, list) else []
    return bool(document.get("slurm_schedulers")) or any(
        isinstance(each, dict) and each.get("action_type") == "schedule_nodes" for each in listed
    )


def account_of(document: dict[str, Any], account: str | None, hpc_profile: str | None) -> str | None:
    """Return the given account, else that of `slurm_defaults`, else that of the cluster. Raises TorcError."""
    defaults = document.get("slurm_defaults")
    own = defaults.get("account") if isinstance(defaults, dict) else None
    return account or own or chosen(hpc_profile).default_account or None


def with_schedulers(found: CheckedSpec, account: str, hpc_profile: str | None) -> tuple[dict[str, Any], list[str]]:
    """Return a valid spec with schedulers and the actions that request their nodes, and warnings. Raises TorcError."""
    if found.plan is None or found.document is None:
        raise TorcError("The spec is invalid.", "validate_spec lists all problems.")
    content = check(found.document.value, "workflow", "", Problems())
    options = Options(overhead_seconds=overhead_seconds(found.plan.workflow.get("execution_config", {})))
    try:
        made = generate(content, found.plan, chosen(hpc_profile), options, account=account)
    except CannotGenerateError as error:
        raise TorcError(*error.args) from error
    return made.document, made.warnings
