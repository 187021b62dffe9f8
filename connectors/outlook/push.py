"""Graph's subscriptions: made with a secret, renewed at half life, made again when lost; and what they send."""

import json
from datetime import datetime, timedelta

from connectors.contract import Hint, PushForged
from connectors.outlook.client import GraphClient, Json, entries
from connectors.outlook.normalise import moment
from connectors.quota import Pace
from connectors.refusals import BadRequest, NotThere

LIVES = (timedelta(minutes=4_200), timedelta(minutes=1_400))
"""Asked for in turn: the ceiling differs by documents and tenants (M28)."""
MOST = 1_000
MISSED = frozenset({"missed", "subscriptionRemoved"})
RENEW = frozenset({"reauthorizationRequired", "subscriptionRemoved"})
"""Lifecycle events: after the first set news were lost, after the second none come any more (M30)."""


async def subscribed(client: GraphClient, url: str, *, secret: str, now: datetime, anew: bool) -> datetime:
    """One live subscription for `url`, renewed when half of its life is over or `anew`; until when it lives."""
    kept, others = _sorted(await _mine(client, url), secret)
    for one in others:
        await _end(client, one)
    ends = max((_ends(one) for one in kept), default=now)
    if ends - now > LIVES[0] / 2 and not anew:
        return ends
    for one in kept:
        try:
            if anew:
                await client.change("POST", f"/subscriptions/{one['id']}/reauthorize")
            return _ends(await _with_a_life(client, "PATCH", f"/subscriptions/{one['id']}", {}, now))
        except (NotThere, BadRequest):
            pass
    wish = {
        "changeType": "created,updated,deleted",
        "resource": "/me/messages",
        "notificationUrl": url,
        "lifecycleNotificationUrl": url,
        "clientState": secret,
    }
    return _ends(await _with_a_life(client, "POST", "/subscriptions", wish, now))


async def unsubscribed(client: GraphClient, url: str) -> bool:
    """End every subscription for `url`; whether none is left."""
    return all([await _end(client, one) for one in await _mine(client, url)])


async def _mine(client: GraphClient, url: str) -> list[Json]:
    return [
        one
        for one in entries(await client.get("/subscriptions", pace=Pace.URGENT))
        if one.get("notificationUrl") == url
    ]


def _sorted(mine: list[Json], secret: str) -> tuple[list[Json], list[Json]]:
    """The one that lives longest and carries our secret, and those too many: of a former key, or made twice."""
    ours = sorted((one for one in mine if one.get("clientState") in (None, secret)), key=_ends)
    return ours[-1:], [one for one in mine if one not in ours[-1:]]


async def _end(client: GraphClient, one: Json) -> bool:
    try:
        await client.change("DELETE", f"/subscriptions/{one['id']}")
    except NotThere:
        return True
    except BadRequest:
        return False
    return True


async def _with_a_life(client: GraphClient, method: str, path: str, wish: Json, now: datetime) -> Json:
    for life in LIVES[:-1]:
        try:
            return await client.change(method, path, {**wish, "expirationDateTime": _told(now + life)})
        except BadRequest:
            continue
    return await client.change(method, path, {**wish, "expirationDateTime": _told(now + LIVES[-1])})


def heard(body: bytes) -> tuple[Hint, ...]:
    """Every notice of a body, with the secret it carries. Raises PushForged for anything else than notices."""
    try:
        notices = json.loads(body)["value"]
        found = [_hint(str(one["clientState"]), one.get("lifecycleEvent")) for one in notices[:MOST]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PushForged("This push says nothing.", reason="bad_body") from None
    return tuple(found)


def _hint(secret: str, event: object) -> Hint:
    return Hint(secret=secret, missed=event in MISSED, renew=event in RENEW)


def _ends(subscription: Json) -> datetime:
    return moment(str(subscription["expirationDateTime"]))


def _told(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
