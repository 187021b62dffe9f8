"""Recipients: whom the person writes to, under one or several addresses; named, staged, muted, merged, split.

Merging moves nothing: the merged recipient keeps its rows and points at the one it now counts as, so that
`unmerge` gives back exactly what was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    union,
    update,
)
from sqlalchemy import delete as delete_from

from app.reading.people import organisation
from app.store.database import insert_into
from app.store.ids import new_id
from app.store.names import name_hash
from app.store.prepared import Prepared, PreparedInsert
from app.store.sealing import Sealer
from app.store.spelling import OneOf
from app.store.tables import (
    corrections,
    correspondents,
    logged_touches,
    mailboxes,
    recipient_addresses,
    recipients,
)

counted_as = func.coalesce(recipients.c.merged_into, recipients.c.id)


@dataclass(frozen=True, slots=True)
class Recipient:
    """`address` is the first of `addresses` (the others in order); `merged` are the ids that count as this one."""

    id: str
    person_id: str
    addresses: tuple[str, ...]
    name: str = ""
    stage: str | None = None
    muted_at: datetime | None = None
    created_at: datetime | None = None
    merged: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        return self.addresses[0] if self.addresses else ""


def ensure(tx: Connection, sealer: Sealer, person_id: str, people: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Make sure every address (lower case -> display name, may be empty) has a recipient; address -> recipient id.

    A name once learned stays; an empty one is filled when a name comes by. Ids are those of merged roots.
    """
    if not people:
        return {}
    known = _ids_of(tx, person_id, people)
    fresh = {address: new_id() for address in people if address not in known}
    if fresh:
        mine = {"person_id": person_id}
        _NEW.run_all(tx, ({**mine, "id": recipient_id, "created_at": now} for recipient_id in fresh.values()))
        _NEW_ADDRESS.run_all(tx, ({**mine, "address": each, "recipient_id": fresh[each]} for each in fresh))
        known = _ids_of(tx, person_id, people)
    _learn_names(tx, sealer, person_id, {address: name for address, name in people.items() if name})
    return known


def find(tx: Connection, sealer: Sealer, person_id: str, recipient_id: str) -> Recipient | None:
    """The recipient, or the one it was merged into; None when there is none of this person's."""
    return next(iter(_grouped(sealer, person_id, _BY_ID.rows(tx, person=person_id, recipient=recipient_id))), None)


def for_addresses(tx: Connection, sealer: Sealer, person_id: str, addresses: Iterable[str]) -> list[Recipient]:
    """The recipients these addresses belong to, each once, in the order given; unknown addresses are left out."""
    order = tuple(dict.fromkeys(addresses))
    found = _grouped(sealer, person_id, _BY_ADDRESS.rows(tx, person=person_id, addresses=order))
    at = {address: one for one in found for address in one.addresses}
    return list({at[address].id: at[address] for address in order if address in at}.values())


def of_person(tx: Connection, sealer: Sealer, person_id: str) -> list[Recipient]:
    """All of them, merged ones within their root, in order of id."""
    return _grouped(sealer, person_id, _ALL.rows(tx, person=person_id))


def at_company(tx: Connection, sealer: Sealer, person_id: str, company: str) -> list[Recipient]:
    """Everybody with an address at this organisation (a registrable domain in lower case), in order of address."""
    own = recipient_addresses.c
    there = or_(
        own.address.endswith(f"@{company}", autoescape=True), own.address.endswith(f".{company}", autoescape=True)
    )
    found = tx.execute(select(own.address).where(own.person_id == person_id, there).order_by(own.address)).scalars()
    return for_addresses(tx, sealer, person_id, [each for each in found if organisation(each) == company])


def search(
    tx: Connection, sealer: Sealer, person_id: str, *, query: str = "", after: str = "", limit: int = 50
) -> list[Recipient]:
    """A keyset page in order of id: those after `after` whose name or an address contains `query`, case aside.

    Names are sealed, so a query with text opens them all: some 4 microseconds each.
    """
    wanted = query.casefold().strip()
    if not wanted:
        return _grouped(sealer, person_id, _PAGE.rows(tx, person=person_id, after=after, most=limit))
    return [one for one in of_person(tx, sealer, person_id) if one.id > after and _meets(one, wanted)][:limit]


def rename(tx: Connection, sealer: Sealer, person_id: str, recipient_id: str, name: str) -> bool:
    """False when there is no such recipient. The name in mail still finds their other addresses."""
    sealed = sealer.seal_text(name, table="recipients", row=recipient_id, column="name")
    return _set(tx, person_id, recipient_id, name=sealed)


def set_stage(tx: Connection, person_id: str, recipient_id: str, stage: str | None) -> bool:
    """False when there is no such recipient."""
    return _set(tx, person_id, recipient_id, stage=stage)


def set_muted(tx: Connection, person_id: str, recipient_id: str, muted_at: datetime | None) -> bool:
    """False when there is no such recipient. None unmutes."""
    return _set(tx, person_id, recipient_id, muted_at=muted_at)


def merge(tx: Connection, person_id: str, recipient_id: str, into: str) -> bool:
    """From now on the recipient, and what was merged into it, counts as `into`; `unmerge` takes it back.

    False when either is unknown, or both are the same.
    """
    roots = dict(
        tx.execute(_mine(person_id, recipients.c.id.in_((recipient_id, into)), recipients.c.id, counted_as)).all()
    )
    if len(roots) < 2 or roots[recipient_id] == roots[into]:
        return False
    joined = (roots[recipient_id] == counted_as) & (recipients.c.person_id == person_id)
    tx.execute(update(recipients).where(joined).values(merged_into=roots[into]))
    return True


def owner_of(tx: Connection, person_id: str, address: str) -> str:
    """The id of the recipient whose own an address is, merged or not; empty when it is nobody's."""
    own = recipient_addresses.c
    here = (own.person_id == person_id) & (own.address == address)
    return str(tx.execute(select(own.recipient_id).where(here)).scalar() or "")


def unmerge(tx: Connection, person_id: str, recipient_id: str) -> bool:
    """The recipient stands alone again, with its own addresses, touches and corrections. False when it did before."""
    merged = (recipients.c.id == recipient_id) & recipients.c.merged_into.is_not(None)
    alone = update(recipients).where(merged, recipients.c.person_id == person_id).values(merged_into=None)
    return tx.execute(alone).rowcount > 0


def split(tx: Connection, person_id: str, recipient_id: str, *, addresses: Iterable[str], now: datetime) -> str | None:
    """Give some of a recipient's addresses to a new one and return its id; `merge` takes it back.

    None when an address is not theirs, or none would be left. Logged touches and corrections stay behind.
    """
    own = recipient_addresses.c
    roots = select(recipients.c.id).where(recipients.c.person_id == person_id, counted_as == recipient_id)
    theirs = set(tx.execute(select(own.address).where(own.recipient_id.in_(roots))).scalars())
    leaving = set(addresses)
    if not leaving or not leaving < theirs:
        return None
    fresh = {"id": new_id(), "person_id": person_id, "created_at": now}
    tx.execute(insert_into(tx, recipients).values(fresh))
    moved = (own.person_id == person_id) & own.address.in_(leaving)
    tx.execute(update(recipient_addresses).where(moved).values(recipient_id=fresh["id"]))
    return str(fresh["id"])


def forget_met(tx: Connection, person_id: str) -> int:
    """Delete every recipient some mail knows, with what was logged and corrected about them; how many."""
    own, one = recipient_addresses.c, recipients.c
    here = is_met(own.person_id, own.address)
    met = select(counted_as).join(recipient_addresses, own.recipient_id == one.id)
    roots = set(tx.execute(met.where(one.person_id == person_id, exists().where(here))).scalars())
    theirs = (one.person_id == person_id) & counted_as.in_(roots)
    return tx.execute(delete_from(recipients).where(theirs)).rowcount if roots else 0


def forget_unmet(tx: Connection, person_id: str) -> int:
    """Delete recipients no stored message, logged touch or correction knows any more; how many."""
    own, one = recipient_addresses.c, recipients.c
    here = is_met(own.person_id, own.address)
    met = exists().where(own.recipient_id == one.id, exists().where(here))
    logged = exists().where(logged_touches.c.recipient_id == one.id)
    corrected = exists().where(corrections.c.recipient_id == one.id)
    return tx.execute(delete_from(recipients).where(one.person_id == person_id, ~or_(met, logged, corrected))).rowcount


def _ids_of(tx: Connection, person_id: str, addresses: Iterable[str]) -> dict[str, str]:
    return dict(_IDS.rows(tx, person=person_id, addresses=tuple(addresses)))


def _learn_names(tx: Connection, sealer: Sealer, person_id: str, names: Mapping[str, str]) -> None:
    own = recipient_addresses.c
    for row in _NAMES.rows(tx, person=person_id, addresses=tuple(names)) if names else ():
        if row.name is None:
            rename(tx, sealer, person_id, row.id, names[row.address])
        if row.name_hash is None and (learned := name_hash(names[row.address], sealer)):
            here = (own.person_id == person_id) & (own.address == row.address)
            tx.execute(update(recipient_addresses).where(here).values(name_hash=learned))


def is_met(person: ColumnElement[str], address: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether stored mail of the person knows the address."""
    at = correspondents.c
    return (at.address == address) & at.mailbox.in_(
        select(mailboxes.c.id).where(mailboxes.c.person_id == person).correlate(recipient_addresses)
    )


_PERSON: BindParameter[str] = bindparam("person")
_MINE = select(counted_as.label("id")).where(recipients.c.person_id == _PERSON)


def with_merged(roots: Select[Any]) -> CompoundSelect[Any]:
    """The ids of these roots and of all that is merged into them; parameter `person`."""
    root, merged = roots.cte("roots"), recipients.alias("merged")
    theirs = select(merged.c.id).where(merged.c.person_id == _PERSON, merged.c.merged_into.in_(select(root.c.id)))
    return union(select(root.c.id), theirs)


def joined_with(recipient: str) -> CompoundSelect[Any]:
    """The ids that count as the recipient bound by this name, of the person bound as `person`."""
    one = select(recipients.c.id).where(recipients.c.person_id == _PERSON, recipients.c.id == bindparam(recipient))
    return with_merged(one)


def _rows(beginning: FromClause) -> Prepared:
    """Recipients with their addresses, those that count as one beside each other, the root first."""
    one, own = recipients.c, recipient_addresses.c
    columns = (counted_as.label("root"), one.id, one.name, one.stage, one.muted_at, one.created_at, own.address)
    wanted = select(*columns).select_from(beginning.outerjoin(recipient_addresses, own.recipient_id == one.id))
    if beginning is recipients:
        wanted = wanted.where(one.person_id == _PERSON)
    return Prepared(wanted.order_by("root", one.merged_into.is_not(None), one.created_at, one.id, own.address))


def _rows_of(roots: Select[Any]) -> Prepared:
    family = with_merged(roots).cte("family")
    return _rows(family.join(recipients, recipients.c.id == family.c.id))


_AT = (recipient_addresses.c.person_id == _PERSON) & OneOf(recipient_addresses.c.address, "addresses")
_OWNED = recipient_addresses.join(recipients, recipients.c.id == recipient_addresses.c.recipient_id)
_IDS = Prepared(select(recipient_addresses.c.address, counted_as.label("root")).select_from(_OWNED).where(_AT))
_NAMES = Prepared(
    select(recipient_addresses.c.address, recipient_addresses.c.name_hash, recipients.c.id, recipients.c.name)
    .select_from(_OWNED)
    .where(_AT)
)
_NEW = PreparedInsert(recipients, ("id", "person_id", "created_at"), lambda plain: plain)
_NEW_ADDRESS = PreparedInsert(recipient_addresses, ("person_id", "address", "recipient_id"))
_ALL = _rows(recipients)
_BY_ID = _rows_of(_MINE.where(recipients.c.id == bindparam("recipient")))
_BY_ADDRESS = _rows_of(
    select(counted_as.label("id"))
    .join(recipient_addresses, recipient_addresses.c.recipient_id == recipients.c.id)
    .where(_AT)
)
_PAGE = _rows_of(
    _MINE.where(recipients.c.merged_into.is_(None), recipients.c.id > bindparam("after"))
    .order_by(recipients.c.id)
    .limit(bindparam("most", type_=Integer))
)


def _grouped(sealer: Sealer, person_id: str, rows: Iterable[Any]) -> list[Recipient]:
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.root, []).append(row)
    return [_recipient(sealer, person_id, group) for group in grouped.values()]


def _recipient(sealer: Sealer, person_id: str, rows: list[Any]) -> Recipient:
    root = rows[0]
    named = next((row for row in rows if row.name is not None), root)
    return Recipient(
        id=root.root,
        person_id=person_id,
        addresses=tuple(dict.fromkeys(row.address for row in rows if row.address is not None)),
        name=sealer.shown_text(named.name, table="recipients", row=named.id, column="name"),
        stage=root.stage,
        muted_at=root.muted_at,
        created_at=root.created_at,
        merged=tuple(dict.fromkeys(row.id for row in rows if row.id != root.root)),
    )


def _meets(recipient: Recipient, wanted: str) -> bool:
    return wanted in recipient.name.casefold() or any(wanted in address for address in recipient.addresses)


def _mine(person_id: str, condition: ColumnElement[bool], *columns: Any) -> Any:
    return select(*columns).where(recipients.c.person_id == person_id, condition)


def _set(tx: Connection, person_id: str, recipient_id: str, **values: Any) -> bool:
    mine = (recipients.c.id == recipient_id) & (recipients.c.person_id == person_id)
    return tx.execute(update(recipients).where(mine).values(values)).rowcount > 0
