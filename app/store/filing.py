"""Filing: whatever messages share is found or made a row of its own, a few statements for a whole page of mail."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, Table, bindparam, select

from app.reading.people import organisation
from app.store.packing import Numbers, digest
from app.store.prepared import Prepared, PreparedInsert
from app.store.sealing import Sealer
from app.store.spelling import OneOf
from app.store.tables import circle_people, circles, correspondents, links, mailboxes, senders


class Said(NamedTuple):
    """Who wrote a message, under which full name: hashed where it is one, sealed in any case."""

    address: str
    name: str
    name_hash: str | None


_BOX = Prepared(select(mailboxes.c.id).where(mailboxes.c.account_id == bindparam("account")))
_NEW_BOX = PreparedInsert(mailboxes, ("account_id", "person_id"))
_MAILBOX = bindparam("mailbox", type_=Integer())


def mailbox_of(tx: Connection, account_id: str, person_id: str) -> int:
    """The number an account's mail goes under, given with its first message."""
    row = _BOX.first(tx, account=account_id)
    if row is None:
        _NEW_BOX.run(tx, account_id=account_id, person_id=person_id)
        row = _BOX.first(tx, account=account_id)
    assert row is not None
    return int(row.id)


class _Shelf:
    """One table of things that are kept once: `find` some by what names them, make those that are missing."""

    def __init__(self, table: Table, name: str, kind: Any, *more: str) -> None:
        here = table.c
        found = select(here.id, here[name].label("name"))
        self._found = Prepared(found.where(here.mailbox == _MAILBOX, OneOf(here[name], "names", kind)))
        self._made = PreparedInsert(table, ("mailbox", name, *more))
        self._name = name

    def numbers(
        self, tx: Connection, mailbox: int, names: Iterable[Any], more: Callable[[Any], Mapping[str, Any]] | None = None
    ) -> dict[Any, int]:
        """The number of each. `more` gives the other columns of one that has to be made."""
        wanted = set(names)
        known = self.known(tx, mailbox, wanted)
        if missing := sorted(wanted - known.keys()):
            rows = [{"mailbox": mailbox, self._name: one, **(more(one) if more else {})} for one in missing]
            self._made.run_all(tx, rows)
            known |= self.known(tx, mailbox, missing)
        return known

    def known(self, tx: Connection, mailbox: int, names: Iterable[Any]) -> dict[Any, int]:
        asked = list(names)
        return {row.name: row.id for row in self._found.rows(tx, mailbox=mailbox, names=asked)} if asked else {}


_CORRESPONDENTS = _Shelf(correspondents, "address", None, "company")
_LINKS = _Shelf(links, "link", None)
_CIRCLES = _Shelf(circles, "digest", Numbers())
_MEMBERS = PreparedInsert(circle_people, ("circle", "role", "correspondent", "mailbox"))
_SENDERS = Prepared(
    select(senders.c.id, senders.c.correspondent, senders.c.name_print).where(
        OneOf(senders.c.correspondent, "correspondents", Numbers())
    )
)
_NEW_SENDER = PreparedInsert(senders, ("mailbox", "correspondent", "name", "name_print", "name_hash"))


def file_correspondents(tx: Connection, mailbox: int, addresses: Iterable[str]) -> dict[str, int]:
    return _CORRESPONDENTS.numbers(tx, mailbox, addresses, _company)


def _company(address: str) -> dict[str, str | None]:
    company = organisation(address)
    return {"company": f"@{company}" if company else None}


def file_links(tx: Connection, mailbox: int, templates: Iterable[str]) -> dict[str, int]:
    return _LINKS.numbers(tx, mailbox, templates)


def file_circles(
    tx: Connection, mailbox: int, who: Mapping[str, int], all_people: Iterable[frozenset[tuple[str, str]]]
) -> dict[frozenset[tuple[str, str]], int]:
    """The number of each circle, a set of (role, address); `who` numbers the addresses."""
    digests = {people: digest(",".join(f"{role} {address}" for role, address in people)) for people in all_people}
    known = _CIRCLES.known(tx, mailbox, set(digests.values()))
    missing = set(digests.values()) - known.keys()
    numbers = known | _CIRCLES.numbers(tx, mailbox, missing)
    _MEMBERS.run_all(
        tx,
        (
            {"circle": numbers[key], "role": role, "correspondent": who[address], "mailbox": mailbox}
            for people, key in digests.items()
            if key not in known
            for role, address in people
        ),
    )
    return {people: numbers[key] for people, key in digests.items()}


def file_senders(
    tx: Connection, sealer: Sealer, mailbox: int, who: Mapping[str, int], said: Sequence[Said]
) -> dict[Said, int]:
    """The number of each, also of one stored by a program that could not tell the name's print."""
    prints = {one: sealer.fingerprint(one.name) if one.name else "" for one in dict.fromkeys(said)}
    asked = sorted({who[one.address] for one in prints})
    known = _known_senders(tx, asked)
    missing = [one for one, mark in prints.items() if (who[one.address], mark) not in known]
    if missing:
        _NEW_SENDER.run_all(
            tx,
            (
                {
                    "mailbox": mailbox,
                    "correspondent": who[one.address],
                    "name": sealer.seal_text(one.name, **_bound(one.address, prints[one])),
                    "name_print": prints[one],
                    "name_hash": one.name_hash,
                }
                for one in missing
            ),
        )
        known = _known_senders(tx, asked)
    return {one: known[who[one.address], mark] for one, mark in prints.items()}


def known_as(row: Any) -> dict[str, str]:
    """What a sender's sealed name is bound to; of a row that tells `sender` and `name_print`."""
    return _bound(row.sender, row.name_print)


def _bound(address: str, name_print: str) -> dict[str, str]:
    return {"table": "senders", "row": f"{address}/{name_print}", "column": "name"}


def _known_senders(tx: Connection, asked: Sequence[int]) -> dict[tuple[int, str], int]:
    return {(row.correspondent, row.name_print): row.id for row in _SENDERS.rows(tx, correspondents=asked)}
