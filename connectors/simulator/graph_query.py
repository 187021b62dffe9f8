"""The OData options of a message list: `$filter`, `$orderby`, `$select`, `$top`, `$skip`, read and checked."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.simulator.calls import Call
from connectors.simulator.graph_errors import bad_request
from connectors.simulator.graph_shape import MEETING, SELECTABLE, conversation_id
from connectors.simulator.mailbox import Item, Mailbox

Test = Callable[[Item], bool]

_TERM = re.compile(
    r"(?P<name>[A-Za-z/]+)\s+(?P<verb>eq|ne|ge|gt|le|lt)\s+(?P<value>'(?:[^']|'')*'|[^\s()]+)"
    r"|(?P<function>startswith|contains)\((?P<field>[A-Za-z/]+),\s*(?P<text>'(?:[^']|'')*')\)",
)
_VERBS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "ge": lambda left, right: left >= right,
    "gt": lambda left, right: left > right,
    "le": lambda left, right: left <= right,
    "lt": lambda left, right: left < right,
}
_MEETING_NAMES = frozenset({"meetingMessageType", "startDateTime", "endDateTime", "isOutOfDate", "type"})


@dataclass(frozen=True, slots=True)
class Filter:
    matches: Test
    names: tuple[str, ...]


def selected(call: Call) -> tuple[str, ...]:
    """The names in `$select`; a name a message does not have is a 400, as Graph's parser makes it."""
    names = tuple(name.strip() for name in call.one("$select").split(",") if name.strip())
    for name in names:
        cast = name.startswith(MEETING) and name.removeprefix(MEETING) in _MEETING_NAMES
        if name not in SELECTABLE and not cast:
            words = f"Could not find a property named '{name}' on type 'microsoft.graph.message'."
            raise bad_request(f"Parsing OData Select and Expand failed: {words}", "RequestBroker--ParseUri")
    return names


def number(call: Call, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
    value = call.one(name)
    if not value:
        return default
    if not value.lstrip("-").isdigit() or not least <= int(value) <= most:
        raise bad_request(f"Invalid value '{value}' for {name}. It must be between {least} and {most}.")
    return int(value)


def parse_filter(text: str, mailbox: Mailbox) -> Filter:
    """`and`, `or`, `not` and parentheses over comparisons. Lambdas are refused, as for personal mailboxes."""
    if "any(" in text or "all(" in text:
        raise bad_request("The query filter contains one or more invalid nodes.", "ErrorInvalidUrlQueryFilter")
    if not text.strip():
        return Filter(lambda item: True, ())
    parser = _Parser(text, mailbox)
    test = parser.either()
    if parser.rest.strip():
        raise parser.wrong()
    return Filter(test, tuple(parser.names))


class _Parser:
    def __init__(self, text: str, mailbox: Mailbox) -> None:
        self.rest, self.mailbox, self.names = text.strip(), mailbox, list[str]()

    def wrong(self) -> Exception:
        return bad_request(f"Invalid filter clause at '{self.rest[:40]}'.", "BadRequest")

    def either(self) -> Test:
        tests = [self.both()]
        while self._word("or"):
            tests.append(self.both())
        return lambda item: any(test(item) for test in tests)

    def both(self) -> Test:
        tests = [self.single()]
        while self._word("and"):
            tests.append(self.single())
        return lambda item: all(test(item) for test in tests)

    def single(self) -> Test:
        if self._word("not"):
            test = self.single()
            return lambda item: not test(item)
        if self.rest.startswith("("):
            self.rest = self.rest[1:].strip()
            test = self.either()
            if not self.rest.startswith(")"):
                raise self.wrong()
            self.rest = self.rest[1:].strip()
            return test
        found = _TERM.match(self.rest)
        if not found:
            raise self.wrong()
        self.rest = self.rest[found.end() :].strip()
        return self._function(found) if found["function"] else self._comparison(found)

    def _word(self, word: str) -> bool:
        found = re.match(rf"{word}\b\s*", self.rest, re.IGNORECASE)
        if found:
            self.rest = self.rest[found.end() :]
        return bool(found)

    def _function(self, found: re.Match[str]) -> Test:
        name, text = found["field"], _literal(found["text"]).lower()
        self._known(name)
        if found["function"] == "startswith":
            return lambda item: value_of(self.mailbox, item, name).lower().startswith(text)
        return lambda item: text in value_of(self.mailbox, item, name).lower()

    def _comparison(self, found: re.Match[str]) -> Test:
        name, compare = found["name"], _VERBS[found["verb"]]
        self._known(name)
        wanted = _literal(found["value"])
        if name.endswith("DateTime"):
            wanted = _instant(wanted)
        if name in ("from/emailAddress/address", "sender/emailAddress/address"):
            wanted = wanted.lower()
        return lambda item: compare(value_of(self.mailbox, item, name), wanted)

    def _known(self, name: str) -> None:
        self.names.append(name)
        if name not in _VALUES:
            raise bad_request(f"Could not find a property named '{name}' on type 'microsoft.graph.message'.")


def _literal(value: str) -> str:
    return value[1:-1].replace("''", "'") if value.startswith("'") else value


def _instant(value: str) -> str:
    """Sortable text. Dates in a filter are bare, not quoted (OData 4)."""
    try:
        return _sortable(datetime.fromisoformat(value.replace("Z", "+00:00")))
    except (ValueError, TypeError):
        raise bad_request(f"The DateTimeOffset text '{value}' is not valid.") from None


def _sortable(at: datetime) -> str:
    """Graph compares and shows whole seconds."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


_VALUES: dict[str, Callable[[Mailbox, Item], str]] = {
    "receivedDateTime": lambda mailbox, item: _sortable(item.at),
    "sentDateTime": lambda mailbox, item: _sortable(item.at),
    "createdDateTime": lambda mailbox, item: _sortable(item.at),
    "lastModifiedDateTime": lambda mailbox, item: _sortable(item.at),
    "conversationId": conversation_id,
    "internetMessageId": lambda mailbox, item: item.letter.message_id,
    "from/emailAddress/address": lambda mailbox, item: item.letter.sender[1],
    "sender/emailAddress/address": lambda mailbox, item: item.letter.sender[1],
    "from/emailAddress/name": lambda mailbox, item: item.letter.sender[0],
    "subject": lambda mailbox, item: item.letter.subject,
    "parentFolderId": lambda mailbox, item: mailbox.folder_id(item.folder),
    "isRead": lambda mailbox, item: str(item.read).lower(),
    "isDraft": lambda mailbox, item: str(item.is_draft).lower(),
    "hasAttachments": lambda mailbox, item: str(bool(item.letter.attachments)).lower(),
    "importance": lambda mailbox, item: "normal",
}


def value_of(mailbox: Mailbox, item: Item, name: str) -> str:
    return _VALUES[name](mailbox, item)


def ordered(items: list[Item], call: Call, mailbox: Mailbox, filtered: tuple[str, ...]) -> list[Item]:
    """`$orderby`, newest first by default. Its properties must lead the filter (user-list-messages, MM)."""
    keys = [part.split() for part in call.one("$orderby").split(",") if part.strip()]
    names = [key[0] for key in keys]
    if filtered and names and list(dict.fromkeys(filtered))[: len(names)] != names:
        words = "The restriction or sort order is too complex for this operation."
        raise bad_request(words, "InefficientFilter")
    if any(name not in _VALUES for name in names):
        raise bad_request(f"Could not find a property named '{names}' on type 'microsoft.graph.message'.")
    result = sorted(items, key=lambda item: (item.at, item.serial), reverse=True)
    for key in reversed(keys):
        down = len(key) > 1 and key[1].lower() == "desc"
        result = sorted(result, key=lambda item, name=key[0]: value_of(mailbox, item, name), reverse=down)  # type: ignore[misc]
    return result
