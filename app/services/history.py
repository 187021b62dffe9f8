"""History: every recipient with where things stand, one time line each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.cadence.cadence import Cadence, measure
from app.cadence.odds import past_streaks
from app.cadence.state import state_from
from app.cadence.thread import Notice, NoticeKind, Reply, Touch
from app.services.errors import NotFound
from app.services.parts import Parts
from app.services.shelf import Dossier
from app.services.threads import all_dossiers, dossier
from app.store import accounts, corrections, recipients
from app.store.advice_facts import recipient_facts
from app.store.corrections import Correction as StoredCorrection
from app.store.recipients import Recipient

LEARN_FROM = 150
"""Threads: more would cost every word before Send more than a tenth of a millisecond (2026-11)."""
STATE_ORDER = ("your_turn", "waiting", "enough", "answered", "closed", "muted")


@dataclass(frozen=True, slots=True)
class Summary:
    """One recipient in the list. `next_good_date` is None when there is nothing to wait for."""

    id: str
    address: str
    name: str
    unanswered: int
    last_touch_at: datetime | None
    last_reply_at: datetime | None
    stage: str
    state: str
    next_good_date: date | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One mark on the time line.

    `what` is touch, reply, notice, promise, absence or closure; `source` is mail, logged or inferred; `counted`
    says that the cadence counts it as an unanswered touch; `until` ends a window (promise, absence).
    """

    key: str
    at: datetime
    what: str
    direction: str
    channel: str
    title: str
    source: str
    mailbox: str = ""
    link: str = ""
    counted: bool = False
    delivered: bool = True
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TimeLine:
    """`corrections` are those in force, `today` is the recipient's.

    `merged` are the ids of recipients that were joined to this one; `stage_by_hand` says who set the stage.
    """

    summary: Summary
    addresses: tuple[str, ...]
    entries: tuple[Entry, ...]
    corrections: tuple[StoredCorrection, ...]
    today: date
    muted: bool
    merged: tuple[str, ...] = ()
    stage_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class PageOfRecipients:
    rows: tuple[Summary, ...]
    next_cursor: str | None


def page_of_recipients(
    parts: Parts,
    person_id: str,
    now: datetime,
    *,
    query: str = "",
    state: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> PageOfRecipients:
    """A keyset page of the list: the rows behind the recipient `after`. A cursor that is gone starts anew."""
    rows = list_recipients(parts, person_id, now, query=query, state=state)
    start = next((place + 1 for place, row in enumerate(rows) if row.id == after), 0)
    page = tuple(rows[start : start + limit])
    return PageOfRecipients(page, page[-1].id if len(rows) > start + limit else None)


def list_recipients(
    parts: Parts, person_id: str, now: datetime, *, query: str = "", state: str | None = None
) -> list[Summary]:
    """Everybody the person wrote to or logged, what can be done first; filtered by text and state."""
    with parts.database.read() as tx:
        dossiers = all_dossiers(parts, tx, person_id)
    wanted = query.strip().lower()
    rows = [
        summary
        for each in dossiers
        if not wanted or wanted in each.recipient.name.lower() or any(wanted in it for it in each.recipient.addresses)
        if (summary := _summary(each.recipient, _measured(parts, each, now))) and state in (None, summary.state)
    ]
    return sorted(rows, key=_by_what_can_be_done)


def every_entry(parts: Parts, person_id: str, now: datetime) -> Iterator[tuple[Summary, Entry]]:
    """All time lines, one recipient after the other in the order of their addresses."""
    with parts.database.read() as tx:
        dossiers = all_dossiers(parts, tx, person_id)
        mailboxes = {account.id: account.address for account in accounts.of_person(tx, person_id)}
    for each in sorted(dossiers, key=lambda one: (one.recipient.address, one.recipient.id)):
        cadence = _measured(parts, each, now)
        for entry in _entries(each, cadence, mailboxes):
            yield _summary(each.recipient, cadence), entry


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody known at one employer, what can be done first, and all that was said there in order of time."""

    name: str
    rows: tuple[Summary, ...]
    entries: tuple[tuple[Summary, Entry], ...]


def company(parts: Parts, person_id: str, name: str, now: datetime) -> Company:
    """`name` is an organisation's domain in lower case, such as acme.example. Raises NotFound."""
    with parts.database.read() as tx:
        met = recipients.at_company(tx, parts.sealer, person_id, name)
        facts = [recipient_facts(tx, parts.sealer, recipient) for recipient in met]
        mailboxes = {account.id: account.address for account in accounts.of_person(tx, person_id)}
    if not facts:
        raise NotFound("Nobody in your history is there.")
    rows, entries = [], []
    for each in (dossier(of_one) for of_one in facts):
        cadence = _measured(parts, each, now)
        rows.append(_summary(each.recipient, cadence))
        entries += [(rows[-1], entry) for entry in _entries(each, cadence, mailboxes)]
    ordered = sorted(entries, key=lambda told: (told[1].at, told[1].key, told[0].id))
    return Company(name, tuple(sorted(rows, key=_by_what_can_be_done)), tuple(ordered))


def learn(parts: Parts, person_id: str, now: datetime) -> None:
    """Put on the shelf how the person's latest threads went, for the odds of those that are silent now."""
    with parts.database.read() as tx:
        dossiers = all_dossiers(parts, tx, person_id)
    written = [each for each in dossiers if each.thread.touches]
    latest = sorted(written, key=lambda each: (each.thread.touches[-1].at, each.recipient.id))[-LEARN_FROM:]
    streaks = [past for each in latest for past in past_streaks(_measured(parts, each, now))]
    parts.shelf.learn(person_id, tuple(streaks), now)


def _by_what_can_be_done(row: Summary) -> tuple[int, date, float, str]:
    newest = max((at.timestamp() for at in (row.last_touch_at, row.last_reply_at) if at), default=0.0)
    return STATE_ORDER.index(row.state), row.next_good_date or date.max, -newest, row.id


def time_line(parts: Parts, person_id: str, recipient_id: str, now: datetime) -> TimeLine:
    """Everything about one recipient in order of time. Raises NotFound."""
    with parts.database.read() as tx:
        recipient = recipients.find(tx, parts.sealer, person_id, recipient_id)
        if recipient is None:
            raise NotFound("There is no such recipient.")
        facts = recipient_facts(tx, parts.sealer, recipient)
        mailboxes = {account.id: account.address for account in accounts.of_person(tx, person_id)}
        ids = (recipient.id, *recipient.merged)
        corrected = [
            each for each in corrections.of_person(tx, person_id) if each.recipient_id in ids and each.undone_at is None
        ]
    each = dossier(facts)
    cadence = _measured(parts, each, now)
    return TimeLine(
        summary=_summary(recipient, cadence),
        addresses=recipient.addresses,
        entries=tuple(_entries(each, cadence, mailboxes)),
        corrections=tuple(corrected),
        today=cadence.today,
        muted=recipient.muted_at is not None,
        merged=recipient.merged,
        stage_by_hand=cadence.stage_by_hand,
    )


def _measured(parts: Parts, each: Dossier, now: datetime) -> Cadence:
    return measure(each.thread, now, zone=parts.zone, country=parts.country)


def _summary(recipient: Recipient, cadence: Cadence) -> Summary:
    muted = recipient.muted_at is not None or not cadence.thread.job_contact
    state = state_from(cadence)
    return Summary(
        id=recipient.id,
        address=recipient.address,
        name=recipient.name,
        unanswered=cadence.unanswered,
        last_touch_at=cadence.last_sent.at if cadence.last_sent else None,
        last_reply_at=cadence.last_reply.at if cadence.last_reply else None,
        stage=cadence.stage.value,
        state="muted" if muted else state.name.value,
        next_good_date=None if muted else state.next_good_date,
        words="" if muted else state.words,
    )


def _entries(each: Dossier, cadence: Cadence, mailboxes: Mapping[str, str]) -> list[Entry]:
    counted = {touch.key for touch in cadence.streak}
    entries = [_touch_entry(each, touch, mailboxes, counted=touch.key in counted) for touch in cadence.sent]
    for reply in cadence.replies:
        entries.append(_reply_entry(each, reply, mailboxes))
        if reply.promise:
            entries.append(_promise_entry(reply))
    entries += [_notice_entry(each, notice, mailboxes) for notice in cadence.notices]
    if cadence.closure:
        who = "They closed this." if cadence.closure.by_them else "You withdrew."
        entries.append(Entry(cadence.closure.key, cadence.closure.at, "closure", "in", "", who, "inferred"))
    return sorted(entries, key=lambda entry: (entry.at, entry.source == "inferred", entry.what, entry.key))


@dataclass(frozen=True, slots=True)
class _Shown:
    title: str
    source: str
    mailbox: str = ""
    link: str = ""


def _shown(each: Dossier, key: str, mailboxes: Mapping[str, str]) -> _Shown:
    """Title, source, mailbox and link of what an evidence key points at."""
    if message := each.messages.get(key):
        return _Shown(message.subject, "mail", mailboxes.get(message.account_id, ""), message.link)
    return _Shown("", "logged")


def _entry(at: Touch | Reply | Notice, what: str, shown: _Shown, direction: str, channel: str) -> Entry:
    return Entry(at.key, at.at, what, direction, channel, shown.title, shown.source, shown.mailbox, shown.link)


def _touch_entry(each: Dossier, touch: Touch, mailboxes: Mapping[str, str], *, counted: bool) -> Entry:
    direction = "both" if touch.spoke else "out"
    shown = _shown(each, touch.key, mailboxes)
    entry = _entry(touch, "touch", shown, direction, touch.channel.value)
    return replace(entry, counted=counted, delivered=touch.delivered)


def _reply_entry(each: Dossier, reply: Reply, mailboxes: Mapping[str, str]) -> Entry:
    entry = _entry(reply, "reply", _shown(each, reply.key, mailboxes), "in", reply.channel.value)
    return replace(entry, note=reply.question)


def _promise_entry(reply: Reply) -> Entry:
    assert reply.promise is not None
    quote = reply.promise.quote
    return Entry(reply.key, reply.at, "promise", "in", "", quote, "inferred", until=reply.promise.end)


_NOTICE_TITLES = {
    NoticeKind.RECEIPT: "Receipt of your application",
    NoticeKind.ABSENCE: "Out of office",
    NoticeKind.REJECTION: "Rejection",
    NoticeKind.BOUNCE: "Did not arrive",
    NoticeKind.HOLD: "The role is on hold",
}


def _notice_entry(each: Dossier, notice: Notice, mailboxes: Mapping[str, str]) -> Entry:
    what = "absence" if notice.kind is NoticeKind.ABSENCE else "notice"
    entry = _entry(notice, what, _shown(each, notice.key, mailboxes), "in", "email")
    return replace(entry, title=_NOTICE_TITLES[notice.kind], until=notice.until, note=notice.reason)
