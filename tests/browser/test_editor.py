"""The editor of specs: it completes, marks problems at their lines, and leaves the text where forms find it."""

import json
from pathlib import Path

import pytest

from support import needs
from support.browsing import HOSTILE, PATIENCE_MS, Visit, expect
from support.processes import Server

pytestmark = needs.programs("chromium")

AXE = Path(__file__).parent / "vendor" / "axe.min.js.txt"
FIND = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
  (one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 200))}`)"""
SPEC = """\
name: sweep
jobs:
- name: first_{i}
  command: echo {i}
  parameters: {i: "1:2"}
- name: last
  command: echo last
files: [{name: grid, path: grid.nc}]
"""


def edit(visit: Visit, text: str = "", format: str = "yaml") -> None:
    """Open the editor with a text, and put the cursor at its end."""
    visit.open("/new")
    visit.page.locator("#spec-editor .cm-content").wait_for()
    visit.page.locator("#spec-format").select_option(format)
    visit.page.locator("#spec-editor .cm-content").click()
    visit.page.keyboard.insert_text(text)
    visit.page.keyboard.press("Control+End")


def complete(visit: Visit, typed: str, option: str) -> None:
    """Type the beginning of a word, and take the first completion."""
    visit.page.keyboard.type(typed)
    chosen = visit.page.locator("#spec-editor .cm-tooltip-autocomplete [aria-selected=true]")
    expect(chosen).to_contain_text(option, timeout=PATIENCE_MS)
    chosen.click()  # Enter would have to wait: CodeMirror ignores keys for a moment after the list opens


def text_of(visit: Visit) -> str:
    """Return the text that a form would send."""
    return str(visit.page.locator("#spec-text").input_value())


def test_typing_completes_fields_values_and_names(visit: Visit):
    edit(visit, SPEC)
    visit.page.keyboard.press("ArrowUp")
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("ArrowUp")
    visit.page.keyboard.type("  ")
    complete(visit, "depends_on", "depends_on")
    complete(visit, "fi", "first_{i}")
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Backspace")
    visit.page.keyboard.press("Backspace")
    assert "  depends_on:\n    - first_{i}\n" in text_of(visit)
    assert visit.complaints == []


def test_the_values_of_a_field_are_offered_when_it_is_completed(visit: Visit):
    edit(visit, "name: x\nexecution_config:\n  ")
    complete(visit, "mod", "mode")
    complete(visit, "sl", "slurm")
    assert text_of(visit) == "name: x\nexecution_config:\n  mode: slurm"
    visit.page.keyboard.press("Control+Space")
    assert visit.complaints == []


@pytest.mark.parametrize("format", ["json", "json5"])
def test_fields_in_braces_are_completed(visit: Visit, format: str):
    edit(visit, '{"name": "x", "files": [{"name": "grid", "path": "g"}], "jobs": [{"name": "a", ', format)
    complete(visit, '"inp', "input_files")
    complete(visit, '"g', "grid")
    visit.page.keyboard.press("Control+End")
    text = text_of(visit)
    assert '"input_files": ["grid"' in text, text
    assert visit.complaints == []


def test_a_problem_is_marked_at_its_line(visit: Visit):
    edit(visit, SPEC.replace("command: echo last", "comand: echo last"))
    marked = visit.page.locator("#spec-editor .cm-lintRange-error")
    expect(marked.first).to_have_text("comand", timeout=PATIENCE_MS)
    visit.page.keyboard.press("Control+Home")
    visit.page.locator("#spec-problems a").first.click()
    expect(visit.page.locator("#spec-editor .cm-activeLine")).to_contain_text("comand: echo last")
    expect(visit.page.locator("#spec-editor .cm-content")).to_be_focused()
    visit.page.locator("#spec-editor .cm-lint-marker-error").hover()
    expect(visit.page.locator("#spec-editor .cm-tooltip")).to_contain_text("did you mean 'command'?", ignore_case=True)
    assert visit.complaints == []


def test_the_form_sends_the_text_of_the_editor(visit: Visit):
    edit(visit, "name: sent\njobs: [{name: a, command: 'true'}]\n")
    assert text_of(visit) == "name: sent\njobs: [{name: a, command: 'true'}]\n"
    visit.page.get_by_role("button", name="Create", exact=True).click()
    visit.page.wait_for_url("**/workflows/*")
    visit.sees("sent")
    assert visit.complaints == []


def test_keys_check_download_and_leave(visit: Visit):
    edit(visit, "name: sweep\njobs: []\n")
    with visit.page.expect_response(
        lambda response: response.url.endswith("/new") and response.request.method == "POST"
    ):
        visit.page.keyboard.press("Control+Enter")
    assert text_of(visit) == "name: sweep\njobs: []\n"
    with visit.page.expect_download() as download:
        visit.page.keyboard.press("Control+s")
    assert download.value.suggested_filename == "sweep.yaml"
    assert Path(download.value.path()).read_text() == "name: sweep\njobs: []\n"
    visit.page.keyboard.press("Tab")
    assert text_of(visit) == "name: sweep\njobs: []\n  "
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Tab")
    expect(visit.page.locator("#spec-file")).to_be_focused()
    visit.page.locator("#spec-editor .cm-content").click()
    visit.page.keyboard.type("jk?")  # not keys of the page
    assert text_of(visit).endswith("jk?")
    assert visit.page.locator("dialog[open]").count() == 0
    assert visit.complaints == []


def test_axe_finds_no_violation_in_the_editor(visit: Visit):
    edit(visit, SPEC.replace("command: echo last", "comand: echo last"))
    expect(visit.page.locator("#spec-editor .cm-lint-marker-error")).to_be_visible(timeout=PATIENCE_MS)
    expect(visit.page.get_by_role("textbox", name="Specification")).to_be_focused()
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Control+Space")
    expect(visit.page.locator("#spec-editor .cm-tooltip-autocomplete")).to_be_visible(timeout=PATIENCE_MS)
    visit.page.evaluate(AXE.read_text())
    found = []
    for media in (
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"color_scheme": "dark", "forced_colors": "active"},
    ):
        visit.page.emulate_media(**media)
        found += visit.page.evaluate(FIND)
    assert not found
    assert visit.complaints == []


def test_hostile_texts_stay_texts(visit: Visit):
    edit(visit, json.dumps({"name": HOSTILE, "jobs": [{"name": HOSTILE, "comand": HOSTILE}], HOSTILE: 1}), "json")
    expect(visit.page.locator("#spec-editor .cm-lintRange-error").first).to_be_visible(timeout=PATIENCE_MS)
    visit.page.keyboard.press("F8")
    expect(visit.page.locator("#spec-editor .cm-tooltip").first).to_be_visible()
    assert visit.page.locator("#spec-editor img, main img").count() == 0
    assert visit.page.title() != "owned"
    assert visit.complaints == []


def test_without_the_editor_the_text_box_stays(visit: Visit):
    visit.page.route("**/static/vendor/codemirror.js", lambda route: route.abort())
    visit.open("/new")
    visit.page.locator("#spec-text").fill("name: plain\njobs: [{name: a, command: 'true'}]\n")
    visit.sees("plain becomes 1 job")
    assert visit.page.locator("#spec-editor").count() == 0


def test_only_the_page_of_new_workflows_loads_the_editor(server: Server, visit: Visit):
    del server
    visit.open("/workflows")
    assert not [url for url in visit.requests if "codemirror" in url]
    visit.open("/new")
    visit.page.locator("#spec-editor .cm-content").wait_for()
    assert [url for url in visit.requests if "codemirror" in url]
