"""What a letter is about: the search for work or anything else, and the trade it speaks of; never its words."""

import re
from collections.abc import Iterable
from functools import cache

from app.reading.facts import InboundReading, Matter, OutboundReading
from app.reading.lexicons import lexicon
from app.reading.people import organisation
from app.reading.received.sentences import fold

_LONGEST = 4000
_WORD = re.compile(r"[a-z0-9]+")
_CLEARLY, _SLIGHTLY, _OUTWEIGHS = 2, 1, 2
_MOST = 9
_TELLING = 6  # letters, from which a word inside a name is hardly there by chance
_LISTS = ("job", "job_slightly", "private", "private_slightly")


def matter_of(subject: str, text: str) -> Matter:
    """What the new text of a letter (quotes cut) and its subject are about; at most 4,000 characters are looked at.

    Each listed word or run of words counts once.
    """
    said = _listed_in(fold(f"{subject[:400]}. {text[:_LONGEST]}"))
    return Matter(_weight(said, "job"), _weight(said, "private"), _industry(said))


def trade_of(address: str) -> str:
    """The trade a company carries in the name of its domain ("cornerbakery.example"); empty for any other."""
    name = organisation(address).partition(".")[0]
    named = ((trade, word) for trade, words in _trades().items() for word in words if len(word) >= _TELLING)
    return max(((len(word), trade) for trade, word in named if word in name), default=(0, ""))[1]


def takes_applications(address: str) -> bool:
    """Whether a mailbox is there for people who look for work ("careers@…")."""
    return address.partition("@")[0].partition("+")[0].lower() in _listed("hiring_mailboxes")


def is_about_a_job(matters: Iterable[Matter]) -> bool:
    """Whether letters to and from one person belong to a search for work; they do where nothing shows.

    What speaks of both does, for work is done in kitchens, nurseries and garages too: words of anything else must
    outweigh those of a search twice.
    """
    seen = list(matters)
    job, private = sum(matter.job for matter in seen), sum(matter.private for matter in seen)
    return private < max(_CLEARLY, _OUTWEIGHS * job)


def speaks_of_a_job(readings: Iterable[InboundReading | OutboundReading]) -> bool:
    """Whether mail of somebody never written to shows a search for work: by its words, or by a date they gave."""
    seen = list(readings)
    promised = any(reading.promise for reading in seen if isinstance(reading, InboundReading))
    job, private = sum(each.matter.job for each in seen), sum(each.matter.private for each in seen)
    return promised or job > private


def _listed_in(folded: str) -> frozenset[str]:
    """The words and runs of words that some list names, without their hyphens and other signs."""
    words, begun = _WORD.findall(folded), _beginnings()
    places = [(at, begun[word]) for at, word in enumerate(words) if word in begun]
    return frozenset([" ".join(words[at : at + length]) for at, lengths in places for length in lengths])


def _weight(said: frozenset[str], name: str) -> int:
    return min(_MOST, _CLEARLY * len(said & _listed(name)) + _SLIGHTLY * len(said & _listed(f"{name}_slightly")))


def _industry(said: frozenset[str]) -> str:
    """The trade with the most of its words; the first listed among equals."""
    if not said:
        return ""
    found = {trade: len(said & words) for trade, words in _trades().items()}
    best = max(found, key=found.__getitem__)
    return best if found[best] else ""


@cache
def _beginnings() -> dict[str, tuple[int, ...]]:
    """How many words are listed together that begin with this one."""
    listed = lexicon("matters")
    every = {each for name in _LISTS for each in listed[name]}.union(*listed["industries"].values())
    lengths: dict[str, set[int]] = {}
    for words in map(str.split, every):
        lengths.setdefault(words[0], set()).add(len(words))
    return {word: tuple(found) for word, found in lengths.items()}


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(lexicon("matters")[name])


@cache
def _trades() -> dict[str, frozenset[str]]:
    return {trade: frozenset(words) for trade, words in lexicon("matters")["industries"].items()}
