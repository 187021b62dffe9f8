"""Graph's subscriptions: made with a secret, renewed at half life, made again when lost; and what they send."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.contract import Hint, PushForged
from connectors.outlook.client import GraphClient, Json, entries
from connectors.outlook.normalise import moment
from connectors.refusals import BadRequest, NotThere

LIVES = (timedelta(minutes=4_200), timedelta(minutes=1_400))
"""Asked for in turn: the ceiling differs by documents and tenants (M28)."""
MOST = 1_000
MISSED = frozenset({"missed", "subscriptionRemoved"})


async def subscribed(client: GraphClient, url: str, *, secret: str, clock: Callable[[], datetime]) -> datetime:
    """One live subscription for `url`; until when it lives, by Microsoft's own word."""
    now = clock()
    mine = [one for one in entries(await client.get("/subscriptions")) if one.get("notificationUrl") == url]
    kept = [one for one in mine if one.get("clientState") in (None, secret)]
    ends = max((_ends(one) for one in kept), default=now)
    if ends - now > LIVES[0] / 2:
        return ends
    for one in kept[:1]:
        try:
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
        found = [Hint("", str(one["clientState"]), one.get("lifecycleEvent") in MISSED) for one in notices[:MOST]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PushForged("This push says nothing.", reason="bad_body") from None
    return tuple(found)


def _ends(subscription: Json) -> datetime:
    return moment(str(subscription["expirationDateTime"]))


def _told(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
