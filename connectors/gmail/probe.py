"""What a Gmail mailbox holds about one address, asked while somebody writes to it: at a glance, or read."""

import asyncio
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.contract import Glance, Trace
from connectors.gmail.client import GmailClient, Json
from connectors.gmail.normalise import link_to
from connectors.gmail.walk import Reference, readable
from connectors.message import Message
from connectors.quota import Pace

PROBED = 25
GLANCED = 100
"""Ids of one list; it costs the same five units however many they are, up to 500."""
AHEAD = timedelta(hours=1)

_SEARCHABLE = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`|~-]{1,64}@[a-z0-9.-]{1,255}")
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks one mailbox, that of `account`, about mail from `since` on."""

    client: GmailClient
    account: str
    since: datetime
    now: datetime

    async def glance(self, address: str, *, kin: str, known: Collection[str]) -> Glance | None:
        """Two lists, ten units. What came from them is read, what the person sent is only dated by its ids.

        None when the address fits no query, or when the ids do not tell the time.
        """
        wanted = address.strip().lower()
        if not _SEARCHABLE.fullmatch(wanted):
            return None
        sent, received = await self._listed(wanted, kin or wanted, GLANCED)
        times = [told_by(reference.message_id) for reference in sent]
        if not self._believable(times):
            return None
        fetched = await self.client.fetch(_new(received, known), pace=Pace.URGENT)
        if fetched.unread:
            return None
        messages, poisoned = readable(fetched.found, account=self.account, now=self.now)
        unread = tuple(
            Trace(one.message_id, one.thread_id, at, link_to(one.thread_id, self.account))
            for one, at in zip(sent, times, strict=True)
            if at and one.message_id not in known
        )
        return None if poisoned else Glance(tuple(messages), unread)

    async def read(self, address: str, *, known: Collection[str]) -> tuple[Message, ...]:
        """Two lists of at most 25 ids, one thread, then what is new; an address that fits no query finds nothing."""
        wanted = address.strip().lower()
        if not _SEARCHABLE.fullmatch(wanted):
            return ()
        sent, received = await self._listed(wanted, wanted, PROBED)
        newest = [one.thread_id for one in sent[:1]]
        threads = await self.client.fetch(newest, threads=True, pace=Pace.URGENT)
        whole = {raw["id"]: raw for thread in threads.found.values() for raw in thread.get("messages") or ()}
        fetched = await self.client.fetch(_new([*sent, *received], {*whole, *known}), pace=Pace.URGENT)
        messages, _ = readable({**whole, **fetched.found}, account=self.account, now=self.now)
        mine = (message for message in messages if message.at >= self.since and _concerns(message, wanted, newest))
        return tuple(sorted(mine, key=lambda message: message.at, reverse=True))

    async def follow(
        self, letters: Sequence[Trace], *, beside: Sequence[Trace], known: Collection[str]
    ) -> tuple[Message, ...]:
        """The letters, twenty units each, and what came into the threads `beside` from anybody: five tell what did."""
        fetched, mates = await asyncio.gather(
            self.client.fetch((one.provider_message_id for one in letters), pace=Pace.URGENT),
            self._mates(beside, known),
        )
        messages, _ = readable({**mates, **fetched.found}, account=self.account, now=self.now)
        return tuple(messages)

    async def _mates(self, beside: Sequence[Trace], known: Collection[str]) -> dict[str, Json]:
        """What came into these threads. Where more mail came since than one list shows, the newest is read whole."""
        if not beside:
            return {}
        query = f"-in:sent after:{int(self.since.timestamp()) - 1}"
        page = await self.client.list_page(query, token=None, pace=Pace.URGENT)
        if page.get("nextPageToken"):
            newest = max(beside, key=lambda one: one.at).provider_thread_id
            threads = await self.client.fetch([newest], threads=True, pace=Pace.URGENT)
            return {raw["id"]: raw for thread in threads.found.values() for raw in thread.get("messages") or ()}
        threads_of = {one.provider_thread_id for one in beside}
        mates = [one for one in _references(page) if one.thread_id in threads_of]
        return {**(await self.client.fetch(_new(mates, known), pace=Pace.URGENT)).found}

    async def _listed(self, wanted: str, sender: str, size: int) -> tuple[list[Reference], list[Reference]]:
        """What was sent to them and what came from them, newest first, in one round trip side by side."""
        after = f"after:{int(self.since.timestamp()) - 1}"
        pages = await asyncio.gather(
            *(
                self.client.list_page(query, token=None, size=size, pace=Pace.URGENT)
                for query in (f"in:sent to:{wanted} {after}", f"from:{sender} {after}")
            )
        )
        sent, received = map(_references, pages)
        return sent, received

    def _believable(self, times: Sequence[datetime | None]) -> bool:
        """Whether ids tell times of the window asked for, in the order of the list."""
        told = [at for at in times if at]
        inside = all(self.since - AHEAD <= at <= self.now + AHEAD for at in told)
        return len(told) == len(times) and inside and told == sorted(told, reverse=True)


def told_by(message_id: str) -> datetime | None:
    """When Gmail made the id: its upper bits count milliseconds, as public ids show.

    Documented nowhere, so it is a hint and never stored. None for an id of another shape.
    """
    if not _ID.fullmatch(message_id):
        return None
    try:
        return datetime.fromtimestamp((int(message_id, 16) >> 20) / 1000, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _references(page: Json) -> list[Reference]:
    return [Reference(entry["id"], entry.get("threadId") or entry["id"]) for entry in page.get("messages") or ()]


def _new(listed: Sequence[Reference], known: Collection[str]) -> list[str]:
    return [one.message_id for one in listed if one.message_id not in known]


def _concerns(message: Message, address: str, threads: Collection[str]) -> bool:
    if message.provider_thread_id in threads:
        return True
    people = (*message.to, *message.cc, *message.bcc, *((message.sender,) if message.sender else ()))
    return any(person.address == address for person in people)
