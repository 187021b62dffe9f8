"""Filing: whatever messages share is found or made a row of its own, a few statements for a whole page of mail."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, Table, bindparam, select

from app.reading.people import organisation
from app.store.laying import NewMessage, failed, template_of
from app.store.names import name_hash
from app.store.packing import A_PAGE, Numbers, digest
from app.store.prepared import Prepared, PreparedInsert
from app.store.sealing import Sealer
from app.store.spelling import OneOf
from app.store.tables import circle_people, circles, correspondents, links, mailboxes, senders


class Shared(NamedTuple):
    """By number, for each message of a page in its order: who wrote it, to whom, whom it never reached, its link."""

    sender: list[int]
    circle: list[int | None]
    failed: list[int | None]
    link: list[int | None]


Said = tuple[str, str, bool]
"""Who wrote a message, under which name, and whether it is the person's own."""
_SAID = attrgetter("sender", "sender_name", "outbound")
People = tuple[tuple[str, str, str], ...]


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
        found = select(here[name], here.id)
        self._found = Prepared(found.where(here.mailbox == _MAILBOX, OneOf(here[name], "names", kind)))
        self._made = PreparedInsert(table, ("mailbox", name, *more))
        self._name = name

    def numbers(
        self, tx: Connection, mailbox: int, names: Iterable[Any], more: Callable[[Any], Mapping[str, Any]] | None = None
    ) -> dict[Any, int]:
        """The number of each. `more` gives the other columns of one that has to be made."""
        known = self.known(tx, mailbox, wanted := set(names))
        return known | self.made(tx, mailbox, wanted - known.keys(), more)

    def made(
        self, tx: Connection, mailbox: int, names: Iterable[Any], more: Callable[[Any], Mapping[str, Any]] | None = None
    ) -> dict[Any, int]:
        """The number of each that was missing a moment ago; another worker may have been faster."""
        missing = sorted(names)
        self._made.run_all(
            tx, ({"mailbox": mailbox, self._name: one, **(more(one) if more else {})} for one in missing)
        )
        return self.known(tx, mailbox, missing)

    def known(self, tx: Connection, mailbox: int, names: Iterable[Any]) -> dict[Any, int]:
        asked = list(names)
        return dict(self._found.rows(tx, mailbox=mailbox, names=asked)) if asked else {}


_CORRESPONDENTS = _Shelf(correspondents, "address", None, "company")
_LINKS = _Shelf(links, "link", None)
_CIRCLES = _Shelf(circles, "digest", Numbers())
_MEMBERS = PreparedInsert(circle_people, ("circle", "role", "correspondent", "mailbox"))
_SENDERS = Prepared(
    select(senders.c.id, correspondents.c.address, senders.c.name_print)
    .join(correspondents, correspondents.c.id == senders.c.correspondent)
    .where(correspondents.c.mailbox == _MAILBOX, OneOf(correspondents.c.address, "addresses"))
)
_NEW_SENDER = PreparedInsert(senders, ("mailbox", "correspondent", "name", "name_print", "name_hash"))


def file_page(tx: Connection, sealer: Sealer, mailbox: int, rows: Sequence[NewMessage]) -> Shared:
    """What is known is found; who stands in what is not is filed first, all at once and in one order, lest two wait
    for each other."""
    said = list(map(_SAID, rows))
    marks = {one: (one[0], sealer.fingerprint(one[1]) if one[1] else "") for one in dict.fromkeys(said)}
    digests = [_digest(row.people) if row.people else None for row in rows]
    lost = list(map(failed, rows))
    wrote = _known_senders(tx, mailbox, marks)
    among = _CIRCLES.known(tx, mailbox, {digest for digest in digests if digest is not None})
    strangers = {one: mark for one, mark in marks.items() if mark not in wrote}
    unmet = {
        digest: row.people
        for digest, row in zip(digests, rows, strict=True)
        if digest is not None and digest not in among
    }
    named = {one[0] for one in strangers} | {address for people in unmet.values() for _, address, _ in people}
    who = file_correspondents(tx, mailbox, named.union(filter(None, lost)))
    if strangers:
        _file_senders(tx, sealer, mailbox, who, strangers)
        wrote |= _known_senders(tx, mailbox, strangers)
    if unmet:
        among |= _file_circles(tx, mailbox, who, unmet)
    shown = list(map(template_of, rows))
    links = file_links(tx, mailbox, set(filter(None, shown)))
    return Shared(
        [wrote[marks[one]] for one in said],
        [None if one is None else among[one] for one in digests],
        [who[one] if one else None for one in lost],
        [links[one] if one else None for one in shown],
    )


def file_correspondents(tx: Connection, mailbox: int, addresses: Iterable[str]) -> dict[str, int]:
    return _CORRESPONDENTS.numbers(tx, mailbox, addresses, _company)


def _company(address: str) -> dict[str, str | None]:
    company = organisation(address)
    return {"company": f"@{company}" if company else None}


def file_links(tx: Connection, mailbox: int, templates: Iterable[str]) -> dict[str, int]:
    return _LINKS.numbers(tx, mailbox, templates)


@lru_cache(maxsize=A_PAGE)
def _digest(people: People) -> int:
    return digest(",".join([f"{role} {address}" for role, address, _ in people]))


def _file_circles(tx: Connection, mailbox: int, who: Mapping[str, int], unmet: Mapping[int, People]) -> dict[int, int]:
    """The number of each circle by its digest; `who` numbers the addresses."""
    numbers = _CIRCLES.made(tx, mailbox, unmet)
    _MEMBERS.run_all(
        tx,
        (
            {"circle": numbers[key], "role": role, "correspondent": who[address], "mailbox": mailbox}
            for key, people in unmet.items()
            for role, address in {(role, address): None for role, address, _ in people}
        ),
    )
    return numbers


def _file_senders(
    tx: Connection, sealer: Sealer, mailbox: int, who: Mapping[str, int], strangers: Mapping[Said, tuple[str, str]]
) -> None:
    """A full name is hashed as well, but for the person's own."""
    _NEW_SENDER.run_all(
        tx,
        (
            {
                "mailbox": mailbox,
                "correspondent": who[sender],
                "name": sealer.seal_text(name, **_bound(*mark)),
                "name_print": mark[1],
                "name_hash": None if outbound else name_hash(name, sealer),
            }
            for (sender, name, outbound), mark in strangers.items()
        ),
    )


def known_as(row: Any) -> dict[str, str]:
    """What a sender's sealed name is bound to; of a row that tells `sender` and `name_print`."""
    return _bound(row.sender, row.name_print)


def _bound(address: str, name_print: str) -> dict[str, str]:
    return {"table": "senders", "row": f"{address}/{name_print}", "column": "name"}


def _known_senders(tx: Connection, mailbox: int, said: Iterable[Said]) -> dict[tuple[str, str], int]:
    asked = sorted({one[0] for one in said})
    return {(row.address, row.name_print): row.id for row in _SENDERS.rows(tx, mailbox=mailbox, addresses=asked)}
