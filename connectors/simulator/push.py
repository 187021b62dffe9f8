"""Push: Graph's subscriptions with their handshake and notifications, and Gmail's messages through Pub/Sub."""

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
import jwt

from connectors.simulator.graph_shape import moment
from connectors.simulator.keys import sign
from connectors.simulator.mailbox import Change, Mailbox
from connectors.simulator.world import World

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TIMEOUT = 10.0
"""Seconds an endpoint has to answer the handshake (webhook validation docs)."""

FORGERIES: dict[str, object] = {
    "aud": "https://other.example",
    "email": "evil@other.example",
    "iss": "https://other.example",
    "exp": 1,
}
_KINDS = {"added": "created", "deleted": "deleted"}


@dataclass(slots=True)
class Subscription:
    """`seen` is the number of the last change it was told of."""

    address: str
    resource: str
    change_types: frozenset[str]
    url: str
    lifecycle_url: str
    client_state: str
    expires: datetime
    seen: int
    immutable: bool
    id: str = ""


@dataclass(slots=True)
class Pusher:
    """Sends to loopback addresses only. `transport` lets a test answer in-process, for `push_hosts` too."""

    world: World
    transport: httpx.AsyncBaseTransport | None = None
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    sent: int = 0

    def reaches(self, url: str) -> bool:
        parts = urlsplit(url)
        hosts = LOOPBACK | (self.world.config.push_hosts if self.transport else frozenset())
        return parts.scheme in ("http", "https") and parts.hostname in hosts

    async def post(self, url: str, **options: object) -> httpx.Response | None:
        """None when the address is not loopback or does not answer."""
        if not self.reaches(url):
            return None
        try:
            async with httpx.AsyncClient(transport=self.transport, timeout=TIMEOUT) as web:
                self.sent += 1
                return await web.post(url, **options)  # type: ignore[arg-type]
        except httpx.HTTPError:
            return None

    async def handshake(self, url: str) -> bool:
        """The endpoint must give the token back as plain text (webhook validation docs)."""
        token = f"Validation: Testing client application reachability for subscription. Request-Id: {uuid.uuid4()}"
        answer = await self.post(url, params={"validationToken": token})
        if answer is None or answer.status_code != 200:
            return False
        return answer.text == token and answer.headers.get("content-type", "").startswith("text/plain")

    async def flush(self) -> None:
        """Tell every subscriber what changed since it was told last."""
        if self.world.faults.value("push_silent"):
            return
        for subscription in list(self.subscriptions.values()):
            await self.notify(subscription)
        for box in self.world.of("google"):
            await self._publish(box)

    async def notify(self, subscription: Subscription) -> None:
        box = self.world.mailbox(subscription.address, "microsoft")
        if not box or subscription.expires <= self.world.now():
            return
        news = [change for change in box.changes[subscription.seen :] if _kind(change) in subscription.change_types]
        subscription.seen = len(box.changes)
        body = {"value": [_notice(subscription, box, change) for change in news]}
        for _ in range(int(self.world.faults.number("push_repeats")) or 1):
            if news:
                await self.post(subscription.url, json=body)

    async def lifecycle(self, subscription: Subscription, event: str) -> bool:
        """One of reauthorizationRequired, subscriptionRemoved, missed; removed also ends it."""
        if event == "subscriptionRemoved":
            self.subscriptions.pop(subscription.id, None)
        entry = {
            "lifecycleEvent": event,
            "subscriptionId": subscription.id,
            "resource": subscription.resource,
            "clientState": subscription.client_state,
            "subscriptionExpirationDateTime": moment(subscription.expires),
        }
        answer = await self.post(subscription.lifecycle_url, json={"value": [entry]})
        return answer is not None and answer.is_success

    async def _publish(self, box: Mailbox) -> None:
        """One Pub/Sub push per mailbox with an open watch and news."""
        watch, url = self.world.watches.get(box.address), self.world.config.google_push_url
        if not watch or not url or watch[1] <= self.world.now() or self.told.get(box.address) == box.history:
            return
        self.told[box.address] = box.history
        history = 1 if self.world.faults.value("push_stale") else box.history
        data = json.dumps({"emailAddress": box.address, "historyId": history}).encode()
        message = {
            "data": base64.urlsafe_b64encode(data).decode(),
            "messageId": str(self.world.rng.getrandbits(50)),
            "publishTime": moment(self.world.now()),
        }
        body = {"message": message, "subscription": "projects/aftertouch/subscriptions/gmail"}
        for _ in range(int(self.world.faults.number("push_repeats")) or 1):
            await self.post(url, json=body, headers={"Authorization": f"Bearer {self._token(url)}"})

    def _token(self, url: str) -> str:
        """The OIDC token Pub/Sub signs its pushes with; a fault makes one thing about it wrong."""
        now = round(self.world.now().timestamp())
        claims: dict[str, object] = {
            "iss": self.world.config.google_issuer,
            "aud": url,
            "email": self.world.config.google_push_account,
            "email_verified": True,
            "sub": "100000000000000000001",
            "iat": now,
            "exp": now + 3600,
        }
        wrong = self.world.faults.value("push_forged")
        claims |= {name: value for name, value in FORGERIES.items() if name == wrong}
        if wrong == "none":
            return jwt.encode(claims, "", algorithm="none")
        return sign("stranger" if wrong == "kid" else self.world.google_key, claims)


def lifetime(world: World) -> timedelta:
    """The longest a message subscription may live; a live tenant allowed 10,070 minutes (docs/providers.md M28)."""
    return timedelta(minutes=world.faults.number("subscription_ceiling") or 10_070)


def _kind(change: Change) -> str:
    return _KINDS.get(change.kind, "updated")


def _notice(subscription: Subscription, box: Mailbox, change: Change) -> dict[str, object]:
    item = box.items.get(change.serial) or box.gone[change.serial]
    key = box.graph_id(item, immutable=subscription.immutable)
    where = f"Users/{box.subject}/Messages/{key}"
    return {
        "subscriptionId": subscription.id,
        "subscriptionExpirationDateTime": moment(subscription.expires),
        "changeType": _kind(change),
        "resource": where,
        "resourceData": {"@odata.type": "#Microsoft.Graph.Message", "@odata.id": where, "id": key},
        "clientState": subscription.client_state,
        "tenantId": box.tenant,
    }
