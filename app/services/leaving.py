"""Leaving: everything as JSON, or everything deleted with a receipt."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.services import high_water
from app.services.parts import Parts
from app.services.withdrawing import PATIENCE, withdraw
from app.store import accounts, erasure, export, people, sync_jobs


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """`revoked` and `pushes_ended` say for each address whether its provider confirmed; `deleted` counts rows."""

    revoked: dict[str, bool]
    deleted: dict[str, int]
    pushes_ended: dict[str, bool] = field(default_factory=dict)


def export_all(parts: Parts, person_id: str, now: datetime) -> dict[str, Any]:
    """Everything held about the person, readable, without tokens."""
    with parts.database.read() as tx:
        return export.everything(tx, parts.sealer, person_id, now)


async def erase_all(parts: Parts, person_id: str) -> ErasureReceipt:
    """End every push and permission, delete every row, scrub the files.

    Cut short, it is finished by a worker a little later, or by running it again.
    """
    now = parts.clock()
    with parts.database.write(durable=True) as tx:
        people.leave(tx, person_id, now)
        linked = accounts.of_person(tx, person_id)
        for account in linked:
            accounts.set_state(tx, account.id, "erasing", now, next_action="Nothing to do: it is finished by itself.")
            sync_jobs.hold(tx, account.id, now + PATIENCE)
    done = {account.address: await withdraw(parts, account) for account in linked}
    high_water.forget(parts)
    with parts.database.write(durable=True) as tx:
        deleted = erasure.erase(tx, person_id)
    parts.shelf.forget(person_id)
    parts.database.checkpoint_erasure()
    revoked = {address: each.revoked for address, each in done.items()}
    return ErasureReceipt(revoked, deleted, {address: each.pushes_ended for address, each in done.items()})


def cut_short(parts: Parts, now: datetime) -> list[str]:
    """Ids of those whose erasure began a while ago and was never finished."""
    with parts.database.read() as tx:
        return people.leaving_since(tx, now - PATIENCE)
