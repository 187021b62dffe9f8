"""Linking a mailbox over OAuth: begin, finish, list, unlink with a receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.services.account_states import grant_ends
from app.services.errors import LinkFailed, LinkNotOurs, NotFound, ProviderMissing
from app.services.parts import LINK_FLOW_LIFE, WORK, Parts
from app.services.signing_in import hashed
from app.services.withdrawing import PATIENCE, withdraw
from app.store import accounts, audit, link_flows, sync_jobs
from connectors.contract import Connector, ConnectorError, ConsentDenied, Grant, LinkRefused, MissingPermission


@dataclass(frozen=True, slots=True)
class Receipt:
    """What unlinking did. `revoked` is False when the provider could not be told; then the person must do it there.

    `pushes_ended` is False when it may go on telling us of news, for some days at most; they are passed over.
    """

    revoked: bool
    deleted: Mapping[str, int]
    pushes_ended: bool = True


async def begin(parts: Parts, person_id: str, provider: str, now: datetime) -> str:
    """Store a one-time flow and return the provider's authorization address."""
    authorization = await _connector(parts, provider).begin(redirect_uri=_redirect(parts, provider))
    flow = link_flows.LinkFlow(person_id, provider, authorization.flow, now + LINK_FLOW_LIFE)
    with parts.database.write(durable=True) as tx:
        link_flows.purge(tx, now)
        link_flows.add(tx, parts.sealer, flow, state_hash=hashed(authorization.state))
    return authorization.url


async def finish(parts: Parts, person_id: str, provider: str, answer: Mapping[str, str], now: datetime) -> str:
    """Turn the callback into a linked account and return its id. Raises as `consented` does."""
    return keep(parts, person_id, provider, await consented(parts, person_id, provider, answer, now), now)


async def consented(parts: Parts, person_id: str, provider: str, answer: Mapping[str, str], now: datetime) -> Grant:
    """What the provider grants for the callback of a flow this person began; nothing is kept yet.

    The state is burned first, whatever comes after. Raises LinkNotOurs for a foreign or replayed state and
    LinkFailed when the person or the provider said no; in both cases nothing is stored.
    """
    with parts.database.write(durable=True) as tx:
        flow = link_flows.burn(tx, parts.sealer, hashed(answer.get("state", "")), now)
    if flow is None or flow.person_id != person_id or flow.provider != provider:
        raise LinkNotOurs("This answer does not belong to a link you started. Nothing was linked; start again.")
    try:
        return await _connector(parts, provider).finish(
            flow=flow.flow, answer=answer, redirect_uri=_redirect(parts, provider)
        )
    except ConsentDenied as error:
        raise LinkFailed("Nothing was linked: you cancelled at the provider.") from error
    except MissingPermission as error:
        raise LinkFailed("Nothing was linked: reading mail was not ticked. Link again and leave it ticked.") from error
    except LinkRefused as error:
        raise LinkNotOurs(f"Nothing was linked: {error}") from error
    except ConnectorError as error:
        raise LinkFailed(f"Nothing was linked: {error}") from error


def keep(parts: Parts, person_id: str, provider: str, grant: Grant, now: datetime) -> str:
    """Store the grant as a linked account of this person, have it synced, and return its id."""
    with parts.database.write(durable=True) as tx:
        account_id = accounts.link(tx, parts.sealer, person_id=person_id, provider=provider, grant=grant, now=now)
        accounts.add_addresses(tx, person_id, account_id, {grant.address}, now)
        sync_jobs.start_over(tx, account_id, now)
        audit.record(tx, person_id, now, "linked", account_id)
    parts.announcer.tell(person_id)
    parts.announcer.tell(WORK)
    return account_id


def list_accounts(parts: Parts, person_id: str) -> list[accounts.Account]:
    """With the moment each permission ends by itself, as far as it is known; a full disk shows on every one."""
    with parts.database.read() as tx:
        linked = accounts.of_person(tx, person_id)
    told = [replace(account, expires_at=grant_ends(account, parts.settings)) for account in linked]
    return [_without_room(account) for account in told] if parts.database.is_full else told


def _without_room(account: accounts.Account) -> accounts.Account:
    """A state that no store without room can keep."""
    return replace(
        account,
        state="storage_full",
        state_reason="The disk is full; nothing was lost.",
        next_action="Free some space: it goes on by itself.",
    )


def ask_for_sync(parts: Parts, person_id: str, account_id: str, now: datetime) -> None:
    """Have the account synced soon, every slow layer included. Raises NotFound."""
    with parts.database.write() as tx:
        if accounts.find(tx, person_id, account_id) is None:
            raise NotFound("There is no such linked mailbox.")
        sync_jobs.want(tx, account_id, now, deep=True)
    parts.announcer.tell(WORK)


async def unlink(parts: Parts, person_id: str, account_id: str, now: datetime) -> Receipt:
    """End pushes and permission at the provider, delete everything that came with the mailbox, say what was done.

    Cut short, it is finished by a worker a little later. Raises NotFound.
    """
    with parts.database.write(durable=True) as tx:
        account = accounts.find(tx, person_id, account_id)
        if account is None:
            raise NotFound("There is no such linked mailbox.")
        accounts.set_state(tx, account_id, "erasing", now, next_action="Nothing to do: it is finished by itself.")
        sync_jobs.hold(tx, account_id, now + PATIENCE)
    done = await withdraw(parts, account)
    with parts.database.write(durable=True) as tx:
        deleted = accounts.delete(tx, person_id, account_id)
        audit.record(tx, person_id, now, "unlinked", account_id)
    parts.shelf.forget(person_id)
    parts.database.checkpoint_erasure()
    parts.announcer.tell(person_id)
    return Receipt(revoked=done.revoked, deleted=deleted, pushes_ended=done.pushes_ended)


def _connector(parts: Parts, provider: str) -> Connector:
    try:
        return parts.connectors[provider]
    except KeyError:
        raise ProviderMissing(
            f"No {provider.title()} credentials are configured. "
            f"Set AFTERTOUCH_{provider.upper()}_CLIENT_ID and AFTERTOUCH_{provider.upper()}_CLIENT_SECRET."
        ) from None


def _redirect(parts: Parts, provider: str) -> str:
    return f"{parts.settings.base_url}/link/{provider}/callback"
