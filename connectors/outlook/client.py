"""Microsoft Graph's mail methods: plain GETs with immutable ids, next links pinned to the root, paced by the quota."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from connectors.contract import AccessRevoked, ConnectorError, Unreachable
from connectors.http import Answer, Ask, Transport, origin
from connectors.outlook.errors import refusal
from connectors.outlook.oauth import Access
from connectors.quota import Limiter, Pace
from connectors.refusals import Stale

Json = Mapping[str, Any]
Query = Mapping[str, str]
PREFER = 'IdType="ImmutableId"'
"""On every request, links too: without it ids change when a message moves (M9)."""


class SlowPage(ConnectorError):
    """504: the page takes the server too long; a smaller one may not."""


class GraphClient:
    """One mailbox. Every method raises the contract's errors, and NotThere, BadRequest or StartOver where said."""

    def __init__(self, root: str, *, access: Access, transport: Transport, limiter: Limiter) -> None:
        self._root = root.rstrip("/")
        self._access = access
        self._transport = transport
        self._limiter = limiter

    @property
    def skew(self) -> float:
        """Seconds by which our clock is ahead of Microsoft's."""
        return self._transport.skew

    async def get(
        self, path: str, query: Query | None = None, *, page: int = 0, slow: bool = False, pace: Pace = Pace.STEADY
    ) -> Json:
        """One resource or one page below the root. `page` asks for that many entries of a delta at once.

        With `slow` a 504 is raised as SlowPage instead of being tried again.
        """
        asked = f"?{urlencode(query, quote_via=quote, safe='$,/:')}" if query else ""
        return await self._send(f"{self._root}{path}{asked}", page=page, slow=slow, pace=pace)

    async def change(self, method: str, path: str, body: Mapping[str, object]) -> Json:
        """Make or renew something of our own, such as a subscription; no mail is ever changed."""
        return await self._send(f"{self._root}{path}", page=0, slow=False, pace=Pace.STEADY, method=method, body=body)

    async def follow(self, link: str, *, page: int = 0, slow: bool = False) -> Json:
        """A next or delta link, replayed as it came. Raises Unreachable when it leads to another host (S15)."""
        if not is_below(link, self._root):
            raise Unreachable("The provider pointed to another host; it was not followed.", reason="foreign_host")
        return await self._send(link, page=page, slow=slow, pace=Pace.STEADY)

    async def pages(self, path: str, query: Query, *, pace: Pace = Pace.STEADY) -> AsyncIterator[Json]:
        """A list page by page until there is no next link."""
        found = await self.get(path, query, pace=pace)
        yield found
        while next_link(found):
            found = await self.follow(next_link(found))
            yield found

    async def _send(
        self,
        url: str,
        *,
        page: int,
        slow: bool,
        pace: Pace,
        method: str = "GET",
        body: Mapping[str, object] | None = None,
    ) -> Json:
        content = json.dumps(body).encode() if body is not None else None
        kind = {"content-type": "application/json"} if body is not None else {}
        refused: str | None = None
        prefer = f"{PREFER}, odata.maxpagesize={page}" if page else PREFER
        for _ in range(2):
            token = await self._access.token(refused=refused)
            headers = {**kind, "accept": "application/json", "prefer": prefer, "authorization": f"Bearer {token}"}
            try:
                return await self._transport.call(
                    Ask(method, url, headers, content),
                    read=_read_slow if slow else _read,
                    admit=lambda: self._limiter.admit("request", pace=pace),
                )
            except Stale:
                refused = token
        raise AccessRevoked("Microsoft no longer lets us read this mailbox; link it again.", reason="401")


def next_link(found: Json) -> str:
    return str(found.get("@odata.nextLink") or "")


def delta_link(found: Json) -> str:
    return str(found.get("@odata.deltaLink") or "")


def entries(found: Json) -> list[Json]:
    """The entries of a page. Raises Unreachable when it holds none at all, not even an empty list."""
    value = found.get("value")
    if not isinstance(value, list):
        raise Unreachable("The provider's answer could not be read.", reason="no_value")
    return [entry for entry in value if isinstance(entry, Mapping)]


def message_path(message_id: str) -> str:
    return f"/me/messages/{quote(message_id, safe='')}"


def is_below(link: str, root: str) -> bool:
    try:
        return origin(link) == origin(root)
    except ValueError:
        return False


def _read_slow(answer: Answer) -> Json:
    if answer.status == 504:
        raise SlowPage("The page takes Microsoft too long.", reason="504")
    return _read(answer)


def _read(answer: Answer) -> Json:
    refused = refusal(answer)
    if refused:
        raise refused
    return answer.mapping()
