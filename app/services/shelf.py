"""The shelf: each person's dossiers and past streaks as last made, so that nothing is made again while it still holds.

What stands on it is held against the facts it was made from, piece by piece, and never against the time.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TypeVar

from app.cadence.odds import PastStreak
from app.cadence.thread import Thread
from app.reading.facts import CorrectionFact, LoggedFact
from app.reading.mail_index import MailIndex
from app.store.messages import StoredMessage
from app.store.recipients import Recipient

_PERSONS = 8
"""How many persons' dossiers are held at once: those of 10,000 messages take some 30 MB."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A recipient with their thread, what its evidence keys point at, and the corrections it obeys."""

    recipient: Recipient
    thread: Thread
    messages: Mapping[str, StoredMessage] = field(default_factory=dict)
    logged: Mapping[str, LoggedFact] = field(default_factory=dict)
    corrections: Sequence[CorrectionFact] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """All dossiers of one person, by the recipient's id, with the mail that bears on them, its marks and its index."""

    marks: str
    mail: Sequence[StoredMessage]
    index: MailIndex
    dossiers: Mapping[str, Dossier]


_NOTHING = Kept("", (), MailIndex(()), {})


_Found = TypeVar("_Found")
_LOOKS = 512
"""How many looks at the facts are held at once: a compose window takes three, of some tens of letters each."""


class Looks:
    """What was last found in the facts, so that who writes on pays for the first look alone.

    It is the same until the person's facts have another version (`accounts.Linked`).
    """

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, Hashable], tuple[int, object]] = OrderedDict()
        self._lock = Lock()

    def held(self, person_id: str, asked: Hashable, version: int | None) -> object:
        """What was found at this version; None when nothing is held of it."""
        at, found = self._found.get((person_id, asked), (None, None))
        return found if version is not None and at == version else None

    def of(self, person_id: str, asked: Hashable, version: int | None, find: Callable[[], _Found]) -> _Found:
        """Found anew where the version is another one, or none is told: then it is not held."""
        found = self.held(person_id, asked, version)
        if found is None:
            found = find()
        if version is not None:
            self._keep((person_id, asked), version, found)
        return found  # type: ignore[return-value]

    def _keep(self, key: tuple[str, Hashable], version: int, found: object) -> None:
        with self._lock:
            self._found[key] = version, found
            self._found.move_to_end(key)
            while len(self._found) > _LOOKS:
                self._found.popitem(last=False)

    def forget(self, person_id: str) -> None:
        with self._lock:
            for key in [key for key in self._found if key[0] == person_id]:
                del self._found[key]


class Shelf:
    """One for each process; persons not seen for longest are given up first."""

    def __init__(self) -> None:
        self.looks = Looks()
        self.making = Lock()  # what one thread is about to make the other waits for
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._streaks: dict[str, tuple[datetime, tuple[PastStreak, ...]]] = {}

    def of(self, person_id: str) -> Kept:
        """Empty when nothing is held."""
        return self._kept.get(person_id, _NOTHING)

    def put(self, person_id: str, kept: Kept) -> None:
        self._kept[person_id] = kept
        self._kept.move_to_end(person_id)
        while len(self._kept) > _PERSONS:
            self._kept.popitem(last=False)

    def streaks(self, person_id: str) -> tuple[PastStreak, ...]:
        """The person's own past streaks as last learned, none before."""
        return self._streaks.get(person_id, (None, ()))[1]

    def learned_at(self, person_id: str) -> datetime | None:
        return self._streaks.get(person_id, (None, ()))[0]

    def learn(self, person_id: str, streaks: tuple[PastStreak, ...], now: datetime) -> None:
        self._streaks[person_id] = (now, streaks)

    def forget(self, person_id: str) -> None:
        self.looks.forget(person_id)
        self._kept.pop(person_id, None)
        self._streaks.pop(person_id, None)
