"""Whose address this is: automatic senders, role mailboxes, companies, one person under two addresses."""

import re
from collections.abc import Iterable
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from app.reading.lexicons import senders

_AUTOMATIC = re.compile(
    r"(^|[._+-])(no-?_?\.?reply|do-?_?\.?not-?_?\.?reply|mailer-daemon|postmaster|bounces?|notifications?"
    r"|reply-?no|nicht-?antworten|keine-?antwort|no-?responder|no-?responda|ne-?pas-?repondre|geen-?antwoord)([._+-]|\d|$)"
)

_ADDRESS = re.compile(r"[^\s@<>\",;]+@[^\s@<>\",;]+")


def is_address(text: str) -> bool:
    """Whether this is one bare address in lower case, as far as can be told without sending to it."""
    return len(text) <= 320 and _ADDRESS.fullmatch(text) is not None


def is_automatic(address: str) -> bool:
    """Whether nobody reads mail sent to this address ("no-reply@…", "mailer-daemon@…")."""
    return _AUTOMATIC.search(_local(address)) is not None


def is_role(address: str) -> bool:
    """Whether the mailbox belongs to a function and not to one person ("careers@…")."""
    return is_automatic(address) or _local(address).split("+")[0] in senders("role_names")


def same_company(address: str, addresses: Iterable[str]) -> bool:
    """Whether the address lies in the organisational domain of one of the others; free mail hosts are no company."""
    company = organisation(address)
    return company != "" and any(company == organisation(other) for other in addresses)


@lru_cache(maxsize=4096)
def organisation(address: str) -> str:
    """The registrable domain ("acme.co.uk" of "rita@mail.acme.co.uk"); empty for free mail hosts."""
    domain = address.rpartition("@")[2].lower()
    private = _suffixes().privatesuffix(domain) or domain
    return "" if not senders("free_domains").isdisjoint((private, domain)) else private


def same_person(name: str, other: str) -> bool:
    """Whether two display names are the same full name: at least two words, in any order, case aside."""
    words = full_name(name)
    return words == full_name(other) and bool(words)


def full_name(name: str) -> frozenset[str]:
    """The words of a full display name, order and titles aside; empty for less than two words."""
    words = _words(name)
    return words if len(words) >= 2 else frozenset()


@lru_cache(maxsize=4096)
def _words(name: str) -> frozenset[str]:
    bare = re.sub(
        r"\(.*?\)|\b(via|through|über|por)\b.*|\b(dr|mr|mrs|ms|prof|herr|frau)\b\.?", " ", name.casefold()[:200]
    )
    return frozenset(re.findall(r"[^\W\d_]{2,}", bare))


def _local(address: str) -> str:
    return address.rpartition("@")[0].lower()


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
