"""The site of the documentation, opened as files: it is searched there, and asks for nothing from elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support import needs

ROOT = Path(__file__).parents[2]
HOME = ROOT / "site" / "index.html"
LINE_PIXELS = 50
CHROMIUM = needs.path_of("chromium")
sync_api = needs.library("playwright.sync_api")
pytestmark = [
    needs.programs("chromium"),
    needs.ability("the built site", is_there=HOME.exists()),
]


@pytest.fixture
def page() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        # On a busy machine the index of the search takes long to load.
        page.set_default_timeout(100_000)
        yield page
        browser.close()


def test_the_site_is_searched_without_a_network(page: Any):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(HOME.as_uri())
    page.locator("input.md-search__input").fill("cancel a workflow")
    page.wait_for_selector("a.md-search-result__link")
    assert "cancel" in page.locator("a.md-search-result__link").first.inner_text().lower()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))] == []


def test_the_way_from_home_to_a_page(page: Any):
    page.goto(HOME.as_uri())
    page.locator("article").get_by_role("link", name="Your first workflow").first.click()
    page.wait_for_url("**/tutorials/first-workflow.html")
    assert page.locator("h1").inner_text().startswith("Your first workflow")
    assert page.locator(".highlight .filename").first.inner_text() == "greetings.yaml"


def test_a_diagram_is_drawn_without_a_network(page: Any):
    page.context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((HOME.parent / "reference" / "job-states.html").as_uri())
    page.wait_for_selector("div.mermaid")  # the theme puts the drawing in the place of the text of the diagram
    assert page.locator("div.mermaid").bounding_box()["height"] > LINE_PIXELS
    assert page.locator("pre.mermaid").count() == 0
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_the_copy_button_copies_commands_without_prompts_and_output(page: Any):
    page.goto((HOME.parent / "tutorials" / "first-workflow.html").as_uri())
    block = page.locator(".language-console", has_text="torc ping").first
    assert "$ torc ping" in block.inner_text()
    assert "is running" in block.inner_text()
    block.hover()
    block.locator("button[data-clipboard-target]").click()
    page.evaluate("document.body.append(document.createElement('textarea'))")
    page.locator("body > textarea").last.focus()
    page.keyboard.press("Control+V")
    assert page.locator("body > textarea").last.input_value() == "torc ping"
