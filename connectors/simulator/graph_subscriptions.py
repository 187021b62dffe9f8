"""Graph's /subscriptions: create with the validation handshake, list, renew, reauthorise and delete."""

import re
import uuid
from datetime import datetime, timedelta

from connectors.simulator.calls import Call, Reply
from connectors.simulator.graph_errors import bad_request, refused
from connectors.simulator.graph_messages import immutable
from connectors.simulator.graph_shape import moment
from connectors.simulator.mailbox import Mailbox
from connectors.simulator.push import Pusher, Subscription, lifetime

SHORTEST = timedelta(minutes=45)
"""Shorter wishes are raised to this (subscription resource docs)."""
TYPES = frozenset({"created", "updated", "deleted"})
RESOURCE = re.compile(r"/?(me|users/[^/]+)(/mailFolders(/[^/]+|\('[^']+'\)))?/messages", re.IGNORECASE)


async def subscriptions(pusher: Pusher, mailbox: Mailbox, call: Call) -> Reply:
    """Every verb on /subscriptions and /subscriptions/{id}; raises Refusal."""
    key, _, act = call.path.removeprefix("/subscriptions").strip("/").partition("/")
    if not key and call.method == "POST":
        return await _create(pusher, mailbox, call)
    if not key and call.method == "GET":
        own = [one for one in pusher.subscriptions.values() if one.address == mailbox.address]
        return Reply(
            200, {"@odata.context": f"{call.root}/$metadata#subscriptions", "value": [_told(one) for one in own]}
        )
    known = pusher.subscriptions.get(key)
    if not known or known.address != mailbox.address or known.expires <= pusher.world.now():
        raise refused(404, "ResourceNotFound", "The object was not found.")
    if act == "reauthorize" and call.method == "POST":
        return Reply(204)
    if call.method == "PATCH":
        return _renew(pusher, known, call)
    if call.method == "DELETE":
        del pusher.subscriptions[key]
        return Reply(204)
    if call.method == "GET":
        return Reply(200, {"@odata.context": f"{call.root}/$metadata#subscriptions/$entity", **_told(known)})
    raise refused(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")


async def _create(pusher: Pusher, mailbox: Mailbox, call: Call) -> Reply:
    asked = call.json()
    made = _checked(pusher, mailbox, call, asked)
    for url in filter(None, (made.url, made.lifecycle_url)):
        if not await pusher.handshake(url):
            words = "Subscription validation request failed. Notification endpoint must respond with 200 OK."
            raise bad_request(words, "ValidationError")
    pusher.subscriptions[made.id] = made
    if pusher.world.faults.value("push_before_answer", mailbox.address):
        made.seen = max(0, made.seen - 1)
        await pusher.notify(made)
    return Reply(201, {"@odata.context": f"{call.root}/$metadata#subscriptions/$entity", **_told(made)})


def _checked(pusher: Pusher, mailbox: Mailbox, call: Call, asked: dict[str, object]) -> Subscription:
    types = frozenset(str(asked.get("changeType", "")).split(","))
    if not types <= TYPES:
        raise bad_request("Invalid changeType.", "InvalidRequest")
    if not RESOURCE.fullmatch(str(asked.get("resource", ""))):
        raise bad_request("The resource is not supported.", "InvalidRequest")
    url, lifecycle = str(asked.get("notificationUrl", "")), str(asked.get("lifecycleNotificationUrl", "") or "")
    for address in filter(None, (url, lifecycle)):
        if not pusher.reaches(address):
            raise bad_request("Only loopback addresses are notified here.", "ValidationError")
    if not url:
        raise bad_request("notificationUrl is missing.", "InvalidRequest")
    state = str(asked.get("clientState", "") or "")
    if len(state) > 128:
        raise bad_request("clientState must not be longer than 128 characters.", "InvalidRequest")
    ends = _ending(pusher, asked.get("expirationDateTime"))
    key = str(uuid.UUID(int=pusher.world.rng.getrandbits(128)))
    where, seen = str(asked["resource"]), len(mailbox.changes)
    return Subscription(mailbox.address, where, types, url, lifecycle, state, ends, seen, immutable(call), key)


def _ending(pusher: Pusher, wished: object) -> datetime:
    try:
        ends = datetime.fromisoformat(str(wished).replace("Z", "+00:00"))
    except ValueError:
        raise bad_request("expirationDateTime is not valid.", "InvalidRequest") from None
    now, longest = pusher.world.now(), lifetime(pusher.world)
    if ends > now + longest:
        minutes = round(longest.total_seconds() / 60)
        words = f"Subscription expiration can only be {minutes} minutes in the future."
        raise bad_request(words, "ExtensionError")
    if ends <= now:
        raise bad_request("Subscription expiration must be in the future.", "ExtensionError")
    return max(ends, now + SHORTEST)


def _renew(pusher: Pusher, known: Subscription, call: Call) -> Reply:
    if pusher.world.faults.value("subscription_renewal_fails", known.address):
        pusher.subscriptions.pop(known.id, None)
        raise refused(404, "ResourceNotFound", "The object was not found.")
    known.expires = _ending(pusher, call.json().get("expirationDateTime"))
    return Reply(200, {"@odata.context": f"{call.root}/$metadata#subscriptions/$entity", **_told(known)})


def _told(known: Subscription) -> dict[str, object]:
    return {
        "id": known.id,
        "resource": known.resource,
        "applicationId": "5a3f0c52-6a0e-4c5e-9f0e-8d2f6f0a7c11",
        "changeType": ",".join(sorted(known.change_types)),
        "clientState": known.client_state or None,
        "notificationUrl": known.url,
        "lifecycleNotificationUrl": known.lifecycle_url or None,
        "expirationDateTime": moment(known.expires),
        "latestSupportedTlsVersion": "v1_2",
        "includeResourceData": False,
    }
