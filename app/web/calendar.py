"""`GET /calendar/<secret>.ics`: the feed as iCalendar (RFC 5545), all-day events that block no time."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

from app.services import calendar_feed
from app.services.calendar_feed import FeedDay
from app.web.aside import aside
from app.web.security import TheParts

if TYPE_CHECKING:
    from icalendar import Event

router = APIRouter(tags=["calendar"])
TITLES = {"good": "Good day to write to {who}", "promised": "{who} said by today"}


@router.get("/calendar/{secret}.ics", response_class=Response)
async def calendar(secret: str, parts: TheParts) -> Response:
    now = parts.clock()
    days = await aside(calendar_feed.feed, parts, secret, now)
    return Response(written(days, now), media_type="text/calendar; charset=utf-8")


def written(days: list[FeedDay], now: datetime) -> bytes:
    """The days as one iCalendar object. UIDs are stable, so a moved date moves its event."""
    from icalendar import Calendar, Event  # a tenth of a second (2026-11), and few ask for the feed

    book = Calendar()
    book.add("prodid", "-//Aftertouch//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", "Aftertouch")
    book.add("refresh-interval;value=duration", "PT6H")
    for day in days:
        book.add_component(_filled(Event(), day, now))
    return bytes(book.to_ical())


def _filled(event: "Event", day: FeedDay, now: datetime) -> "Event":
    event.add("uid", f"{day.key}@aftertouch")
    event.add("dtstamp", now)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("summary", TITLES[day.kind].format(who=day.who))
    event.add("description", f"{day.words} {day.history_url}")
    event.add("url", day.history_url)
    event.add("transp", "TRANSPARENT")
    return event
