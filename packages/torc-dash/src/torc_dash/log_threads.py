"""Threads for long searches in logs, so that several of them hold up no other page."""

from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from torc_client.log_files.window_reading import LogQuestion

MOST_SEARCHES = 4
SEARCHES: web.AppKey[ThreadPoolExecutor] = web.AppKey("log_searches", ThreadPoolExecutor)


def set_up(app: web.Application) -> None:
    """Keep the threads of the application."""
    app[SEARCHES] = ThreadPoolExecutor(max_workers=MOST_SEARCHES, thread_name_prefix="torc-dash-search")

    async def end(app: web.Application) -> None:
        app[SEARCHES].shutdown(wait=False, cancel_futures=True)

    app.on_cleanup.append(end)


def threads_for(app: web.Application, question: LogQuestion) -> ThreadPoolExecutor | None:
    """Return the threads that answer a question: those for searches, or None for the usual ones."""
    return app[SEARCHES] if question.is_long else None
