"""Microsoft Graph's mail methods: GETs with immutable ids, alone or in batches, pinned to the root and paced."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from connectors.contract import AccessRevoked, ConnectorError, RateLimited, Transient, Unreachable
from connectors.http import Answer, Ask, TooLarge, Transport, origin, worth_waiting
from connectors.outlook.batch import MOST, packed, unpacked
from connectors.outlook.errors import refusal
from connectors.outlook.oauth import Access
from connectors.quota import Limiter, Pace
from connectors.refusals import BadRequest, NotOffered, NotThere, Stale

T = TypeVar("T")
Json = Mapping[str, Any]
Outcome = Json | ConnectorError
Query = Mapping[str, str]
PREFER = 'IdType="ImmutableId"'
"""On every request, links too: without it ids change when a message moves (M9)."""


OTHERS = 3
"""Messages that are asked for to learn whether a mailbox gives any: the newest may be out of order together."""


class SlowPage(ConnectorError):
    """504: the page takes the server too long; a smaller one may not."""


class GraphClient:
    """One mailbox. Every method raises the contract's errors, and NotThere, BadRequest or StartOver where said."""

    def __init__(self, root: str, *, access: Access, transport: Transport, limiter: Limiter) -> None:
        self._root = root.rstrip("/")
        self._access = access
        self._transport = transport
        self._limiter = limiter
        self._batch_offered = True

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
        return await self._send(f"{self._root}{_asking(path, query)}", page=page, slow=slow, pace=pace)

    async def several(self, asked: Sequence[tuple[str, Query | None]], *, pace: Pace = Pace.STEADY) -> list[Outcome]:
        """Resources below the root, each with its own outcome, 20 in one batch where that saves a round trip (M24).

        An outcome is the resource, NotThere, BadRequest, or Unreachable for one that cannot be read. What was refused
        for now, or hung on a part that failed, is asked for again alone. Raises what concerns the whole mailbox.
        """
        paths = [_asking(path, query) for path, query in asked]
        found: list[Outcome] = []
        for start in range(0, len(paths), MOST):
            found += await self._settled(paths[start : start + MOST], pace)
        return found

    async def _settled(self, paths: Sequence[str], pace: Pace) -> list[Outcome]:
        settled = await self._batch(paths, pace) if len(paths) > 1 and self._batch_offered else {}
        left = [place for place in range(len(paths)) if place not in settled]
        alone = await asyncio.gather(*(self._alone(paths[place], pace) for place in left))
        settled |= dict(zip(left, alone, strict=True))
        return [settled[place] for place in range(len(paths))]

    async def _batch(self, paths: Sequence[str], pace: Pace) -> dict[int, Outcome]:
        """Outcomes by place of those that are settled. A wait that one part names holds for the whole mailbox."""
        lanes = self._limiter.profile.in_flight if pace is not Pace.URGENT else 1
        body = packed(paths, prefer=PREFER, lanes=lanes)
        try:
            answers = await self._call(
                Ask("POST", f"{self._root}/$batch", {"content-type": "application/json"}, body),
                lambda answer: _parts(answer, len(paths)),
                pace=pace,
                load=(len(paths), min(lanes, len(paths))),
            )
        except TooLarge:
            return {}
        except (NotOffered, NotThere, BadRequest):
            self._batch_offered = False
            return {}
        outcomes = {place: _outcome(answer) for place, answer in answers.items()}
        self._sit_out(one for one in outcomes.values() if isinstance(one, Transient))
        return {place: one for place, one in outcomes.items() if one is not None and not isinstance(one, Transient)}

    def _sit_out(self, refused: Iterable[Transient]) -> None:
        """What one part was told to wait, the whole mailbox waits; too long a wait is raised."""
        worst = max(refused, key=lambda one: one.retry_after or 0.0, default=None)
        if worst and not worth_waiting(worst):
            raise worst
        self._limiter.hold(worst.retry_after or 0.0 if worst else 0.0)

    async def _alone(self, path: str, pace: Pace) -> Outcome:
        try:
            return await self._send(f"{self._root}{path}", page=0, slow=False, pace=pace)
        except (NotThere, BadRequest) as outcome:
            return outcome
        except Unreachable as trouble:
            unreadable = isinstance(trouble, TooLarge) or trouble.reason in ("not_json", "not_an_object")
            if unreadable or await self._gives_another(path, pace):
                return trouble
            raise

    async def _gives_another(self, failing: str, pace: Pace) -> bool:
        """Whether the mailbox gives another message than this: then the fault is the message's.

        So it is where it holds no other: what is set aside is asked for again, and the mailbox goes on.
        """
        try:
            query = {"$top": str(OTHERS + 1), "$select": "id"}
            listed = entries(await self.get("/me/messages", query, pace=pace))
        except (NotThere, BadRequest, Transient):
            return False
        paths = [message_path(str(entry["id"])) for entry in listed]
        others = [path for path in paths if not failing.startswith(path)][:OTHERS]
        return not others or await self._gives_any(others, pace)

    async def _gives_any(self, paths: Sequence[str], pace: Pace) -> bool:
        for path in paths:
            with suppress(NotThere, BadRequest, Transient):
                return bool(await self.get(path, {"$select": "id"}, pace=pace))
        return False

    async def change(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Json:
        """Make, renew or end something of our own, such as a subscription; no mail is ever changed.

        It takes a probe's place: whoever asks for it need not be the one that syncs the mailbox.
        """
        return await self._send(f"{self._root}{path}", page=0, slow=False, pace=Pace.URGENT, method=method, body=body)

    async def follow(self, link: str, *, page: int = 0, slow: bool = False) -> Json:
        """A next or delta link, replayed as it came. Raises Unreachable when it leads to another host (S15)."""
        if not is_below(link, self._root):
            raise Unreachable("The provider pointed to another host; it was not followed.", reason="foreign_host")
        return await self._send(link, page=page, slow=slow, pace=Pace.STEADY)

    async def rest(self, page: Json) -> AsyncIterator[Json]:
        """A list's page and those behind it, until there is no next link."""
        yield page
        while next_link(page):
            page = await self.follow(next_link(page))
            yield page

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
        prefer = f"{PREFER}, odata.maxpagesize={page}" if page else PREFER
        ask = Ask(method, url, {**kind, "accept": "application/json", "prefer": prefer}, content)
        return await self._call(ask, _read_slow if slow else _read, pace=pace)

    async def _call(self, ask: Ask, read: Callable[[Answer], T], *, pace: Pace, load: tuple[int, int] = (1, 1)) -> T:
        """Signed and paced; an access token that is refused is renewed once. `load` is the requests it stands for
        and how many of them are worked on at once.
        """
        count, places = load
        refused: str | None = None
        for _ in range(2):
            token = await self._access.token(refused=refused)
            signed = Ask(ask.method, ask.url, {**ask.headers, "authorization": f"Bearer {token}"}, ask.body)
            try:
                return await self._transport.call(
                    signed,
                    read=read,
                    admit=lambda: self._limiter.admit("request", count=count, pace=pace, places=places),
                )
            except Stale:
                refused = token
        raise AccessRevoked("Microsoft no longer lets us read this mailbox; link it again.", reason="401")


def _asking(path: str, query: Query | None) -> str:
    return f"{path}?{urlencode(query, quote_via=quote, safe='$,/:')}" if query else path


def _parts(answer: Answer, count: int) -> dict[int, Answer]:
    refused = refusal(answer)
    if refused:
        raise refused
    parts = unpacked(answer, count)
    if any(part.status == 401 for part in parts.values()):
        raise Stale("Microsoft no longer accepts the access token.", reason="401")
    return parts


def _outcome(answer: Answer) -> Outcome | None:
    """A part's outcome, Transient when it may come yet; None when it was not tried for another part's sake (424)."""
    if answer.status == 424:
        return None
    try:
        return _read(answer)
    except (NotThere, BadRequest, RateLimited, Unreachable) as outcome:
        return outcome


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
    return {} if answer.status == 204 else answer.mapping()
