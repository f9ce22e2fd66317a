"""Save specs, and create workflows from them."""

import asyncio
from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import BaseModel, Field

from torc_client.errors import TorcError
from torc_client.mcp.answers import Answer, Id
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.session import McpSession
from torc_client.mcp.slurm_specs import account_of, requests_nodes, with_schedulers
from torc_client.mcp.spec_texts import (
    CheckedSpec,
    check_document,
    check_spec,
    document_of,
    place_below,
    save_new,
    text_for,
)
from torc_client.mcp.tools.specs import Spec, SpecProblem, problem_rows
from torc_client.spec.creation import create
from torc_client.spec.problems import SpecError

_QUESTION: Final = "Which Slurm account is charged for the allocations of this workflow?"

NewPath = Annotated[
    str,
    Field(min_length=1, max_length=4096, description="A new file below the folder for specs; its suffix is the format"),
]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]


class SavedSpec(Answer):
    """A saved spec."""

    path: str
    num_jobs: int
    warnings: list[SpecProblem]
    next_step: str


class CreatedWorkflow(Answer):
    """What was done with a spec. Nothing was done if it has problems, or if there is a question."""

    action: str
    done: bool
    workflow_id: Id | None = None
    path: str | None = None
    """The saved file."""

    name: str | None = None
    num_jobs: int | None = None
    schedulers: list[str] | None = None
    """Slurm schedulers, also those that were added."""

    problems: list[SpecProblem]
    """Problems, or warnings."""

    notes: list[str]
    question: str | None = None
    """What to ask the user: call again with the answer as the parameter `missing`."""

    missing: str | None = None
    next_step: str


class AccountChoice(BaseModel):
    """The answer of the user."""

    account: str = Field(default="", title="Account", description="Slurm account that is charged")


async def save_spec_file(session: McpSession, *, spec: Spec, path: NewPath) -> SavedSpec:
    """Save a valid spec as a new file. Existing files are never overwritten."""
    found = await asyncio.to_thread(check_spec, spec)
    if found.plan is None:
        raise TorcError(f"The spec is invalid: {found.problems[0]}.", "validate_spec lists all problems.")
    place = await asyncio.to_thread(_save, session, spec, path)
    return SavedSpec(
        path=place,
        num_jobs=len(found.plan.jobs),
        warnings=problem_rows(found.problems),
        next_step=f"create_workflow creates the workflow; so does the user with: torc create {place}",
    )


def _save(session: McpSession, spec: dict[str, Any] | str, path: str) -> str:
    place = place_below(path, session.settings.spec_folders)
    save_new(place, text_for(place, spec, document_of(spec)))
    return str(place)


async def ask_account(
    spec_json: dict[str, Any] | str,
    context: Context[McpSession, Any],
    workflow_type: str = "local",
    account: str | None = None,
    hpc_profile: str | None = None,
) -> AccountChoice | Elicit[AccountChoice]:
    """Ask the user for the account if none is known and the client can ask."""
    if workflow_type != "slurm":
        return AccountChoice()
    try:
        known = await asyncio.to_thread(_known_account, spec_json, account, hpc_profile)
    except TorcError:  # the tool reports it
        return AccountChoice()
    capabilities = context.client_capabilities
    asks = capabilities.elicitation if capabilities is not None else None
    if known or asks is None or (asks.form is None and asks.url is not None):
        return AccountChoice(account=known or "")
    return Elicit(_QUESTION, AccountChoice)


def _known_account(spec: dict[str, Any] | str, account: str | None, hpc_profile: str | None) -> str | None:
    value = document_of(spec).value
    return account_of(value if isinstance(value, dict) else {}, account, hpc_profile)


async def create_workflow(
    session: McpSession,
    *,
    spec_json: Spec,
    chosen_account: Annotated[AccountChoice, Resolve(ask_account)],
    action: Literal["create_workflow", "save_spec_file", "validate"] = "create_workflow",
    workflow_type: Literal["local", "slurm"] = "local",
    account: ShortText | None = None,
    hpc_profile: ShortText | None = None,
    output_path: NewPath | None = None,
    user: ShortText | None = None,
) -> CreatedWorkflow:
    """Create a workflow from a spec, or save the spec in `output_path`, or only check it. No job is started.

    `slurm` adds schedulers and the actions that request nodes, for the cluster `hpc_profile` (default: this one); it
    needs an account. Show the user the spec and what explain_spec says first.
    """
    found = await asyncio.to_thread(check_spec, spec_json)
    notes: list[str] = []
    if workflow_type == "slurm" and found.document is not None and found.plan is not None:
        charged = (
            account or chosen_account.account or await asyncio.to_thread(_known_account, spec_json, None, hpc_profile)
        )
        if requests_nodes(found.document.value):
            notes.append("The spec has schedulers already. They are kept, and none are added.")
        elif not charged:
            return _asking(action)
        else:
            found = await asyncio.to_thread(_scheduled, found, charged, hpc_profile, notes)
    if found.plan is None or found.document is None:
        return CreatedWorkflow(
            action=action,
            done=False,
            problems=problem_rows(found.problems),
            notes=notes,
            next_step="Correct the problems, and call again. Nothing was done.",
        )
    answer = CreatedWorkflow(
        action=action,
        done=True,
        name=found.plan.workflow["name"],
        num_jobs=len(found.plan.jobs),
        schedulers=[str(each.get("name", "")) for each in found.plan.slurm_schedulers] or None,
        problems=problem_rows(found.problems),
        notes=notes,
        next_step="The spec is valid. Nothing was created.",
    )
    if action == "save_spec_file":
        if output_path is None:
            raise TorcError("save_spec_file needs `output_path`.")
        text = spec_json if workflow_type == "local" else found.document.value
        answer.path = await asyncio.to_thread(_save, session, text, output_path)
        answer.next_step = f"Nothing was created. create_workflow creates the workflow, or: torc create {answer.path}"
    elif action == "create_workflow":
        answer.workflow_id = await create(session.client, found.plan, user=user or session.settings.user)
        start = "torc submit" if requests_nodes(found.document.value) else "torc run"
        answer.next_step = f"No job has started. The user starts it with: {start} {answer.workflow_id}"
    return answer


def _asking(action: str) -> CreatedWorkflow:
    return CreatedWorkflow(
        action=action,
        done=False,
        problems=[],
        notes=[],
        question=_QUESTION,
        missing="account",
        next_step="Ask the user, and call again with `account`. Nothing was done.",
    )


def _scheduled(found: CheckedSpec, account: str, hpc_profile: str | None, notes: list[str]) -> CheckedSpec:
    value, warnings = with_schedulers(found, account, hpc_profile)
    notes += warnings
    again = check_document(document_of(value))
    if again.plan is None:
        raise SpecError("spec", again.problems)
    notes.append(f"Added {len(again.plan.slurm_schedulers)} Slurm schedulers for the account {account}.")
    return again


TOOLS: Final = (
    AssistantTool(save_spec_file, "Save a spec as a new file", reads_only=False, is_idempotent=False),
    AssistantTool(create_workflow, "Create a workflow", reads_only=False, is_idempotent=False),
)
