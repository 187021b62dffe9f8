"""Graph's messages: lists over one folder or all, single messages, attachments and the ids' translation."""

import hashlib
from urllib.parse import quote, urlencode

from connectors.simulator import graph_shape as shape
from connectors.simulator.calls import Call, Reply
from connectors.simulator.graph_errors import bad_request, error, malformed_id, not_found
from connectors.simulator.graph_query import number, ordered, parse_filter, selected
from connectors.simulator.letter import part_bytes
from connectors.simulator.mailbox import Folder, Item, Mailbox
from connectors.simulator.world import World

PAGE = 10
"""Default page of a message list; `$top` may ask for 1 to 1000 (user-list-messages)."""


def immutable(call: Call) -> bool:
    return any('idtype="immutableid"' in part.lower() for part in call.headers.get("prefer", "").split(","))


def wants_text(call: Call) -> bool:
    preferred = call.headers.get("prefer", "").lower().replace(" ", "")
    return 'outlook.body-content-type="text"' in preferred or "outlook.body-content-type=text" in preferred


def applied(call: Call, reply: Reply) -> Reply:
    """`Preference-Applied` names the preferences that were honoured."""
    said = ['outlook.body-content-type="text"'] if wants_text(call) else []
    said += ['IdType="ImmutableId"'] if immutable(call) else []
    return reply.with_header("Preference-Applied", ", ".join(said)) if said else reply


def context(call: Call, mailbox: Mailbox, what: str) -> str:
    """Selected names stand in the context as Graph prints them."""
    names = f"({call.one('$select')})" if call.one("$select") else ""
    return f"{call.root}/$metadata#users('{quote(mailbox.subject)}')/{what}{names}"


def show(mailbox: Mailbox, item: Item, call: Call, select: tuple[str, ...]) -> dict[str, object]:
    return shape.message(mailbox, item, select, immutable=immutable(call), text=wants_text(call))


def next_link(call: Call, skip: int) -> str:
    query = [(name, value) for name, value in call.query if name != "$skip"] + [("$skip", str(skip))]
    return f"{call.root}{quote(call.path)}?{urlencode(query, safe='$,()/:', quote_via=quote)}"


def list_messages(world: World, mailbox: Mailbox, call: Call, folder: Folder | None) -> Reply:
    """One page of a folder, or of the whole mailbox when `folder` is None (Deleted Items and Junk included)."""
    if call.has("$search"):
        return _search(world, mailbox, call, folder)
    select = selected(call)
    top = number(call, "$top", PAGE, least=1, most=1000)
    most = world.faults.number("page_too_large", mailbox.address)
    if most and top > most:
        return error(504, "UnknownError", "The gateway timed out.")
    skip = number(call, "$skip", 0)
    chosen = parse_filter(call.one("$filter"), mailbox)
    items = [item for item in visible(world, mailbox, folder) if chosen.matches(item)]
    found = ordered(items, call, mailbox, chosen.names)
    page = found[skip : skip + top]
    body: dict[str, object] = {
        "@odata.context": context(call, mailbox, "messages"),
        **({"@odata.count": len(found)} if call.one("$count") == "true" else {}),
        "value": [show(mailbox, item, call, select) for item in page],
    }
    if skip + top < len(found):
        body["@odata.nextLink"] = next_link(call, skip + top)
    return applied(call, Reply(200, body))


def visible(world: World, mailbox: Mailbox, folder: Folder | None) -> list[Item]:
    """What a list may show now. A fault hides a share of it from lists over all folders."""
    keys = {folder.key, *(["scheduled"] if folder.key == "drafts" else [])} if folder else None
    share = 0.0 if folder else world.faults.number("list_skips_share", mailbox.address)
    return [
        item
        for item in mailbox.items.values()
        if (keys is None or item.folder in keys)
        and not (item.visible_from and item.visible_from > world.now())
        and not (share and _lot(item) < share)
    ]


def _lot(item: Item) -> float:
    return int(hashlib.sha256(str(item.serial).encode()).hexdigest()[:4], 16) / 65536


def _search(world: World, mailbox: Mailbox, call: Call, folder: Folder | None) -> Reply:
    """Words anywhere, `from:` and `subject:`; no filter or order beside it (query parameters of Graph)."""
    if call.has("$filter") or call.has("$orderby"):
        raise bad_request(
            "The query parameter '$search' is not supported with '$filter' or '$orderby'.", "SearchWithFilter"
        )
    words = call.one("$search").strip('"').lower()
    field, colon, wanted = words.partition(":")
    found = [
        item for item in visible(world, mailbox, folder) if _hit(item, field, wanted if colon else words, bool(colon))
    ]
    top = number(call, "$top", 25, least=1, most=1000)
    page = sorted(found, key=lambda item: item.at, reverse=True)[:top]
    told = [show(mailbox, item, call, selected(call)) for item in page]
    return Reply(200, {"@odata.context": context(call, mailbox, "messages"), "value": told})


def _hit(item: Item, field: str, wanted: str, named: bool) -> bool:
    letter = item.letter
    sender = " ".join(letter.sender).lower()
    if named and field in ("from", "subject"):
        return wanted in (sender if field == "from" else letter.subject.lower())
    people = " ".join(" ".join(person) for person in letter.recipients)
    return wanted in f"{sender} {people} {letter.subject} {shape.plain(letter)}".lower()


def the_item(mailbox: Mailbox, key: str) -> Item:
    item = mailbox.find(key)
    if item:
        return item
    if len(key) < 20 or not key.startswith(("AAMk", "AAkA")):
        raise malformed_id()
    raise not_found()


def get_message(mailbox: Mailbox, call: Call, key: str) -> Reply:
    item = the_item(mailbox, key)
    told = show(mailbox, item, call, selected(call))
    return applied(call, Reply(200, {"@odata.context": context(call, mailbox, "messages") + "/$entity", **told}))


def get_value(mailbox: Mailbox, key: str) -> Reply:
    return Reply(200, the_item(mailbox, key).letter.raw, {"Content-Type": "text/plain"})


def list_attachments(mailbox: Mailbox, call: Call, key: str) -> Reply:
    item = the_item(mailbox, key)
    parts = [part for part in item.letter.leaves() if part.get_filename()]
    told = [
        {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "id": mailbox.opaque("AAMkADk0", f"attachment:{item.serial}:{number}"),
            "name": str(part.get_filename()),
            "contentType": part.get_content_type(),
            "size": len(part_bytes(part)),
            "isInline": False,
        }
        for number, part in enumerate(parts)
    ]
    return Reply(200, {"@odata.context": context(call, mailbox, "messages/attachments"), "value": told})


def translate_ids(mailbox: Mailbox, call: Call) -> Reply:
    """Between changing and immutable ids; unknown ids are left out."""
    asked = call.json()
    source, target = asked.get("sourceIdType"), asked.get("targetIdType")
    ids = asked.get("inputIds")
    kinds = ("restId", "restImmutableEntryId")
    if source not in kinds or target not in kinds or not isinstance(ids, list) or len(ids) > 1000:
        raise bad_request("inputIds (at most 1000), sourceIdType and targetIdType are needed.")
    fixed = target == "restImmutableEntryId"
    found = [(key, mailbox.find(str(key))) for key in ids]
    told = [
        {"sourceId": key, "targetId": mailbox.graph_id(item, immutable=fixed)}
        for key, item in found
        if item is not None
    ]
    what = f"{call.root}/$metadata#Collection(microsoft.graph.convertIdResult)"
    return Reply(200, {"@odata.context": what, "value": told})
