"""The wizard: a form that writes the spec of a simple workflow, for the page where workflows are created."""

import asyncio
from dataclasses import dataclass, replace

from aiohttp import web

from torc_client.spec.formats import Format
from torc_dash import addresses, csrf
from torc_dash.rendering import respond
from torc_dash.specs.asking import NoAnswerError, ask
from torc_dash.tasks.registry import TASKS
from torc_dash.wizard.checking import FieldProblem, own_problems, problems_in
from torc_dash.wizard.document import text_of
from torc_dash.wizard.form import MONITORING, MOST_ROWS, PRESETS, JobRow, Preset, WizardForm, read

_FORM_BYTES = 256 * 1024


@dataclass(frozen=True)
class WizardPage:
    """The values of the template. `text` is the written spec, if it is written; `focus` is the id of a field."""

    form: WizardForm
    problems: tuple[FieldProblem, ...] = ()
    text: str = ""
    focus: str = ""
    presets: tuple[Preset, ...] = PRESETS
    monitoring: tuple[tuple[str, str], ...] = MONITORING
    formats: tuple[Format, ...] = tuple(Format)
    here: str = addresses.wizard()
    target: str = addresses.new()

    @property
    def can_add(self) -> bool:
        """Whether the form can have a further row."""
        return len(self.form.jobs) < MOST_ROWS

    def message(self, field: str, row: int | None = None) -> str:
        """Return what is wrong with a field; empty if nothing is."""
        return " ".join(one.message for one in self.problems if (one.field, one.row) == (field, row))


async def show(request: web.Request) -> web.Response:
    """Show the empty form."""
    return respond(request, "pages/wizard.html", WizardPage(WizardForm()))


@csrf.accepts(_FORM_BYTES)
async def change(request: web.Request) -> web.Response:
    """Add or remove a row, or write the spec, or show what is wrong with the form."""
    sent = await request.post()
    texts = {name: [value for value in sent.getall(name) if isinstance(value, str)] for name in sent}
    form = read(texts)
    rows = form.jobs
    if "add" in texts:
        form = replace(form, jobs=(*rows, JobRow(preset=rows[-1].preset))[:MOST_ROWS])
        return respond(request, "pages/wizard.html", WizardPage(form, focus=f"name-{len(form.jobs) - 1}"))
    if "remove" in texts:
        kept = tuple(row for index, row in enumerate(rows) if texts["remove"] != [str(index)])
        return respond(request, "pages/wizard.html", WizardPage(replace(form, jobs=kept or (JobRow(),))))
    problems = await asyncio.to_thread(own_problems, form)
    text = "" if problems else await asyncio.to_thread(text_of, form)
    if text:
        tasks = request.app[TASKS]
        try:
            async with tasks.dry_runs:
                problems = problems_in(await ask(text, form.format.value, tasks.folder), form)
        except NoAnswerError as error:
            problems = (FieldProblem("name", None, str(error)),)
    if problems:
        return respond(request, "pages/wizard.html", WizardPage(form, problems, focus=problems[0].id), 422)
    return respond(request, "pages/wizard.html", WizardPage(form, text=text))


ROUTES = (
    web.get(addresses.wizard(), show, name="new-wizard"),
    web.post(addresses.wizard(), change, name="new-wizard"),
)
