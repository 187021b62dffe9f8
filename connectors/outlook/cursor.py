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

    A round of listing runs from now down to `start`; `oldest` is how far down it came, `top` the newest it met (0: no
    round is open). `newest` is the newest message of the last finished round, `seen` the change keys of those within
    the overlap behind it. `links` continue each folder's changes; `kinds` and `chats` are the folder tree's.
    """

    first: bool = True
    start: int = 0
    oldest: int = 0
    top: int = 0
    newest: int = 0
    done: int = 0
    total: int = 0
    seen: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, Folder] = field(default_factory=dict)
    chats: tuple[str, ...] = ()

    @classmethod
    def parse(cls, cursor: str | None) -> "Place":
        """A cursor that cannot be read means the beginning: reading again loses nothing."""
        try:
            kept = json.loads(cursor or "{}")
            kinds = {one: Folder(kind) for one, kind in kept.get("kinds", {}).items()}
            return cls(**{**kept, "kinds": kinds, "chats": tuple(kept.get("chats", ()))})
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

    def closed(self, seen: Mapping[str, tuple[int, str]]) -> "Place":
        """With the round finished; `seen` holds the time and change key of every message it met."""
        newest = max(self.newest, self.top)
        edge = newest - int(OVERLAP.total_seconds())
        kept = {one: key for one, (at, key) in seen.items() if at >= edge}
        return replace(self, first=False, start=0, oldest=0, top=0, newest=newest, seen=kept)
