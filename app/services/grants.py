"""How a mailbox's secret is renewed and kept: in turn, compared and swapped, before what came with it is used."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from app.services.parts import Parts
from app.store import accounts
from app.store.errors import StoreError
from connectors.contract import AccessRevoked, Grant, Handle, Mailbox, Transient, at_will

log = structlog.get_logger()

ROTATED_ELSEWHERE = "rotated_elsewhere"
RENEWAL = timedelta(seconds=30)
"""How long a renewal may take before somebody else may try: a token request is given up after as many seconds."""
LOOK_EVERY = 0.05
LOOKS = int(RENEWAL.total_seconds() / LOOK_EVERY)


def open_mailbox(
    parts: Parts, provider: str, account_id: str, grant: Grant, *, version: int, handle: Handle = at_will
) -> Mailbox:
    """The mailbox behind a grant whose secret was read at `version`; every rotation of it is kept."""
    held = Held(parts, account_id, version)
    return parts.connectors[provider].open(grant, keep=held.keep, turn=held.turn, handle=handle)


@asynccontextmanager
async def opened(parts: Parts, account_id: str) -> AsyncIterator[Mailbox | None]:
    """The mailbox of an account for a moment; None when it is gone or its provider is not configured."""
    with parts.database.read() as tx:
        grant = accounts.open_grant(tx, parts.sealer, account_id)
        secret = accounts.open_secret(tx, parts.sealer, account_id)
        provider = accounts.provider_of(tx, account_id)
    if grant is None or secret is None or provider not in parts.connectors:
        yield None
        return
    mailbox = open_mailbox(parts, provider, account_id, grant, version=secret.version)
    try:
        yield mailbox
    finally:
        await mailbox.close()


class Held:
    """One mailbox's secret, as read at `version`.

    However many processes, probes and pushes work on a mailbox, one of them renews its secret and the others find it
    renewed (G7, M2): the turn is a short lease in the account's own row, free again by itself when its holder died.
    """

    def __init__(self, parts: Parts, account_id: str, version: int) -> None:
        self._parts = parts
        self._account_id = account_id
        self._version = version

    async def keep(self, rotated: Grant) -> None:
        """Save a rotated secret over the one it was made from. Raises Transient when another process was faster."""
        parts = self._parts
        with parts.database.write(durable=True) as tx:
            kept = accounts.save_secret(tx, parts.sealer, self._account_id, rotated.secret, version=self._version)
        if not kept:
            raise Transient("Another process refreshed this mailbox at the same moment.", reason=ROTATED_ELSEWHERE)
        self._version += 1

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[str]:
        """The right to renew, and the secret as it stands now. Raises Transient when it stays taken."""
        until, secret = await self._take()
        self._version = secret.version
        try:
            yield secret.value
        finally:
            self._give_back(until)

    async def _take(self) -> tuple[datetime, accounts.Secret]:
        for _ in range(LOOKS):
            now = self._parts.clock()
            with self._parts.database.write() as tx:
                taken = accounts.begin_renewal(tx, self._account_id, now, now + RENEWAL)
                secret = accounts.open_secret(tx, self._parts.sealer, self._account_id)
            if secret is None:
                raise AccessRevoked("This mailbox was unlinked.", reason="unlinked")
            if taken:
                return now + RENEWAL, secret
            await self._parts.announcer.next(self._topic, within=LOOK_EVERY)
        raise Transient("Another process has been refreshing this mailbox for too long.", reason=ROTATED_ELSEWHERE)

    def _give_back(self, until: datetime) -> None:
        try:
            with self._parts.database.write() as tx:
                accounts.end_renewal(tx, self._account_id, until)
        except StoreError as error:  # the turn ends by itself
            log.error("store_in_trouble", account=self._account_id, kind=type(error).__name__)
        self._parts.announcer.tell(self._topic)

    @property
    def _topic(self) -> str:
        return f"renewed {self._account_id}"
