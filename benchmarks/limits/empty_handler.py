"""An empty server: an aiohttp handler that answers every request with a fixed number of bytes.

As a program it prints its port like torc-server, and exits at the end of stdin.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from benchmarks.service import announced_port, stop


@contextmanager
def empty_handler(answer_bytes: int) -> Iterator[int]:
    """Run it in a separate process; yield its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.limits.empty_handler", str(answer_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    port = announced_port(process)
    try:
        yield port
    finally:
        stop(process)


async def _serve(answer_bytes: int) -> None:
    body = b'"' + b"x" * (answer_bytes - 2) + b'"'

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"PORT={runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
