"""A mailbox in memory: messages, folders, threads and a log of every change, seen through Gmail or through Graph."""

import hashlib
import random
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from connectors.simulator.letter import Letter

PLACES = {
    "inbox": ("Inbox", ("INBOX",)),
    "sentitems": ("Sent Items", ("SENT",)),
    "drafts": ("Drafts", ("DRAFT",)),
    "junkemail": ("Junk Email", ("SPAM",)),
    "deleteditems": ("Deleted Items", ("TRASH",)),
    "archive": ("Archive", ()),
    "outbox": ("Outbox", ()),
    "scheduled": ("Scheduled", ("SCHEDULED",)),
    "conversationhistory": ("Conversation History", ("CHAT",)),
}
"""Folder key -> Outlook's display name and Gmail's labels. Outlook has no scheduled folder: there it is a draft."""

THREAD_LIMIT = 100
"""Gmail starts a new thread after about this many messages (docs/providers.md G32)."""

_PREFIX = re.compile(r"^\s*((re|aw|fwd?|wg|sv|antw|tr|rv)(\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def topic(subject: str) -> str:
    return " ".join(_PREFIX.sub("", subject).lower().split())


@dataclass(slots=True)
class Folder:
    """`key` is the well-known name, or a word of our own for a folder a person made. `parent` is a key or empty.

    `changed` rises with every folder made after the well-known ones.
    """

    key: str
    name: str
    parent: str = ""
    hidden: bool = False
    well_known: bool = True
    changed: int = 0


@dataclass(slots=True)
class Item:
    """One stored message. `visible_from` is when lists begin to show it, `changed` the number of its last change."""

    serial: int
    letter: Letter
    at: datetime
    folder: str
    gmail_id: str
    thread: str
    read: bool = True
    tags: tuple[str, ...] = ()
    plays: tuple[str, ...] = ()
    name: str = ""
    visible_from: datetime | None = None
    born: int = 0
    changed: int = 0
    history: int = 0

    @property
    def is_draft(self) -> bool:
        """A message is a draft if it has not been sent yet (Graph's `isDraft`): one that waits in the Outbox is."""
        return self.folder in ("drafts", "scheduled", "outbox")


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is added, deleted, moved or marked; `labels_added` and `labels_removed` are what Gmail tells of it."""

    number: int
    history: int
    at: datetime
    kind: str
    serial: int
    folder: str
    was_in: str = ""
    labels_added: tuple[str, ...] = ()
    labels_removed: tuple[str, ...] = ()


@dataclass(slots=True)
class Alias:
    address: str
    name: str = ""
    status: str = "accepted"


@dataclass(slots=True)
class Mailbox:
    """`subject` is Google's sub or Microsoft's oid, `tenant` Microsoft's tid. All addresses are lower case."""

    provider: str
    address: str
    name: str
    subject: str
    seed: int
    tenant: str = ""
    aliases: list[Alias] = field(default_factory=list)
    folders: dict[str, Folder] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    gone: dict[int, Item] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    lagging: list[Item] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    by_message_id: dict[str, Item] = field(default_factory=dict)
    by_thread: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    history: int = 0
    history_step: int = 40
    merges_subjects: bool = False
    _serial: int = 0
    _rng: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._rng = random.Random(f"{self.seed}:{self.address}")
        self.history = self._rng.randrange(900_000, 9_000_000)
        for key, (name, _) in PLACES.items():
            if key != "scheduled":
                self.folders[key] = Folder(key, name, hidden=key == "conversationhistory")

    def own(self, address: str) -> bool:
        return address == self.address or any(alias.address == address for alias in self.aliases)

    def add_folder(self, key: str, name: str, *, parent: str = "", hidden: bool = False) -> Folder:
        folder = Folder(key, name, parent, hidden, well_known=False, changed=len(self.folders))
        self.folders[key] = folder
        return folder

    def add(
        self, letter: Letter | bytes, at: datetime, folder: str, *, logged: datetime | None = None, **traits: object
    ) -> Item:
        """Store one message of `at` (aware UTC), noted in the log at `logged` (None: at the same time).

        Traits are further fields of Item: thread, read, tags, plays, name, visible_from.
        """
        self._serial += 1
        letter = letter if isinstance(letter, Letter) else Letter(letter)
        number = self._gmail_number(at)
        thread = str(traits.pop("thread", "") or self._thread_of(letter) or number)
        item = Item(self._serial, letter, at, folder, number, thread)
        for name, value in traits.items():
            setattr(item, name, value)
        self._keep(item)
        item.born = self._log(item, "added", logged or at).number
        if item.visible_from:
            self.lagging.append(item)
        return item

    def delete(self, item: Item, now: datetime) -> None:
        """Gone for good, not to the bin."""
        self.gone[item.serial] = self.items.pop(item.serial)
        self.by_thread[item.thread].remove(item)
        if self.by_message_id.get(item.letter.message_id) is item:
            del self.by_message_id[item.letter.message_id]
        self._log(item, "deleted", now, before=self.labels(item))

    def move(self, item: Item, folder: str, now: datetime) -> None:
        before, was_in = self.labels(item), item.folder
        item.folder = folder
        self._name(item)
        self._log(item, "moved", now, before=before, was_in=was_in)

    def send(self, item: Item, now: datetime) -> Item:
        """A draft goes out: Gmail gives the sent message a new id, Exchange moves the same one."""
        if self.provider == "microsoft":
            item.at = now
            self.move(item, "sentitems", now)
            return item
        self.delete(item, now)
        return self.add(item.letter, now, "sentitems", thread=item.thread, plays=item.plays, name=item.name)

    def rethread(self, item: Item, thread: str) -> None:
        """Put a message into another thread, silently, as a provider that changes its mind would."""
        self.by_thread[item.thread].remove(item)
        item.thread = thread
        self.by_thread[thread].append(item)

    def mark(self, item: Item, now: datetime, *, read: bool) -> None:
        before = self.labels(item)
        item.read = read
        self._log(item, "marked", now, before=before)

    def labels(self, item: Item) -> tuple[str, ...]:
        """Gmail's label ids of a message; a folder somebody made is a user label of the same key."""
        own = PLACES[item.folder][1] if item.folder in PLACES else (self.label_id(item.folder),)
        unread = () if item.read else ("UNREAD",)
        return tuple(dict.fromkeys((*unread, *item.tags, *own)))

    def label_id(self, key: str) -> str:
        made = [folder.key for folder in self.folders.values() if not folder.well_known]
        return f"Label_{made.index(key) + 1}"

    def label_key(self, label: str) -> str | None:
        made = [folder.key for folder in self.folders.values() if not folder.well_known]
        return next((key for key in made if self.label_id(key) == label), None)

    def newest_first(self) -> list[Item]:
        return sorted(self.items.values(), key=lambda item: (item.at, item.serial), reverse=True)

    def graph_id(self, item: Item, *, immutable: bool) -> str:
        """Exchange ids are long, case-sensitive, and change with the folder unless the immutable kind is asked for."""
        where = "" if immutable else item.folder
        return self.opaque("AAkALgAA" if immutable else "AAMkADk0", f"{item.serial}:{where}")

    def folder_id(self, key: str) -> str:
        return self.opaque("AQMkADk0", f"folder:{key}", size=60)

    def opaque(self, prefix: str, what: str, size: int = 90) -> str:
        return _opaque(prefix, f"{self.seed}:{self.address}:{what}", size)

    def since(self, history: int) -> list[Change]:
        """The changes after a history id."""
        return self.changes[bisect_right(self.changes, history, key=lambda change: change.history) :]

    def before(self, moment: datetime) -> list[Change]:
        """The changes logged before a moment."""
        return self.changes[: bisect_left(self.changes, moment, key=lambda change: change.at)]

    def hidden(self, now: datetime) -> list[Item]:
        """Delivered messages that no list shows yet, oldest first."""
        self.lagging = [item for item in self.lagging if item.visible_from and item.visible_from > now]
        return self.lagging

    def find(self, graph_id: str) -> Item | None:
        """By an id of either kind that is valid now; ids are compared exactly."""
        item = self.items.get(self.ids.get(graph_id, 0))
        if item and graph_id in (self.graph_id(item, immutable=True), self.graph_id(item, immutable=False)):
            return item
        return None

    def _keep(self, item: Item) -> None:
        self.items[item.serial] = item
        self.by_thread[item.thread].append(item)
        if item.letter.message_id:
            self.by_message_id.setdefault(item.letter.message_id, item)
        self._name(item)

    def _name(self, item: Item) -> None:
        if self.provider == "google":
            self.ids[item.gmail_id] = item.serial
            return
        self.ids[self.graph_id(item, immutable=True)] = item.serial
        self.ids[self.graph_id(item, immutable=False)] = item.serial

    def _log(self, item: Item, kind: str, at: datetime, *, before: tuple[str, ...] = (), was_in: str = "") -> Change:
        """Write a change down. `before` holds the Gmail labels the message had until now."""
        self.history += self._rng.randrange(1, self.history_step)
        number, after = len(self.changes) + 1, self.labels(item)
        added, removed = _less(after, before), _less(before, after)
        change = Change(number, self.history, at, kind, item.serial, item.folder, was_in, added, removed)
        self.changes.append(change)
        item.changed, item.history = number, self.history
        return change

    def _gmail_number(self, at: datetime) -> str:
        """Sixteen hexadecimal digits whose upper part is the arrival in epoch milliseconds, as public ids show."""
        number = (round(at.timestamp() * 1000) << 20) | self._rng.getrandbits(20)
        while f"{number:016x}" in self.ids:
            number += 1
        return f"{number:016x}"

    def _thread_of(self, letter: Letter) -> str:
        """References, subject and people must all agree, and a thread may be full (docs/providers.md G32)."""
        for reference in reversed(letter.references):
            found = self.by_message_id.get(reference)
            if found and topic(found.letter.subject) == topic(letter.subject) and self._shares_people(found, letter):
                return found.thread if len(self.by_thread[found.thread]) < THREAD_LIMIT else ""
        return self._same_subject(letter) if self.merges_subjects else ""

    def _same_subject(self, letter: Letter) -> str:
        """Exchange may put equal subjects into one conversation (docs/providers.md M21)."""
        same = (item.thread for item in self.newest_first() if topic(item.letter.subject) == topic(letter.subject))
        return next(same, "")

    def _shares_people(self, item: Item, letter: Letter) -> bool:
        if self.provider != "google":
            return True
        before = {item.letter.sender, *item.letter.recipients}
        known = {address.partition("@")[2] for _, address in before} - {""}
        return any(address.partition("@")[2] in known for _, address in (letter.sender, *letter.recipients))


def _less(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(label for label in left if label not in right)


@lru_cache(maxsize=200_000)
def _opaque(prefix: str, what: str, size: int) -> str:
    return f"{prefix}{_mixed(hashlib.shake_256(what.encode()).hexdigest(size))}AAA="


def _mixed(digits: str) -> str:
    """Hexadecimal digits spread over upper and lower case letters, as Exchange ids look."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(alphabet[int(digits[at : at + 2], 16) % 64] for at in range(0, len(digits) - 1, 2))
