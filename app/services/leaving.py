"""Leaving: everything as JSON, or everything deleted with a receipt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.services.parts import Parts
from app.store import accounts, erasure, export
from connectors.contract import ConnectorError


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """`revoked` maps each mailbox address to whether its provider confirmed; `deleted` counts rows by table."""

    revoked: dict[str, bool]
    deleted: dict[str, int]


def export_all(parts: Parts, person_id: str, now: datetime) -> dict[str, Any]:
    """Everything held about the person, readable, without tokens."""
    with parts.database.read() as tx:
        return export.everything(tx, parts.sealer, person_id, now)


async def erase_all(parts: Parts, person_id: str) -> ErasureReceipt:
    """Revoke every grant, delete every row, scrub the files. Running it again finishes an interrupted one."""
    with parts.database.read() as tx:
        linked = accounts.of_person(tx, person_id)
        grants = {account.id: accounts.open_grant(tx, parts.sealer, account.id) for account in linked}
    revoked = {}
    for account in linked:
        grant = grants[account.id]
        try:
            revoked[account.address] = grant is not None and await parts.connectors[account.provider].revoke(grant)
        except (ConnectorError, KeyError):
            revoked[account.address] = False
    with parts.database.write(durable=True) as tx:
        deleted = erasure.erase(tx, person_id)
    parts.shelf.forget(person_id)
    parts.database.checkpoint_erasure()
    return ErasureReceipt(revoked, deleted)
