"""users.history.list: what changed since a history id, in pages, and the 404 of an id that is too old."""

from datetime import timedelta

from connectors.simulator.calls import Call, Refusal, Reply
from connectors.simulator.gmail_errors import error, invalid, not_found
from connectors.simulator.gmail_shape import labelled, stub
from connectors.simulator.mailbox import Change, Item, Mailbox
from connectors.simulator.world import World

KEPT = timedelta(days=7)
"""History is "typically available for at least a week" (Gmail discovery document)."""
TYPES = frozenset({"messageAdded", "messageDeleted", "labelAdded", "labelRemoved"})

_NAMES = {"messageAdded": "messagesAdded", "messageDeleted": "messagesDeleted"}


def history_list(world: World, mailbox: Mailbox, call: Call) -> Reply:
    """One page of changes; `historyId` is always the mailbox's newest."""
    start = call.one("startHistoryId")
    if not start.isdigit():
        raise invalid("Invalid startHistoryId")
    types = frozenset(call.many("historyTypes")) or TYPES
    if types - TYPES:
        raise invalid(f"Invalid value at 'history_types': {sorted(types - TYPES)}")
    _check_age(world, mailbox, int(start))
    after = _position(world, call, start)
    size = min(max(int(call.one("maxResults") or 100), 1), 500)
    pending = [change for change in mailbox.since(after) if _seen(world, mailbox, change)]
    page, rest = pending[:size], pending[size:]
    records = [record for change in page if (record := _record(mailbox, change, types, call.one("labelId")))]
    if world.faults.value("history_empty_pages", mailbox.address) and not call.one("pageToken") and page:
        records, rest, page = [], pending, []
    body: dict[str, object] = {"historyId": str(newest_told(world, mailbox))}
    if records:
        body["history"] = records
    if rest:
        position = page[-1].history if page else after
        body["nextPageToken"] = world.sealer.close("history", [start, position])
    return Reply(200, body)


def _position(world: World, call: Call, start: str) -> int:
    token = call.one("pageToken")
    if not token:
        return int(start)
    kept = world.sealer.open("history", token)
    if not isinstance(kept, list) or kept[0] != start:
        raise invalid("Invalid pageToken")
    return int(kept[1])


def _check_age(world: World, mailbox: Mailbox, start: int) -> None:
    """404 when a change after `start` has already been forgotten, or when the id was never one of ours."""
    if world.faults.value("history_gone", mailbox.address):
        raise not_found()
    floor = world.now() - KEPT
    forgotten = mailbox.before(floor)
    if forgotten and start < forgotten[-1].history:
        raise not_found()
    if start > mailbox.history:
        raise Refusal(error(400, "Invalid startHistoryId", "invalidArgument"))


def newest_told(world: World, mailbox: Mailbox) -> int:
    """The id a caller may resume from: never past a message that is not yet visible."""
    hidden = mailbox.hidden(world.now())
    return mailbox.changes[hidden[0].born - 1].history - 1 if hidden else mailbox.history


def _seen(world: World, mailbox: Mailbox, change: Change) -> bool:
    item = mailbox.items.get(change.serial)
    return not (item and item.visible_from and item.visible_from > world.now())


def _record(mailbox: Mailbox, change: Change, types: frozenset[str], label: str) -> dict[str, object] | None:
    item = mailbox.items.get(change.serial) or mailbox.gone[change.serial]
    if label and label not in (*mailbox.labels(item), *change.labels_removed):
        return None
    parts = {**_presence(mailbox, item, change), **_labels(mailbox, item, change)}
    wanted = {name: value for name, value in parts.items() if name in types}
    if not wanted:
        return None
    told = {_NAMES.get(name, name.replace("label", "labels")): value for name, value in wanted.items()}
    return {"id": str(change.history), "messages": [stub(item)], **told}


def _presence(mailbox: Mailbox, item: Item, change: Change) -> dict[str, object]:
    names = {"added": "messageAdded", "deleted": "messageDeleted"}
    name = names.get(change.kind)
    return {name: [{"message": labelled(mailbox, item)}]} if name else {}


def _labels(mailbox: Mailbox, item: Item, change: Change) -> dict[str, object]:
    if change.kind == "added":
        return {}
    told = {"labelAdded": change.labels_added, "labelRemoved": change.labels_removed}
    message = labelled(mailbox, item)
    return {name: [{"message": message, "labelIds": list(ids)}] for name, ids in told.items() if ids}
