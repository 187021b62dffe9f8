"""One count, whoever is asked: list, time line, export, calendar and banner agree whatever happened."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cadence.thread import Channel, Promise, Signals
from app.reading.facts import CorrectionKind, InboundReading, Kind, OutboundReading
from app.services import advising, correcting, history, logging_touches
from app.services.announcing import Announcer
from app.services.correcting import Correction
from app.services.logging_touches import TouchToLog
from app.services.parts import Parts
from app.settings import Settings
from app.store import accounts, messages, people, recipients
from app.store.database import Database
from app.store.messages import NewMessage
from app.store.scope import across_people
from app.store.sealing import Keyring, Sealer
from connectors.contract import Grant
from tests.world import NOW

ANA = "ana@example.com"
MET = ("rita@acme.example", "omar@acme.example", "kim@other.example")
LOGGED = (("call", "no_answer"), ("voicemail", "message_left"), ("call", "spoke"), ("email", "message_left"))


@dataclass(frozen=True)
class Event:
    """Something that happened with one of three people, some hours ago. `what` is sent, a kind of mail, or logged."""

    who: int
    what: str
    hours: int
    thread: int


events = st.lists(
    st.builds(
        Event,
        who=st.integers(0, 2),
        what=st.sampled_from(
            ["sent", "sent", "sent", *(kind.value for kind in Kind), "logged0", "logged1", "logged2", "logged3"]
        ),
        hours=st.integers(1, 24 * 100),
        thread=st.integers(0, 3),
    ),
    min_size=1,
    max_size=14,
)


@pytest.fixture(scope="module")
def parts() -> Iterator[Parts]:
    with tempfile.TemporaryDirectory() as folder, across_people():
        database = Database.open(f"sqlite:///{Path(folder) / 'counts.sqlite3'}")
        database.migrate()
        yield Parts(
            settings=Settings(base_url="http://127.0.0.1:8025"),
            clock=lambda: NOW,
            database=database,
            sealer=Sealer(Keyring.new()),
            connectors={},
            announcer=Announcer(),
            zone="Europe/Berlin",
            country="DE",
        )
        database.close()


def lived(parts: Parts, happened: list[Event], wrong: int | None) -> str:
    """A fresh person to whom all this happened; `wrong` is which of their entries is "not a follow-up"."""
    with parts.database.write() as tx:
        person = people.add(tx, NOW)
        grant = Grant(f"sub-{person}", ANA, "{}")
        account = accounts.link(tx, parts.sealer, person_id=person, provider="google", grant=grant, now=NOW)
        accounts.add_addresses(tx, person, account, {ANA}, NOW)
        accounts.caught_up(tx, account, "live", as_of=NOW, deep_at=NOW)
        recipients.ensure(tx, parts.sealer, person, dict.fromkeys(MET, ""), NOW)
        rows = [
            mail(person, account, number, event) for number, event in enumerate(happened) if "logged" not in event.what
        ]
        messages.add(tx, parts.sealer, rows)
    for event in happened:
        if "logged" in event.what:
            channel, outcome = LOGGED[int(event.what[-1])]
            touch = TouchToLog(MET[event.who], channel, outcome, at(event), note_promise="by Friday")
            logging_touches.log_touch(parts, person, touch, NOW)
    if wrong is not None:
        set_right(parts, person, wrong)
    return person


def set_right(parts: Parts, person: str, wrong: int) -> None:
    for row in history.list_recipients(parts, person, NOW):
        entries = [each for each in history.time_line(parts, person, row.id, NOW).entries if each.what == "touch"]
        if entries:
            asked = Correction(row.id, CorrectionKind.NOT_A_TOUCH, entries[wrong % len(entries)].key)
            correcting.correct(parts, person, asked, NOW)


def at(event: Event) -> datetime:
    return NOW - timedelta(hours=event.hours)


def mail(person: str, account: str, number: int, event: Event) -> NewMessage:
    sent = event.what == "sent"
    promise = Promise(None, (NOW + timedelta(days=3)).date(), "by Wednesday") if number % 3 == 0 else None
    return NewMessage(
        person_id=person,
        account_id=account,
        provider_message_id=f"m{number}",
        provider_thread_id=f"t{event.thread}",
        message_key=f"k{number}",
        at=at(event),
        outbound=sent,
        sender=ANA if sent else MET[event.who],
        reading=OutboundReading(Signals(words=20, asks_for_news=number % 2 == 0))
        if sent
        else InboundReading(kind=Kind(event.what), promise=promise),
        reader_version=1,
        people=(("to", MET[event.who] if sent else ANA, ""),),
    )


@settings(max_examples=25, deadline=None)
@given(happened=events, wrong=st.none() | st.integers(0, 5))
def test_list_time_line_table_and_banner_count_alike(parts: Parts, happened: list[Event], wrong: int | None) -> None:
    person = lived(parts, happened, wrong)
    rows = history.list_recipients(parts, person, NOW)
    assert {row.address for row in rows} == set(MET)
    told = list(history.every_entry(parts, person, NOW))
    for row in rows:
        question = advising.Question(Channel.EMAIL, (row.address,), zone="Europe/Berlin")
        advised = asyncio.run(advising.advise(parts, person, question, NOW)).recipients[0]
        line = history.time_line(parts, person, row.id, NOW)
        listed = sum(entry.counted for who, entry in told if who.id == row.id)
        drawn = sum(entry.counted for entry in line.entries)
        assert row.unanswered == line.summary.unanswered == drawn == listed == advised.unanswered
        assert row == line.summary
        assert (row.state, row.last_touch_at, row.last_reply_at, row.stage) == (
            advised.state, advised.last_touch_at, advised.last_reply_at, advised.stage,
        )  # fmt: skip
