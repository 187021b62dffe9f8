"""Where a Gmail sync stands, as the text the caller keeps between pages."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

LAST_READ = 20


@dataclass(frozen=True, slots=True)
class Place:
    """`history` is the id to read changes from, a decimal string of any length, empty when none is known.

    During the first sync `first` is True, `read` holds the last ids handled and `done` of `total` messages are in.
    Afterwards `token` continues a round of changes. `newest` is the latest acceptance time seen, epoch seconds;
    `listing` says that history was unusable when last tried.
    """

    first: bool = True
    history: str = ""
    read: tuple[str, ...] = ()
    done: int = 0
    total: int = 0
    token: str | None = None
    newest: int = 0
    listing: bool = False

    @classmethod
    def parse(cls, cursor: str | None) -> "Place":
        """A cursor that cannot be read means the beginning: reading again loses nothing."""
        try:
            kept = json.loads(cursor or "{}")
            return cls(**{**kept, "read": tuple(kept.get("read", ()))})
        except (ValueError, TypeError, AttributeError):
            return cls()

    def text(self) -> str:
        return json.dumps(asdict(self))

    def seeing(self, *times: datetime) -> "Place":
        return replace(self, newest=max([self.newest, *(int(at.timestamp()) for at in times)]))

    def behind(self, overlap: timedelta, *, since: datetime) -> datetime:
        """The start of a window that reaches `overlap` behind the newest message, never before `since`."""
        if not self.newest:
            return since
        return max(since, datetime.fromtimestamp(self.newest, tz=UTC) - overlap)
