"""Chromium with an open page of the dashboard, and what the page costs it."""

import importlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.measure import NotMeasured

_FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking")
# Shows when the state of the workflow was painted after its text changed.
_WATCH = """() => {
  const text = () => document.querySelector("#frame_state .state")?.textContent;
  window.painted = new Promise((done) => { window.paintIsDone = done; });
  let before = text();
  new MutationObserver(() => {
    if (text() === before) return;
    before = text();
    requestAnimationFrame(() => requestAnimationFrame(() => window.paintIsDone(Date.now())));
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}"""
_PAINTED = """async () => {
  const late = new Promise((_, refuse) => { setTimeout(() => refuse(new Error("no paint in 60 s")), 60000); });
  const at = await Promise.race([window.painted, late]);
  window.painted = new Promise((done) => { window.paintIsDone = done; });
  return at;
}"""
_OPEN = "#liveness[data-mode='stream']"


class OpenPage:
    """A page that stays open, and the bytes that it has received."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.received_bytes = 0
        self._tools = page.context.new_cdp_session(page)
        self._tools.send("Network.enable")
        self._tools.send("Performance.enable")
        self._tools.on("Network.loadingFinished", self._finished)
        self._tools.on("Network.eventSourceMessageReceived", self._told)

    def _finished(self, event: dict[str, Any]) -> None:
        self.received_bytes += int(event["encodedDataLength"])

    def _told(self, event: dict[str, Any]) -> None:
        # With the names of its members, and the lengths around it.
        self.received_bytes += len(event["data"]) + 24

    def open(self, address: str) -> None:
        """Open an address, and wait until its stream of changes is open."""
        self.page.goto(address)
        self.page.wait_for_selector(_OPEN)
        self.page.evaluate(_WATCH)

    def rest(self, seconds: float) -> None:
        """Let the page be open for some time."""
        self.page.wait_for_timeout(1000 * seconds)

    def painted_after(self, moment: float) -> float:
        """Wait until a change of the state is painted; return the seconds since a moment."""
        return float(self.page.evaluate(_PAINTED)) / 1000 - moment

    def heap_bytes(self) -> int:
        """Memory that scripts use after a collection of what they do not use."""
        self._tools.send("HeapProfiler.collectGarbage")
        metrics = self._tools.send("Performance.getMetrics")["metrics"]
        return int(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize"))


@contextmanager
def chromium_page(link: str) -> Iterator[OpenPage]:
    """Enter a dashboard by its link. Raises NotMeasured without a browser."""
    program = shutil.which("chromium")
    if program is None:
        raise NotMeasured("needs chromium (apt-get install chromium)")
    try:
        playwright_of = importlib.import_module("playwright.sync_api").sync_playwright
    except ImportError as error:
        raise NotMeasured("needs playwright (make install)") from error
    with playwright_of() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(link)
        yield OpenPage(page)
        browser.close()


def now() -> float:
    """The time as pages know it."""
    return time.time()
