"""Graph's delta rounds: a folder's messages, or the folder tree, first all of it and then what changed."""

import re
from dataclasses import dataclass, replace

from connectors.simulator import graph_shape as shape
from connectors.simulator.calls import Call, Reply
from connectors.simulator.graph_errors import bad_request, sync_state_gone
from connectors.simulator.graph_messages import PAGE, applied, context, immutable, show
from connectors.simulator.graph_query import number, parse_filter, selected
from connectors.simulator.mailbox import Folder, Item, Mailbox
from connectors.simulator.world import World

FILTER_CAP = 5_000
"""A filtered round returns at most this many messages (message: delta, docs)."""

_RECEIVED = re.compile(r"\s*receivedDateTime\s+(ge|gt)\s+\S+\s*")
_PAGE_SIZE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)", re.IGNORECASE)
_FIRST_ONLY = ("$select", "$filter", "$top", "$orderby", "$expand", "changeType")


@dataclass(frozen=True, slots=True)
class Round:
    """Where a round stands. Changes numbered above `since` and up to `until` belong to it; 0 means everything.

    `done` is how many of its entries were given; `cap` how many it may give at all (0: no cap).
    """

    folder: str
    since: int
    until: int
    done: int = 0
    select: str = ""
    filter: str = ""
    kinds: str = ""
    cap: int = 0

    def packed(self) -> list[object]:
        return [self.folder, self.since, self.until, self.done, self.select, self.filter, self.kinds, self.cap]


def messages_delta(world: World, mailbox: Mailbox, call: Call, folder: Folder) -> Reply:
    """One page of a round. Only the first request carries options; links carry everything after it."""
    stand = _stand(world, mailbox, call, folder.key)
    if world.faults.value("delta_gone", mailbox.address):
        raise sync_state_gone()
    entries = _entries(world, mailbox, stand)
    if stand.cap:
        entries = entries[: stand.cap]
    size = _page_size(call)
    page = entries[stand.done : stand.done + size]
    lossy = bool(world.faults.value("delta_loses_returned", mailbox.address))
    told = [_entry(mailbox, call, stand, item, lossy=lossy) for item in page]
    if world.faults.value("delta_replays", mailbox.address):
        told = [*told, *told[:1]]
    if world.faults.value("delta_shuffled", mailbox.address):
        world.rng.shuffle(told)
    link = _link(world, call, stand, len(entries), size)
    body = {"@odata.context": context(call, mailbox, "messages/$delta"), **link, "value": told}
    return applied(call, Reply(200, body))


def _stand(world: World, mailbox: Mailbox, call: Call, folder: str) -> Round:
    token = call.one("$skiptoken") or call.one("$deltatoken")
    if not token:
        return _first(world, mailbox, call, folder)
    if token == "latest":  # noqa: S105 a word of the protocol
        raise bad_request("The token 'latest' is not supported for messages.", "BadRequest")
    if any(call.has(name) for name in _FIRST_ONLY):
        raise bad_request("Query options may only be given with the first request of a round.", "InvalidUrlQuery")
    kept = world.sealer.open("delta", token)
    if not isinstance(kept, list) or len(kept) != 8 or kept[0] != folder:
        raise bad_request("Badly formed token.", "ErrorInvalidSyncStateData")
    stand = Round(*kept)
    return replace(stand, until=max(stand.since, _newest(world, mailbox))) if call.one("$deltatoken") else stand


def _first(world: World, mailbox: Mailbox, call: Call, folder: str) -> Round:
    text = call.one("$filter")
    if text and (not _RECEIVED.fullmatch(text) or world.faults.value("delta_filter_refused", mailbox.address)):
        raise bad_request("The query filter is not supported by change tracking.", "ErrorInvalidUrlQueryFilter")
    order = call.one("$orderby").split()
    if order and order != ["receivedDateTime", "desc"]:
        raise bad_request("Change tracking may only be ordered by receivedDateTime desc.", "ErrorInvalidUrlQuery")
    selected(call)
    parse_filter(text, mailbox)
    cap = int(world.faults.number("delta_filter_cap", mailbox.address)) or FILTER_CAP if text else 0
    top = number(call, "$top", 0, least=1)
    caps = [limit for limit in (cap, top) if limit]
    kinds = call.one("changeType")
    return Round(folder, 0, _newest(world, mailbox), 0, call.one("$select"), text, kinds, min(caps, default=0))


def _page_size(call: Call) -> int:
    found = _PAGE_SIZE.search(call.headers.get("prefer", ""))
    return min(max(int(found[1]), 1), 1000) if found else PAGE


def _entries(world: World, mailbox: Mailbox, stand: Round) -> list[Item]:
    """Newest first in the first round; afterwards by what changed last, the gone ones among them."""
    chosen = parse_filter(stand.filter, mailbox)
    if not stand.since:
        return sorted(
            filter(chosen.matches, _as_of(mailbox, stand)), key=lambda item: (item.at, item.serial), reverse=True
        )
    touched = {
        change.serial: change
        for change in mailbox.changes[stand.since : stand.until]
        if stand.folder in (change.folder, change.was_in)
    }
    items = [mailbox.items.get(serial) or mailbox.gone[serial] for serial in touched]
    kinds = set(stand.kinds.split(",")) - {""}
    return [
        item
        for item in items
        if (not kinds or _kind(mailbox, stand, item) in kinds)
        and (item.serial in mailbox.gone or item.folder != stand.folder or chosen.matches(item))
    ]


def _as_of(mailbox: Mailbox, stand: Round) -> list[Item]:
    """The folder as it was when the round began, so that its pages do not shift under later changes."""
    before: dict[int, str] = {}
    for change in mailbox.changes[stand.until :]:
        before.setdefault(change.serial, change.was_in if change.kind == "moved" else change.folder)
    everything = (*mailbox.items.values(), *mailbox.gone.values())
    return [
        item
        for item in everything
        if item.born <= stand.until
        and before.get(item.serial, item.folder) == stand.folder
        and not (item.serial in mailbox.gone and item.serial not in before)
    ]


def _newest(world: World, mailbox: Mailbox) -> int:
    """The last change a round may tell of: none from a message that is not yet visible on."""
    hidden = mailbox.hidden(world.now())
    return hidden[0].born - 1 if hidden else len(mailbox.changes)


def _kind(mailbox: Mailbox, stand: Round, item: Item) -> str:
    if item.serial in mailbox.gone or item.folder != stand.folder:
        return "deleted"
    return "created" if not stand.since or _came(mailbox, stand, item) else "updated"


def _came(mailbox: Mailbox, stand: Round, item: Item) -> bool:
    """Whether the message arrived in this folder during the round."""
    changes = mailbox.changes[stand.since : stand.until]
    return any(
        change.serial == item.serial and change.kind in ("added", "moved") and change.folder == stand.folder
        for change in changes
    )


def _entry(mailbox: Mailbox, call: Call, stand: Round, item: Item, *, lossy: bool) -> dict[str, object]:
    """One entry of a page. With `lossy` a message that left and came back counts as removed (a known defect)."""
    kind = _kind(mailbox, stand, item)
    returned = stand.since and _came(mailbox, stand, item) and _left(mailbox, stand, item)
    if kind == "deleted" or (returned and lossy):
        where = mailbox.graph_id(item, immutable=immutable(call))
        return {"@odata.type": "#microsoft.graph.message", "id": where, "@removed": {"reason": "deleted"}}
    told = show(mailbox, item, call, tuple(name for name in stand.select.split(",") if name))
    if kind == "created":
        return told
    kept = ("@odata.type", "@odata.etag", "id", "isRead")
    return {name: value for name, value in told.items() if name in kept} | {"isRead": item.read}


def _left(mailbox: Mailbox, stand: Round, item: Item) -> bool:
    changes = mailbox.changes[stand.since : stand.until]
    return any(change.serial == item.serial and change.was_in == stand.folder for change in changes)


def _link(world: World, call: Call, stand: Round, total: int, size: int) -> dict[str, object]:
    given = stand.done + size
    where = f"{call.root}{call.path}"
    if given < total:
        token = world.sealer.close("delta", replace(stand, done=given).packed())
        return {"@odata.nextLink": f"{where}?$skiptoken={token}"}
    end = replace(stand, since=stand.until, done=0, cap=0)
    return {"@odata.deltaLink": f"{where}?$deltatoken={world.sealer.close('delta', end.packed())}"}


def folders_delta(world: World, mailbox: Mailbox, call: Call) -> Reply:
    """The whole tree at every depth, then the folders that were made or renamed since."""
    token = call.one("$deltatoken")
    since = -1
    if token:
        kept = world.sealer.open("folders", token)
        if not isinstance(kept, int):
            raise bad_request("Badly formed token.", "ErrorInvalidSyncStateData")
        since = kept
    shown = [folder for folder in mailbox.folders.values() if folder.changed > since and not folder.hidden]
    end = world.sealer.close("folders", max(folder.changed for folder in mailbox.folders.values()))
    link = f"{call.root}{call.path}?$deltatoken={end}"
    told = [shape.folder(mailbox, folder) for folder in shown]
    what = context(call, mailbox, "mailFolders/$delta")
    return Reply(200, {"@odata.context": what, "@odata.deltaLink": link, "value": told})
