"""Big synthetic mailboxes for benchmarks: as many messages as asked for, in threads of one to five."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from connectors.simulator.config import CONSUMER_TENANT
from connectors.simulator.mailbox import Mailbox
from connectors.simulator.world import World

ADDRESSES = {"google": "bulk@example.com", "microsoft": "bulk@outlook.example"}
LENGTHS = (1, 1, 1, 1, 2, 2, 3, 3, 4, 5)
"""Messages per thread; nearly half stand alone."""
SPAN = timedelta(days=365)
CROWD_SPAN = timedelta(days=300)
"""All of it is within what a first sync reads."""
QUOTE = "> quoted line\r\n" * 100


@dataclass(frozen=True, slots=True)
class Slot:
    """One message to come: which thread, its place in it, with whom, and who writes."""

    thread: int
    place: int
    other: str
    mine: bool


def bulk_mailbox(world: World, provider: str) -> Mailbox:
    """The big mailbox of a provider, made when it is not there yet."""
    known = world.mailbox(ADDRESSES[provider], provider)
    if known:
        return known
    subject = "117000000000000000001" if provider == "google" else "00000000-0000-0000-0b17-000000000001"
    tenant = CONSUMER_TENANT if provider == "microsoft" else ""
    box = Mailbox(provider, ADDRESSES[provider], "Bulk Berg", subject, world.config.seed, tenant=tenant)
    world.mailboxes.append(box)
    return box


def add_crowd(world: World, mailboxes: int, messages: int) -> list[Mailbox]:
    """So many more mailboxes of other people, Google's and Microsoft's in turn, each with so many messages."""
    first = sum(box.address.startswith("crowd") for box in world.mailboxes)
    made = [_crowd_mailbox(world, number) for number in range(first, first + mailboxes)]
    for box in made:
        _fill(world, box, messages, span=CROWD_SPAN)
    return made


def _crowd_mailbox(world: World, number: int) -> Mailbox:
    google = number % 2 == 0
    provider, domain = ("google", "example.com") if google else ("microsoft", "outlook.example")
    subject = f"1180{number:017d}" if google else f"00000000-0000-0000-0c40-{number:012x}"
    tenant = "" if google else CONSUMER_TENANT
    box = Mailbox(provider, f"crowd{number}@{domain}", f"Crowd {number}", subject, world.config.seed, tenant=tenant)
    world.mailboxes.append(box)
    return box


def load_mailbox(world: World, provider: str, messages: int) -> Mailbox:
    """Adds `messages` to the big mailbox, spread evenly over the year before now, oldest first."""
    box = bulk_mailbox(world, provider)
    _fill(world, box, messages)
    return box


def _fill(world: World, box: Mailbox, messages: int, *, span: timedelta = SPAN) -> None:
    rng = random.Random(f"{box.address}:{world.config.seed}:{len(box.items)}")
    start, step = world.now() - span, span / max(messages, 1)
    threads: dict[int, str] = {}
    for index, slot in enumerate(_slots(rng, len(box.items), messages)):
        at = start + step * index
        folder = "sentitems" if slot.mine else "inbox"
        item = box.add(_letter(box.address, slot, at), at, folder, thread=threads.get(slot.thread, ""))
        threads[slot.thread] = item.thread


def _slots(rng: random.Random, first: int, messages: int) -> Iterator[Slot]:
    given = 0
    while given < messages:
        number = rng.randrange(max(messages // 5, 1))
        other = f"person{number}@company{number % 997}.example"
        length = min(rng.choice(LENGTHS), messages - given)
        yield from (Slot(first + given, place, other, place == 0 or rng.random() < 0.4) for place in range(length))
        given += length


def _letter(me: str, slot: Slot, at: datetime) -> bytes:
    """About two kilobytes, as a short letter with a quotation has."""
    sender, to = (me, slot.other) if slot.mine else (slot.other, me)
    key = f"{slot.thread}.{slot.place}"
    answered = f"<{slot.thread}.{slot.place - 1}@bulk.example>"
    line = f"In-Reply-To: {answered}\r\nReferences: {answered}\r\n" if slot.place else ""
    prefix = "Re: " if slot.place else ""
    words = f"Hello,\r\n\r\nthis is letter {slot.place} about position {slot.thread}.\r\n\r\n"
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {prefix}Position {slot.thread}\r\nDate: {format_datetime(at)}\r\n"
        f"Message-ID: <{key}@bulk.example>\r\n{line}MIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}{QUOTE}"
    ).encode()
