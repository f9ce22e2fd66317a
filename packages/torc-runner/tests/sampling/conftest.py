"""A /proc of files, as the kernel writes them."""

import os

import pytest

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class FakeProc:
    """A folder that looks like /proc."""

    def __init__(self, root):
        self.root = root

    def process(self, pid, *, parent=1, session=0, ticks=(0, 0, 0, 0), rss_pages=0, state="S", environ="", pss_kb=None):
        folder = self.root / str(pid)
        folder.mkdir()
        utime, stime, cutime, cstime = ticks
        (folder / "stat").write_text(
            f"{pid} (a (strange) name) {state} {parent} {session} {session} 0 -1 0 0 0 0 0 "
            f"{utime} {stime} {cutime} {cstime} 20 0 1 0 777 9999 {rss_pages} 1 2 3\n"
        )
        (folder / "environ").write_bytes(environ.encode())
        if pss_kb is not None:
            (folder / "smaps_rollup").write_text(f"0-f ---p 00 00:00 0 [rollup]\nRss: 99 kB\nPss:  {pss_kb} kB\n")


@pytest.fixture
def fake_proc(tmp_path):
    return FakeProc(tmp_path)
