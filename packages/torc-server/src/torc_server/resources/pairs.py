"""SQL for pages of lists of pairs, such as every job that writes a file with every job that reads it.

There may be a hundred million pairs of ten thousand jobs. So pairs are counted in groups that have one side in common,
the groups are placed one behind the other, and only the pairs of the groups on the page are made. The cost is that of
the links and the page, never that of the pairs. The names in these statements are declared ones.
"""

from dataclasses import dataclass
from functools import lru_cache

# Placed groups of pairs that are on the page. `position` counts pairs.
_ON_PAGE = "placed.before - :skipped_rows < :max_rows AND placed.before + placed.pairs > :skipped_rows"
_SELECTED = "position >= :skipped_rows AND position - :skipped_rows < :max_rows"


@dataclass(frozen=True, slots=True)
class LinkedPairs:
    """The records of a table with each pair of a job that writes and a job that reads them.

    A record that no job writes, or none reads, is paired with null.
    """

    table: str
    column: str
    writes: str
    reads: str
    members: tuple[str, ...]

    @property
    def sized(self) -> str:
        """Return the records with their numbers of writing and reading jobs."""
        table, column = self.table, self.column
        return (
            f"sized AS MATERIALIZED (SELECT * FROM (SELECT {table}.id AS id,"  # noqa: S608 - declared names
            f" (SELECT COUNT(*) FROM {self.writes} AS link WHERE link.{column} = {table}.id) AS producers,"
            f" (SELECT COUNT(*) FROM {self.reads} AS link WHERE link.{column} = {table}.id) AS consumers"
            f" FROM {table} WHERE {table}.workflow_id = :workflow_id) WHERE producers > 0 OR consumers > 0)"
        )

    @property
    def count(self) -> str:
        """Return the statement that counts the pairs and the links."""
        return (
            f"WITH {self.sized} SELECT COALESCE(SUM(MAX(producers, 1) * MAX(consumers, 1)), 0) AS pairs,"  # noqa: S608 - as above
            " COALESCE(SUM(producers + consumers), 0) AS links FROM sized"
        )

    def page(self, sort_by: str, direction: str) -> str:
        """Return the query of a page, with a column for each member and `position`."""
        # The side in common with a group is the one that the list is sorted by; the other side is sorted in the group.
        by_reading = sort_by.startswith("consumer_")
        common, other = ("consumer", "producer") if by_reading else ("producer", "consumer")
        common_links, other_links = (self.reads, self.writes) if by_reading else (self.writes, self.reads)
        table, column, identity = self.table, self.column, f"{common}_job_id"
        key = {
            identity: "link.job_id",
            f"{common}_job_name": "job.name",
            f"{table}_id": "sized.id",
            "workflow_id": "sized.id",
        }.get(sort_by, f"{table}.{sort_by.removeprefix(f'{table}_')}")
        order = f"sort_key {direction}, id {direction}, common_id {direction}"
        named = ", ".join(f"{table}.{name} AS {table}_{name}" for name in self.members)
        return (
            f"WITH {self.sized}, grouped AS (SELECT sized.id AS id, link.job_id AS common_id, {key} AS sort_key,"  # noqa: S608 - as above
            f" MAX(sized.{other}s, 1) AS pairs FROM sized CROSS JOIN {table} ON {table}.id = sized.id"
            f" LEFT JOIN {common_links} AS link ON link.{column} = sized.id LEFT JOIN job ON job.id = link.job_id),"
            f" placed AS (SELECT *, SUM(pairs) OVER (ORDER BY {order} ROWS UNBOUNDED PRECEDING) - pairs AS before"
            f" FROM grouped), chosen AS MATERIALIZED (SELECT * FROM placed WHERE {_ON_PAGE}),"
            " paired AS MATERIALIZED (SELECT * FROM (SELECT chosen.id AS id, common_id, link.job_id AS other_id,"
            f" before - 1 + ROW_NUMBER() OVER (PARTITION BY chosen.id, common_id ORDER BY link.job_id {direction})"
            f" AS position FROM chosen LEFT JOIN {other_links} AS link ON link.{column} = chosen.id)"
            f" WHERE {_SELECTED})"
            f" SELECT paired.id AS {table}_id, {named}, common_id AS {identity}, one.name AS {common}_job_name,"
            f" other_id AS {other}_job_id, two.name AS {other}_job_name, {table}.workflow_id AS workflow_id, position"
            f" FROM paired CROSS JOIN {table} ON {table}.id = paired.id"
            " LEFT JOIN job AS one ON one.id = common_id LEFT JOIN job AS two ON two.id = other_id"
        )


# A job that waits, or one that is awaited, with the sets that link it to the jobs of the other side.
_WAITING, _AWAITED = "job_dependency_set", "dependency_set_member"


def _unions(links: str, others: str) -> str:
    """Return each job of one side with the number of different jobs that its sets link it to.

    Jobs with the same sets are linked to the same jobs, which are counted once.
    """
    return (
        "own AS MATERIALIZED (SELECT id FROM dependency_set WHERE workflow_id = :workflow_id),"  # noqa: S608 - declared names
        f" linked AS (SELECT link.job_id AS job_id, link.set_id AS set_id FROM own CROSS JOIN {links} AS link"
        " ON link.set_id = own.id ORDER BY link.job_id, link.set_id),"
        " combined AS MATERIALIZED (SELECT job_id, COUNT(*) AS sets, MIN(set_id) AS first_set,"
        " CASE WHEN COUNT(*) = 1 THEN MIN(set_id) ELSE group_concat(set_id) END AS combination FROM linked"
        " GROUP BY job_id), united AS MATERIALIZED (SELECT combination, CASE WHEN sets = 1 THEN"
        f" (SELECT COUNT(*) FROM {others} AS other WHERE other.set_id = first_set) ELSE"
        f" (SELECT COUNT(DISTINCT other.job_id) FROM {links} AS link CROSS JOIN {others} AS other"
        " ON other.set_id = link.set_id WHERE link.job_id = example_id) END AS pairs FROM"
        " (SELECT combination, sets, first_set, MIN(job_id) AS example_id FROM combined GROUP BY combination))"
    )


# Members times waiting jobs, set by set, less the pairs that several sets of a job have in common.
COUNT_DEPENDENCIES = """
WITH sized (set_id, members, jobs) AS MATERIALIZED (
    SELECT id, (SELECT COUNT(*) FROM dependency_set_member AS member WHERE member.set_id = dependency_set.id),
           (SELECT COUNT(*) FROM job_dependency_set AS waiting WHERE waiting.set_id = dependency_set.id)
    FROM dependency_set WHERE workflow_id = :workflow_id
),
several (job_id) AS MATERIALIZED (
    SELECT waiting.job_id FROM sized CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = sized.set_id
    GROUP BY waiting.job_id HAVING COUNT(*) > 1
),
combined (job_id, combination, members) AS (
    SELECT job_id, group_concat(set_id), SUM(members) FROM (
        SELECT several.job_id AS job_id, waiting.set_id AS set_id, sized.members AS members FROM several
        CROSS JOIN job_dependency_set AS waiting ON waiting.job_id = several.job_id
        CROSS JOIN sized ON sized.set_id = waiting.set_id
        ORDER BY several.job_id, waiting.set_id
    ) GROUP BY job_id
),
example (jobs, job_id, members) AS (SELECT COUNT(*), MIN(job_id), members FROM combined GROUP BY combination)
SELECT COALESCE(SUM(members * jobs), 0) - COALESCE((
    SELECT SUM(example.jobs * (example.members - (
        SELECT COUNT(DISTINCT member.job_id) FROM job_dependency_set AS waiting
        CROSS JOIN dependency_set_member AS member ON member.set_id = waiting.set_id
        WHERE waiting.job_id = example.job_id
    ))) FROM example
), 0) AS pairs, COALESCE(SUM(members + jobs), 0) AS links
FROM sized
"""


@lru_cache(maxsize=16)
def page_of_dependencies(sort_by: str, direction: str) -> str:
    """Return the query of a page of dependencies, with a column for each member and `position`."""
    by_awaited = sort_by.startswith("depends_on_")
    links, others = (_AWAITED, _WAITING) if by_awaited else (_WAITING, _AWAITED)
    common, other = ("depends_on_job", "job") if by_awaited else ("job", "depends_on_job")
    key = "job.name" if sort_by == f"{common}_name" else "job.id"
    return (
        f"WITH {_unions(links, others)}, grouped AS (SELECT job.id AS common_id, {key} AS sort_key, pairs FROM combined"  # noqa: S608 - declared names
        " CROSS JOIN united ON united.combination = combined.combination CROSS JOIN job ON job.id = combined.job_id),"
        f" placed AS (SELECT *, SUM(pairs) OVER (ORDER BY sort_key {direction}, common_id {direction}"
        " ROWS UNBOUNDED PRECEDING) - pairs AS before FROM grouped),"
        f" chosen AS MATERIALIZED (SELECT * FROM placed WHERE {_ON_PAGE}),"
        " paired AS MATERIALIZED (SELECT * FROM (SELECT common_id, other_id, before - 1 + ROW_NUMBER() OVER"
        f" (PARTITION BY common_id ORDER BY other_id {direction}) AS position FROM"
        " (SELECT DISTINCT common_id, before, other.job_id AS other_id FROM chosen"
        f" CROSS JOIN {links} AS link ON link.job_id = common_id"
        f" CROSS JOIN {others} AS other ON other.set_id = link.set_id)) WHERE {_SELECTED})"
        f" SELECT common_id AS {common}_id, one.name AS {common}_name, other_id AS {other}_id,"
        f" two.name AS {other}_name, one.workflow_id AS workflow_id, position FROM paired"
        " CROSS JOIN job AS one ON one.id = common_id CROSS JOIN job AS two ON two.id = other_id"
    )
