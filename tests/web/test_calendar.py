"""The calendar feed: only with the secret, only dates worth waiting for, gone when switched off."""

import pytest
from icalendar import Calendar

from app.services import history
from tests.builders import Reader
from tests.world import World


@pytest.fixture
async def address(reader: Reader, world: World) -> str:
    await world.link_both()
    return (await reader.send("/accounts/calendar")).text("#calendar code")


async def test_the_feed_opens_without_signing_in_and_holds_the_next_good_dates(
    address: str, stranger: Reader, world: World
) -> None:
    answer = await stranger.browser.get(address)
    assert answer.headers["content-type"].startswith("text/calendar")
    days = {str(event["uid"]): event.decoded("dtstart") for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    rows = history.list_recipients(world.parts, world.person_id, world.clock())
    wanted = {
        f"good-{row.id}@aftertouch": row.next_good_date
        for row in rows
        if row.state in {"your_turn", "waiting"} and row.next_good_date
    }
    assert wanted
    assert {uid: day for uid, day in days.items() if uid.startswith("good-")} == wanted


async def test_a_date_they_named_is_in_the_feed_and_blocks_no_time(address: str, stranger: Reader) -> None:
    feed = Calendar.from_ical((await stranger.browser.get(address)).content)
    said = [event for event in feed.walk("VEVENT") if str(event["uid"]).startswith("said-")]
    assert said
    assert all(str(event["summary"]).endswith("said by today") for event in said)
    assert {str(event["transp"]) for event in feed.walk("VEVENT")} == {"TRANSPARENT"}


async def test_a_quiet_recipient_is_not_in_the_feed(address: str, reader: Reader, world: World) -> None:
    rows = history.list_recipients(world.parts, world.person_id, world.clock(), state="waiting")
    await reader.send(f"/history/{rows[0].id}/quiet", muted="1")
    assert rows[0].id not in (await reader.browser.get(address)).text


async def test_a_new_address_ends_the_former_and_switching_off_ends_both(address: str, reader: Reader) -> None:
    fresh = (await reader.send("/accounts/calendar")).text("#calendar code")
    assert (await reader.browser.get(address)).status_code == 404
    assert (await reader.browser.get(fresh)).status_code == 200
    await reader.send("/accounts/calendar/stop")
    assert (await reader.browser.get(fresh)).status_code == 404


async def test_the_address_is_shown_once_and_kept_nowhere(address: str, reader: Reader, world: World) -> None:
    secret = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert secret not in (await reader.open("/accounts")).html
    files = [path.read_bytes() for path in world.folder.iterdir() if path.is_file()]
    assert not any(secret.encode() in held for held in files)
