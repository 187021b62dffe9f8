"""What an Outlook mailbox holds about one address or conversation, asked while somebody writes."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.contract import ConnectorError
from connectors.message import Folder, Message
from connectors.outlook.client import GraphClient, Json, Query, entries
from connectors.outlook.folders import WELL_KNOWN
from connectors.outlook.reading import Reader, iso
from connectors.quota import Pace

PROBED = 25
SCANNED = 1_000
"""Sent messages looked through for a recipient: personal mailboxes refuse to filter by recipient (M12)."""
MESSAGES = "/me/messages"

_PLAIN = re.compile(r"[a-z0-9.!#$%&*+/=?^_`|~-]{1,64}@[a-z0-9.-]{1,255}")

Asked = tuple[str, Query | None]


@dataclass(slots=True)
class Probe:
    """Asks one mailbox, in as few round trips as it can: each takes the place of one request in flight.

    What does not hang on the address is asked for once: the meaning of folders, and the newest sent mail.
    """

    client: GraphClient
    kinds: Mapping[str, Folder] | None = None
    sent: Sequence[Json] = ()

    async def read(self, address: str, *, since: datetime, known: Collection[str]) -> tuple[Message, ...]:
        """At most 25 messages each way, newest first; an address that cannot stand in a filter finds nothing."""
        wanted = address.strip().lower()
        if not _PLAIN.fullmatch(wanted):
            return ()
        inbound = await self._begun(_from(wanted, since), since)
        mine = [entry for entry in self.sent if wanted in _recipients(entry)][:PROBED]
        told = await self._asked([_in_thread(str(entry.get("conversationId") or "")) for entry in mine[:1]])
        ids = [*_ids([inbound]), *(str(entry["id"]) for entry in mine), *_ids(told)]
        return await self._messages(ids, known)

    async def look(
        self, addresses: Collection[str], threads: Collection[str], *, since: datetime, known: Collection[str]
    ) -> tuple[Message, ...]:
        """Layer C: what lies in these conversations, and what came from these addresses, wherever it is filed (M12)."""
        plain = (address for address in addresses if _PLAIN.fullmatch(address))
        asked = [*(_in_thread(thread) for thread in threads), *(_from(one, since) for one in plain)]
        return await self._messages(_ids(await self._asked(asked)), known)

    async def _begun(self, asked: Asked, since: datetime) -> Json:
        """The answer to `asked`; with the first of them comes what every probe of this mailbox needs. A list that is
        refused is raised: it must not look like silence.
        """
        first = self.kinds is None
        outcomes = await self.client.several([asked, *([_sent(since)] if first else [])], pace=Pace.URGENT)
        found = [_needed(outcome) for outcome in outcomes]
        if first:
            self.sent = entries(found[1])
            await self._name_folders()
        return found[0]

    async def _name_folders(self) -> None:
        folders = await self._asked([(f"/me/mailFolders/{name}", {"$select": "id"}) for name in WELL_KNOWN])
        named = zip(WELL_KNOWN.values(), folders, strict=True)
        self.kinds = {str(found["id"]): kind for kind, found in named if found.get("id")}

    async def _asked(self, asked: Sequence[Asked]) -> list[Json]:
        """Each answer, empty where this mailbox has none or refuses the question."""
        outcomes = await self.client.several(asked, pace=Pace.URGENT)
        return [{} if isinstance(outcome, ConnectorError) else outcome for outcome in outcomes]

    async def _messages(self, ids: Sequence[str], known: Collection[str]) -> tuple[Message, ...]:
        new = [one for one in ids if one not in known]
        if not new:
            return ()
        if self.kinds is None:
            await self._name_folders()
        found = await Reader(self.client, self.kinds or {}).read(new, pace=Pace.URGENT)
        return tuple(sorted(found.messages, key=lambda message: message.at, reverse=True))


def _needed(outcome: Json | ConnectorError) -> Json:
    if isinstance(outcome, ConnectorError):
        raise outcome
    return outcome


def _from(address: str, since: datetime) -> Asked:
    start = iso(int(since.timestamp()))
    return MESSAGES, {
        "$filter": f"receivedDateTime ge {start} and from/emailAddress/address eq '{address}'",
        "$orderby": "receivedDateTime desc",
        "$select": "id",
        "$top": str(PROBED),
    }


def _in_thread(thread: str) -> Asked:
    key = thread.replace("'", "''")
    return MESSAGES, {"$filter": f"conversationId eq '{key}'", "$select": "id", "$top": str(PROBED)}


def _sent(since: datetime) -> Asked:
    return "/me/mailFolders/sentitems/messages", {
        "$filter": f"receivedDateTime ge {iso(int(since.timestamp()))}",
        "$orderby": "receivedDateTime desc",
        "$select": "id,conversationId,toRecipients,ccRecipients,bccRecipients",
        "$top": str(SCANNED),
    }


def _ids(pages: Iterable[Json]) -> list[str]:
    return [str(entry["id"]) for page in pages if page for entry in entries(page)]


def _recipients(entry: Json) -> frozenset[str]:
    people: Iterable[Any] = (
        person for name in ("toRecipients", "ccRecipients", "bccRecipients") for person in entry.get(name) or ()
    )
    return frozenset(str((person.get("emailAddress") or {}).get("address", "")).lower() for person in people)
