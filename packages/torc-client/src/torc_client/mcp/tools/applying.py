"""Apply a plan that another tool made."""

from typing import Annotated, Any, Final

from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from torc_client.errors import TorcError
from torc_client.mcp.answers import Answer, Id, clean_text
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.session import McpSession

_MOST_LINES_ASKED: Final = 20

PlanId = Annotated[str, Field(max_length=64, description="`plan_id` of the plan")]


class Applied(Answer):
    """What was done."""

    plan_id: str
    workflow_id: Id
    title: str
    done: list[str]


class Confirmation(BaseModel):
    """The answer of the user."""

    apply: bool = Field(title="Do it", description="Whether to do this now")


async def ask_user(plan_id: str, context: Context[McpSession, Any]) -> Confirmation | Elicit[Confirmation]:
    """Ask the user where the client can; otherwise the client's own question before a tool must do."""
    session = context.request_context.lifespan_context
    try:
        change = session.plans.get(plan_id)
    except TorcError as error:
        raise ToolError(f"{error.message} {error.hint or ''}".strip()) from error
    capabilities = context.client_capabilities
    asks = capabilities.elicitation if capabilities is not None else None
    if asks is None or (asks.form is None and asks.url is not None):
        return Confirmation(apply=True)
    lines = [f"- {line}" for line in change.lines[:_MOST_LINES_ASKED]]
    if len(change.lines) > _MOST_LINES_ASKED:
        lines.append(f"- and {len(change.lines) - _MOST_LINES_ASKED} more")
    return Elicit("\n".join([f"{clean_text(change.title)}?", *map(clean_text, lines)]), Confirmation)


async def apply_plan(
    session: McpSession, plan_id: PlanId, confirmation: Annotated[Confirmation, Resolve(ask_user)]
) -> Applied:
    """Do what a plan says. Call it only after the user has seen the plan.

    A plan is applied once, and is refused if the state has changed since it was made.
    """
    change = session.plans.get(plan_id)
    if not confirmation.apply:
        raise TorcError(f"{change.title}: the user declined.", "Nothing was done.")
    done = await session.plans.carry_out(plan_id)
    return Applied(plan_id=plan_id, workflow_id=change.workflow_id, title=change.title, done=list(done))


TOOLS: Final = (AssistantTool(apply_plan, "Apply a plan", reads_only=False, is_destructive=True, is_idempotent=False),)
