"""How a rotated secret is kept: compared and swapped, before anything that came with it is used."""

from app.services.parts import Parts
from app.store import accounts
from connectors.contract import Grant, KeepGrant, Transient

ROTATED_ELSEWHERE = "rotated_elsewhere"


def keeper(parts: Parts, account_id: str, version: int) -> KeepGrant:
    """Saves each rotated secret over the `version` it was opened with.

    Raises Transient when another process rotated it meanwhile: read it again and try again.
    """
    held = version

    async def keep(rotated: Grant) -> None:
        nonlocal held
        with parts.database.write(durable=True) as tx:
            kept = accounts.save_secret(tx, parts.sealer, account_id, rotated.secret, version=held)
        if not kept:
            raise Transient("Another process refreshed this mailbox at the same moment.", reason=ROTATED_ELSEWHERE)
        held += 1

    return keep
