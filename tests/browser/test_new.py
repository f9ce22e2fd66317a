"""A workflow is written, checked, created, run, understood, mended and moved in the browser, without a terminal."""

import json
from pathlib import Path

from support import needs
from support.browsing import HOSTILE, PATIENCE_MS, Visit, expect, make_hostile_workflow, make_workflow
from support.processes import Place, Server

pytestmark = needs.programs("chromium")

SELECTED = "(box => box.value.slice(box.selectionStart, box.selectionEnd))(document.getElementById('spec-text'))"
VALID = "name: two\njobs:\n  - {name: a, command: echo a}\n  - {name: b, command: echo b, depends_on: [a]}\n"


def wait_for_workflow(visit: Visit) -> None:
    visit.page.wait_for_url("**/workflows/*", timeout=PATIENCE_MS)


def text_of(visit: Visit) -> str:
    """Return the text that a form sends: the editor keeps it in the text box."""
    return str(visit.page.locator("#spec-text").input_value())


def write(visit: Visit, text: str) -> None:
    """Replace the text in the editor."""
    visit.page.locator("#spec-editor").get_by_role("textbox", name="Specification").fill(text)


def press(visit: Visit, name: str) -> None:
    visit.page.locator("form").get_by_role("button", name=name, exact=True).click()


def complaints(visit: Visit) -> list[str]:
    """Return what the page complained about.

    If a selection of an editable element is typed over at once, as `fill` does, Chromium itself writes an inline style,
    which the policy refuses. The text is right all the same.
    """
    return [one for one in visit.complaints if not one.startswith("Applying inline style violates")]


def test_a_text_is_checked_while_it_is_typed(server: Server, visit: Visit):
    visit.page.route("**/codemirror.js", lambda route: route.abort())  # the text box is there without the editor
    visit.open("/new")
    text = visit.page.locator("#spec-text")
    text.fill(VALID.replace("command: echo b", "comand: echo b"))
    visit.sees("1 problem: no workflow can be created.")
    visit.sees("Did you mean 'command'?")
    visit.page.locator("#spec-problems a").click()
    assert visit.page.evaluate(SELECTED).startswith("comand: echo b")
    # The selection stays while the check of what is typed arrives.
    text.press_sequentially("command: echo b, depends_on: [a]}")
    visit.sees("Valid: two becomes 2 jobs.")
    place = visit.page.evaluate("document.getElementById('spec-text').selectionStart")
    assert place == text.input_value().index("[a]}") + len("[a]}")
    expect(visit.page.locator("#spec-graph-svg .node")).to_have_count(2)
    assert [one for one in complaints(visit) if "ERR_FAILED" not in one] == []


def test_from_an_example_to_a_failure_and_its_mending(server: Server, place: Place, visit: Visit):
    visit.open("/workflows")
    visit.page.get_by_role("link", name="failing", exact=True).click()
    visit.sees("Valid: failing becomes 3 jobs.")
    press(visit, "Create and run")
    wait_for_workflow(visit)
    visit.sees("1 of 3 completed, 1 failed, 1 canceled")
    visit.page.get_by_role("link", name="Spec", exact=True).click()
    visit.sees("This dashboard created the workflow from this text.")
    visit.page.locator(".spec-tools").get_by_role("link", name="Copy and change").click()
    write(visit, text_of(visit).replace("3 4 five", "3 4 5"))
    press(visit, "Create and run")
    wait_for_workflow(visit)
    visit.sees("3 of 3 completed")
    assert complaints(visit) == []


def test_an_error_keeps_the_text_and_a_folder_is_made(server: Server, place: Place, visit: Visit):
    visit.open("/new")
    write(visit, VALID + "unknown: 1\n")
    press(visit, "Create")
    visit.sees("No workflow was created.")
    assert text_of(visit) == VALID + "unknown: 1\n"
    write(visit, VALID)
    visit.page.get_by_label("Folder in which it runs").fill("some/folder")
    press(visit, "Create")
    visit.sees("Tick the box to make it.")
    visit.page.get_by_label("Make it if it is missing").check()
    press(visit, "Create")
    wait_for_workflow(visit)
    assert (place.directory / "some" / "folder").is_dir()
    # The console reports the forms that were refused.
    assert [one for one in complaints(visit) if "422" not in one] == []


def test_a_file_fills_the_form(server: Server, place: Place, visit: Visit):
    visit.open("/new")
    file = place.file("spec.kdl", 'name "from a file"\njob "a" {\n    command "echo"\n}\n')
    visit.page.locator("#spec-file").set_input_files(file)
    visit.sees("Valid: from a file becomes 1 job.")
    assert visit.page.locator("#spec-format").input_value() == "kdl"
    with visit.page.expect_download() as download:
        press(visit, "Download")
    assert Path(download.value.path()).read_text() == file.read_text()
    assert download.value.suggested_filename == "from_a_file.kdl"
    assert complaints(visit) == []


def test_hostile_names_stay_texts(server: Server, visit: Visit):
    visit.open("/new")
    write(visit, json.dumps({"name": HOSTILE, "jobs": [{"name": HOSTILE, "command": HOSTILE}]}))
    visit.sees("becomes 1 job.")
    visit.sees(HOSTILE)
    write(visit, json.dumps({"name": "a", HOSTILE: 1, "jobs": [{HOSTILE: HOSTILE}]}))
    visit.sees("no workflow can be created")
    press(visit, "Check")
    workflow_id = make_hostile_workflow(server)
    visit.open(f"/workflows/{workflow_id}/spec")
    expect(visit.page.locator("#spec-of-workflow")).to_be_visible(timeout=PATIENCE_MS)
    visit.sees("document.title='owned'")
    assert visit.page.locator("main img, main script").count() == 0
    assert "owned" not in visit.page.evaluate("document.title.replace(/<[^>]*>/g, '')")
    assert complaints(visit) == []


def test_a_workflow_is_exported_and_imported(server: Server, place: Place, visit: Visit):
    workflow_id = make_workflow(server, "moved", 3)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.get_by_text("More", exact=True).click()
    visit.page.get_by_role("link", name="Export", exact=True).click()
    visit.page.get_by_label("With the results of all runs").check()
    with visit.page.expect_download() as download:
        press(visit, "Export")
    file = place.directory / "moved.json"
    download.value.save_as(file)
    assert "results" in json.loads(file.read_text())
    visit.open("/new/import")
    visit.page.locator("input[type=file]").set_input_files(file)
    visit.page.get_by_label("Name of the new workflow").fill("moved again")
    press(visit, "Import")
    wait_for_workflow(visit)
    visit.sees("moved again")
    visit.sees("not initialized")
    assert complaints(visit) == []


def test_a_text_survives_the_way_back_and_a_failed_server(server: Server, visit: Visit):
    visit.open("/new")
    write(visit, VALID)
    server.kill()
    press(visit, "Create")
    visit.sees("No workflow was created.")
    assert text_of(visit) == VALID
    server.start()
    press(visit, "Create")
    wait_for_workflow(visit)
    assert [one for one in complaints(visit) if "422" not in one] == []
