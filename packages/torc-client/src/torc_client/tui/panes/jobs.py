"""The jobs of a workflow, and their resource requirements."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType

from torc_client.edge.filter_language import quoted
from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.screens.group_dialog import GroupDialog
from torc_client.tui.tables.filter_words import with_word
from torc_client.tui.tables.query import ListedRecords
from torc_client.vocabulary import records

JOBS = ListedRecords("Jobs", records.JOBS)
REQUIREMENTS = ListedRecords("Requirements", records.RESOURCE_REQUIREMENTS)
_MOST_VALUES = 100


class JobsPane(RecordsPane):
    """The jobs."""

    title = "Jobs"
    scope = Scope.JOBS
    kinds = frozenset({"jobs", "results", "workflow"})
    sources = (JOBS, REQUIREMENTS)
    SCOPES = (Scope.JOBS, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def chosen_ids(self) -> tuple[int, ...]:
        """Return the ids of the selected jobs; none while the table has other records."""
        return super().chosen_ids() if self.source is JOBS else ()

    async def do_choose_group(self) -> None:
        """Show the jobs of a group."""
        workflow_id = self.session.workflow_id
        if workflow_id is None:
            return
        found = await self.session.client.workflows.list_job_groups(workflow_id)
        key = await self.torc.push_screen_wait(GroupDialog(found.groups))
        if key is not None:
            await self.show_jobs(with_word(_without_group(self._filter), f"group={quoted(key)}"))

    async def show_jobs(self, filter_text: str) -> None:
        """Show the jobs that match a filter. Other views use it, too."""
        if self.source is JOBS:
            await self.set_filter(filter_text)
        else:
            self._filters[JOBS.title] = JOBS.first_query
            await self.do_next_table()
            await self.set_filter(filter_text)

    @property
    def _filter(self) -> str:
        return self.table.query_shown.filter if self.source is JOBS else ""

    async def filter_values(self) -> Mapping[str, Sequence[str]]:
        """Return the groups, hosts and requirements of the workflow."""
        workflow_id, client = self.session.workflow_id, self.session.client
        if workflow_id is None or self.source is not JOBS:
            return {}
        groups, nodes, needs = await asyncio.gather(
            client.workflows.list_job_groups(workflow_id),
            client.compute_nodes.list_compute_nodes(workflow_id=workflow_id, limit=_MOST_VALUES),
            client.resource_requirements.list_resource_requirements(workflow_id=workflow_id, limit=_MOST_VALUES),
        )
        return {
            "group": [group.key for group in groups.groups],
            "host": sorted({node.hostname for node in nodes.items}),
            "requirements": sorted({one.name for one in needs.items}),
        }


def _without_group(text: str) -> str:
    return with_word(with_word(text, "group="), "group=")
