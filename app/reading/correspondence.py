"""The letters about one recipient among a person's mail, and who of their senders speaks for that recipient."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.reading.facts import InboundReading, Kind, LoggedFact, MessageFact
from app.reading.people import is_automatic, same_company, same_person


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The distinct letters about one recipient, in order of time.

    `threads` gives the provider threads of a letter; `bystanders` are people written to in a provider thread without
    the recipient, `apart` all whom the person wrote to without them; `started` is the first touch.
    """

    addresses: frozenset[str]
    names: frozenset[str]
    sent: tuple[MessageFact, ...]
    received: tuple[MessageFact, ...]
    threads: Mapping[tuple[str, str], frozenset[str]]
    thread_keys: frozenset[str]
    message_keys: frozenset[str]
    bystanders: frozenset[tuple[str, str]]
    apart: frozenset[str]
    started: datetime | None

    def comes_from_them(self, fact: MessageFact) -> bool:
        """From the recipient under any address of theirs, or from a colleague who answers mail sent to them."""
        if fact.sender in self.addresses:
            return True
        if any(same_person(fact.sender_name, known) for known in self.names):
            return True
        threads = self.threads[letter_of(fact)]
        beside = any((thread, fact.sender) in self.bystanders for thread in threads)
        if beside and not _touches(fact, self.addresses):
            return False
        return not threads.isdisjoint(self.thread_keys) or not self.message_keys.isdisjoint(fact.reference_keys)

    def is_answer(self, fact: MessageFact) -> bool:
        """A word of theirs, or of a colleague who speaks of the matter elsewhere."""
        return _is_word_of_a_person(fact) and (self.comes_from_them(fact) or self._answers_elsewhere(fact))

    def is_hint(self, fact: MessageFact) -> bool:
        """Human mail from their company in another thread that may be the answer: worth asking the person once."""
        other = said_in(fact).matter.private > said_in(fact).matter.job
        return kind_of(fact) is Kind.REPLY and not other and self._is_colleague(fact) and not self.is_answer(fact)

    def _answers_elsewhere(self, fact: MessageFact) -> bool:
        """A colleague's mail in another thread that speaks of the matter: an invitation, a question, a date, a no."""
        said = said_in(fact)
        words = said.meeting or said.asks or said.promise or said.closure or said.on_hold or said.cue
        speaks = bool(words) or said.kind in (Kind.REJECTION, Kind.CALENDAR)
        return speaks and said.matter.private <= said.matter.job and self._is_colleague(fact)

    def _is_colleague(self, fact: MessageFact) -> bool:
        """Somebody else at the recipient's company, after the first touch, whom the person did not write to apart.

        Where the person shares the recipient's company, colleagues are their own and say nothing.
        """
        if self.started is None or fact.at < self.started or fact.sender in self.apart:
            return False
        own = {sent.sender for sent in self.sent}.union(fact.people)
        same = same_company(fact.sender, self.addresses) and fact.sender not in self.addresses
        return same and not any(same_company(address, self.addresses) for address in own)


def correspondence_with(
    addresses: frozenset[str], name: str, messages: Sequence[MessageFact], calls: Sequence[LoggedFact]
) -> Correspondence:
    """What of any mail of the person is about the recipient of these addresses; calls are in order of time."""
    letters = _letters(messages)
    threads = _threads(messages)
    sent = [fact for fact in letters if fact.outbound and _touches(fact, addresses)]
    received = [fact for fact in letters if not fact.outbound]
    theirs = [fact for fact in received if fact.sender in addresses]
    return Correspondence(
        addresses=addresses,
        names=frozenset({name, *(fact.sender_name for fact in theirs if not is_automatic(fact.sender))} - {""}),
        sent=tuple(sent),
        received=tuple(received),
        threads=threads,
        thread_keys=frozenset().union(*(threads[letter_of(fact)] for fact in [*sent, *theirs])),
        message_keys=frozenset(fact.message_key for fact in sent),
        bystanders=frozenset(_bystanders(letters, addresses)),
        apart=frozenset(person for _, person in _bystanders(letters, addresses)),
        started=min([*(fact.at for fact in sent[:1]), *(call.at for call in calls[:1])], default=None),
    )


def _letters(messages: Iterable[MessageFact]) -> list[MessageFact]:
    """One fact a letter, in order of time: of several copies the earliest stands, then the smallest key."""
    kept: dict[tuple[str, str], MessageFact] = {}
    for fact in sorted(messages, key=lambda fact: (fact.at, fact.key)):
        kept.setdefault(letter_of(fact), fact)
    return list(kept.values())


def letter_of(fact: MessageFact) -> tuple[str, str]:
    """What is the same for every copy of a letter."""
    return fact.message_key, fact.sender


def _threads(messages: Iterable[MessageFact]) -> dict[tuple[str, str], frozenset[str]]:
    """The provider threads of a letter: one in each mailbox that holds a copy."""
    threads: dict[tuple[str, str], frozenset[str]] = {}
    for fact in messages:
        threads[letter_of(fact)] = threads.get(letter_of(fact), frozenset()) | ({fact.thread_key} - {""})
    return threads


def _bystanders(letters: Iterable[MessageFact], addresses: frozenset[str]) -> Iterable[tuple[str, str]]:
    """Who was written to without the recipient inside a provider thread: a friend the mail was forwarded to."""
    for fact in letters:
        if fact.outbound and not _touches(fact, addresses):
            yield from ((fact.thread_key, person) for person in fact.people)


def _touches(fact: MessageFact, addresses: frozenset[str]) -> bool:
    return not addresses.isdisjoint(fact.people)


def kind_of(fact: MessageFact) -> Kind | None:
    """The kind of an incoming message, None for the person's own."""
    return fact.reading.kind if isinstance(fact.reading, InboundReading) else None


def said_in(fact: MessageFact) -> InboundReading:
    """What an incoming message says; nothing for the person's own."""
    return fact.reading if isinstance(fact.reading, InboundReading) else InboundReading()


def _is_word_of_a_person(fact: MessageFact) -> bool:
    """Written by a person, or a call to a meeting."""
    said = said_in(fact)
    human = said.kind is Kind.REPLY or (said.kind is Kind.REJECTION and not is_automatic(fact.sender))
    return human or (said.kind is Kind.CALENDAR and said.calendar_method in ("REQUEST", "COUNTER"))
