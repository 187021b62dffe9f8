"""What the mailbox says through advice is what `judge` says of the same history: one judgement, two ways in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cadence.thread import Draft
from app.reading.histories import Event, facts_of, name_of, read_events
from app.reading.places import country_at
from app.reading.rows import instant_of
from app.reading.scenarios import draft_of, judge_row, zone_of
from app.reading.threads import build_thread
from app.services import advising
from app.services.announcing import Announcer
from app.services.letters import addressed
from app.services.parts import Parts
from app.settings import Settings
from app.store import accounts, logged, messages, recipients
from app.store.database import Database
from app.store.sealing import Keyring, Sealer
from tests.bench.scenarios import labelled_rows
from tests.store.letters import link

ME = "ana@example.com"
Row = dict[str, Any]
numbers = count()


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder = tmp_path_factory.mktemp("one")
    database = Database.open(f"sqlite:///{folder / 'a.sqlite3'}")
    database.migrate()
    yield Parts(
        settings=Settings(data_dir=Path(folder)),
        clock=lambda: NOW,
        database=database,
        sealer=Sealer(Keyring.new()),
        connectors={},
        announcer=Announcer(),
    )
    database.close()


def stored(parts: Parts, row: Row, events: tuple[Event, ...], now: datetime) -> str:
    """The history in a mailbox that was synced to its end, and the calls logged by hand; the person's id."""
    about = row["draft"]["to"][0]
    mails, _ = facts_of(about, events)
    own = {event.message.sender.address for event in events if event.outbound and event.message.sender} or {ME}
    with parts.database.write() as tx:
        mailbox = link(tx, parts.sealer, address=f"{next(numbers)}.{ME}")
        accounts.add_addresses(tx, mailbox.person, mailbox.account, sorted(own), now)
        accounts.caught_up(tx, mailbox.account, "live", as_of=now, deep_at=now)
        by_key = {event.key: event for event in events}
        rows = [as_stored(mailbox, fact, by_key[fact.key]) for fact in mails]
        messages.add(tx, parts.sealer, rows)
        written = addressed(rows)
        written |= {
            person: "" for event in events if event.outbound for person in event.people if person not in written
        }
        ids = recipients.ensure(tx, parts.sealer, mailbox.person, written, now)
        for call in (call for person in written for call in facts_of(person, events)[1]):
            [to] = by_key[call.key].people
            touch = logged.LoggedTouch(
                f"{next(numbers)}", mailbox.person, ids[to], call.channel, call.outcome, call.at, now
            )
            logged.add(tx, parts.sealer, touch)
        if row.get("stage") and about in ids:
            recipients.set_stage(tx, mailbox.person, ids[about], row["stage"])
    return mailbox.person


def as_stored(mailbox: Any, fact: Any, event: Event) -> messages.NewMessage:
    people = [("to", it) for it in event.message.to] + [("cc", it) for it in event.message.cc]
    return messages.NewMessage(
        person_id=mailbox.person,
        account_id=mailbox.account,
        provider_message_id=fact.key,
        provider_thread_id=fact.thread_key,
        message_key=fact.message_key,
        at=fact.at,
        outbound=fact.outbound,
        sender=fact.sender,
        sender_name=fact.sender_name,
        reading=event.reading,
        reader_version=1,
        people=tuple((role, person.address, person.name) for role, person in people),
        reference_keys=fact.reference_keys,
        subject=event.subject,
    )


async def advised(parts: Parts, row: Row) -> tuple[object, ...]:
    at = instant_of(row, "now")
    parts = replace(parts, country=country_at(at))
    zone, now = zone_of(at), at.astimezone(UTC)
    events = read_events(row, at, zone)
    person = stored(parts, row, events, now)
    draft, thread_id = drafted(row, events)
    asked = advising.Question(
        draft.channel, draft.to, tuple(row["draft"].get("cc", ())), None, None, thread_id, draft.signals, zone
    )
    said = await advising.advise(parts, person, asked, now)
    return said.level, [warning.rule for warning in said.warnings], said.next_good_date and str(said.next_good_date)


def drafted(row: Row, events: tuple[Event, ...]) -> tuple[Draft, str | None]:
    """The draft as the extension reports it, and the provider thread it stands in."""
    about = row["draft"]["to"][0]
    mails, calls = facts_of(about, events)
    thread = build_thread(about, frozenset({about}), mails, calls, name=name_of(about, events))
    draft = draft_of(row["draft"], thread, events)
    newest = thread.replies[-1].key if thread.replies else ""
    threads = {fact.key: fact.thread_key for fact in mails}
    return draft, threads.get(newest) if draft.in_reply else None


def judged(row: Row) -> tuple[object, ...]:
    said = judge_row({"id": "x", "stage": None, **row})
    return said["level"], [warning["rule"] for warning in said["warnings"]], said["next_good_date"]


def can_be_synced(row: Row) -> bool:
    """Mail alone, to one person: what a call was about is told by no store, and neither is a draft's private matter."""
    return len(row["draft"]["to"]) == 1 and all(entry["channel"] == "email" for entry in row["history"])


async def test_every_labelled_history_of_mail_is_judged_alike_both_ways(parts: Parts) -> None:
    rows = [row for row in labelled_rows("threads-build") + labelled_rows("threads-others-build") if can_be_synced(row)]
    told = {row["name"]: (await advised(parts, row), judged(row)) for row in rows if row["history"]}
    assert len(told) > 100
    assert {name: pair for name, pair in told.items() if pair[0] != pair[1]} == {}


RITA, KARL, OMAR = "Rita Roe <rita@acme.example>", "Karl Kern <karl@acme.example>", "omar@acme.example"
HOME, ROBOT, DAEMON = "Rita Roe <rita.r@home.example>", "no-reply@acme.example", "mailer-daemon@mx.example"
NOW = datetime.fromisoformat("2026-11-19T10:00:00+00:00")
MINE = (
    "Dear Rita, please find attached my application for the position of data engineer.",
    "Hello, just following up on my application. Any news?",
    "I finished the case study you mentioned; the link is below with three findings for your pricing page.",
    "Thank you for the interview yesterday, I enjoyed our talk about the migration.",
    "Shall we have dinner on Friday for mum's birthday party?",
)
THEIRS = (
    "Hi Ana, thanks. We will get back to you by Friday next week.",
    "Could you send me two references, please?",
    "I would like to invite you to an interview. Are you free on Thursday?",
    "Unfortunately we decided to move forward with another candidate.",
    "The role is on hold for now.",
    "Nice weather here. See the attached leaflet.",
    "Please contact my colleague Karl Kern about this.",
    "Dinner sounds great, mum will love the party!",
)
MACHINES = (
    (RITA, "Automatic reply: Application", "I am out of the office until November 27."),
    (ROBOT, "Your application", "Thank you for applying. We have received your application."),
    (DAEMON, "Delivery Status Notification (Failure)", "Your message to rita@acme.example could not be delivered."),
)
SUBJECTS = ("Application: data engineer", "Re: Application: data engineer", "A short question", "Pricing page")
BEGAN = (NOW - timedelta(days=41)).isoformat()
times = st.integers(1, 60 * 24 * 40).map(lambda minutes: (NOW - timedelta(minutes=minutes)).isoformat())


@st.composite
def entries(draw: st.DrawFn) -> Row:
    at, subject = draw(times), draw(st.sampled_from(SUBJECTS))
    kind = draw(st.sampled_from(("out", "out", "out", "in", "in", "machine", "call")))
    if kind == "out":
        to, text = draw(st.sampled_from((RITA, RITA, KARL))), draw(st.sampled_from(MINE))
        return entry("out", at, ME, to, subject, text)
    if kind == "in":
        sender = draw(st.sampled_from((RITA, RITA, KARL, HOME, OMAR)))
        return entry("in", at, sender, ME, subject, draw(st.sampled_from(THEIRS)))
    if kind == "machine":
        sender, subject, text = draw(st.sampled_from(MACHINES))
        return entry("in", at, sender, ME, subject, text)
    channel = draw(st.sampled_from(("call", "voicemail")))
    return entry("out", at, ME, draw(st.sampled_from(("rita@acme.example", "karl@acme.example"))), "", "", channel)


def entry(direction: str, at: str, sender: str, to: str, subject: str, text: str, channel: str = "email") -> Row:
    said = {"direction": direction, "channel": channel, "at": at, "from": sender, "to": [to]}
    return said | {"subject": subject, "text": text}


@st.composite
def histories(draw: st.DrawFn) -> Row:
    to = draw(st.sampled_from(("rita@acme.example", "rita@acme.example", "karl@acme.example", OMAR)))
    channel = draw(st.sampled_from(("email", "email", "call", "voicemail")))
    text = draw(st.sampled_from(("Hello, here it is.", "Hello, did you see this?", "Here is the sample you wanted.")))
    sketch = {"channel": channel, "to": [to], "subject": draw(st.sampled_from(SUBJECTS)), "text": text}
    told = draw(st.lists(entries(), min_size=1, max_size=9, unique_by=lambda it: it["at"]))
    first = entry("out", BEGAN, ME, {OMAR: KARL}.get(to, to), SUBJECTS[0], MINE[0])
    return {"now": NOW.isoformat(), "history": [first, *told], "draft": sketch}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=histories())
async def test_any_synced_history_is_judged_as_judge_would(parts: Parts, row: Row) -> None:
    assert await advised(parts, row) == judged(row)


@pytest.mark.parametrize("text", ["Hello, here it is.", "Hello, did you see this?", "Here is the sample you wanted."])
@pytest.mark.parametrize("channel", ["email", "call", "voicemail"])
async def test_a_first_word_to_a_stranger_is_judged_as_judge_would(parts: Parts, channel: str, text: str) -> None:
    sketch = {"channel": channel, "to": [OMAR], "subject": SUBJECTS[0], "text": text}
    first = entry("out", BEGAN, ME, KARL, SUBJECTS[0], MINE[0])
    row = {"now": NOW.isoformat(), "history": [first], "draft": sketch}
    assert await advised(parts, row) == judged(row)
