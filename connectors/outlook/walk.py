"""One walk through an Outlook mailbox: the list over all folders, each folder's changes, the reconciling list."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from connectors.contract import Handle, Held, Page, at_will
from connectors.outlook.client import GraphClient, Json, delta_link, entries, next_link
from connectors.outlook.cursor import Place
from connectors.outlook.folders import read_tree
from connectors.outlook.reading import LIGHT, Found, Reader, received
from connectors.refusals import BadRequest, NotOffered, NotThere, StartOver

DELTA_PAGE = 1_000
"""The entries of a folder's changes are small: ids, times and places."""
GAP = timedelta(days=7)
RECONCILED = timedelta(days=30)
READ_AT_ONCE = 100


class Walk:
    """Moves `place` forward page by page; every page carries the place it leaves behind."""

    def __init__(
        self,
        client: GraphClient,
        *,
        place: Place,
        since: datetime,
        clock: Callable[[], datetime],
        held: Held | None,
        handle: Handle = at_will,
    ) -> None:
        self.place = place
        self._client = client
        self._reader = Reader(client, place.kinds, frozenset(place.chats), handle)
        self._since = since
        self._clock = clock
        self._held = held
        self._met: dict[str, tuple[int, str]] = {}
        self._met_everything = place.first and not place.start
        self._bridged: datetime | None = None

    async def run(self, *, deep: bool) -> AsyncIterator[Page]:
        beginning = self.place.first
        if deep or not self.place.kinds:
            await self._see_folders()
        if beginning or self.place.start:
            async for page in self._round():
                yield page
        async for page in self._round():
            yield page
        if beginning or deep or not self.place.links:
            async for page in self._folders():
                yield page
        if deep and not beginning:
            async for page in self._reconcile(max(self._since, self._clock() - RECONCILED)):
                yield page
        yield replace(self._page(Found()), caught_up=True)

    async def _see_folders(self) -> None:
        """Folders that are new get an empty link, those that are gone lose theirs."""
        tree = await read_tree(self._client)
        links = {one: self.place.links.get(one, "") for one in tree.ids}
        self.place = replace(self.place, kinds=tree.kinds, chats=tuple(sorted(tree.chats)), links=links)
        self._reader.kinds, self._reader.chats = tree.kinds, tree.chats

    async def _round(self) -> AsyncIterator[Page]:
        """Layer A: one list over every folder, newest first, continued where a restart broke it off (M10)."""
        self.place = self.place.opened(self._since)
        counting = self.place.first
        async for listed in self._reader.newest_first(self.place.start, self.place.oldest, met=self.place.edge):
            told = {str(one.get("id")): (received(one), str(one.get("changeKey"))) for one in listed if received(one)}
            new = [one for one in listed if not self.place.shows(str(one.get("id")), str(one.get("changeKey")))]
            total = self.place.total or (self._reader.total or 0) + self.place.done
            self.place = replace(self.place.past(told, counting=counting), total=total)
            self._met |= told
            if new:
                yield self._page(await self._reader.normalised(new))
        self.place = self.place.closed()

    async def _folders(self) -> AsyncIterator[Page]:
        """Layer B: what each folder says has changed, which finds moves, deletions and what a list skipped (M11)."""
        for folder in list(self.place.links):
            try:
                async for page in self._changes(folder):
                    yield page
            except NotThere:
                self.place = self.place.linked(folder, None)

    async def _changes(self, folder: str) -> AsyncIterator[Page]:
        """One folder's round up to its delta link. A forgotten round starts over, for this folder alone (M15).

        A first round is light and leaves no link before its end; a later one is continued where it was broken off. A
        folder whose first round is refused is left to the lists, and asked again by the next deep sync.
        """
        link = self.place.links[folder]
        first = not link
        held = await self._held(self._since) if first and self._held else None
        while True:
            try:
                found = await self._delta_page(folder, link)
            except (StartOver, BadRequest, NotOffered):
                if first:
                    return
                self.place, link, first = self.place.linked(folder, ""), "", True
                self._bridged = self._since
                held = await self._held(self._since) if self._held else None
                continue
            missing = (one for one in entries(found) if not first or self._is_missing(one, held))
            read = await self._reader.read(self._wanted(missing))
            link = next_link(found) or delta_link(found)
            if not first or not next_link(found):
                self.place = self.place.linked(folder, link)
            if read != Found():
                yield self._page(read)
            if not next_link(found):
                return

    async def _delta_page(self, folder: str, link: str) -> Json:
        """A link is replayed as it came; only the first request of a round says what to give (M13)."""
        if link:
            return await self._client.follow(link, page=DELTA_PAGE)
        path = f"/me/mailFolders/{quote(folder, safe='')}/messages/delta"
        return await self._client.get(path, {"$select": LIGHT}, page=DELTA_PAGE)

    def _wanted(self, changes: Iterable[Json]) -> list[str]:
        """Ids to read: removed ones, which may only have moved (M16), and whole ones that the list has not just shown.

        An entry without a folder is a change of something that moves nothing, such as the read mark (M13).
        """
        return [str(entry["id"]) for entry in changes if entry.get("id") and self._is_news(entry)]

    def _is_news(self, entry: Json) -> bool:
        if "@removed" in entry:
            return True
        return bool(entry.get("parentFolderId")) and self._met_key(entry) != entry.get("changeKey")

    def _met_key(self, entry: Json) -> str | None:
        met = self._met.get(str(entry["id"]))
        return met[1] if met else None

    def _is_missing(self, entry: Json, held: frozenset[str] | None) -> bool:
        """Whether a folder's first round shows a message that the list did not, as far as can be told.

        Without the caller's ids, and after a restart in the first sync, only the last week is looked at again.
        """
        if "@removed" in entry or received(entry) < self._since.timestamp():
            return False
        if held is not None:
            return str(entry.get("id")) not in held
        return self._met_everything or received(entry) >= self.place.newest - GAP.total_seconds()

    async def _reconcile(self, start: datetime) -> AsyncIterator[Page]:
        """Compare with what the caller holds from `start` on; without that, give everything from there again."""
        if self._held is None:
            async for listed in self._reader.newest_first(int(start.timestamp())):
                yield self._page(await self._reader.normalised(listed))
            return
        held = await self._held(start)
        light = self._reader.newest_first(int(start.timestamp()), light=True)
        there = {str(entry.get("id")) async for listed in light for entry in listed}
        wanted = [*sorted(there - held), *sorted(held - there)]
        for at in range(0, len(wanted), READ_AT_ONCE):
            yield self._page(await self._reader.read(wanted[at : at + READ_AT_ONCE]))

    def _page(self, found: Found) -> Page:
        return Page(
            messages=tuple(message for message in found.messages if message.at >= self._since),
            cursor=self.place.text(),
            gone=found.gone,
            done=min(self.place.done, self.place.total or self.place.done),
            total=self.place.total or None,
            poisoned=found.poisoned,
            bridged=self._bridged,
            skew=self._client.skew,
        )
