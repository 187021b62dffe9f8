"""Scopes: what a token may do, in words of RFC 6749, and what each means to the person.

A paired browser gets what an extension needs and no more. A token asked for on the command line gets everything
unless told otherwise: whoever may run commands in the data folder may export and erase there anyway.
"""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """One or more routes of the API each; docs/security.md lists them."""

    ADVICE = "advice"
    HISTORY = "history"
    LOG = "log"
    CORRECT = "correct"
    RULES = "rules"
    MAILBOXES = "mailboxes"
    ITSELF = "itself"
    DEVICES = "devices"
    EXPORT = "export"
    UNLINK = "unlink"
    ERASE = "erase"
    METRICS = "metrics"


WORDS = {
    Scope.ADVICE: "ask what to say before you send or call",
    Scope.HISTORY: "read your history",
    Scope.LOG: "log calls, and change or delete what was logged",
    Scope.CORRECT: "set right what was counted, and mute, merge or split recipients",
    Scope.RULES: "see the rules and switch them on and off",
    Scope.MAILBOXES: "see how your mailboxes are and have them looked at",
    Scope.ITSELF: "see and remove itself",
    Scope.DEVICES: "see and remove every device",
    Scope.EXPORT: "take everything out as a file",
    Scope.UNLINK: "unlink a mailbox",
    Scope.ERASE: "delete everything",
    Scope.METRICS: "read this server's counters",
}
EXTENSION = (Scope.ADVICE, Scope.HISTORY, Scope.LOG, Scope.CORRECT, Scope.RULES, Scope.MAILBOXES, Scope.ITSELF)
EVERYTHING = tuple(Scope)


def written(scopes: Iterable[Scope]) -> str:
    """As it is stored and told: words apart by spaces, in one order."""
    return " ".join(sorted(set(scopes), key=EVERYTHING.index))


def held(stored: str | None) -> tuple[Scope, ...]:
    """What a stored device may do, in one order. One of before there were scopes may do what an extension may."""
    if stored is None:
        return EXTENSION
    words = set(stored.split())
    return tuple(scope for scope in Scope if scope in words)


def asked(text: str) -> tuple[Scope, ...]:
    """What somebody typed, words apart by spaces or commas. Raises ValueError that lists the known ones."""
    words = text.replace(",", " ").split()
    unknown = sorted(set(words) - set(Scope))
    if unknown or not words:
        raise ValueError(f"{' '.join(unknown) or 'nothing'} is no scope; the scopes are: {written(EVERYTHING)}")
    return tuple(scope for scope in Scope if scope in words)
