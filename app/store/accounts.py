"""Accounts: linked mailboxes, their sealed secrets and cursors, their states, and every address of the person."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import gt, lt
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    String,
    bindparam,
    case,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy import delete as delete_from

from app.store.database import insert_into
from app.store.ids import new_id
from app.store.instants import Instant
from app.store.prepared import Prepared, PreparedInsert
from app.store.recipients import forget_unmet
from app.store.sealing import Sealer
from app.store.tables import account_addresses, accounts, dead_letters, mail, mailboxes, people
from connectors.contract import Grant

PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of every personal Microsoft account (learn.microsoft.com, id token claims)."""


@dataclass(frozen=True, slots=True)
class Account:
    """A linked mailbox as it may be shown: without secret and cursor."""

    id: str
    person_id: str
    provider: str
    subject: str
    address: str
    state: str
    state_reason: str
    next_action: str
    state_since: datetime
    linked_at: datetime
    scopes: frozenset[str]
    progress_done: int | None
    progress_total: int | None
    newest_message_at: datetime | None
    covered_since: datetime | None
    as_of: datetime | None
    deep_at: datetime | None
    granted_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def of_an_organisation(self) -> bool:
        """A Microsoft mailbox outside the tenant of all personal ones: its administrators see the permission (M7)."""
        return self.provider == "microsoft" and not self.subject.startswith(f"{PERSONAL_TENANT}.")


@dataclass(frozen=True, slots=True)
class Secret:
    """`version` is what `save_secret` compares with."""

    value: str = field(repr=False)
    version: int


@dataclass(frozen=True, slots=True)
class Linked:
    """A person's accounts in the order they were linked, and the version of what else advice rests on.

    It is another one after every transaction that changed any of that (migration 0008); None for an unknown person.
    """

    accounts: tuple[Account, ...]
    facts_version: int | None


_COLUMNS = tuple(accounts.c[name] for name in Account.__slots__)
_OF_PERSON = Prepared(
    select(*_COLUMNS).where(accounts.c.person_id == bindparam("person")).order_by(accounts.c.linked_at, accounts.c.id)
)
LINKED = select(people.c.facts_version, *_COLUMNS).order_by(accounts.c.linked_at, accounts.c.id)
OF_PEOPLE = people.outerjoin(accounts, accounts.c.person_id == people.c.id)
_LINKED = Prepared(LINKED.select_from(OF_PEOPLE).where(people.c.id == bindparam("person")))
_BY_ID = Prepared(select(*_COLUMNS).where(accounts.c.id == bindparam("account")))
_OWN_ADDRESSES = Prepared(
    select(account_addresses.c.address).where(account_addresses.c.person_id == bindparam("person"))
)

_SEALED = Prepared(
    select(
        *(accounts.c[name] for name in ("subject", "address", "scopes", "secret", "secret_version", "cursor"))
    ).where(accounts.c.id == bindparam("account"))
)
_ADD_ADDRESS = PreparedInsert(account_addresses, ("account_id", "address", "person_id", "first_seen"))


def _change(only: ColumnElement[bool] | None = None, **values: Any) -> Prepared:
    this = accounts.c.id == bindparam("account")
    return Prepared(update(accounts).where(this if only is None else this & only).values(values))


def _stands_or(column: Column[Any], given: BindParameter[Any], better: Callable[[Any, Any], Any]) -> ColumnElement[Any]:
    """What is given, unless that is nothing or what stands there is better."""
    return case((given.is_(None) | better(column, given), column), else_=given)


def _prepared_state() -> Prepared:
    here = accounts.c
    told = {
        "state": bindparam("new_state", type_=String()),
        "state_reason": bindparam("new_reason", type_=String()),
        "next_action": bindparam("new_action", type_=String()),
    }
    since = case((here.state != told["state"], bindparam("now", type_=Instant())), else_=here.state_since)
    return _change(or_(*(here[name] != value for name, value in told.items())), state_since=since, **told)


def _prepared_progress() -> Prepared:
    here = accounts.c
    newest, covered = (bindparam(name, type_=Instant()) for name in ("seen", "covered"))
    return _change(
        progress_done=bindparam("now_done"),
        progress_total=bindparam("now_total"),
        cursor=bindparam("sealed"),
        newest_message_at=_stands_or(here.newest_message_at, newest, gt),
        covered_since=_stands_or(here.covered_since, covered, lt),
    )


_SET_STATE = _prepared_state()
_SAVE_PROGRESS = _prepared_progress()
_CAUGHT_UP = _change(
    as_of=bindparam("seen"),
    deep_at=func.coalesce(bindparam("seen_deep", type_=Instant()), accounts.c.deep_at, type_=Instant()),
)


def link(tx: Connection, sealer: Sealer, *, person_id: str, provider: str, grant: Grant, now: datetime) -> str:
    """Link a mailbox, or link it again: the same (person, provider, subject) keeps its id, cursor and messages."""
    account_id = _ensure_row(tx, person_id, provider, grant, now)
    told = {"address": grant.address, "scopes": " ".join(sorted(grant.scopes))}
    lasts = {"granted_at": now, "expires_at": grant.expires_at}
    tx.execute(update(accounts).where(accounts.c.id == account_id).values(told | lasts))
    save_secret(tx, sealer, account_id, grant.secret)
    set_state(tx, account_id, "linking", now)
    return account_id


def find(tx: Connection, person_id: str, account_id: str) -> Account | None:
    """None when the account is unknown or belongs to someone else."""
    row = tx.execute(select(*_COLUMNS).where(accounts.c.id == account_id, accounts.c.person_id == person_id)).first()
    return None if row is None else _account(row)


def get(tx: Connection, account_id: str) -> Account:
    """For the sync work, which comes with an account id of its own. Raises LookupError when it is gone."""
    row = _BY_ID.first(tx, account=account_id)
    if row is None:
        raise LookupError("this account was unlinked")
    return _account(row)


def with_address(tx: Connection, provider: str, address: str) -> list[str]:
    """Ids of every account of that provider with this address, whoever linked it."""
    same = (accounts.c.provider == provider) & (accounts.c.address == address)
    return list(tx.execute(select(accounts.c.id).where(same)).scalars())


def home_of(tx: Connection, provider: str, subject: str) -> str | None:
    """The person who came with this mailbox: whose first linked account it is; the oldest when several did."""
    earlier = accounts.alias("earlier")
    before = tuple_(earlier.c.linked_at, earlier.c.id) < tuple_(accounts.c.linked_at, accounts.c.id)
    first = ~select(earlier.c.id).where(earlier.c.person_id == accounts.c.person_id, before).exists()
    same = (accounts.c.provider == provider) & (accounts.c.subject == subject)
    return tx.execute(select(accounts.c.person_id).where(same, first).order_by(accounts.c.linked_at).limit(1)).scalar()


def exists(tx: Connection, provider: str, account_id: str) -> bool:
    same = (accounts.c.provider == provider) & (accounts.c.id == account_id)
    return tx.execute(select(accounts.c.id).where(same)).first() is not None


def provider_of(tx: Connection, account_id: str) -> str:
    """Empty when the account is gone."""
    return tx.execute(select(accounts.c.provider).where(accounts.c.id == account_id)).scalar() or ""


def of_person(tx: Connection, person_id: str) -> list[Account]:
    """In the order they were linked."""
    return [_account(row) for row in _OF_PERSON.rows(tx, person=person_id)]


def linked(tx: Connection, person_id: str) -> Linked:
    return linked_in(_LINKED.rows(tx, person=person_id))


def linked_in(rows: Sequence[Any]) -> Linked:
    """From rows of LINKED."""
    found = tuple(_account(row) for row in rows if row.id is not None)
    return Linked(found, rows[0].facts_version if rows else None)


def open_grant(tx: Connection, sealer: Sealer, account_id: str) -> Grant | None:
    """The grant to open the mailbox with; None when there is no such account. Raises KeyMissing."""
    row = _SEALED.first(tx, account=account_id)
    if row is None:
        return None
    secret = sealer.open_text(row.secret, table="accounts", row=account_id, column="secret")
    return Grant(row.subject, row.address, secret, frozenset(row.scopes.split()))


def open_secret(tx: Connection, sealer: Sealer, account_id: str) -> Secret | None:
    """The secret with the version `save_secret` compares; None when there is no such account. Raises KeyMissing."""
    row = _SEALED.first(tx, account=account_id)
    if row is None:
        return None
    secret = sealer.open_text(row.secret, table="accounts", row=account_id, column="secret")
    return Secret(secret, row.secret_version)


def save_secret(tx: Connection, sealer: Sealer, account_id: str, secret: str, *, version: int | None = None) -> bool:
    """Store a rotated secret and raise its version by one.

    With `version` it is a compare and swap: nothing is stored and False returned when the stored one is another.
    """
    sealed = sealer.seal(secret, table="accounts", row=account_id, column="secret")
    expected = accounts.c.secret_version if version is None else version
    unchanged = (accounts.c.id == account_id) & (accounts.c.secret_version == expected)
    swap = update(accounts).where(unchanged).values(secret=sealed, secret_version=accounts.c.secret_version + 1)
    return tx.execute(swap).rowcount > 0


def begin_renewal(tx: Connection, account_id: str, now: datetime, until: datetime) -> bool:
    """Take the turn to renew the secret, unless another holds it; it is free again at `until` at the latest."""
    free = or_(accounts.c.renewing_until.is_(None), accounts.c.renewing_until <= now)
    this = (accounts.c.id == account_id) & free
    return tx.execute(update(accounts).where(this).values(renewing_until=until)).rowcount > 0


def end_renewal(tx: Connection, account_id: str, until: datetime) -> None:
    """Give back the turn that was taken until then."""
    mine = (accounts.c.id == account_id) & (accounts.c.renewing_until == until)
    tx.execute(update(accounts).where(mine).values(renewing_until=None))


def set_state(
    tx: Connection, account_id: str, state: str, now: datetime, *, reason: str = "", next_action: str = ""
) -> bool:
    """Whether anything changed. `state_since` moves only with the state itself."""
    told = {"new_state": state, "new_reason": reason, "new_action": next_action}
    return _SET_STATE.run(tx, account=account_id, now=now, **told) > 0


def caught_up(tx: Connection, account_id: str, state: str, *, as_of: datetime, deep_at: datetime | None = None) -> None:
    """Everything up to `as_of` was seen; `deep_at` when every slow layer was walked as well."""
    _CAUGHT_UP.run(tx, account=account_id, seen=as_of, seen_deep=deep_at)
    set_state(tx, account_id, state, as_of)


def open_cursor(tx: Connection, sealer: Sealer, account_id: str) -> str | None:
    """None before the first page. Raises KeyMissing."""
    row = _SEALED.first(tx, account=account_id)
    if row is None or row.cursor is None:
        return None
    return sealer.open_text(row.cursor, table="accounts", row=account_id, column="cursor")


def save_progress(
    tx: Connection,
    sealer: Sealer,
    account_id: str,
    *,
    cursor: str,
    done: int | None,
    total: int | None,
    newest: datetime | None,
    covered_since: datetime | None = None,
) -> None:
    """What a page changes on its account, stored in the page's own transaction.

    `done` and `total` None end the progress display. `newest` (the newest message of the page) never goes back,
    `covered_since` (how far back mail is known) never forward; None leaves either as it is.
    """
    sealed = sealer.seal(cursor, table="accounts", row=account_id, column="cursor")
    told = {"now_done": done, "now_total": total, "seen": newest, "covered": covered_since}
    _SAVE_PROGRESS.run(tx, account=account_id, sealed=sealed, **told)


def add_addresses(tx: Connection, person_id: str, account_id: str, addresses: Iterable[str], now: datetime) -> None:
    """Addresses the person sends from through this account, lower case. None is ever taken away."""
    shared = {"account_id": account_id, "person_id": person_id, "first_seen": now}
    rows = [shared | {"address": address} for address in dict.fromkeys(addresses)]
    if rows:
        _ADD_ADDRESS.run_all(tx, rows)


def own_addresses(tx: Connection, person_id: str) -> frozenset[str]:
    """Every address the person writes from, in all linked mailboxes."""
    return frozenset(row.address for row in _OWN_ADDRESSES.rows(tx, person=person_id))


def delete(tx: Connection, person_id: str, account_id: str) -> dict[str, int]:
    """Delete the account, all it brought and the recipients known from it alone; the counts for the receipt.

    All zero when it is not the person's account, or gone already.
    """
    found = find(tx, person_id, account_id)
    mine = account_id if found is not None else ""
    box = select(mailboxes.c.id).where(mailboxes.c.account_id == mine)
    counted = {
        "messages": mail.c.mailbox.in_(box),
        "addresses": account_addresses.c.account_id == mine,
        "dead_letters": dead_letters.c.account_id == mine,
    }
    counts = {name: _count(tx, theirs) for name, theirs in counted.items()}
    gone = tx.execute(delete_from(accounts).where(accounts.c.id == mine)).rowcount
    return {"accounts": gone, **counts, "recipients": forget_unmet(tx, person_id) if gone else 0}


def _ensure_row(tx: Connection, person_id: str, provider: str, grant: Grant, now: datetime) -> str:
    fresh = {"id": new_id(), "person_id": person_id, "provider": provider, "subject": grant.subject}
    told = {"address": grant.address, "state": "linking", "state_since": now, "linked_at": now}
    empty = {"secret": b"", "secret_version": 0}
    tx.execute(insert_into(tx, accounts).values(fresh | told | empty).on_conflict_do_nothing())
    same = (accounts.c.provider == provider) & (accounts.c.subject == grant.subject)
    found = tx.execute(select(accounts.c.id).where(accounts.c.person_id == person_id, same).with_for_update())
    return str(found.scalar_one())


def _account(row: Any) -> Account:
    told = {name: getattr(row, name) for name in Account.__slots__}
    return Account(**told | {"scopes": frozenset(row.scopes.split())})


def _count(tx: Connection, condition: ColumnElement[bool]) -> int:
    return tx.execute(select(func.count()).where(condition)).scalar_one()
