"""A confirmed write is stored after ``kill -9``, and the next start needs no repair."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from torc_server.store.migrate import migrate

WRITE = """
import asyncio, sys
from torc_server.store.statement import Statement
from torc_server.store.writer import Writer

ADD = Statement("INSERT INTO workflow (name, user, timestamp) VALUES (:name, 'u', 't')")

async def client(writer, number):
    for turn in range(1_000_000):
        name = f"{number}-{turn}"
        await writer.run(lambda tx: tx.insert(ADD, {"name": name}))
        print(name, flush=True)

async def main():
    writer = Writer(sys.argv[1], lambda signals: None)
    writer.start()
    await asyncio.gather(*(client(writer, number) for number in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("answers", [1, 57, 400])
def test_no_confirmed_write_is_lost(path, answers):
    with subprocess.Popen([sys.executable, "-c", WRITE, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(answers)]
        process.send_signal(signal.SIGKILL)
        *rest, last = process.stdout.read().split("\n")
        answered += rest  # the kill may cut the last line
        assert process.wait() == -signal.SIGKILL
        assert last == "" or last not in rest
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        stored = {row[0] for row in connection.execute("SELECT name FROM workflow")}
        assert set(answered) <= stored
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
