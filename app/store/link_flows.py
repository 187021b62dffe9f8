"""Link flows: what must be kept, sealed, while the person is at the provider; each is burned by its state once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete

from app.store.database import insert_into
from app.store.sealing import Sealer
from app.store.tables import link_flows


@dataclass(frozen=True, slots=True)
class LinkFlow:
    """`flow` is JSON-able, with verifier and nonce; `account_id` is set when an account is linked again."""

    person_id: str
    provider: str
    flow: Mapping[str, object] = field(repr=False)
    expires_at: datetime
    account_id: str | None = None


def add(tx: Connection, sealer: Sealer, flow: LinkFlow, *, state_hash: str) -> None:
    sealed = sealer.seal(json.dumps(dict(flow.flow)), table="link_flows", row=state_hash, column="flow")
    owner = {"state_hash": state_hash, "person_id": flow.person_id, "provider": flow.provider}
    kept = {"flow": sealed, "expires_at": flow.expires_at, "account_id": flow.account_id}
    tx.execute(insert_into(tx, link_flows).values(owner | kept))


def burn(tx: Connection, sealer: Sealer, state_hash: str, now: datetime) -> LinkFlow | None:
    """The flow this state started, exactly once; None when it is unknown, burned or expired. Raises KeyMissing."""
    burned = delete(link_flows).where(link_flows.c.state_hash == state_hash)
    row = tx.execute(burned.returning(*link_flows.c)).first()
    if row is None or row.expires_at <= now:
        return None
    flow = json.loads(sealer.open(row.flow, table="link_flows", row=state_hash, column="flow"))
    return LinkFlow(row.person_id, row.provider, flow, row.expires_at, row.account_id)


def purge(tx: Connection, now: datetime) -> int:
    """Remove what is expired; the number of rows."""
    return tx.execute(delete(link_flows).where(link_flows.c.expires_at <= now)).rowcount
