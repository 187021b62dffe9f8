"""Stored messages, read back as facts: those about some addresses, or all of a person's, in one statement each."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    String,
    Text,
    bindparam,
    cast,
    false,
    func,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.reading.facts import MessageFact
from app.reading.keeping import reading_from_json
from app.reading.people import organisation
from app.store.filing import known_as
from app.store.packing import Numbers, todays_key, whole
from app.store.prepared import Prepared
from app.store.sealing import Sealer
from app.store.spelling import Lines, OneOf
from app.store.tables import (
    accounts,
    circle_people,
    correspondents,
    links,
    mail,
    mail_references,
    mailboxes,
    recipient_addresses,
    senders,
)

_KEPT = 32_768  # some 2.6 kB each; a year of a busy job seeker's mail is 20,000 messages


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A fact with what shows it to the person. `provider` is `google` or `microsoft`, `link` opens the message."""

    fact: MessageFact
    account_id: str
    provider: str
    link: str
    present: bool
    _place: str = field(repr=False, compare=False)
    _subject: bytes | None = field(repr=False, compare=False)
    _sealer: Sealer = field(repr=False, compare=False)

    @property
    def number(self) -> int:
        """The row's, as in its mark."""
        return int(self.fact.key.rpartition(".")[2])

    @property
    def subject(self) -> str:
        """Opened when asked for: some 4 microseconds. Raises KeyMissing."""
        return self._sealer.shown_text(self._subject, table="messages", row=self._place, column="subject")


def for_addresses(tx: Connection, sealer: Sealer, person_id: str, addresses: Iterable[str]) -> list[StoredMessage]:
    """Every fact that may bear on these addresses (lower case), in order of time.

    Mail to them and from them; whatever answers the person's mail to them; whatever else lies in those provider
    threads; mail from other addresses under the same full name; bounces that name them; and what colleagues of
    the same company wrote and were written. What it means for the recipient is `app.reading.threads`' to say.
    """
    return _stored(sealer, _ABOUT.rows(tx, person=person_id, **_asked(addresses)))


def marks(tx: Connection, person_id: str, addresses: Iterable[str]) -> str:
    """What tells whether `for_addresses` would give anything else than before, in a third of its time.

    One line a row, in no order: its number (`number_of`), then whatever may change of a message once it is stored.
    One text, for tens of thousands of small objects would have the whole memory searched for garbage.
    """
    found = _MARKS.first(tx, person=person_id, **_asked(addresses))
    return found.marks if found and found.marks else ""


def number_of(mark: str) -> int:
    return int(mark.partition(" ")[0])


def with_numbers(tx: Connection, sealer: Sealer, person_id: str, numbers: Iterable[int]) -> list[StoredMessage]:
    """The facts of these rows, those the marks begin with, in order of time."""
    found = _SOME.rows(tx, person=person_id, numbers=sorted(numbers))
    return _stored(sealer, found)


def of_person(tx: Connection, sealer: Sealer, person_id: str) -> list[StoredMessage]:
    """Every fact of the person, in order of time."""
    return _stored(sealer, _ALL.rows(tx, person=person_id))


def by_key(tx: Connection, sealer: Sealer, person_id: str, key: str) -> StoredMessage | None:
    """The message an evidence key points at; None when there is no such message of this person's."""
    letter, _, number = key.rpartition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = _stored(sealer, _ONE.rows(tx, person=person_id, message=int(number)))
    return next((one for one in found if one.fact.key == f"{todays_key(letter)}.{number}"), None)


def _asked(addresses: Iterable[str]) -> dict[str, tuple[str, ...]]:
    asked = tuple(addresses)
    return {"addresses": asked, "companies": tuple({f"@{name}" for name in map(organisation, asked) if name})}


_PERSON: BindParameter[str] = bindparam("person", type_=String())
_HERE = mail.c
_THREAD = func.coalesce(_HERE.thread, _HERE.provider_id).label("thread")


def _boxes() -> Select[Any]:
    return select(mailboxes.c.id).where(mailboxes.c.person_id == _PERSON)


def _near() -> FromClause:
    """The rows of all messages that may bear on the addresses."""
    at = correspondents.c
    who = select(at.id).where(at.mailbox.in_(_boxes()), OneOf(at.address, "addresses")).cte("who")
    touching = _touching(who).cte("touching")
    told = select(_HERE.id, _HERE.key, _HERE.mailbox, _THREAD, _HERE.outbound, _HERE.sender, touching.c.wrote).join(
        touching, touching.c.id == _HERE.id
    )
    near = told.cte("near")
    found = _beside(near).cte("found")
    return found.join(mail, mail.c.id == found.c.id)


def _touching(who: CTE) -> CompoundSelect[Any]:
    """Mail that somebody wrote, was sent, or never got: the numbers alone, each from an index."""
    there = circle_people.c
    wrote = select(_HERE.id, true().label("wrote")).join(senders, senders.c.id == _HERE.sender)
    sent = select(_HERE.id, false()).join(circle_people, there.circle == _HERE.circle)
    return union_all(
        wrote.where(senders.c.correspondent.in_(select(who.c.id)), ~_HERE.outbound),
        sent.where(there.correspondent.in_(select(who.c.id))),
        select(_HERE.id, false()).where(_HERE.failed.in_(select(who.c.id))),
    )


def _marks() -> Select[Any]:
    mark: ColumnElement[str] = cast(_HERE.id, Text)
    link = func.coalesce(_HERE.link, 0)
    for changing in (_HERE.reader_version, _HERE.outbound, _HERE.present, _HERE.folder, link):
        mark = mark + " " + cast(changing, Text)
    mark = mark + func.coalesce(_HERE.names, "")
    return select(Lines(mark).label("marks")).select_from(_near())


def _beside(near: CTE) -> CompoundSelect[Any]:
    """The row ids of what lies near and of all that hangs on it."""
    answering = _answering(near)
    company = _company()
    begun = near.c.outbound | near.c.wrote
    return union(
        select(near.c.id.label("id")),
        select(answering.c.id),
        select(company.c.id),
        *_written_to_senders_of(company),
        *_in_threads_of(near, begun),
        # Who was written to in an answer's thread without the recipient is a bystander there, and no colleague.
        *(told.where(_HERE.outbound) for told in _in_threads_of(answering, true())),
        _under_names_of(near),
    )


def _company() -> CTE:
    """What speaks for the companies, from whoever there."""
    at, by = correspondents.c, senders.c
    told = (
        select(_HERE.id, at.address)
        .join(senders, by.id == _HERE.sender)
        .join(correspondents, at.id == by.correspondent)
    )
    there = at.mailbox.in_(_boxes()) & OneOf(at.company, "companies")
    return told.where(there, _HERE.for_company, ~_HERE.outbound).cte("company")


def _written_to_senders_of(some: CTE) -> tuple[Select[Any], ...]:
    """What the person wrote to the senders of these: a colleague written to apart answers for themselves."""
    at, there = correspondents.c, circle_people.c
    them = select(at.id).where(at.mailbox.in_(_boxes()), at.address.in_(select(some.c.address))).cte("them")
    to = select(_HERE.id).join(circle_people, there.circle == _HERE.circle)
    failed = select(_HERE.id).where(_HERE.failed.in_(select(them.c.id)))
    return to.where(there.correspondent.in_(select(them.c.id))), failed


def _answering(near: CTE) -> CTE:
    """Whatever names one of the person's letters to the recipient among those it answers."""
    answers = mail_references.c
    sent = select(near.c.key).where(near.c.outbound)
    told = select(_HERE.id, _HERE.mailbox, _THREAD).join(mail_references, answers.message_id == _HERE.id)
    return told.where(answers.key.in_(sent), answers.mailbox.in_(_boxes())).cte("answering")


def _under_names_of(near: CTE) -> Select[Any]:
    """What was written under the names they write under and are written to under."""
    named, by = recipient_addresses.c, senders.c
    known = (named.person_id == _PERSON) & OneOf(named.address, "addresses") & named.name_hash.is_not(None)
    theirs = select(by.name_hash).join(near, near.c.sender == by.id).where(near.c.wrote, by.name_hash.is_not(None))
    names = union(theirs, select(named.name_hash).where(known))
    them = select(by.id).where(by.mailbox.in_(_boxes()), by.name_hash.in_(names))
    return select(_HERE.id).where(_HERE.sender.in_(them), ~_HERE.outbound)


def _in_threads_of(some: CTE, condition: ColumnElement[bool]) -> tuple[Select[Any], ...]:
    """What lies in the provider threads of these, each thread looked up once however much of it is near."""
    named = select(some.c.mailbox, some.c.thread).where(condition, some.c.thread != 0)
    threads = named.distinct().cte(f"threads_of_{some.name}")
    here = threads.c.mailbox == _HERE.mailbox
    began = here & (threads.c.thread == _HERE.provider_id) & _HERE.thread.is_(None)
    return select(_HERE.id).join(threads, here & (threads.c.thread == _HERE.thread)), select(_HERE.id).join(
        threads, began
    )


def _facts(beginning: FromClause = mail) -> Select[Any]:
    """Every column a fact is made of. What is told by a number is looked up row by row, so no plan can begin there."""
    told = select(
        _HERE.id, _of_box(mailboxes.c.account_id), _of_box(accounts.c.provider), _HERE.provider_id, _HERE.thread,
        _HERE.key, _HERE.names, _HERE.at, _HERE.outbound, _HERE.sender_name, _HERE.subject, _HERE.quote, _HERE.reading,
        _HERE.folder, _HERE.present, senders.c.name.label("known_as"), senders.c.name_print,
        correspondents.c.address.label("sender"), _one(links.c.link, links, links.c.id == _HERE.link).label("template"),
        _one(Lines(_MEMBER.c.address), _MEMBERS, circle_people.c.circle == _HERE.circle).label("people"),
        _one(Lines(_ANSWERED), mail_references, mail_references.c.message_id == _HERE.id).label("answered"),
    )  # fmt: skip
    whole = beginning.join(senders, senders.c.id == _HERE.sender)
    whole = whole.join(correspondents, correspondents.c.id == senders.c.correspondent)
    return told.select_from(whole)


def _of_box(column: ColumnElement[str]) -> Any:
    of = mailboxes.join(accounts, accounts.c.id == mailboxes.c.account_id)
    return _one(column, of, mailboxes.c.id == _HERE.mailbox).label(str(column.key))


def _one(column: ColumnElement[Any], of: FromClause, condition: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(column).select_from(of).where(condition).correlate(mail).scalar_subquery()


_MEMBER = correspondents.alias("member")
_MEMBERS = circle_people.join(_MEMBER, _MEMBER.c.id == circle_people.c.correspondent)
_ANSWERED = cast(mail_references.c.key, Text) + " " + func.coalesce(mail_references.c.name, "")
# Asked row by row, lest a plan begin with all mail of the person.
_MINE = _one(mailboxes.c.person_id, mailboxes, mailboxes.c.id == _HERE.mailbox) == _PERSON
_ABOUT = Prepared(_facts(_near()).where(_MINE))
_MARKS = Prepared(_marks().where(_MINE))
_ALL = Prepared(_facts().where(_HERE.mailbox.in_(_boxes())))
_ONE = Prepared(_facts().where(_HERE.id == bindparam("message"), _MINE))
_SOME = Prepared(_facts().where(OneOf(_HERE.id, "numbers", Numbers()), _MINE))


def _stored(sealer: Sealer, rows: Sequence[Any]) -> list[StoredMessage]:
    read = _message if len(rows) <= _KEPT else _message.__wrapped__
    return sorted((read(sealer, row) for row in rows), key=_in_order)


@lru_cache(maxsize=_KEPT)
def _message(sealer: Sealer, row: Any) -> StoredMessage:
    """A row as a fact. Nothing but the row decides it, so the rows a person comes back to are read once.

    Its evidence key begins with what the letter is and only ends with the row, so that letters of the same moment
    stand in the same order however they arrived.
    """
    names = json.loads(row.names) if row.names else {}
    place = f"{row.account_id}/{names.get('id') or whole(row.provider_id)}"
    thread = _thread(row, names)
    key = names.get("key") or whole(row.key)
    words = sealer.shown_text(row.quote, table="messages", row=place, column="quote")
    fact = MessageFact(
        key=f"{key}.{row.id}",
        at=row.at,
        outbound=row.outbound,
        message_key=key,
        thread_key=f"{row.account_id}:{thread}" if thread else "",
        sender=row.sender,
        sender_name=_name(sealer, row, place),
        people=_split(row.people),
        reading=reading_from_json(row.reading, words),
        reference_keys=tuple(sorted(map(_answered, _split(row.answered)))),
        folder=row.folder,
    )
    link = row.template.replace("{}", thread) if row.template else names.get("link", "")
    return StoredMessage(fact, row.account_id, row.provider, link, row.present, place, row.subject, sealer)


def _thread(row: Any, names: dict[str, str]) -> str:
    if row.thread is None:
        return names.get("id") or whole(row.provider_id)
    return names.get("thread") or (whole(row.thread) if row.thread else "")


def _name(sealer: Sealer, row: Any, place: str) -> str:
    """What the sender is called, kept once for all their letters; mail of former versions keeps it by itself."""
    if row.sender_name is not None:
        return sealer.shown_text(row.sender_name, table="messages", row=place, column="sender_name")
    return sealer.shown_text(row.known_as, **known_as(row))


def _in_order(one: StoredMessage) -> tuple[Any, ...]:
    return one.fact.at, one.fact.message_key, one.number


def _answered(told: str) -> str:
    number, _, name = told.partition(" ")
    return name or whole(int(number))


def _split(joined: str | None) -> tuple[str, ...]:
    return tuple(sorted(set(joined.split("\n")))) if joined else ()
