"""Gmail's methods: requests built by Google's own library, sent through our transport, paced by the quota."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

import httplib2
from googleapiclient.discovery import build

from connectors.contract import AccessRevoked, ConnectorError, MissingPermission, RateLimited, Transient, Unreachable
from connectors.gmail.batch import CONTENT_TYPE, packed, unpacked
from connectors.gmail.errors import refusal
from connectors.gmail.oauth import Access
from connectors.http import ATTEMPTS, Answer, Ask, TooLarge, Transport, worth_waiting
from connectors.quota import Limiter, Pace
from connectors.refusals import BadRequest, NotOffered, NotThere, Stale

T = TypeVar("T")
Json = Mapping[str, Any]
BATCH = 25
"""Parts that go through at once without 'too many concurrent requests' (believed; Google publishes no limit); of
threads, which cost twice as much, half of it: a minute's last units would go unused while a dear batch waits for the
next.
"""
LARGEST_PAGE = 500
OTHERS = 3
"""Messages that are asked for to learn whether a mailbox gives any: the newest may be out of order together."""


Outcome = Json | ConnectorError


_ANY = "anyone"
"""Stands for an id in a request that is made once for all ids: making it takes 24 us (2026-11)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of resource that is read whole: what a read costs and, for the id `anyone`, how it is asked for."""

    call: str
    request: Any

    def address(self, one: str) -> str:
        return str(self.request.uri).replace(_ANY, quote(one, safe=""))

    def ask(self, one: str) -> Ask:
        return Ask(self.request.method, self.address(one), dict(self.request.headers))


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of some ids: resources by id, ids that are not there any more, ids that could not be read and why."""

    found: Mapping[str, Json] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()


class GmailMethods:
    """The static discovery document's resources, built once for an API root; they only make requests."""

    def __init__(self, api_root: str) -> None:
        self.root = api_root.rstrip("/")
        service: Any = build(
            "gmail", "v1", http=object(), static_discovery=True, client_options={"api_endpoint": f"{self.root}/"}
        )
        me = service.users()
        self.me = me
        self.messages = me.messages()
        threads = me.threads()
        self.whole_messages = Kind("messages.get", self.messages.get(userId="me", id=_ANY, format="full"))
        self.whole_threads = Kind("threads.get", threads.get(userId="me", id=_ANY, format="full"))
        self.history = me.history()
        self.send_as = me.settings().sendAs()


methods_at = cache(GmailMethods)
"""The requests of an API root: making them out of the discovery document takes 13 ms (2026-11)."""


class GmailClient:
    """One mailbox. Every method raises the contract's errors, and NotThere or BadRequest where said."""

    def __init__(self, methods: GmailMethods, *, access: Access, transport: Transport, limiter: Limiter) -> None:
        self._methods = methods
        self._access = access
        self._transport = transport
        self._limiter = limiter
        self._batch_offered = True

    @property
    def skew(self) -> float:
        """Seconds by which our clock is ahead of Google's."""
        return self._transport.skew

    async def profile(self) -> Json | None:
        """`emailAddress`, `historyId` and totals; None where the server has no such method."""
        try:
            return await self._execute(self._methods.me.getProfile(userId="me"), "read")
        except (NotThere, NotOffered):
            return None

    async def aliases(self) -> Sequence[Json]:
        """The send-as addresses; none where the server has no such method."""
        try:
            found = await self._execute(self._methods.send_as.list(userId="me"), "read")
        except (NotThere, NotOffered):
            return ()
        return list(found.get("sendAs") or ())

    async def watch(self, topic: str) -> Json:
        """Push of every change to a Pub/Sub topic; `expiration` is in epoch milliseconds (G29).

        It takes a probe's place: whoever asks for it need not be the one that syncs the mailbox.
        """
        request = self._methods.me.watch(userId="me", body={"topicName": topic})
        return await self._execute(request, "watch", pace=Pace.URGENT)

    async def stop(self) -> None:
        """End every push of this mailbox."""
        request = self._methods.me.stop(userId="me")
        ask = Ask(request.method, request.uri, dict(request.headers), request.body)
        await self._send(ask, read=_accepted, call="stop", pace=Pace.URGENT)

    async def list_page(self, q: str, *, token: str | None, size: int = LARGEST_PAGE, pace: Pace = Pace.STEADY) -> Json:
        """Ids and thread ids, newest first, spam and trash included. Raises BadRequest for an old token."""
        request = self._methods.messages.list(
            userId="me", q=q, includeSpamTrash=True, maxResults=size, **({"pageToken": token} if token else {})
        )
        return await self._execute(request, "list", pace=pace)

    async def history_page(self, start: str, *, token: str | None, size: int) -> Json:
        """All types, no label filter (G13). Raises NotThere when `start` is too old, BadRequest for an old token."""
        request = self._methods.history.list(
            userId="me",
            startHistoryId=start,
            maxResults=size,
            historyTypes=["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"],
            **({"pageToken": token} if token else {}),
        )
        return await self._execute(request, "history")

    async def outline(self, message_id: str, *, pace: Pace = Pace.STEADY) -> Json:
        """One message without headers or text. Raises NotThere when it was deleted."""
        request = self._methods.messages.get(userId="me", id=message_id, format="minimal")
        return await self._execute(request, "messages.get", pace=pace)

    async def fetch(self, ids: Iterable[str], *, threads: bool = False, pace: Pace = Pace.STEADY) -> Fetched:
        """Whole messages, or whole threads: up to 25 in a batch, each settled alone; without batches three at once.

        What the provider keeps failing on while it gives the rest is `unread`. Raises RateLimited, and Unreachable
        when it gives nothing.
        """
        kind = self._methods.whole_threads if threads else self._methods.whole_messages
        found: dict[str, Json] = {}
        gone: list[str] = []
        unread: list[tuple[str, str]] = []
        wanted = list(dict.fromkeys(ids))
        most = BATCH // 2 if threads else BATCH
        for start in range(0, len(wanted), most):
            some = await self._fetch_some(kind, wanted[start : start + most], pace=pace)
            for one, outcome in some.items():
                if isinstance(outcome, NotThere):
                    gone.append(one)
                elif isinstance(outcome, ConnectorError):
                    unread.append((one, outcome.reason or type(outcome).__name__))
                else:
                    found[one] = outcome
        return Fetched(found, tuple(gone), tuple(unread))

    async def _fetch_some(self, kind: Kind, ids: Sequence[str], *, pace: Pace) -> dict[str, Outcome]:
        """Outcomes of at most 25 ids; what failed for now is asked for again after a pause, in the end one by one."""
        settled: dict[str, Outcome] = {}
        for attempt in range(ATTEMPTS):
            left = [one for one in ids if one not in settled]
            together = attempt + 1 < ATTEMPTS
            outcomes = await self._outcomes(kind, left, together=together, pace=pace)
            settled |= {one: outcome for one, outcome in outcomes.items() if not _may_still_come(outcome)}
            waiting = [trouble for trouble in outcomes.values() if isinstance(trouble, Transient)]
            waiting = [trouble for trouble in waiting if _may_still_come(trouble)]
            if not waiting:
                return settled
            worst = max(waiting, key=lambda trouble: trouble.retry_after or 0.0)
            if not worth_waiting(worst):
                raise worst
            if together:
                await self._transport.pause(attempt, floor=worst.retry_after)
        others_come = bool(settled) or await self._gives_another(left, pace)
        return {**settled, **_given_up(outcomes, others_come=others_come)}

    async def _gives_another(self, failing: Sequence[str], pace: Pace) -> bool:
        """Whether the mailbox gives a message that is not among these: then the fault is theirs, not the mailbox's.

        So it is where it holds no other: what is set aside is asked for again, and the mailbox goes on.
        """
        try:
            listed = await self.list_page("", token=None, size=len(failing) + OTHERS, pace=pace)
        except Transient:
            return False
        others = [entry["id"] for entry in listed.get("messages") or () if entry["id"] not in failing][:OTHERS]
        for one in others:
            try:
                return bool(await self.outline(one, pace=pace))
            except NotThere:
                return True
            except Transient:
                continue
        return not others

    async def _outcomes(self, kind: Kind, ids: Sequence[str], *, together: bool, pace: Pace) -> dict[str, Outcome]:
        if together and len(ids) > 1 and self._batch_offered:
            try:
                return await self._batch(kind, ids, pace=pace)
            except TooLarge:
                pass
            except (NotOffered, NotThere, BadRequest, MissingPermission):
                self._batch_offered = False  # one by one, whatever is truly refused is refused again
        gathered = await asyncio.gather(*(self._alone(kind, one, pace=pace) for one in ids))
        return dict(zip(ids, gathered, strict=True))

    async def _alone(self, kind: Kind, one: str, *, pace: Pace) -> Outcome:
        """One resource's outcome; what concerns the whole account is raised."""
        try:
            return await self._send(
                kind.ask(one), read=lambda answer: _parsed(kind.request, answer), call=kind.call, pace=pace
            )
        except (NotThere, BadRequest, Transient) as outcome:
            return outcome

    async def _batch(self, kind: Kind, ids: Sequence[str], *, pace: Pace) -> dict[str, Outcome]:
        body = packed([*map(kind.address, ids)])
        answers = await self._send(
            Ask("POST", f"{self._methods.root}/batch/gmail/v1", {"content-type": CONTENT_TYPE}, body),
            read=lambda answer: _parts(answer, len(ids)),
            call=kind.call,
            count=len(ids),
            pace=pace,
        )
        missing = Answer(502, {}, b"")
        return {one: _resource(kind.request, answers.get(at, missing)) for at, one in enumerate(ids)}

    async def _execute(self, request: Any, call: str, *, pace: Pace = Pace.STEADY) -> Json:
        ask = Ask(request.method, request.uri, dict(request.headers), request.body)
        return await self._send(ask, read=lambda answer: _parsed(request, answer), call=call, pace=pace)

    async def _send(
        self, ask: Ask, *, read: Callable[[Answer], T], call: str, count: int = 1, pace: Pace = Pace.STEADY
    ) -> T:
        """Signed and paced; an access token that is refused is renewed once."""
        refused: str | None = None
        for _ in range(2):
            token = await self._access.token(refused=refused)
            signed = Ask(ask.method, ask.url, {**ask.headers, "authorization": f"Bearer {token}"}, ask.body)
            try:
                return await self._transport.call(
                    signed, read=read, admit=lambda: self._limiter.admit(call, count=count, pace=pace)
                )
            except Stale:
                refused = token
        raise AccessRevoked("Google no longer lets us read this mailbox; link it again.", reason="401")


def _may_still_come(outcome: Outcome) -> bool:
    return isinstance(outcome, Transient) and not isinstance(outcome, TooLarge)


def _given_up(outcomes: Mapping[str, Outcome], *, others_come: bool) -> Mapping[str, Outcome]:
    """What is left after every attempt, as settled. Raises when the fault is the provider's and not the message's."""
    for outcome in outcomes.values():
        unreadable = isinstance(outcome, Unreachable) and outcome.reason in ("not_json", "not_an_object")
        if isinstance(outcome, RateLimited) or (_may_still_come(outcome) and not others_come and not unreadable):
            raise outcome if isinstance(outcome, ConnectorError) else AssertionError
    return outcomes


def _resource(request: Any, answer: Answer) -> Outcome:
    """A batch part's outcome; what concerns the whole account is raised."""
    try:
        return _parsed(request, answer)
    except (NotThere, BadRequest, Transient) as outcome:
        return outcome


def _parts(answer: Answer, count: int) -> dict[int, Answer]:
    refused = refusal(answer)
    if refused:
        raise refused
    parts = unpacked(answer, count)
    if any(part.status == 401 for part in parts.values()):
        raise Stale("Google no longer accepts the access token.", reason="401")
    return parts


def _accepted(answer: Answer) -> None:
    refused = refusal(answer)
    if refused:
        raise refused


def _parsed(request: Any, answer: Answer) -> Json:
    refused = refusal(answer)
    if refused:
        raise refused
    try:
        found = request.postproc(httplib2.Response({"status": str(answer.status)}), answer.body)
    except (ValueError, RecursionError):
        raise Unreachable("The provider's answer could not be read.", reason="not_json") from None
    if not isinstance(found, Mapping):
        raise Unreachable("The provider's answer could not be read.", reason="not_an_object")
    return found
