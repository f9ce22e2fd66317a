"""How little of lines is painted again when they change: over slow connections, each byte counts."""

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from torc_client.tui.lines.line import LineTarget, Part, TextLine, changed_columns, line
from torc_client.tui.lines_view import LinesView
from torc_client.tui.styles import segments_of


def styled(*parts: tuple[str, str]) -> TextLine:
    return TextLine(tuple(Part(*part) for part in parts))


@pytest.mark.parametrize(
    ("old", "new", "columns"),
    [
        (line("3,401 completed"), line("3,401 completed"), 0),
        (line("3,401 completed"), line("3,402 completed"), 5),
        (line("running"), line("running", "green"), 7),
        (line("done"), line("done, 7 failed"), 14),
        (line("done, 7 failed"), line("done"), 14),
        (line("done   "), line("done"), 0),
        (TextLine(), line("Ended last"), 10),
        (styled(("a", "red"), ("b", "red")), styled(("ab", "red")), 0),
        (styled(("a", "red"), ("bc", "")), styled(("a", "blue"), ("bc", "")), 1),
        (line("終 job 1"), line("終 job 1!"), 9),
    ],
)
def test_a_line_is_painted_up_to_the_last_column_that_differs(old, new, columns):
    assert changed_columns(old, new) == columns


def shown(*parts: tuple[str, str], no_color: bool = False) -> list[tuple[str, str]]:
    segments = segments_of(styled(*parts).parts, no_color=no_color)
    return [(each.text, str(each.style)) for each in segments]


def test_parts_of_one_style_are_written_together():
    assert shown(("job", "bold"), (" 7", "bold"), (" ended", "")) == [("job 7", "bold"), (" ended", "none")]
    assert shown(("", "red"), ("x", "")) == [("x", "none")]
    assert shown(("red", "red"), ("blue", "blue"), no_color=True) == [("redblue", "none")]


def test_blanks_have_the_style_of_what_precedes_them():
    assert shown(("✓", "green"), ("  ", ""), ("7", "green")) == [("✓  7", "green")]


def test_blanks_stay_apart_where_they_can_be_seen():
    assert shown(("✓", "reverse"), ("  ", "")) == [("✓", "reverse"), ("  ", "none")]
    assert shown(("✓", "red"), ("  ", "on blue")) == [("✓", "red"), ("  ", "on blue")]


class Recorded(LinesView):
    """Lines that record which regions are painted again."""

    painted: tuple[Region | None, ...] = ()

    def refresh(self, *regions, **options):
        self.painted += regions or (None,)
        return super().refresh(*regions, **options)


class OneView(App[None]):
    def compose(self) -> ComposeResult:
        yield Recorded()


async def test_only_what_differs_is_painted():
    async with (app := OneView()).run_test(size=(40, 5)) as pilot:
        view = app.query_one(Recorded)
        view.show([line("7 running"), line("all of 20")])
        await pilot.pause()
        view.painted = ()
        view.show([line("8 running"), line("all of 20")])
        assert view.painted == (Region(0, 0, 1, 1),)


async def test_the_lines_that_the_cursor_leaves_and_reaches_are_painted():
    async with (app := OneView()).run_test(size=(40, 5)) as pilot:
        view = app.query_one(Recorded)
        first, second = LineTarget("jobs"), LineTarget("graph")
        view.show([line("jobs", target=first), line("graph")])
        await pilot.pause()
        view.painted = ()
        view.show([line("jobs"), line("graph", target=second)])
        assert view.target == second
        assert {region.y for region in view.painted if region is not None} == {0, 1}


async def test_more_or_fewer_lines_do_not_paint_the_others():
    async with (app := OneView()).run_test(size=(40, 5)) as pilot:
        view = app.query_one(Recorded)
        view.show([line("7 running"), line("a job")])
        await pilot.pause()
        view.painted = ()
        view.show([line("7 running"), line("a job"), line("another")])
        assert view.painted == (Region(0, 2, 7, 1),)
        view.painted = ()
        view.show([line("7 running")])
        assert view.painted == (Region(0, 1, 5, 1), Region(0, 2, 7, 1))


async def test_the_scrollbar_follows_the_number_of_lines():
    async with (app := OneView()).run_test(size=(40, 5)) as pilot:
        view = app.query_one(Recorded)
        view.show([line(str(number)) for number in range(9)])
        await pilot.pause()
        view.action_last()
        await pilot.pause()
        assert (view.show_vertical_scrollbar, view.scroll_offset.y) == (True, 4)
        view.show([line(str(number)) for number in range(6)])
        await pilot.pause()
        assert (view.show_vertical_scrollbar, view.scroll_offset.y) == (True, 1)
        view.show([line("0")])
        await pilot.pause()
        assert (view.show_vertical_scrollbar, view.scroll_offset.y) == (False, 0)
