"""Reads messages from Graph: lists newest first, single messages, attachment names; each one settled alone."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.contract import UNOPENED, ConnectorError, Handle, Unreachable, at_will
from connectors.http import TooLarge
from connectors.message import Folder, Message
from connectors.outlook.client import GraphClient, Json, SlowPage, entries, message_path, next_link
from connectors.outlook.normalise import MEETING, SELECT, Unreadable, message_from, moment
from connectors.quota import Pace
from connectors.refusals import BadRequest, NotThere

PAGE = 100
LIGHT_PAGE = 500
"""Whole letters are read and stored in small portions, so that nobody who writes waits long; ids come in large ones."""
SMALLEST_PAGE = 5
LIGHT = "id,receivedDateTime,parentFolderId,changeKey"


@dataclass(frozen=True, slots=True)
class Found:
    """What came of some messages: read, gone, or unreadable and why."""

    messages: tuple[Message, ...] = ()
    gone: tuple[str, ...] = ()
    poisoned: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Reader:
    """Reads one mailbox. `kinds` and `chats` come from its folder tree."""

    client: GraphClient
    kinds: Mapping[str, Folder] = field(default_factory=dict)
    chats: frozenset[str] = frozenset()
    handle: Handle = at_will
    _select: str = f"{SELECT},{MEETING}"
    _count: bool = True
    total: int | None = None

    async def newest_first(
        self, start: int, upper: int = 0, *, met: Iterable[str] = (), light: bool = False
    ) -> AsyncIterator[list[Json]]:
        """Every message of every folder from `start` (epoch seconds) up to `upper`, but those `met`, page by page.

        A page that takes the server too long is asked for again at half the size (M18); a full page without a next
        link is not believed to be the last (M10).
        """
        size, link = LIGHT_PAGE if light else PAGE, ""
        known = set(met)
        while True:
            try:
                found = await self._list_page(link, start, upper, size=size, light=light)
            except (SlowPage, TooLarge):
                if size <= SMALLEST_PAGE:
                    raise Unreachable("Microsoft takes too long to list this mailbox.", reason="504") from None
                size, link = size // 2, ""
                continue
            listed = entries(found)
            new = [entry for entry in listed if entry.get("id") not in known]
            if new:
                yield new
            known.update(str(entry.get("id")) for entry in new)
            upper = min([received(entry) for entry in new if received(entry)], default=upper)
            link = next_link(found)
            if not link and (not new or len(listed) < size):
                return

    async def _list_page(self, link: str, start: int, upper: int, *, size: int, light: bool) -> Json:
        if link:
            return await self.client.follow(link, slow=True)
        window = f"receivedDateTime ge {iso(start)}" + (f" and receivedDateTime le {iso(upper)}" if upper else "")
        query = {"$filter": window, "$orderby": "receivedDateTime desc", "$top": str(size)}
        query |= {"$select": LIGHT if light else self._select}
        query |= {"$count": "true"} if self._count and not light else {}
        try:
            found = await self.client.get("/me/messages", query, slow=True)
        except BadRequest:
            if light or not self._count:
                raise
            self._select, self._count = SELECT, False
            return await self._list_page(link, start, upper, size=size, light=light)
        if isinstance(found.get("@odata.count"), int):
            self.total = int(found["@odata.count"])
        return found

    async def read(self, ids: Iterable[str], *, pace: Pace = Pace.STEADY) -> Found:
        """Whole messages by id; what is not there any more is gone (M16)."""
        wanted = list(dict.fromkeys(ids))
        query = {"$select": self._select}
        outcomes = await self.client.several([(message_path(one), query) for one in wanted], pace=pace)
        told = list(zip(wanted, outcomes, strict=True))
        raws = [outcome for outcome in outcomes if not isinstance(outcome, ConnectorError)]
        found = await self.normalised(raws, pace=pace)
        gone = tuple(one for one, outcome in told if isinstance(outcome, NotThere))
        refused = [
            (one, outcome.reason or type(outcome).__name__)
            for one, outcome in told
            if isinstance(outcome, ConnectorError) and not isinstance(outcome, NotThere)
        ]
        return Found(found.messages, gone, (*found.poisoned, *refused))

    async def normalised(self, raws: Sequence[Json], *, pace: Pace = Pace.STEADY) -> Found:
        """Each resource read alone, so that one unreadable letter stops nobody else's."""
        messages: list[Message] = []
        poisoned: list[tuple[str, str]] = []
        names = await self._attachments(raws, pace)
        with self.handle.batch([str(raw.get("id")) for raw in raws]):
            for raw in raws:
                one = str(raw.get("id"))
                with self.handle(one) as may_open:
                    message = self._opened(raw, names.get(one, ())) if may_open else UNOPENED
                if isinstance(message, Message):
                    messages.append(message)
                else:
                    poisoned.append((one, message))
        return Found(tuple(messages), (), tuple(poisoned))

    def _opened(self, raw: Json, attachments: Sequence[str]) -> Message | str:
        """The message, or why it cannot be read."""
        try:
            return message_from(raw, folders=self.kinds, chats=self.chats, attachments=attachments)
        except Unreadable as refused:
            return str(refused)
        except Exception as trouble:  # whatever a stranger's letter does to a parser
            return type(trouble).__name__

    async def _attachments(self, raws: Sequence[Json], pace: Pace) -> dict[str, list[str]]:
        """Names of what the person sent along; of other people's mail they change no judgement and cost a request."""
        theirs = [str(raw["id"]) for raw in raws if raw.get("hasAttachments") is True and self._is_sent(raw)]
        query = {"$select": "name,isInline"}
        outcomes = await self.client.several([(f"{message_path(one)}/attachments", query) for one in theirs], pace=pace)
        listed = ((one, told) for one, told in zip(theirs, outcomes, strict=True) if isinstance(told, Mapping))
        return {
            one: [str(entry.get("name") or "") for entry in entries(told) if not entry.get("isInline")]
            for one, told in listed
        }

    def _is_sent(self, raw: Json) -> bool:
        return bool(raw.get("id")) and self.kinds.get(str(raw.get("parentFolderId"))) == Folder.SENT


def received(entry: Json) -> int:
    """Epoch seconds of a listed message, 0 when it has no usable time."""
    try:
        return int(moment(str(entry.get("receivedDateTime") or "")).timestamp())
    except ValueError:
        return 0


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
