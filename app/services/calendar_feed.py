"""The calendar feed: next good dates and the dates recipients named, behind an address with a secret in it."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from app.cadence.cadence import measure
from app.cadence.state import StateName, state_from
from app.services.errors import NotFound
from app.services.parts import Parts
from app.services.shelf import Dossier
from app.services.signing_in import hashed
from app.services.threads import all_dossiers
from app.store import audit, people, scope

WORTH_A_DATE = frozenset({StateName.YOUR_TURN, StateName.WAITING})


@dataclass(frozen=True, slots=True)
class FeedDay:
    """One day of the feed. `key` stays the same for the same recipient and kind (good or promised)."""

    key: str
    on: date
    kind: str
    who: str
    words: str
    history_url: str


def new_address(parts: Parts, person_id: str, now: datetime) -> str:
    """A fresh address of the feed, told once; the former one stops working."""
    secret = secrets.token_urlsafe(32)
    with parts.database.write(durable=True) as tx:
        people.set_calendar_hash(tx, person_id, hashed(secret))
        audit.record(tx, person_id, now, "calendar_on")
    return f"{parts.settings.base_url}/calendar/{secret}.ics"


def switch_off(parts: Parts, person_id: str, now: datetime) -> None:
    with parts.database.write(durable=True) as tx:
        people.set_calendar_hash(tx, person_id, None)
        audit.record(tx, person_id, now, "calendar_off")


def is_on(parts: Parts, person_id: str) -> bool:
    with parts.database.read() as tx:
        return people.has_calendar(tx, person_id)


def feed(parts: Parts, secret: str, now: datetime) -> list[FeedDay]:
    """Every date worth waiting for, earliest first. Raises NotFound when the secret opens nothing (any more)."""
    person_id = _whose(parts, secret)
    if person_id is None:
        raise NotFound("There is no calendar at this address. Make a new one on the accounts page.")
    scope.only(person_id)
    with parts.database.read() as tx:
        dossiers = [each for each in all_dossiers(parts, tx, person_id) if each.recipient.muted_at is None]
    days = [day for each in dossiers for day in _days(parts, each, now)]
    return sorted(days, key=lambda day: (day.on, day.key))


@scope.across_people()
def _whose(parts: Parts, secret: str) -> str | None:
    with parts.database.read() as tx:
        return people.find_by_calendar(tx, hashed(secret))


def _days(parts: Parts, each: Dossier, now: datetime) -> list[FeedDay]:
    cadence = measure(each.thread, now, zone=parts.zone, country=parts.country)
    state = state_from(cadence)
    if state.name not in WORTH_A_DATE or not cadence.thread.job_contact:
        return []
    who = each.recipient.name or each.recipient.address
    page = f"{parts.settings.base_url}/history/{each.recipient.id}"
    days = []
    if state.next_good_date:
        days.append(FeedDay(f"good-{each.recipient.id}", state.next_good_date, "good", who, state.words, page))
    if cadence.promise and cadence.promise.end >= cadence.today:
        words = "A date may slip; waiting a little longer is normal."
        days.append(FeedDay(f"said-{each.recipient.id}", cadence.promise.end, "promised", who, words, page))
    return days
