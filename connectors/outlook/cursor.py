"""Where an Outlook sync stands, as the text the caller keeps between pages."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta

from connectors.message import Folder

OVERLAP = timedelta(hours=2)
"""How far every list reaches behind the newest message: a filtered list has been seen to skip some (M10)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Times are epoch seconds of the provider's clock.

    A round of listing runs from now down to `start` (0: no round is open); `oldest` is how far down it came, `edge`
    the ids it met in that very second, `top` the newest time it met. `newest` is the newest message of the last
    finished round, `seen` time and change key of those within the overlap. `links` continue each folder's changes;
    `kinds` and `chats` are the folder tree's.
    """

    first: bool = True
    start: int = 0
    oldest: int = 0
    edge: tuple[str, ...] = ()
    top: int = 0
    newest: int = 0
    done: int = 0
    total: int = 0
    seen: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, Folder] = field(default_factory=dict)
    chats: tuple[str, ...] = ()

    @classmethod
    def parse(cls, cursor: str | None) -> "Place":
        """A cursor that cannot be read means the beginning: reading again loses nothing."""
        try:
            kept = json.loads(cursor or "{}")
            kinds = {one: Folder(kind) for one, kind in kept.get("kinds", {}).items()}
            several = {name: tuple(kept.get(name, ())) for name in ("chats", "edge")}
            seen = {one: (int(at), str(key)) for one, (at, key) in kept.get("seen", {}).items()}
            return cls(**{**kept, **several, "kinds": kinds, "seen": seen})
        except (ValueError, TypeError, AttributeError):
            return cls()

    def text(self) -> str:
        return json.dumps(asdict(self))

    def linked(self, folder: str, link: str | None) -> "Place":
        """With a folder's link, empty when its first round is still to come; None drops the folder."""
        links = {**self.links, folder: link}
        return replace(self, links={one: kept for one, kept in links.items() if kept is not None})

    def opened(self, since: datetime) -> "Place":
        """With a round of listing under way: the interrupted one, the first one, or one from the overlap on."""
        if self.start:
            return self
        whole = self.first or not self.newest
        start = since if whole else max(since, datetime.fromtimestamp(self.newest, tz=UTC) - OVERLAP)
        return replace(self, start=int(start.timestamp()))

    def shows(self, one: str, change_key: str) -> bool:
        """Whether the message was given before, as it is now."""
        return self.seen.get(one, (0, ""))[1] == change_key

    def past(self, listed: Mapping[str, tuple[int, str]], *, counting: bool) -> "Place":
        """With a page of the round behind it: times and change keys by id. Only those near the top are remembered."""
        if not listed:
            return self
        times = [at for at, _ in listed.values()]
        oldest, top = min(times), max(self.top, *times)
        kept = self.edge if oldest == self.oldest else ()
        near = top - int(OVERLAP.total_seconds())
        return replace(
            self,
            oldest=oldest,
            edge=(*kept, *(one for one, (at, _) in listed.items() if at == oldest)),
            top=top,
            seen={**self.seen, **{one: told for one, told in listed.items() if told[0] >= near}},
            done=self.done + (len(listed) if counting else 0),
        )

    def closed(self) -> "Place":
        """With the round finished."""
        newest = max(self.newest, self.top)
        near = newest - int(OVERLAP.total_seconds())
        kept = {one: told for one, told in self.seen.items() if told[0] >= near}
        return replace(self, first=False, start=0, oldest=0, edge=(), top=0, newest=newest, seen=kept)
