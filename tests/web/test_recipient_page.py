"""One recipient: the picture and the list say the same, and everything can be set right and undone."""

import pytest

from app.services import history
from app.services.history import TimeLine
from app.store import audit, recipients
from tests.builders import Page, Reader
from tests.world import World

DANA = "dana@northwind.example"


@pytest.fixture
async def linked(world: World) -> World:
    await world.link_both()
    return world


def id_of(world: World, address: str) -> str:
    with world.parts.database.read() as tx:
        return recipients.for_addresses(tx, world.parts.sealer, world.person_id, [address])[0].id


def line_of(world: World, address: str) -> TimeLine:
    return history.time_line(world.parts, world.person_id, id_of(world, address), world.clock())


async def open_page(reader: Reader, world: World, address: str = DANA) -> Page:
    return await reader.open(f"/history/{id_of(world, address)}")


def unanswered(page: Page) -> int:
    return int(page.texts(".facts.wide dd")[0])


async def test_the_count_is_that_of_the_banner(reader: Reader, linked: World) -> None:
    page = await open_page(reader, linked)
    assert unanswered(page) == (await linked.advice(DANA)).recipients[0].unanswered == 3
    assert len(page.all(".entries tr.counted")) == 3
    assert len(page.all("svg.wide .mark.counted")) == 3


async def test_the_picture_and_the_list_hold_the_same_entries(reader: Reader, linked: World) -> None:
    for row in history.list_recipients(linked.parts, linked.person_id, linked.clock()):
        page = await reader.open(f"/history/{row.id}")
        drawn = sorted(str(node.attributes["href"]) for node in page.all("svg.wide a"))
        listed = sorted(f"#{node.attributes['id']}" for node in page.all(".entries tbody tr"))
        assert drawn == listed, row.address


async def test_every_mark_says_in_words_what_it_is_and_when(reader: Reader, linked: World) -> None:
    page = await open_page(reader, linked)
    for mark in page.all("svg.wide a"):
        assert mark.css_first("title").text().strip()
        assert str(mark.attributes["aria-label"]).strip()
    assert "Your mail, Mon Nov 16" in " ".join(page.texts("svg.wide a title"))


async def test_mail_opens_at_its_provider_in_a_new_tab(reader: Reader, linked: World) -> None:
    page = await open_page(reader, linked)
    links = [node.attributes for node in page.all(".entries td a")]
    assert links
    assert all(str(link["href"]).startswith("https://mail.google.com/") for link in links)
    assert all("noreferrer" in str(link["rel"]) for link in links)


async def undone(reader: Reader, page: Page) -> Page:
    """The page after its Undo was pressed."""
    return await reader.send(str(page.one(".notice form").attributes["action"]), **page.fields(".notice form"))


async def test_silence_is_shaded_only_while_something_is_unanswered(reader: Reader, linked: World) -> None:
    assert len((await open_page(reader, linked)).all("svg.wide .silence")) == 1
    answered = await open_page(reader, linked, "lena@friends.example")
    assert unanswered(answered) == 0
    assert not answered.all("svg.wide .silence")


async def test_not_a_follow_up_lowers_the_count_at_once_and_undo_brings_it_back(reader: Reader, linked: World) -> None:
    path = f"/history/{id_of(linked, DANA)}"
    about = line_of(linked, DANA).entries[-1].key
    page = await reader.send(f"{path}/correct", kind="not_a_touch", about=about)
    assert unanswered(page) == 2
    assert (await linked.advice(DANA)).recipients[0].unanswered == 2
    undo = page.one(".notice form")
    page = await reader.send(str(undo.attributes["action"]), **page.fields(".notice form"))
    assert unanswered(page) == 3
    assert (await linked.advice(DANA)).recipients[0].unanswered == 3
    listed = history.list_recipients(linked.parts, linked.person_id, linked.clock(), query=DANA)
    assert listed[0].unanswered == 3


async def test_answered_elsewhere_ends_the_silence_and_is_listed_as_set_right(reader: Reader, linked: World) -> None:
    page = await reader.send(f"/history/{id_of(linked, DANA)}/correct", kind="answered_elsewhere")
    assert unanswered(page) == 0
    assert "Answered elsewhere, as you said" in page.texts(".entries td.what")
    assert "Answered elsewhere" in page.text(".columns")


async def test_quiet_is_kept_listed_and_reversible(reader: Reader, linked: World) -> None:
    path = f"/history/{id_of(linked, DANA)}"
    await reader.send(f"{path}/quiet", muted="1")
    assert "dana" in " ".join((await reader.open("/history?state=muted")).texts(".row"))
    assert (await linked.advice(DANA)).level == "clear"
    await reader.send(f"{path}/quiet", muted="0")
    assert (await linked.advice(DANA)).level != "clear"


async def test_a_stage_set_by_hand_stays_and_can_be_given_back(reader: Reader, linked: World) -> None:
    path = f"/history/{id_of(linked, DANA)}"
    page = await reader.send(f"{path}/change", stage="final", name="Dana R.")
    assert "final round" in page.text(".facts.wide")
    assert page.fields("form[action$='/change']") == {"stage": "final", "name": "Dana R."}
    page = await reader.send(f"{path}/change", stage="", name="Dana R.")
    assert page.fields("form[action$='/change']")["stage"] == ""


async def test_a_changed_stage_and_name_are_undone_at_once(reader: Reader, linked: World) -> None:
    page = await reader.send(f"/history/{id_of(linked, DANA)}/change", stage="final", name="Dana R.")
    page = await undone(reader, page)
    assert page.fields("form[action$='/change']") == {"stage": "", "name": "Dana Reyes"}


async def test_an_undo_that_comes_too_late_says_so_and_changes_nothing(reader: Reader, linked: World) -> None:
    path = f"/history/{id_of(linked, DANA)}"
    page = await reader.send(f"{path}/change", stage="final", name="Dana R.")
    stale, where = page.fields(".notice form"), str(page.one(".notice form").attributes["action"])
    await reader.send(f"{path}/change", stage="offer", name="Dana R.")
    page = await reader.send(where, **stale)
    assert (page.status, page.text(".fault")) == (409, "Name or stage were changed again since. Nothing was undone.")
    assert page.fields("form[action$='/change']")["stage"] == "offer"


async def test_a_correction_is_undone_once_and_the_second_time_says_so(reader: Reader, linked: World) -> None:
    path = f"/history/{id_of(linked, DANA)}"
    page = await reader.send(f"{path}/correct", kind="answered_elsewhere")
    undo = page.fields(".notice form")
    await reader.send(f"{path}/undo", **undo)
    page = await reader.send(f"{path}/undo", **undo)
    assert (page.status, page.text(".fault")) == (409, "This correction was undone already.")
    assert unanswered(page) == 3


async def test_joined_addresses_count_as_one_and_come_apart_again(reader: Reader, linked: World) -> None:
    lena, dana = id_of(linked, "lena@friends.example"), id_of(linked, DANA)
    page = await reader.send(f"/history/{dana}/also", other=" LENA@friends.example ")
    assert page.path == f"/history/{dana}"
    assert "lena@friends.example" in page.text(".addresses")
    page = await undone(reader, page)
    assert unanswered(page) == 3
    assert (await reader.open(f"/history/{lena}")).text("h1") != page.text("h1")


async def test_a_new_address_of_theirs_is_written_down_once(reader: Reader, linked: World) -> None:
    path = f"/history/{id_of(linked, DANA)}/also"
    for _ in range(2):
        page = await reader.send(path, other="dana@home.example")
    assert page.text(".addresses").count("dana@home.example") == 1
    assert (await linked.advice("dana@home.example")).recipients[0].unanswered == 3


@pytest.mark.parametrize("typed", ["dana", "dana@home.example, lena@home.example", DANA])
async def test_what_is_no_other_address_is_refused_in_words_and_kept(reader: Reader, linked: World, typed: str) -> None:
    page = await reader.send(f"/history/{id_of(linked, DANA)}/also", other=typed)
    assert page.status == 422
    assert page.text(".fault")
    assert page.one("#other").attributes["value"] == typed


async def test_addresses_split_off_twice_by_a_double_click_are_one_recipient(reader: Reader, linked: World) -> None:
    path = f"/history/{id_of(linked, DANA)}"
    await reader.send(f"{path}/also", other="dana@home.example")
    first = await reader.send(f"{path}/split", addresses="dana@home.example")
    second = await reader.send(f"{path}/split", addresses="dana@home.example")
    assert first.path == second.path != path
    page = await undone(reader, second)
    assert page.path == path
    assert "dana@home.example" in page.text(".addresses")


async def test_everything_set_right_leaves_a_line_in_the_record(reader: Reader, linked: World) -> None:
    path = f"/history/{id_of(linked, DANA)}"
    await undone(reader, await reader.send(f"{path}/change", stage="final", name="Dana R."))
    await undone(reader, await reader.send(f"{path}/also", other="dana@home.example"))
    await undone(reader, await reader.send(f"{path}/correct", kind="answered_elsewhere"))
    await reader.send(f"{path}/quiet", muted="1")
    with linked.parts.database.read() as tx:
        record = [entry.what for entry in audit.of_person(tx, linked.person_id, limit=8)]
    assert record == [
        "muted", "correction_undone", "corrected", "unmerged", "address_added", "change_undone", "renamed", "stage_set",
    ]  # fmt: skip


async def test_a_logged_call_can_be_changed_removed_and_brought_back(reader: Reader, linked: World) -> None:
    path = f"/history/{id_of(linked, DANA)}"
    form = {"recipient": id_of(linked, DANA), "back": "recipient", "kind": "attempt", "at": "2026-11-20T10:00"}
    page = await reader.send("/history/log", **form)
    assert unanswered(page) == 4
    call = next(entry for entry in line_of(linked, DANA).entries if entry.source == "logged")
    page = await reader.send(f"{path}/edit", id=call.key, kind="voicemail", at="2026-11-20T11:30")
    assert "Your voice mail" in page.texts(".entries td.what")
    assert "Fri Nov 20, 11:30" in page.texts(".entries td:first-child")
    before = await undone(reader, page)
    assert "Fri Nov 20, 10:00" in before.texts(".entries td:first-child")
    late = await undone(reader, page)
    assert (late.status, unanswered(late)) == (409, 4)
    for _ in range(2):
        page = await reader.send(f"{path}/remove", id=call.key)
    assert unanswered(page) == 3
    page = await reader.send(f"{path}/restore", **page.fields(".notice form"))
    assert unanswered(page) == 4


async def test_may_i_call_answers_without_writing_anything_down(reader: Reader, linked: World) -> None:
    before = line_of(linked, DANA).entries
    page = await reader.open(f"/history/{id_of(linked, DANA)}?ask=call")
    assert page.text("#call [role=status]")
    assert len(page.all("#call li")) <= 2
    assert line_of(linked, DANA).entries == before


async def test_a_stale_mailbox_is_said_before_any_silence_is_believed(reader: Reader, linked: World) -> None:
    linked.clock.advance(hours=5)
    page = await open_page(reader, linked)
    assert "Can't check" in page.text("p.notice")


async def test_a_hostile_subject_is_shown_as_text(reader: Reader, linked: World) -> None:
    await reader.send(
        f"/history/{id_of(linked, DANA)}/change", stage="", name='"><img src=x onerror=alert(1)><svg onload=alert(1)>'
    )
    page = await open_page(reader, linked)
    assert not page.all("[onerror], [onload]")
    assert "<img src=x" in page.text("h1")
