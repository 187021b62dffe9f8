"""Stored messages, read back as facts: those about some addresses, or all of a person's, in one statement each."""

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
    Text,
    bindparam,
    cast,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.reading.facts import MessageFact
from app.reading.keeping import reading_from_json
from app.reading.people import organisation
from app.store.prepared import Prepared
from app.store.sealing import Sealer
from app.store.spelling import Lines, OneOf
from app.store.tables import accounts, message_people, message_references, messages, recipient_addresses

_KEPT = 32_768  # some 2.6 kB each; a year of a busy job seeker's mail is 20,000 messages
_AT_ONCE = 500
_ADDRESSED = or_(*(message_people.c.role == role for role in ("to", "cc", "bcc")))


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
    found: list[Any] = []
    asked = sorted(numbers)
    for start in range(0, len(asked), _AT_ONCE):
        some = _facts().where(messages.c.id.in_(asked[start : start + _AT_ONCE]))
        found += tx.execute(some, {"person": person_id}).all()
    return _stored(sealer, sorted(found, key=lambda row: (row.at, row.message_key, row.id)))


def of_person(tx: Connection, sealer: Sealer, person_id: str) -> list[StoredMessage]:
    """Every fact of the person, in order of time."""
    return _stored(sealer, _ALL.rows(tx, person=person_id))


def by_key(tx: Connection, sealer: Sealer, person_id: str, key: str) -> StoredMessage | None:
    """The message an evidence key points at; None when there is no such message of this person's."""
    _, _, number = key.rpartition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = _stored(sealer, _ONE.rows(tx, person=person_id, message=int(number)))
    return next((one for one in found if one.fact.key == key), None)


def _asked(addresses: Iterable[str]) -> dict[str, tuple[str, ...]]:
    asked = tuple(addresses)
    return {"addresses": asked, "companies": tuple({f"@{name}" for name in map(organisation, asked) if name})}


def _near() -> FromClause:
    """The rows of all messages that may bear on the addresses."""
    person: BindParameter[str] = bindparam("person")
    people = message_people.c
    here = select(messages.c.id, messages.c.message_key, messages.c.account_id, messages.c.provider_thread_id)
    told = here.add_columns(messages.c.outbound, messages.c.name_hash, people.role)
    touching = (people.person_id == person) & OneOf(people.address, "addresses")
    near = told.join(message_people, people.message_id == messages.c.id).where(touching).cte("near")
    found = _beside(person, near).cte("found")
    return found.join(messages, messages.c.id == found.c.id)


def _marks() -> Select[Any]:
    here = messages.c
    mark: ColumnElement[str] = cast(here.id, Text)
    for changing in (here.reader_version, here.outbound, here.present, here.folder, here.link):
        mark = mark + " " + cast(changing, Text)
    return select(Lines(mark).label("marks")).select_from(_near()).where(here.person_id == bindparam("person"))


def _beside(person: ColumnElement[str], near: CTE) -> CompoundSelect[Any]:
    """The row ids of what lies near and of all that hangs on it."""
    people, here = message_people.c, messages.c
    answering = _answering(person, near)
    spoken = select(people.message_id.label("id")).where(people.person_id == person, OneOf(people.address, "companies"))
    company = spoken.cte("company")
    begun = near.c.outbound | (near.c.role == "from")
    return union(
        select(near.c.id.label("id")),
        select(answering.c.id),
        select(company.c.id),
        _written_to_senders_of(person, company),
        _in_threads_of(near, begun),
        # Who was written to in an answer's thread without the recipient is a bystander there, and no colleague.
        _in_threads_of(answering, true()).where(here.outbound),
        select(here.id).where(here.person_id == person, here.name_hash.in_(_names(person, near))),
    )


def _written_to_senders_of(person: ColumnElement[str], some: CTE) -> Select[Any]:
    """What the person wrote to the senders of these: a colleague written to apart answers for themselves."""
    to = message_people.alias("to_senders")
    senders = select(messages.c.sender).join(some, some.c.id == messages.c.id)
    return select(to.c.message_id).where(to.c.person_id == person, to.c.address.in_(senders), to.c.role != "from")


def _answering(person: ColumnElement[str], near: CTE) -> CTE:
    """Whatever names one of the person's letters to the recipient among those it answers."""
    here, answers = messages.c, message_references.c
    sent = select(near.c.message_key).where(near.c.outbound)
    told = select(here.id, here.account_id, here.provider_thread_id)
    joined = told.join(message_references, answers.message_id == here.id)
    return joined.where(answers.person_id == person, answers.message_key.in_(sent)).cte("answering")


def _names(person: ColumnElement[str], near: CTE) -> CompoundSelect[Any]:
    """Hashes of the names they write under and are written to under."""
    named = recipient_addresses.c
    known = (named.person_id == person) & OneOf(named.address, "addresses") & named.name_hash.is_not(None)
    return union(
        select(near.c.name_hash).where(near.c.role == "from", near.c.name_hash.is_not(None)),
        select(named.name_hash).where(known),
    )


def _in_threads_of(some: CTE, condition: ColumnElement[bool]) -> Select[Any]:
    """What lies in the provider threads of these, each thread looked up once however much of it is near."""
    here = messages.c
    named = select(some.c.account_id, some.c.provider_thread_id).where(condition, some.c.provider_thread_id != "")
    threads = named.distinct().subquery(f"threads_of_{some.name}")
    same = (threads.c.account_id == here.account_id) & (threads.c.provider_thread_id == here.provider_thread_id)
    return select(here.id).join(threads, same)


def _facts(beginning: FromClause = messages) -> Select[Any]:
    """Every column a fact is made of. The provider is looked up row by row, so that no plan can begin with it."""
    here = messages.c
    provider = select(accounts.c.provider).where(accounts.c.id == here.account_id).correlate(messages)
    told = select(
        here.id, here.account_id, provider.scalar_subquery().label("provider"), here.provider_message_id,
        here.provider_thread_id, here.message_key, here.at, here.outbound, here.sender, here.sender_name,
        here.subject, here.quote, here.reading, here.folder, here.present, here.link,
        _joined(message_people.c.address, message_people, _ADDRESSED).label("people"),
        _joined(message_references.c.message_key, message_references).label("answered"),
    )  # fmt: skip
    mine = here.person_id == bindparam("person")
    return told.select_from(beginning).where(mine).order_by(here.at, here.message_key, here.id)


def _joined(column: ColumnElement[str], table: Any, *conditions: ColumnElement[bool]) -> ScalarSelect[str]:
    listed = select(Lines(column)).where(table.c.message_id == messages.c.id, *conditions)
    return listed.correlate(messages).scalar_subquery()


_ABOUT = Prepared(_facts(_near()))
_MARKS = Prepared(_marks())
_THEIRS = select(accounts.c.id).where(accounts.c.person_id == bindparam("person"))
_ALL = Prepared(_facts().where(messages.c.account_id.in_(_THEIRS)))
_ONE = Prepared(_facts().where(messages.c.id == bindparam("message")))


def _stored(sealer: Sealer, rows: Sequence[Any]) -> list[StoredMessage]:
    read = _message if len(rows) <= _KEPT else _message.__wrapped__
    return [read(sealer, row) for row in rows]


@lru_cache(maxsize=_KEPT)
def _message(sealer: Sealer, row: Any) -> StoredMessage:
    """A row as a fact. Nothing but the row decides it, so the rows a person comes back to are read once.

    Its evidence key begins with what the letter is and only ends with the row, so that letters of the same moment
    stand in the same order however they arrived.
    """
    place = f"{row.account_id}/{row.provider_message_id}"
    words = sealer.shown_text(row.quote, table="messages", row=place, column="quote")
    fact = MessageFact(
        key=f"{row.message_key}.{row.id}",
        at=row.at,
        outbound=row.outbound,
        message_key=row.message_key,
        thread_key=f"{row.account_id}:{row.provider_thread_id}" if row.provider_thread_id else "",
        sender=row.sender,
        sender_name=sealer.shown_text(row.sender_name, table="messages", row=place, column="sender_name"),
        people=_split(row.people),
        reading=reading_from_json(row.reading, words),
        reference_keys=_split(row.answered),
        folder=row.folder,
    )
    return StoredMessage(fact, row.account_id, row.provider, row.link, row.present, place, row.subject, sealer)


def _split(joined: str | None) -> tuple[str, ...]:
    return tuple(sorted(set(joined.split("\n")))) if joined else ()
