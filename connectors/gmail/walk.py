"""One walk through a Gmail mailbox: first sync, changes, and the reconciling list when history is not enough."""

from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.contract import UNOPENED, Handle, Held, Page, at_will
from connectors.gmail.client import Fetched, GmailClient
from connectors.gmail.cursor import LAST_READ, Place
from connectors.gmail.normalise import Unreadable, message_from
from connectors.message import Message
from connectors.quota import Pace
from connectors.refusals import BadRequest, NotThere

PAGE = 100
OPEN_FIRST = 1_000
"""Threads without an answer that are read before everything else."""
SOON = 200
"""Messages a first sync reads at a steady pace when no more are left: a minute's allowance. A larger rest is idle work.
"""
WORTH_A_THREAD = 2
"""threads.get costs as much as two messages.get, in both quota tables; it pays from the third message on."""
GAP = timedelta(days=7)
OVERLAP = timedelta(hours=2)
RECONCILED = timedelta(days=30)
PLACES = frozenset({"INBOX", "SENT", "DRAFT", "SPAM", "TRASH", "CHAT"})
"""Labels whose change moves a message; the others (read, starred, categories, the person's own) change no fact."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Reference:
    message_id: str
    thread_id: str


class Walk:
    """Moves `place` forward page by page; every page carries the place it leaves behind."""

    def __init__(
        self,
        client: GmailClient,
        *,
        place: Place,
        account: str,
        since: datetime,
        clock: Clock,
        held: Held | None,
        handle: Handle = at_will,
    ) -> None:
        self._handle = handle
        self.place = place
        self._client = client
        self._account = account
        self._since = since
        self._clock = clock
        self._held = held
        self._degraded = False
        self._bridged: datetime | None = None

    async def run(self, *, deep: bool) -> AsyncIterator[Page]:
        beginning = self.place.first
        if beginning:
            async for page in self._first():
                yield page
        if not self.place.first:
            async for page in self._changes():
                yield page
        if deep and not beginning:
            async for page in self._reconcile(max(self._since, self._clock() - RECONCILED)):
                yield page
        yield replace(self._page((), Fetched()), caught_up=True)

    async def _first(self) -> AsyncIterator[Page]:
        """Open threads, then the rest, newest first. The history id is taken before the listing starts (G10).

        A list of ids costs next to nothing; it is read anew after a restart and continued behind the last id handled.
        What the caller holds already, from a probe or from before a restart, is not read again. An id that was handled
        is let go of: what is held grows less page by page.
        """
        history = self.place.history or await self.history_now()
        left = deque(await self._listed(self._since))
        position = after(left, self.place.read)
        self.place = replace(self.place, history=history, done=max(self.place.done, position), total=len(left))
        for _ in range(position):
            left.popleft()
        early = set(await self._held(self._since)) if self._held else set()
        sizes = Counter(one.thread_id for one in left if one.message_id not in early)
        if not self.place.read and len(left) > PAGE:
            async for page in self._open_threads(left, sizes, early):
                yield page
        pace = Pace.IDLE if len(left) > SOON else Pace.STEADY
        while left:
            some = stretch(left, sizes, early)
            position += len(some)
            fetched = await self._fetch_stretch([one for one in some if one.message_id not in early], sizes, pace)
            early.update(fetched.found)
            early.difference_update(one.message_id for one in some)
            read = tuple(reference.message_id for reference in some[-LAST_READ:])
            self.place = replace(self.place, read=read, done=max(self.place.done, position))
            yield self._page((), fetched)
        if history:
            self.place = replace(self.place, first=False, read=())

    async def _open_threads(
        self, references: deque[Reference], sizes: Counter[str], early: set[str]
    ) -> AsyncIterator[Page]:
        """Those that wait for an answer, first: most verdicts hang on them. `read` stays empty,
        so that the walk through all mail still begins at the beginning and only leaves out what came `early`.
        """
        sent = {reference.message_id for reference in await self._listed(self._since, "in:sent ")}
        newest = {reference.thread_id: reference.message_id for reference in reversed(references)}
        waiting = [thread for thread, last in reversed(newest.items()) if last in sent][:OPEN_FIRST]
        first = frozenset(waiting)
        left = deque(one for one in references if one.thread_id in first and one.message_id not in early)
        while left:
            some = stretch(left, sizes, early)
            fetched = await self._fetch_stretch([one for one in some if one.message_id not in early], sizes)
            early.update(fetched.found)
            self.place = replace(self.place, done=self.place.done + len(fetched.found))
            yield self._page((), fetched)

    async def _changes(self) -> AsyncIterator[Page]:
        """One round of history. The start id stays the same on all its pages and moves when there is no next (G12)."""
        start = self.place.history
        while True:
            try:
                changes = await self._client.history_page(start, token=self.place.token, size=PAGE)
            except (NotThere, BadRequest) as refused:
                if self.place.token and isinstance(refused, BadRequest):
                    self.place = replace(self.place, token=None)
                    continue
                async for page in self._without_history():
                    yield page
                return
            deleted = frozenset(_ids(changes, "messagesDeleted"))
            fetched = await self._client.fetch(one for one in changed(changes) if one not in deleted)
            token = changes.get("nextPageToken")
            latest = start if token else later(start, str(changes.get("historyId") or start))
            self.place = replace(self.place, history=latest, token=token, listing=False)
            if token or deleted or fetched != Fetched():
                yield self._page(sorted(deleted), fetched)
            if not token:
                return

    async def _without_history(self) -> AsyncIterator[Page]:
        """History has gone (G14): list what is new, start from a fresh id; degraded if that is refused too (G15)."""
        fresh = await self.history_now()
        window = self.place.behind(OVERLAP if self.place.listing else GAP, since=self._since)
        self._bridged = None if self.place.listing else window
        async for page in self._reconcile(window):
            yield page
        try:
            await self._client.history_page(fresh, token=None, size=1)
        except (NotThere, BadRequest):
            self._degraded = True
        self.place = replace(self.place, history=fresh or self.place.history, token=None, listing=self._degraded)

    async def _reconcile(self, start: datetime) -> AsyncIterator[Page]:
        """Compare with what the caller holds from `start` on: read what is missing, ask for what is absent."""
        held = await self._held(start) if self._held else frozenset[str]()
        listed = [reference.message_id for reference in await self._listed(start)]
        wanted = [one for one in listed if one not in held] + sorted(held.difference(listed))
        for at in range(0, len(wanted), PAGE):
            yield self._page((), await self._client.fetch(wanted[at : at + PAGE]))

    async def history_now(self) -> str:
        """The current history id: the profile's, else the newest message's, else none."""
        profile = await self._client.profile()
        if profile and profile.get("historyId"):
            return str(profile["historyId"])
        newest = (await self._client.list_page("", token=None, size=1)).get("messages") or ()
        try:
            return str((await self._client.outline(newest[0]["id"]))["historyId"]) if newest else ""
        except (NotThere, KeyError):
            return ""

    async def _listed(self, start: datetime, where: str = "") -> list[Reference]:
        """Every message from `start` on, newest first. The query is plain; what it lets through is checked later."""
        found: dict[str, Reference] = {}
        token: str | None = None
        while True:
            page = await self._client.list_page(f"{where}after:{int(start.timestamp()) - 1}", token=token)
            for entry in page.get("messages") or ():
                found.setdefault(entry["id"], Reference(entry["id"], entry.get("threadId") or entry["id"]))
            before, token = token, page.get("nextPageToken")
            if not token or token == before:
                return list(found.values())

    async def _fetch_stretch(
        self, references: Sequence[Reference], sizes: Counter[str], pace: Pace = Pace.STEADY
    ) -> Fetched:
        """Threads whole where that is cheaper, then whatever did not come with them one by one."""
        threads = {one.thread_id for one in references if sizes[one.thread_id] > WORTH_A_THREAD}
        whole = await self._client.fetch(sorted(threads), threads=True, pace=pace)
        sizes.subtract({thread: sizes[thread] for thread in threads})
        came = {raw["id"]: raw for thread in whole.found.values() for raw in thread.get("messages") or ()}
        rest = await self._client.fetch((one.message_id for one in references if one.message_id not in came), pace=pace)
        return replace(rest, found={**came, **rest.found})

    def _page(self, deleted: Iterable[str], fetched: Fetched) -> Page:
        messages, poisoned = readable(fetched.found, account=self._account, now=self._clock(), handle=self._handle)
        self.place = self.place.seeing(*(message.at for message in messages))
        return Page(
            messages=tuple(message for message in messages if message.at >= self._since),
            cursor=self.place.text(),
            gone=(*deleted, *fetched.gone),
            done=self.place.done,
            total=self.place.total or None,
            degraded=self._degraded,
            bridged=self._bridged,
            skew=self._client.skew,
            poisoned=(*fetched.unread, *poisoned),
        )


def readable(
    found: Mapping[str, Any], *, account: str, now: datetime, handle: Handle = at_will
) -> tuple[list[Message], list[tuple[str, str]]]:
    """Each resource normalised alone, so that one unreadable letter stops nobody else's."""
    messages: list[Message] = []
    poisoned: list[tuple[str, str]] = []
    with handle.batch([*found]):
        for one, raw in found.items():
            with handle(one) as may_open:
                message = _opened(raw, account, now) if may_open else UNOPENED
            if isinstance(message, Message):
                messages.append(message)
            else:
                poisoned.append((one, message))
    return messages, poisoned


def _opened(raw: Any, account: str, now: datetime) -> Message | str:
    """The message, or why it cannot be read."""
    try:
        return message_from(raw, account=account, now=now)
    except Unreadable as refused:
        return str(refused)
    except Exception as trouble:  # whatever a stranger's letter does to a parser
        return type(trouble).__name__


def after(references: Iterable[Reference], read: Sequence[str]) -> int:
    """The place behind the last id of `read` that is still listed; the beginning when none is."""
    places = {reference.message_id: place for place, reference in enumerate(references)}
    return next((places[one] + 1 for one in reversed(read) if one in places), 0)


def stretch(left: deque[Reference], sizes: Mapping[str, int], early: frozenset[str] | set[str]) -> list[Reference]:
    """Takes off the next references that bring about 100 messages, a whole thread counted once with all it brings."""
    taken: list[Reference] = []
    threads: set[str] = set()
    expected = 0
    while left and expected < PAGE:
        taken.append(reference := left.popleft())
        if reference.message_id in early or reference.thread_id in threads:
            continue
        whole = sizes[reference.thread_id] > WORTH_A_THREAD
        expected += sizes[reference.thread_id] if whole else 1
        if whole:
            threads.add(reference.thread_id)
    return taken


def changed(changes: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of a history page that are new or have moved."""
    moved = (
        entry["message"]["id"]
        for record in changes.get("history") or ()
        for kind in ("labelsAdded", "labelsRemoved")
        for entry in record.get(kind) or ()
        if PLACES.intersection(entry.get("labelIds") or ())
    )
    return tuple(dict.fromkeys([*_ids(changes, "messagesAdded"), *moved]))


def later(one: str, other: str) -> str:
    """The higher of two history ids, compared as whole numbers of any size (G11)."""
    return max(one, other, key=lambda value: int(value) if value.isdigit() else -1)


def _ids(changes: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    return tuple(entry["message"]["id"] for record in changes.get("history") or () for entry in record.get(kind) or ())
