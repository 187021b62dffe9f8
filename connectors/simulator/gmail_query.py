"""Gmail's search words (`q`): parsed once, then asked of each message (support.google.com/mail/answer/7190)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from connectors.simulator.letter import Person
from connectors.simulator.mailbox import Item, Mailbox

Test = Callable[[Item], bool]

PACIFIC = timezone(timedelta(hours=-8))
"""Dates in a query mean midnight in this zone (developers.google.com/workspace/gmail/api/guides/filtering)."""

_TOKEN = re.compile(r'[(){}]|-?[\w]+:"[^"]*"|-?"[^"]*"|-?[^\s(){}"]+|"')
_WORD = re.compile(r"[^\W_]+")
_SPAN = re.compile(r"(\d+)([dmy])")
_LONGEST_NUMBER = 20
_DAYS = {"d": 1, "m": 30, "y": 365}
_PLACES = {
    "sent": "SENT",
    "inbox": "INBOX",
    "draft": "DRAFT",
    "drafts": "DRAFT",
    "spam": "SPAM",
    "junk": "SPAM",
    "trash": "TRASH",
    "bin": "TRASH",
    "chats": "CHAT",
    "chat": "CHAT",
    "scheduled": "SCHEDULED",
}
_STATES = {"unread": "UNREAD", "starred": "STARRED", "important": "IMPORTANT", **_PLACES}


@dataclass(frozen=True, slots=True)
class Query:
    """`hidden_too` says that spam and trash were named, so that they are not left out."""

    matches: Test
    hidden_too: bool


def parse_query(text: str, mailbox: Mailbox, now: datetime) -> Query:
    """Every text is a query: what is not understood is searched as words."""
    parser = _Parser(_TOKEN.findall(text), mailbox, now)
    return Query(parser.all_of(), parser.hidden_too)


class _Parser:
    def __init__(self, tokens: list[str], mailbox: Mailbox, now: datetime) -> None:
        self.tokens, self.mailbox, self.now = tokens, mailbox, now
        self.hidden_too = False

    def all_of(self, end: str = "") -> Test:
        """Terms up to `end`; OR binds its two neighbours, everything else must hold together."""
        tests: list[Test] = []
        joined = False
        while self.tokens and self.tokens[0] != end:
            if self.tokens[0] in ("OR", "|"):
                self.tokens.pop(0)
                joined = bool(tests)
                continue
            if self.tokens[0] in ("AND", "+"):
                self.tokens.pop(0)
                continue
            test = self.term()
            tests = [*tests[:-1], _either(tests[-1], test)] if joined else [*tests, test]
            joined = False
        if self.tokens:
            self.tokens.pop(0)
        return lambda item: all(test(item) for test in tests)

    def term(self) -> Test:
        term = self.tokens.pop(0)
        if term == "-" and self.tokens:
            return _negated(self.term())
        if term.startswith("-") and len(term) > 1:
            self.tokens.insert(0, term[1:])
            return _negated(self.term())
        if term == "(":
            return self.all_of(")")
        if term == "{":
            return self.any_of()
        name, colon, value = term.partition(":")
        if colon and name.replace("_", "").isalnum():
            return self.operator(name.lower(), value)
        return _words(term.strip('"'), _anywhere)

    def any_of(self) -> Test:
        tests: list[Test] = []
        while self.tokens and self.tokens[0] != "}":
            tests.append(self.term())
        if self.tokens:
            self.tokens.pop(0)
        return lambda item: any(test(item) for test in tests)

    def operator(self, name: str, value: str) -> Test:
        if not value and self.tokens and self.tokens[0] in ("(", "{"):
            return self.group(name)
        value = value.strip('"')
        maker = _OPERATORS.get(name)
        return maker(self, value) if maker else _words(f"{name} {value}", _anywhere)

    def group(self, name: str) -> Test:
        """`subject:(a b)` and `from:{a b}`: the operator holds for each word inside."""
        opening = self.tokens.pop(0)
        closing = ")" if opening == "(" else "}"
        inside: list[str] = []
        while self.tokens and self.tokens[0] != closing:
            inside.append(self.tokens.pop(0))
        if self.tokens:
            self.tokens.pop(0)
        words = [word if word in ("OR", "|") else _named(name, word) for word in inside]
        self.tokens[:0] = [opening, *words, closing]
        return self.term()

    def _from(self, value: str) -> Test:
        if value.lower() == "me":
            return lambda item: self.mailbox.own(item.letter.sender[1])
        return lambda item: _is_person(value, (item.letter.sender,))

    def _to(self, value: str) -> Test:
        if value.lower() == "me":
            return lambda item: any(self.mailbox.own(address) for _, address in item.letter.recipients)
        return lambda item: _is_person(value, item.letter.recipients)

    def _cc(self, value: str) -> Test:
        return lambda item: _is_person(value, item.letter.people("Cc"))

    def _bcc(self, value: str) -> Test:
        return lambda item: _is_person(value, item.letter.people("Bcc"))

    def _deliveredto(self, value: str) -> Test:
        return lambda item: _is_person(value, item.letter.people("Delivered-To"))

    def _subject(self, value: str) -> Test:
        return _words(value, lambda item: item.letter.subject)

    def _list(self, value: str) -> Test:
        return _words(value, lambda item: item.letter.header("List-ID"))

    def _filename(self, value: str) -> Test:
        return lambda item: any(value.lower() in name.lower() for name in item.letter.attachments)

    def _has(self, value: str) -> Test:
        return lambda item: value == "attachment" and bool(item.letter.attachments)

    def _rfc822msgid(self, value: str) -> Test:
        wanted = value.strip("<>")
        return lambda item: item.letter.message_id.strip("<>") == wanted

    def _in(self, value: str) -> Test:
        place = value.lower()
        if place in ("anywhere", "spam", "junk", "trash", "bin"):
            self.hidden_too = True
        if place in ("anywhere", "all"):
            return lambda item: True
        return self._labelled(_PLACES.get(place, ""), place)

    def _label(self, value: str) -> Test:
        if value.lower() in ("spam", "trash"):
            self.hidden_too = True
        return self._labelled(_STATES.get(value.lower(), ""), value.lower())

    def _is(self, value: str) -> Test:
        if value == "read":
            return lambda item: item.read
        return self._labelled(_STATES.get(value.lower(), ""), value.lower())

    def _category(self, value: str) -> Test:
        return self._labelled(f"CATEGORY_{value.upper()}", "")

    def _labelled(self, label: str, name: str) -> Test:
        names = {folder.name.lower().replace(" ", "-"): folder.key for folder in self.mailbox.folders.values()}
        key = names.get(name)
        label = label or (self.mailbox.label_id(key) if key and not self.mailbox.folders[key].well_known else "")
        return lambda item: label in self.mailbox.labels(item)

    def _after(self, value: str) -> Test:
        moment = _moment(value)
        return lambda item: moment is None or item.at >= moment

    def _before(self, value: str) -> Test:
        moment = _moment(value)
        return lambda item: moment is None or item.at < moment

    def _newer_than(self, value: str) -> Test:
        floor = _span(value, self.now)
        return lambda item: floor is None or item.at >= floor

    def _older_than(self, value: str) -> Test:
        floor = _span(value, self.now)
        return lambda item: floor is None or item.at < floor

    def _larger(self, value: str) -> Test:
        return lambda item: value.isdecimal() and len(value) < _LONGEST_NUMBER and len(item.letter.raw) > int(value)


_OPERATORS: dict[str, Callable[[_Parser, str], Test]] = {
    "from": _Parser._from,
    "to": _Parser._to,
    "cc": _Parser._cc,
    "bcc": _Parser._bcc,
    "deliveredto": _Parser._deliveredto,
    "subject": _Parser._subject,
    "list": _Parser._list,
    "filename": _Parser._filename,
    "has": _Parser._has,
    "rfc822msgid": _Parser._rfc822msgid,
    "in": _Parser._in,
    "label": _Parser._label,
    "is": _Parser._is,
    "category": _Parser._category,
    "after": _Parser._after,
    "newer": _Parser._after,
    "before": _Parser._before,
    "older": _Parser._before,
    "newer_than": _Parser._newer_than,
    "older_than": _Parser._older_than,
    "larger": _Parser._larger,
}


def _named(name: str, word: str) -> str:
    return f"-{name}:{word[1:]}" if word.startswith("-") else f"{name}:{word}"


def _negated(test: Test) -> Test:
    return lambda item: not test(item)


def _either(left: Test, right: Test) -> Test:
    return lambda item: left(item) or right(item)


def _anywhere(item: Item) -> str:
    letter = item.letter
    people = " ".join(f"{name} {address}" for name, address in (letter.sender, *letter.recipients))
    return f"{letter.subject} {people} {letter.text}"


def _words(wanted: str, text_of: Callable[[Item], str]) -> Test:
    """Whole words in sequence, without regard to case; Gmail matches no parts of words."""
    phrase = f" {' '.join(_WORD.findall(wanted.lower()))} "
    return lambda item: phrase in f" {' '.join(_WORD.findall(text_of(item).lower()))} "


def _is_person(wanted: str, people: tuple[Person, ...]) -> bool:
    """An address is compared whole; a word must be a word of the name or of the address."""
    value = wanted.lower().strip("<>")
    if "@" in value and not value.startswith("@"):
        return any(address == value for _, address in people)
    phrase = f" {' '.join(_WORD.findall(value))} "
    return any(phrase in f" {' '.join(_WORD.findall(f'{name} {address}'.lower()))} " for name, address in people)


def _moment(value: str) -> datetime | None:
    """None where the value names no instant there is."""
    try:
        if value.isdecimal() and len(value) > 8:
            return datetime.fromtimestamp(int(value), tz=UTC)
        parts = [int(part) for part in re.split(r"[/-]", value) if part.isdecimal()]
        if len(parts) != 3:
            return None
        year, month, day = parts if parts[0] > 31 else (parts[2], parts[0], parts[1])
        return datetime(year, month, day, tzinfo=PACIFIC)
    except (ValueError, OverflowError, OSError):
        return None


def _span(value: str, now: datetime) -> datetime | None:
    """None where the value names no span, or one that reaches back beyond all time."""
    found = _SPAN.fullmatch(value)
    try:
        return now - timedelta(days=int(found[1]) * _DAYS[found[2]]) if found else None
    except (ValueError, OverflowError):
        return None
