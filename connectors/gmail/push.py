"""Google's pushes: a Pub/Sub message with a token signed by Google, checked before anything in it is believed."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connectors.contract import Hint, LinkRefused, PushForged
from connectors.gmail.oauth import GoogleIdentity
from connectors.id_token import Expected, verified

KEYS_LIFE = 3_600.0
"""Seconds the issuer's keys are believed."""
KEYS_PAUSE = 60.0
"""Seconds between two fetches of the keys, whatever key ids the tokens claim (G31)."""


class Pushes:
    """Checks pushes for one set-up; `sender` is the service account that Pub/Sub signs as (G30)."""

    def __init__(
        self, identity: GoogleIdentity, *, sender: str, clock: Callable[[], datetime], monotonic: Callable[[], float]
    ) -> None:
        self._identity = identity
        self._sender = sender
        self._clock = clock
        self._monotonic = monotonic
        self._keys: Mapping[str, Any] = {"keys": []}
        self._fetched: float | None = None

    async def heard(self, authorization: str, body: bytes, *, url: str) -> tuple[Hint, ...]:
        """The mailbox a push speaks of. Raises PushForged."""
        scheme, _, token = authorization.partition(" ")
        if not self._sender or scheme.lower() != "bearer" or not token:
            raise PushForged("This push carries no proof.", reason="no_token")
        claims = await self._claims(token.strip(), url)
        if claims.get("email") != self._sender or claims.get("email_verified") is not True:
            raise PushForged("This push is somebody else's.", reason="bad_sender")
        return (_hint(body),)

    async def _claims(self, token: str, audience: str) -> Mapping[str, Any]:
        await self._refresh(_key_id(token))
        issuers = await self._identity.issuers()
        try:
            return verified(token, self._keys, Expected(issuers, audience, None, self._clock()))
        except LinkRefused:
            raise PushForged("This push is not signed as it should be.", reason="bad_token") from None

    async def _refresh(self, key_id: str) -> None:
        now, known = self._monotonic(), {key.get("kid") for key in self._keys["keys"]}
        age = None if self._fetched is None else now - self._fetched
        if age is None or age > KEYS_LIFE or (key_id not in known and age > KEYS_PAUSE):
            self._fetched = now
            self._keys = await self._identity.keys()


def _key_id(token: str) -> str:
    try:
        return str(json.loads(_opened(token.partition(".")[0]))["kid"])
    except (ValueError, KeyError, TypeError):
        return ""


def _hint(body: bytes) -> Hint:
    """Whose mailbox has news, and when that was published; the history id in it is no cursor and not read (G30)."""
    try:
        message = json.loads(body)["message"]
        address = str(json.loads(_opened(message["data"]))["emailAddress"]).lower()
    except (ValueError, KeyError, TypeError, RecursionError):
        raise PushForged("This push says nothing.", reason="bad_body") from None
    return Hint(address=address, at=_moment(message.get("publishTime")))


def _moment(told: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _opened(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
