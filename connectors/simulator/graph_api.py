"""Microsoft Graph's mail endpoints: which path is answered by what, and with which permission."""

import re
import uuid
from collections.abc import Callable
from functools import partial

from connectors.simulator import graph_shape as shape
from connectors.simulator.calls import Call, Reply
from connectors.simulator.gate import Service
from connectors.simulator.grants import Access
from connectors.simulator.graph_delta import folders_delta, messages_delta
from connectors.simulator.graph_errors import access_denied, bad_request, not_found, refused, too_much, unauthorized
from connectors.simulator.graph_messages import (
    context,
    get_message,
    get_value,
    list_attachments,
    list_messages,
    next_link,
    translate_ids,
)
from connectors.simulator.graph_query import number
from connectors.simulator.graph_subscriptions import subscriptions
from connectors.simulator.mailbox import Folder, Mailbox
from connectors.simulator.push import Pusher
from connectors.simulator.world import World

FULL = frozenset({"Mail.Read", "Mail.ReadWrite"})
BASIC_HIDES = frozenset({"body", "bodyPreview", "uniqueBody"})
"""What Mail.ReadBasic may not see (docs/providers.md M1)."""
FOLDER_PAGE = 10

Method = Callable[[World, Mailbox, Call, str], Reply]


def me(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    names = [name for name in call.one("$select").split(",") if name]
    extra = {"otherMails": [alias.address for alias in mailbox.aliases], "proxyAddresses": _proxies(mailbox)}
    whole = {**shape.person(mailbox), **extra}
    told = {name: whole[name] for name in names if name in whole} if names else shape.person(mailbox)
    return Reply(200, {"@odata.context": f"{call.root}/$metadata#users/$entity", **told})


def _proxies(mailbox: Mailbox) -> list[str]:
    return [f"SMTP:{mailbox.address}", *(f"smtp:{alias.address}" for alias in mailbox.aliases)]


def messages(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    return list_messages(world, mailbox, call, None)


def no_delta(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    raise bad_request("Change tracking is not supported against 'microsoft.graph.message'.", "ErrorInvalidRequest")


def message(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    return get_message(mailbox, call, key)


def value(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    return get_value(mailbox, key)


def attachments(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    return list_attachments(mailbox, call, key)


def the_folder(mailbox: Mailbox, key: str) -> Folder:
    """By well-known name (without regard to case) or by id."""
    known = mailbox.folders.get(key.lower())
    if known and known.well_known:
        return known
    found = next((folder for folder in mailbox.folders.values() if mailbox.folder_id(folder.key) == key), None)
    if found is None:
        raise refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return found


def folders(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    return _folder_list(mailbox, call, "")


def child_folders(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    if key.lower() == "msgfolderroot":
        return _folder_list(mailbox, call, "")
    return _folder_list(mailbox, call, the_folder(mailbox, key).key)


def _folder_list(mailbox: Mailbox, call: Call, parent: str) -> Reply:
    """One level of the tree, in pages of ten unless `$top` says otherwise."""
    hidden = call.one("includeHiddenFolders").lower() == "true"
    level = [folder for folder in mailbox.folders.values() if folder.parent == parent and (hidden or not folder.hidden)]
    found = sorted(level, key=lambda folder: folder.name)
    top, skip = number(call, "$top", FOLDER_PAGE, least=1, most=1000), number(call, "$skip", 0)
    body: dict[str, object] = {
        "@odata.context": context(call, mailbox, "mailFolders"),
        "value": [_picked(shape.folder(mailbox, folder), call) for folder in found[skip : skip + top]],
    }
    if skip + top < len(found):
        body["@odata.nextLink"] = next_link(call, skip + top)
    return Reply(200, body)


def _picked(told: dict[str, object], call: Call) -> dict[str, object]:
    names = [name.strip() for name in call.one("$select").split(",") if name.strip()]
    unknown = [name for name in names if name not in told]
    if unknown:
        raise bad_request(f"Could not find a property named '{unknown[0]}' on type 'microsoft.graph.mailFolder'.")
    return {name: told[name] for name in ("id", *names)} if names else told


def folder(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    if key.lower() == "msgfolderroot":
        root = Folder("msgfolderroot", "Top of Information Store")
        return Reply(200, _picked(shape.folder(mailbox, root), call))
    told = _picked(shape.folder(mailbox, the_folder(mailbox, key)), call)
    return Reply(200, {"@odata.context": context(call, mailbox, "mailFolders") + "/$entity", **told})


def tree_delta(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    return folders_delta(world, mailbox, call)


def folder_messages(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    return list_messages(world, mailbox, call, the_folder(mailbox, key))


def folder_delta(world: World, mailbox: Mailbox, call: Call, key: str) -> Reply:
    return messages_delta(world, mailbox, call, the_folder(mailbox, key))


def translate(world: World, mailbox: Mailbox, call: Call, _: str) -> Reply:
    return translate_ids(mailbox, call)


ROUTES: tuple[tuple[str, str, Method], ...] = (
    ("GET", r"/me", me),
    ("GET", r"/me/messages", messages),
    ("GET", r"/me/messages/(?:microsoft\.graph\.)?delta(?:\(\))?", no_delta),
    ("GET", r"/me/messages/([^/]+)", message),
    ("GET", r"/me/messages/([^/]+)/\$value", value),
    ("GET", r"/me/messages/([^/]+)/attachments", attachments),
    ("GET", r"/me/mailFolders", folders),
    ("GET", r"/me/mailFolders/(?:microsoft\.graph\.)?delta(?:\(\))?", tree_delta),
    ("GET", r"/me/mailFolders/([^/]+)", folder),
    ("GET", r"/me/mailFolders/([^/]+)/childFolders", child_folders),
    ("GET", r"/me/mailFolders/([^/]+)/messages", folder_messages),
    ("GET", r"/me/mailFolders/([^/]+)/messages/(?:microsoft\.graph\.)?delta(?:\(\))?", folder_delta),
    ("POST", r"/me/translateExchangeIds", translate),
)


def plain_path(path: str) -> str:
    """`/me/mailFolders('inbox')/messages` is `/me/mailFolders/inbox/messages`; users/{id} is me."""
    return re.sub(r"\('([^']*)'\)", r"/\1", path).rstrip("/")


async def answer(pusher: Pusher, world: World, mailbox: Mailbox, access: Access, call: Call) -> Reply:
    """One request on one mailbox; raises Refusal."""
    path = plain_path(call.path)
    if path.startswith("/subscriptions"):
        _check_scopes(access, path, call)
        return _signed(world, await subscriptions(pusher, mailbox, call))
    for own in (mailbox.subject, mailbox.address):
        if path.startswith(f"/users/{own}"):
            path = "/me" + path.removeprefix(f"/users/{own}")
    for verb, pattern, method in ROUTES:
        found = re.fullmatch(pattern, path)
        if found and verb == call.method:
            _check_scopes(access, path, call)
            return _signed(world, method(world, mailbox, call, found[1] if found.groups() else ""))
    if path.startswith("/me"):
        raise bad_request(f"Resource not found for the segment '{path.rpartition('/')[2]}'.")
    raise not_found()


def _check_scopes(access: Access, path: str, call: Call) -> None:
    if path == "/me":
        if not access.scopes & {"User.Read", "Mail.Read", "Mail.ReadWrite"}:
            raise refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        return
    if access.scopes & FULL:
        return
    named = set(call.one("$select").split(","))
    if "Mail.ReadBasic" not in access.scopes or named & BASIC_HIDES or call.has("$search"):
        raise access_denied()


def _signed(world: World, reply: Reply) -> Reply:
    key = str(uuid.UUID(int=world.rng.getrandbits(128)))
    return reply.with_header("request-id", key).with_header("client-request-id", key)


def cost(world: World, call: Call) -> tuple[str, int]:
    """Every request counts one."""
    path = plain_path(call.path)
    known = (method.__name__ for verb, pattern, method in ROUTES if verb == call.method and re.fullmatch(pattern, path))
    return next(known, "unknown"), 1


def graph_service(pusher: Pusher) -> Service:
    return Service("graph", "microsoft", cost, partial(answer, pusher), unauthorized, too_much)
