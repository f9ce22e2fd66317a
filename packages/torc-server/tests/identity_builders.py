"""Runners with their attempts, and database files that servers open, copy and exchange."""

import contextlib
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import server_builders as builders
from model_machine import empty_database
from torc_server.engine.execution.complete import AttemptReport
from torc_server.engine.ids import AttemptId, JobId, RunId
from torc_server.engine.origins import NodeOrigin
from torc_server.store.database_id import open_database_id
from torc_server.store.sqlite_files import open_to_write
from torc_server.store.transaction import Transaction
from transition_guard import guarded_transitions


@dataclass(frozen=True)
class Attempt:
    """An attempt that a runner got. `token` is unique; it is sent as the execution time of its result."""

    database_id: str
    workflow: int
    job_id: JobId
    run_id: RunId
    attempt_id: AttemptId
    token: int


@dataclass
class Runner:
    """A runner with the node that it registered, its live attempts, and the reports that it made."""

    address: int
    workflow: int
    database_id: str
    node: NodeOrigin
    run_id: RunId
    live: dict[JobId, Attempt] = field(default_factory=dict)
    journal: list[tuple[Attempt, AttemptReport]] = field(default_factory=list)


class Database:
    """A database file that is open, with the worlds of its workflows, and the attempts that were begun in it."""

    def __init__(self, path: Path, attempts: list[Attempt]) -> None:
        self.path = path
        self.attempts = attempts
        self.worlds: list[builders.World] = []
        self.open()

    def open(self) -> None:
        """Open the file as a server does."""
        self.id = open_database_id(self.path).id
        with guarded_transitions():
            self.connection = open_to_write(self.path)
        self.connection.guard()  # type: ignore[attr-defined]
        self.connection.execute("PRAGMA synchronous = OFF")
        for world in self.worlds:
            world.connection, world.tx = self.connection, Transaction(self.connection)

    def close(self) -> None:
        self.connection.close()


def new_database(path: Path, clock: builders.Clock, workflows: int) -> Database:
    """Create a database with workflows of the same jobs. Each database has the same ids of records."""
    path.write_bytes(empty_database())
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE database_id SET id = lower(hex(randomblob(16))), opened = NULL")
    database = Database(path, [])
    for _ in range(workflows):
        world = builders.World(database.connection, clock)
        world.job("a")
        world.job("b", after=["a"])
        world.job("c")
        database.worlds.append(world)
        world.initialize()
    return database
