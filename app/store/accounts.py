"""Accounts: linked mailboxes, their sealed secrets and cursors, their states, and every address of the person."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, bindparam, case, func, literal, or_, select, tuple_, update
from sqlalchemy import delete as delete_from

from app.store.database import insert_into
from app.store.ids import new_id
from app.store.instants import Instant
from app.store.prepared import Prepared
from app.store.recipients import forget_unmet
from app.store.sealing import Sealer
from app.store.tables import account_addresses, accounts, dead_letters, messages
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


_COLUMNS = tuple(accounts.c[name] for name in Account.__slots__)
_OF_PERSON = Prepared(
    select(*_COLUMNS).where(accounts.c.person_id == bindparam("person")).order_by(accounts.c.linked_at, accounts.c.id)
)
_BY_ID = Prepared(select(*_COLUMNS).where(accounts.c.id == bindparam("account")))
_OWN_ADDRESSES = Prepared(
    select(account_addresses.c.address).where(account_addresses.c.person_id == bindparam("person"))
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


def open_grant(tx: Connection, sealer: Sealer, account_id: str) -> Grant | None:
    """The grant to open the mailbox with; None when there is no such account. Raises KeyMissing."""
    row = tx.execute(select(accounts).where(accounts.c.id == account_id)).first()
    if row is None:
        return None
    secret = sealer.open_text(row.secret, table="accounts", row=account_id, column="secret")
    return Grant(row.subject, row.address, secret, frozenset(row.scopes.split()))


def open_secret(tx: Connection, sealer: Sealer, account_id: str) -> Secret | None:
    """The secret with the version `save_secret` compares; None when there is no such account. Raises KeyMissing."""
    wanted = select(accounts.c.secret, accounts.c.secret_version).where(accounts.c.id == account_id)
    row = tx.execute(wanted).first()
    if row is None:
        return None
    return Secret(sealer.open_text(row[0], table="accounts", row=account_id, column="secret"), row[1])


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
    here = accounts.c.id == account_id
    tx.execute(update(accounts).where(here, accounts.c.state != state).values(state_since=now))
    told = {"state": state, "state_reason": reason, "next_action": next_action}
    other = or_(*(accounts.c[name] != value for name, value in told.items()))
    return tx.execute(update(accounts).where(here, other).values(told)).rowcount > 0


def caught_up(tx: Connection, account_id: str, state: str, *, as_of: datetime, deep_at: datetime | None = None) -> None:
    """Everything up to `as_of` was seen; `deep_at` when every slow layer was walked as well."""
    values = {"as_of": as_of} if deep_at is None else {"as_of": as_of, "deep_at": deep_at}
    tx.execute(update(accounts).where(accounts.c.id == account_id).values(values))
    set_state(tx, account_id, state, as_of)


def open_cursor(tx: Connection, sealer: Sealer, account_id: str) -> str | None:
    """None before the first page. Raises KeyMissing."""
    sealed = tx.execute(select(accounts.c.cursor).where(accounts.c.id == account_id)).scalar()
    return None if sealed is None else sealer.open_text(sealed, table="accounts", row=account_id, column="cursor")


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
    values: dict[str, Any] = {"progress_done": done, "progress_total": total}
    values["cursor"] = sealer.seal(cursor, table="accounts", row=account_id, column="cursor")
    known = accounts.c
    if newest is not None:
        values["newest_message_at"] = _keep(known.newest_message_at > newest, known.newest_message_at, newest)
    if covered_since is not None:
        values["covered_since"] = _keep(known.covered_since < covered_since, known.covered_since, covered_since)
    tx.execute(update(accounts).where(accounts.c.id == account_id).values(values))


def forget_cursor(tx: Connection, account_id: str) -> None:
    """The next sync starts from the beginning; messages stay and are met again."""
    tx.execute(update(accounts).where(accounts.c.id == account_id).values(cursor=None))


def add_addresses(tx: Connection, person_id: str, account_id: str, addresses: Iterable[str], now: datetime) -> None:
    """Addresses the person sends from through this account, lower case. None is ever taken away."""
    shared = {"account_id": account_id, "person_id": person_id, "first_seen": now}
    rows = [shared | {"address": address} for address in dict.fromkeys(addresses)]
    if rows:
        tx.execute(insert_into(tx, account_addresses).on_conflict_do_nothing(), rows)


def own_addresses(tx: Connection, person_id: str) -> frozenset[str]:
    """Every address the person writes from, in all linked mailboxes."""
    return frozenset(row.address for row in _OWN_ADDRESSES.rows(tx, person=person_id))


def delete(tx: Connection, person_id: str, account_id: str) -> dict[str, int]:
    """Delete the account, all it brought and the recipients known from it alone; the counts for the receipt.

    All zero when it is not the person's account, or gone already.
    """
    found = find(tx, person_id, account_id)
    mine = account_id if found is not None else ""
    counted = {"messages": messages, "addresses": account_addresses, "dead_letters": dead_letters}
    counts = {name: _count(tx, table.c.account_id == mine) for name, table in counted.items()}
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
    return Account(**{**row._asdict(), "scopes": frozenset(row.scopes.split())})


def _keep(condition: ColumnElement[bool], column: Column[Any], value: datetime) -> ColumnElement[Any]:
    return case((condition, column), else_=literal(value, Instant))


def _count(tx: Connection, condition: ColumnElement[bool]) -> int:
    return tx.execute(select(func.count()).where(condition)).scalar_one()
