"""Google's `fields` masks: `messages(id,threadId),nextPageToken`, `payload/headers`, `*`."""

import re

from connectors.simulator.gmail_errors import invalid

Mask = dict[str, "Mask"]

KNOWN = frozenset(
    [
        "*",
        "id",
        "threadId",
        "labelIds",
        "snippet",
        "historyId",
        "internalDate",
        "payload",
        "sizeEstimate",
        "raw",
        "messages",
        "nextPageToken",
        "resultSizeEstimate",
        "threads",
        "history",
        "messagesAdded",
        "messagesDeleted",
        "labelsAdded",
        "labelsRemoved",
        "message",
        "partId",
        "mimeType",
        "filename",
        "headers",
        "body",
        "parts",
        "name",
        "value",
        "attachmentId",
        "size",
        "data",
        "labels",
        "type",
        "color",
        "messageListVisibility",
        "labelListVisibility",
        "messagesTotal",
        "messagesUnread",
        "threadsTotal",
        "threadsUnread",
        "emailAddress",
        "sendAs",
        "sendAsEmail",
        "displayName",
        "replyToAddress",
        "signature",
        "isPrimary",
        "isDefault",
        "treatAsAlias",
        "verificationStatus",
        "smtpMsa",
        "expiration",
        "classificationLabelValues",
    ]
)
"""Every property name of the Gmail resources served here (Gmail discovery document)."""

_TOKEN = re.compile(r"[(),/]|[^(),/\s]+")


def parse_mask(text: str) -> Mask:
    """The mask as nested names; an empty inner mask means everything below. Raises Refusal for a bad one."""
    tokens = _TOKEN.findall(text)
    mask = _members(tokens)
    if tokens:
        raise invalid("Invalid field selection")
    return mask


def _members(tokens: list[str]) -> Mask:
    mask: Mask = {}
    while tokens:
        name = tokens.pop(0)
        if name not in KNOWN:
            raise invalid(f"Invalid field selection {name}")
        mask[name] = _below(tokens)
        if not tokens or tokens[0] != ",":
            return mask
        tokens.pop(0)
    raise invalid("Invalid field selection")


def _below(tokens: list[str]) -> Mask:
    if tokens and tokens[0] == "/":
        tokens.pop(0)
        if not tokens or tokens[0] not in KNOWN:
            raise invalid("Invalid field selection")
        return {tokens.pop(0): _below(tokens)}
    if tokens and tokens[0] == "(":
        tokens.pop(0)
        mask = _members(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise invalid("Invalid field selection")
        return mask
    return {}


def masked(value: object, mask: Mask) -> object:
    """What the mask leaves of an answer; lists are masked member by member."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [masked(member, mask) for member in value]
    if isinstance(value, dict):
        return {name: masked(value[name], inner) for name, inner in mask.items() if name in value}
    return value
