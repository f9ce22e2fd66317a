"""A fake /proc."""

import os
from pathlib import Path

import pytest

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class FakeProc:
    """A folder that looks like /proc."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def process(
        self,
        pid: int,
        *,
        parent: int = 1,
        session: int = 0,
        ticks: tuple[int, int, int, int] = (0, 0, 0, 0),
        rss_pages: int = 0,
        state: str = "S",
        environ: str = "",
        pss_kb: int | None = None,
        status: str | None = None,
    ) -> None:
        """Add a process."""
        folder = self.root / str(pid)
        folder.mkdir()
        utime, stime, cutime, cstime = ticks
        (folder / "stat").write_text(
            f"{pid} (a (strange) name) {state} {parent} {session} {session} 0 -1 0 0 0 0 0 "
            f"{utime} {stime} {cutime} {cstime} 20 0 1 0 777 9999 {rss_pages} 1 2 3\n"
        )
        kb = rss_pages * PAGE_BYTES // 1024
        (folder / "status").write_text(
            status if status is not None else f"VmRSS: {kb} kB\nRssAnon:\t {kb} kB\nRssFile: 0 kB\nRssShmem: 0 kB\n"
        )
        (folder / "environ").write_bytes(environ.encode())
        if pss_kb is not None:
            (folder / "smaps_rollup").write_text(f"0-f ---p 00 00:00 0 [rollup]\nRss: 99 kB\nPss:  {pss_kb} kB\n")


@pytest.fixture
def fake_proc(tmp_path: Path) -> FakeProc:
    return FakeProc(tmp_path)
