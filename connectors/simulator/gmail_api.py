"""The Gmail API's methods that read mail, settings and changes, answered from a mailbox in memory."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from connectors.simulator.calls import Call, Refusal, Reply
from connectors.simulator.gate import Service
from connectors.simulator.gmail_errors import error, forbidden, invalid, not_found, too_much, unauthorized
from connectors.simulator.gmail_fields import masked, parse_mask
from connectors.simulator.gmail_history import history_list, newest_told
from connectors.simulator.gmail_query import parse_query
from connectors.simulator.gmail_shape import attachment, encoded, shaped, snippet, stub
from connectors.simulator.grants import Access
from connectors.simulator.mailbox import Item, Mailbox
from connectors.simulator.world import World

BASE = "https://www.googleapis.com/auth/"
READING = frozenset({f"{BASE}gmail.readonly", f"{BASE}gmail.modify", "https://mail.google.com/"})
METADATA = f"{BASE}gmail.metadata"
WATCH_LIFE = timedelta(days=7)
FORMATS = ("minimal", "full", "raw", "metadata")

Method = Callable[[World, Mailbox, Call, str], Reply]


def profile(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    shown = _visible(world, mailbox)
    threads = {item.thread for item in shown}
    return Reply(
        200,
        {
            "emailAddress": mailbox.address,
            "messagesTotal": len(shown),
            "threadsTotal": len(threads),
            "historyId": str(newest_told(world, mailbox)),
        },
    )


def messages_list(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    found = _found(world, mailbox, call)
    page, token = _page(world, call, found, "messages")
    body: dict[str, object] = {"resultSizeEstimate": len(found)}
    if page:
        body["messages"] = [stub(item) for item in page]
    return Reply(200, body | token)


def messages_get(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    item = mailbox.items.get(mailbox.ids.get(key, 0))
    if not re.fullmatch(r"[0-9a-f]{1,16}", key):
        raise invalid("Invalid id value")
    if item is None or not _is_there(world, mailbox, item):
        raise not_found()
    return Reply(200, shaped(mailbox, item, _form(call), call.many("metadataHeaders")))


def attachments_get(world: World, mailbox: Mailbox, call: Call, keys: str) -> Reply:
    key, _, name = keys.partition("/")
    item = mailbox.items.get(mailbox.ids.get(key, 0))
    content = attachment(item.letter, name) if item else None
    if content is None:
        raise not_found()
    return Reply(200, {"size": len(content), "data": encoded(content)})


def threads_list(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    newest: dict[str, Item] = {}
    for item in _found(world, mailbox, call):
        newest.setdefault(item.thread, item)
    page, token = _page(world, call, list(newest.values()), "threads")
    body: dict[str, object] = {"resultSizeEstimate": len(newest)}
    if page:
        body["threads"] = [_thread_stub(mailbox, item.thread) for item in page]
    return Reply(200, body | token)


def threads_get(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    items = [item for item in mailbox.by_thread.get(key, []) if _is_there(world, mailbox, item)]
    if not items:
        raise not_found()
    if _form(call) == "raw":
        raise invalid("Invalid format")
    newest = max(item.history for item in items)
    told = [shaped(mailbox, item, _form(call), call.many("metadataHeaders")) for item in _oldest_first(items)]
    return Reply(200, {"id": key, "historyId": str(newest), "messages": told})


def history(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    return history_list(world, mailbox, call)


def labels_list(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    return Reply(200, {"labels": [_label(mailbox, key) for key in _label_ids(mailbox)]})


def labels_get(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    if key not in _label_ids(mailbox):
        raise not_found()
    items = [item for item in _visible(world, mailbox) if key in mailbox.labels(item)]
    unread = [item for item in items if not item.read]
    counts = {
        "messagesTotal": len(items),
        "messagesUnread": len(unread),
        "threadsTotal": len({item.thread for item in items}),
        "threadsUnread": len({item.thread for item in unread}),
    }
    return Reply(200, {**_label(mailbox, key), **counts})


def send_as_list(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    return Reply(200, {"sendAs": _send_as(mailbox)})


def send_as_get(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    found = next((entry for entry in _send_as(mailbox) if entry["sendAsEmail"] == key.lower()), None)
    if not found:
        raise not_found()
    return Reply(200, found)


def watch(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    topic = str(call.json().get("topicName", ""))
    if not re.fullmatch(r"projects/[^/]+/topics/[^/]+", topic):
        raise invalid("Invalid topicName does not match projects/*/topics/*")
    taken = world.watches.get(mailbox.address)
    refused = world.faults.value("watch_refused", mailbox.address)
    if refused or (taken and taken[0] != topic and taken[1] > world.now()):
        raise invalid("Only one user push notification client allowed per developer (call /stop then try again)")
    expires = world.now() + WATCH_LIFE
    world.watches[mailbox.address] = (topic, expires)
    told = {"historyId": str(mailbox.history), "expiration": str(round(expires.timestamp() * 1000))}
    return Reply(200, told)


def stop(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    world.watches.pop(mailbox.address, None)
    return Reply(204)


ROUTES: tuple[tuple[str, str, str, Method], ...] = (
    ("GET", r"profile", "profile", profile),
    ("GET", r"messages", "messages.list", messages_list),
    ("GET", r"messages/([^/]+)", "messages.get", messages_get),
    ("GET", r"messages/([^/]+/attachments/[^/]+)", "attachments.get", attachments_get),
    ("GET", r"threads", "threads.list", threads_list),
    ("GET", r"threads/([^/]+)", "threads.get", threads_get),
    ("GET", r"history", "history.list", history),
    ("GET", r"labels", "labels", labels_list),
    ("GET", r"labels/([^/]+)", "labels", labels_get),
    ("GET", r"settings/sendAs", "settings", send_as_list),
    ("GET", r"settings/sendAs/([^/]+)", "settings", send_as_get),
    ("POST", r"watch", "watch", watch),
    ("POST", r"stop", "stop", stop),
)


async def answer(world: World, mailbox: Mailbox, access: Access, call: Call) -> Reply:
    """One method call on one mailbox; raises Refusal."""
    who, _, rest = call.path.removeprefix("/gmail/v1/users/").partition("/")
    if who not in ("me", mailbox.address):
        raise forbidden(f"Delegation denied for {mailbox.address}")
    for verb, pattern, name, method in ROUTES:
        found = re.fullmatch(pattern, rest)
        if found and verb == call.method:
            _check_scopes(access, name, call)
            mask = parse_mask(call.one("fields")) if call.has("fields") else {}
            reply = method(world, mailbox, call, found[1] if found.groups() else "")
            return Reply(reply.status, masked(reply.body, mask), reply.headers)
    raise Refusal(error(404, "The requested URL was not found on this server.", "notFound"))


def cost(world: World, call: Call) -> tuple[str, int]:
    rest = call.path.removeprefix("/gmail/v1/users/").partition("/")[2]
    known = (name for verb, pattern, name, _ in ROUTES if verb == call.method and re.fullmatch(pattern, rest))
    name = next(known, "unknown")
    return name, world.costs.get(name, 1)


GMAIL = Service("gmail", "google", cost, answer, unauthorized, too_much)


def _check_scopes(access: Access, name: str, call: Call) -> None:
    """A token that carries gmail.metadata is refused q and bodies, whatever else it carries."""
    if METADATA in access.scopes:
        if call.has("q"):
            raise forbidden("Metadata scope does not support 'q' parameter")
        if name in ("messages.get", "threads.get") and _form(call) in ("full", "raw"):
            raise forbidden(f"Metadata scope doesn't allow format {_form(call).upper()}")
        if name in ("settings", "attachments.get") and not access.scopes & READING:
            raise forbidden("Request had insufficient authentication scopes.", "insufficientPermissions")
        return
    if not access.scopes & READING:
        raise forbidden("Request had insufficient authentication scopes.", "insufficientPermissions")


def _form(call: Call) -> str:
    form = call.one("format", "full").lower()
    if form not in FORMATS:
        raise invalid(f"Invalid value at 'format': {form}")
    return form


def _is_there(world: World, mailbox: Mailbox, item: Item) -> bool:
    if item.visible_from and item.visible_from > world.now():
        return False
    share = world.faults.number("get_404_share", mailbox.address)
    return not share or int(hashlib.sha256(item.gmail_id.encode()).hexdigest()[:4], 16) / 65536 >= share


def _visible(world: World, mailbox: Mailbox) -> list[Item]:
    return [item for item in mailbox.items.values() if not item.visible_from or item.visible_from <= world.now()]


def _oldest_first(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.at, item.serial))


def _found(world: World, mailbox: Mailbox, call: Call) -> list[Item]:
    """What a list call is about, newest first; spam and trash only when asked for."""
    query = parse_query(call.one("q"), mailbox, world.now())
    labels = frozenset(call.many("labelIds"))
    hidden_too = query.hidden_too or call.one("includeSpamTrash") == "true" or bool(labels & {"SPAM", "TRASH"})
    unknown = labels - set(_label_ids(mailbox))
    if unknown:
        raise invalid(f"Invalid label: {sorted(unknown)[0]}")
    return [
        item
        for item in sorted(_visible(world, mailbox), key=lambda item: (item.at, item.serial), reverse=True)
        if (hidden_too or item.folder not in ("junkemail", "deleteditems"))
        and labels <= set(mailbox.labels(item))
        and query.matches(item)
    ]


def _page(world: World, call: Call, found: list[Item], kind: str) -> tuple[list[Item], dict[str, object]]:
    """The page a token stands for. A token belongs to its query and to nothing else."""
    size = call.one("maxResults") or "100"
    if not size.isdigit():
        raise invalid("Invalid maxResults")
    bound = [kind, call.one("q"), sorted(call.many("labelIds")), call.one("includeSpamTrash") == "true"]
    start = 0
    if call.one("pageToken"):
        kept = world.sealer.open("page", call.one("pageToken"))
        if not isinstance(kept, list) or kept[0] != bound:
            raise invalid("Invalid pageToken")
        at, serial = kept[1]
        start = sum((item.at.timestamp(), item.serial) >= (at, serial) for item in found)
    page = found[start : start + min(int(size) or 100, 500)]
    if not page or start + len(page) >= len(found):
        return page, {}
    last = [page[-1].at.timestamp(), page[-1].serial]
    return page, {"nextPageToken": world.sealer.close("page", [bound, last])}


def _thread_stub(mailbox: Mailbox, thread: str) -> dict[str, object]:
    items = _oldest_first(mailbox.by_thread[thread])
    return {
        "id": thread,
        "snippet": snippet(items[-1].letter),
        "historyId": str(max(item.history for item in items)),
    }


SYSTEM_LABELS = [
    "CHAT",
    "SENT",
    "INBOX",
    "IMPORTANT",
    "TRASH",
    "DRAFT",
    "SPAM",
    "CATEGORY_FORUMS",
    "CATEGORY_UPDATES",
    "CATEGORY_PERSONAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_SOCIAL",
    "STARRED",
    "UNREAD",
]


def _label_ids(mailbox: Mailbox) -> list[str]:
    made = [mailbox.label_id(folder.key) for folder in mailbox.folders.values() if not folder.well_known]
    return [*SYSTEM_LABELS, *made]


def _label(mailbox: Mailbox, key: str) -> dict[str, object]:
    made = mailbox.label_key(key)
    if made is None:
        return {"id": key, "name": key, "type": "system"}
    shown = {"messageListVisibility": "show", "labelListVisibility": "labelShow"}
    return {"id": key, "name": mailbox.folders[made].name, "type": "user", **shown}


def _send_as(mailbox: Mailbox) -> list[dict[str, object]]:
    primary: dict[str, object] = {
        "sendAsEmail": mailbox.address,
        "displayName": mailbox.name,
        "replyToAddress": "",
        "signature": "",
        "isPrimary": True,
        "isDefault": True,
    }
    others: list[dict[str, object]] = [
        {
            "sendAsEmail": alias.address,
            "displayName": alias.name or mailbox.name,
            "replyToAddress": "",
            "signature": "",
            "isDefault": False,
            "treatAsAlias": True,
            "verificationStatus": alias.status,
        }
        for alias in mailbox.aliases
    ]
    return [primary, *others]
