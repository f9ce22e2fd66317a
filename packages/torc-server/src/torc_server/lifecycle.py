"""The life of a server: open the sockets and the database, serve until a stop signal, close them in reverse order."""

import asyncio
import contextlib
import logging
import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from torc_server import announcement, logs
from torc_server.allocator import return_large_memory
from torc_server.auth.basic import Authenticator
from torc_server.auth.credentials import CredentialChecker
from torc_server.auth.htpasswd import load_users
from torc_server.background.backups import BackupPlan, keep_backing_up
from torc_server.background.drafts import delete_drafts
from torc_server.background.jobs_without_node import JobsWithoutNode
from torc_server.background.leases import Leases
from torc_server.background.maintenance import keep_wal_small
from torc_server.background.openings import OpeningMarks
from torc_server.background.supervisor import Work, supervised
from torc_server.background.tasks import Tasks
from torc_server.daemon import leave_terminal, pid_file
from torc_server.edge.private_socket import bind_private
from torc_server.edge.trusted_files import Distrust, read_trusted
from torc_server.engine.administration.sql import Policy
from torc_server.memory import IN_MEMORY, memory_database
from torc_server.process_signals import (
    react_to_user,
    reload_at_hangup,
    stop_at_signals,
    survive_harmless_signals,
)
from torc_server.profiling import Profile, profiled
from torc_server.settings import Settings
from torc_server.snapshots import Snapshots
from torc_server.start_errors import CannotStart
from torc_server.store.backup import BackupHistory
from torc_server.store.database_id import open_database_id
from torc_server.store.errors import StoreError
from torc_server.store.lock import DatabaseLock
from torc_server.store.locking import Arrangement, DatabaseLocking, arrange
from torc_server.store.migrate import migrate
from torc_server.store.writer import Writer
from torc_server.terminal_lines import wrapped
from torc_server.web.app import build_app
from torc_server.web.dispatch import LONG_OPERATIONS, WRITER
from torc_server.web.listen import bind_tcp, is_loopback, misleading_addresses, port_of
from torc_server.web.page_policy import PagePolicy
from torc_server.web.serving import serving
from torc_server.web.tls import Certificate

logger = logging.getLogger(__name__)

# Time for open requests to end, and again after they are canceled. With the end of the writer, a stop takes less than
# ten seconds in all.
DRAIN_SECONDS = 3.5
# Time to mark the database at a stop.
MARK_SECONDS = 1.0
# After this time, the process ends without waiting for its threads. All answered writes are on disk.
STOP_SECONDS = 10.0


def serve(settings: Settings) -> None:
    """Run a server until a stop signal, or until the end of stdin with `shutdown_on_stdin_eof`; then clean up.

    Steps that fail without side effects come first: a server whose port is in use does not open the database.
    Raises CannotStart.
    """
    survive_harmless_signals()
    return_large_memory()
    try:
        _serve(settings)
    except StoreError as error:
        raise CannotStart(str(error)) from error


@dataclass(frozen=True, slots=True)
class Opened:
    """What a server opens before it answers requests. `settings` has the real path of a database in memory."""

    settings: Settings
    authenticator: Authenticator
    certificate: Certificate | None
    tcp: Sequence[socket.socket]
    private: Sequence[socket.socket]
    profile: Profile | None
    in_memory: bool
    arrangement: Arrangement
    marks: OpeningMarks


def _serve(settings: Settings) -> None:
    with _open(settings) as opened:
        asyncio.run(_answer(opened))
        survive_harmless_signals()  # the loop restored their default actions
        logger.info("stopped")


@contextlib.contextmanager
def _open(settings: Settings) -> Iterator[Opened]:
    """Open sockets, log, database and files of the settings, and close them in reverse order."""
    with contextlib.ExitStack() as stack:
        certificate = None if settings.tls_cert is None else Certificate(settings.tls_cert, settings.tls_key)
        authenticator = stack.enter_context(_authenticator(settings))
        tcp = stack.enter_context(bind_tcp(settings.host, settings.port)) if settings.tcp else []
        private = [] if settings.socket is None else [stack.enter_context(bind_private(settings.socket))]
        logs.set_up(settings.log_level, directory=settings.log_dir, as_json=settings.json_logs)
        profile = None if settings.profile is None else stack.enter_context(profiled(settings.profile))
        in_memory = settings.database == IN_MEMORY
        if in_memory:
            database = stack.enter_context(memory_database())
            settings = replace(settings, database=database, database_locking=DatabaseLocking.NORMAL)
        lock = stack.enter_context(DatabaseLock(settings.database))
        if settings.pid_file is not None:
            stack.enter_context(pid_file(settings.pid_file))
        migrate(settings.database)
        lock.own_file()
        arrangement = arrange(settings.database_locking, settings.database)
        if arrangement.warning is not None:
            logger.warning(arrangement.warning)
        opened = open_database_id(settings.database, alone=arrangement.alone)
        if opened.renewed_because is not None:
            logger.warning(
                "the database got a new id, because %s: runners of the other one stop their jobs and register here",
                opened.renewed_because,
                extra={"fields": {"database_id": opened.id}},
            )
        marks = OpeningMarks(settings.database, opened.opened)
        yield Opened(settings, authenticator, certificate, tcp, private, profile, in_memory, arrangement, marks)


async def _answer(opened: Opened) -> None:
    """Answer requests until a stop signal."""
    settings, profile = opened.settings, opened.profile
    stopping = asyncio.Event()
    has_reloads = reload_at_hangup(opened.authenticator if settings.auth_file is not None else None, opened.certificate)
    stop_at_signals(stopping, at_hangup=not has_reloads)
    leases, tasks, history = Leases(), Tasks(), BackupHistory()
    if settings.shutdown_on_stdin_eof:
        _stop_at_end_of_stdin(stopping)
    app = build_app(
        settings.database,
        authenticator=opened.authenticator,
        enforce_access=settings.enforce_access_control,
        admin_users=settings.admin_users,
        admins_see_own_only=settings.admins_see_own_only,
        body_max_bytes=settings.max_request_body_mb * 1024 * 1024,
        listeners=(leases.deliver, tasks.deliver),
        alone=opened.arrangement.alone,
        backups=history,
        pages=_page_policy(settings, opened.tcp),
        admin_sql=Policy(is_disabled=settings.disable_admin_sql, are_writes_disabled=settings.disable_admin_sql_writes),
        event_body_max_bytes=settings.api_event_body_max_bytes,
    )
    snapshots = Snapshots(
        settings.database,
        settings.snapshot_path,
        keep=settings.snapshot_keep,
        on_done=_print_snapshot,
        writer=app[WRITER] if opened.arrangement.alone else None,
    )
    react_to_user([snapshots.begin] if profile is None else [profile.write, snapshots.begin])
    async with (
        serving(
            app,
            [*opened.tcp, *opened.private],
            drain_seconds=DRAIN_SECONDS,
            tls=None if opened.certificate is None else opened.certificate.context,
        ),
        supervised(
            {
                "leases": partial(leases.work, app[WRITER]),
                "jobs_without_node": partial(JobsWithoutNode().work, app[WRITER]),
                "tasks": partial(tasks.work, app[WRITER], app[LONG_OPERATIONS]),
                "openings": partial(opened.marks.work, app[WRITER]),
                "drafts": partial(delete_drafts, app[WRITER], app[LONG_OPERATIONS]),
                **_care(settings, opened.arrangement, app[WRITER], history),
            },
            on_damage=app[WRITER].damage.notice,
        ),
    ):
        _announce(settings, opened.tcp, ends_with=snapshots if opened.in_memory else None)
        await stopping.wait()
        logger.info("stopping")
        await snapshots.finish(interrupt=not opened.in_memory)
        _end_process_after(STOP_SECONDS)
        with contextlib.suppress(StoreError, TimeoutError):  # the server ends in any case
            async with asyncio.timeout(MARK_SECONDS):
                await opened.marks.mark(app[WRITER])


def _end_process_after(seconds: float) -> None:
    """End the process after this time, also if a thread cannot be ended, such as a change of a huge workflow."""

    def end() -> None:
        logger.warning(
            "ended without waiting for requests that take long; changes that were not answered may be undone"
        )
        logging.shutdown()
        os._exit(0)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


def _care(settings: Settings, arrangement: Arrangement, writer: Writer, history: BackupHistory) -> dict[str, Work]:
    """Collect the background work that maintains the database file."""
    works: dict[str, Work] = {}
    if not arrangement.alone:  # without other readers the write-ahead log does not grow
        works["keep_wal_small"] = lambda: keep_wal_small(settings.database)
    if settings.backup_dir is not None:
        plan = BackupPlan(settings.database, settings.backup_dir, settings.backup_interval_secs, settings.backup_keep)
        copying = writer if arrangement.alone else None
        works["backups"] = lambda: keep_backing_up(plan, history, writer=copying)
    return works


@contextlib.contextmanager
def _authenticator(settings: Settings) -> Iterator[Authenticator]:
    if settings.auth_file is None:
        yield Authenticator(None, required=False)
        return
    users = load_users(settings.auth_file)
    distrust = read_trusted(settings.auth_file)
    if isinstance(distrust, Distrust):
        logger.warning("other users could add users to the password file: %s. %s", distrust.reason, distrust.remedy)
    checker = CredentialChecker(users, cache_ttl_seconds=settings.credential_cache_ttl_secs)
    with contextlib.closing(checker):
        yield Authenticator(
            checker,
            required=settings.require_auth,
            password_file=settings.auth_file,
            names_owners=not settings.keep_workflow_user,
        )


def _page_policy(settings: Settings, tcp: Sequence[socket.socket]) -> PagePolicy:
    """Choose the names that requests may be sent to.

    A server for this machine alone has no other names. Elsewhere machines have names that this one does not know.
    """
    allowed = (*settings.allowed_hosts, settings.host)
    return PagePolicy(allowed, checks_all_names=bool(settings.allowed_hosts) or is_loopback(tcp))


def _announce(settings: Settings, tcp: Sequence[socket.socket], *, ends_with: Snapshots | None) -> None:
    """Report where the server listens: one line on stdout for the parent process, details in the log.

    `ends_with`: the snapshots of a database in memory, which is lost without one.
    """
    if ends_with is not None:
        logger.warning("the database is in memory and ends with this server; SIGUSR1 writes it to %s", ends_with.path)
    in_terminal = sys.stderr.isatty() and not settings.json_logs
    if in_terminal:
        _show(announcement.lines_of(settings, tcp, shutil.get_terminal_size().columns))
    if settings.log_dir is not None or not in_terminal:
        logger.info("listening", extra={"fields": announcement.fields_of(settings, tcp)})
    if tcp and (misled := misleading_addresses(settings.host, tcp)):
        logger.warning(misled)
    if tcp and settings.enforce_access_control and settings.auth_file is None:
        logger.warning(
            "without users, --enforce-access-control refuses every request over TCP that needs a user, such as the "
            "creation of a workflow; use --auth-file"
        )
    if exposed := announcement.exposure(settings, tcp):
        if in_terminal:
            _show(wrapped(f"Warning: {exposed}.", shutil.get_terminal_size().columns))
        if settings.log_dir is not None or not in_terminal:
            logger.warning(exposed)
    where = f"TORC_SERVER_PORT={port_of(tcp)}" if tcp else f"TORC_SERVER_SOCKET={settings.socket}"
    if settings.daemon and settings.log_dir is None:
        logger.warning("later log messages are discarded; use --log-dir to keep them")
    print(where, flush=True)  # noqa: T201 - what launchers wait for
    if settings.daemon:
        leave_terminal()


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201 - for the user who started it


def _print_snapshot(path: Path) -> None:
    print(f"TORC_SNAPSHOT_DONE={path}", flush=True)  # noqa: T201 - what launchers wait for


def _stop_at_end_of_stdin(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def watch() -> None:
        # A descriptor that cannot be read counts as closed. A thread reads it, because not every stdin can be polled.
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        # The loop may be closed by then.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stopping.set)

    threading.Thread(target=watch, name="torc-stdin", daemon=True).start()
