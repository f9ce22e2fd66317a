"""The log viewer in a real browser: it follows, searches, links to lines, and reads large logs in windows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import needs
from support.browsing import PATIENCE_MS, Visit, expect
from support.processes import Place, Server, ended_after

pytestmark = needs.programs("chromium")

LARGE_BYTES = 1024**3
MIB = 1024**2


@pytest.fixture
def job(place: Place, server: Server) -> Iterator[int]:
    """A running job. It ends when there is a file `go`, with what that file contains."""
    wait = "echo begun; while test ! -s go; do sleep 0.05; done; cat go; exit 1"
    place.file("spec.yaml", f"name: logs\njobs:\n  - name: <b>waits</b>\n    command: '{wait}'\n")
    place.torc("workflows", "create", "spec.yaml")
    with ended_after(place.start("torc", "run", "1")) as runner:
        yield 1
        (place.directory / "go").write_text("ended\n")
        runner.wait()


def log_of(place: Place) -> Path:
    return place.directory / "torc_output" / "job_stdio" / "job_wf1_j1_r1_a1.o"


def line(visit: Visit, number: int) -> object:
    return visit.page.locator(f"#L{number}")


def test_it_follows_until_the_job_ends(place: Place, visit: Visit, job: int):
    visit.open(f"/jobs/{job}")
    visit.sees("<b>waits</b>")
    expect(visit.page.locator(".job-state")).to_contain_text("running", timeout=PATIENCE_MS)
    visit.page.click("#job-log")
    expect(visit.page.locator("#log_lines")).to_contain_text("begun", timeout=PATIENCE_MS)
    expect(visit.page.locator("#log-follow")).to_be_checked()
    with log_of(place).open("a") as file:
        file.write("\x1b[31mred\x1b[0m and unfin")
    expect(visit.page.locator("#log_lines")).to_contain_text("red and unfin", timeout=PATIENCE_MS)
    with log_of(place).open("a") as file:
        file.write("ished\n")
    expect(line(visit, 2)).to_contain_text("red and unfinished", timeout=PATIENCE_MS)
    expect(visit.page.locator("#L2 .fg-red")).to_have_text("red")
    (place.directory / "go").write_text("ended\n")
    expect(visit.page.locator("#log_lines")).to_contain_text("ended", timeout=PATIENCE_MS)
    expect(visit.page.locator(".log-follow")).to_contain_text("the job has ended", timeout=PATIENCE_MS)
    assert visit.complaints == []


def test_it_searches_and_links_to_lines(place: Place, visit: Visit, job: int):
    visit.open(f"/jobs/{job}/log")
    visit.sees("begun")
    with log_of(place).open("a") as file:
        file.writelines(f"step {number} <i>\n" for number in range(2, 8001))
    visit.page.click("#log-last")
    expect(line(visit, 8000)).to_be_visible(timeout=PATIENCE_MS)
    visit.page.click("#log-first")
    expect(line(visit, 1)).to_be_visible(timeout=PATIENCE_MS)
    visit.page.locator("#log_lines").focus()
    visit.page.keyboard.press("/")
    visit.page.keyboard.type("step 70")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#L70.is-hit mark")).to_have_text("step 70", timeout=PATIENCE_MS)
    visit.page.click("#log-next")
    expect(visit.page.locator("#L700.is-hit")).to_be_visible(timeout=PATIENCE_MS)
    visit.page.click("#log-previous")
    expect(visit.page.locator("#L70.is-hit")).to_be_visible(timeout=PATIENCE_MS)
    visit.page.click("[data-count]")
    expect(visit.page.locator("#log_count")).to_have_text("111 matches", timeout=PATIENCE_MS)
    visit.page.fill("#log-line", "4321")
    visit.page.click(".log-goto button")
    expect(visit.page.locator("#L4321.is-hit")).to_be_visible(timeout=PATIENCE_MS)
    address = visit.page.locator("#L4321 .no").get_attribute("href")
    visit.open(address)
    expect(visit.page.locator("#L4321.is-hit")).to_be_in_viewport(timeout=PATIENCE_MS)
    assert visit.complaints == []


def test_the_page_keeps_a_bounded_number_of_lines(place: Place, visit: Visit, job: int):
    visit.open(f"/jobs/{job}/log")
    visit.sees("begun")
    with log_of(place).open("a") as file:
        file.writelines(f"step {number}\n" for number in range(2, 8001))
    visit.page.click("#log-first")
    for last in range(1000, 6001, 500):
        visit.page.click("#log-later")
        expect(line(visit, last)).to_be_attached(timeout=PATIENCE_MS)
    assert visit.page.locator(".ln").count() == 5000
    expect(line(visit, 1000)).not_to_be_attached()
    visit.page.click("#log-earlier")
    expect(line(visit, 1000)).to_be_attached(timeout=PATIENCE_MS)
    assert visit.page.locator(".ln").count() == 5000
    assert visit.complaints == []


def test_a_large_log_is_read_in_windows(place: Place, visit: Visit, job: int):
    visit.open(f"/jobs/{job}/log")
    visit.sees("begun")
    with log_of(place).open("r+b") as file:
        for at in range(MIB, LARGE_BYTES, MIB):  # lines of a mebibyte, which take no place on the disk
            file.seek(at)
            file.write(b"\n")
        file.seek(LARGE_BYTES)
        file.write(b"\nthe needle\nthe end\n")
    visit.page.click("#log-last")
    expect(visit.page.locator("#log_lines")).to_contain_text("the end", timeout=PATIENCE_MS)
    expect(visit.page.locator("#log_position")).to_contain_text("of 1,027, 1.0 GiB", timeout=PATIENCE_MS)
    visit.page.click("#log-first")
    expect(line(visit, 1)).to_contain_text("begun", timeout=PATIENCE_MS)
    expect(visit.page.locator("#L2 .cut")).to_contain_text("more in this line", timeout=PATIENCE_MS)
    visit.page.fill("#log-find", "needle")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#L1026.is-hit mark")).to_have_text("needle", timeout=PATIENCE_MS)
    assert visit.complaints == []
