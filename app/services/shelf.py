"""The shelf: each person's dossiers and past streaks as last made, so that nothing is made again while it still holds.

What stands on it is held against the facts it was made from, piece by piece, and never against the time.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

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


class Shelf:
    """One for each process; persons not seen for longest are given up first."""

    def __init__(self) -> None:
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
        self._kept.pop(person_id, None)
        self._streaks.pop(person_id, None)
