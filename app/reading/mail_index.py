"""MailIndex: finds, among all of a person's mail, what may bear on one recipient, without looking at the rest."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from app.reading.facts import InboundReading, MessageFact
from app.reading.people import full_name, organisation


class MailIndex:
    """Built once over any number of facts. `about` gives a superset of what `build_thread` uses of them."""

    def __init__(self, facts: Iterable[MessageFact]) -> None:
        self._facts = sorted(facts, key=lambda fact: (fact.at, fact.key))
        self._by_address: defaultdict[str, set[int]] = defaultdict(set)
        self._by_thread: defaultdict[str, set[int]] = defaultdict(set)
        self._by_answered: defaultdict[str, set[int]] = defaultdict(set)
        self._by_key: defaultdict[str, set[int]] = defaultdict(set)
        self._by_name: defaultdict[frozenset[str], set[int]] = defaultdict(set)
        self._by_company: defaultdict[str, set[int]] = defaultdict(set)
        self._sent_to: defaultdict[str, set[int]] = defaultdict(set)
        for place, fact in enumerate(self._facts):
            self._put(place, fact)

    def about(self, addresses: Iterable[str], name: str = "") -> list[MessageFact]:
        """Facts to and from these addresses, answers to them, their threads, their namesakes, and their company's
        mail with what the person wrote to its senders."""
        asked = tuple(addresses)
        near = set().union(*(self._by_address[address] for address in asked))
        found = set(near)
        names = {full_name(name)}
        for place in near:
            fact = self._facts[place]
            found |= self._beside(fact)
            if not fact.outbound and fact.sender in asked:
                names.add(full_name(fact.sender_name))
        for words in names - {frozenset[str]()}:
            found |= self._by_name[words]
        for company in {organisation(address) for address in asked} - {""}:
            found |= self._by_company[company]
            found |= set().union(*(self._sent_to[self._facts[place].sender] for place in self._by_company[company]))
        return [self._facts[place] for place in sorted(found)]

    def _beside(self, fact: MessageFact) -> set[int]:
        """Answers to a letter, and all that lies in the provider threads of its copies and of those answers."""
        answers = self._by_answered[fact.message_key]
        threads = {self._facts[place].thread_key for place in answers | self._by_key[fact.message_key]} - {""}
        return answers.union(*(self._by_thread[thread] for thread in threads))

    def _put(self, place: int, fact: MessageFact) -> None:
        for address in self._people(fact):
            self._by_address[address].add(place)
        for key in self._answered(fact):
            self._by_answered[key].add(place)
        self._by_thread[fact.thread_key].add(place)
        self._by_key[fact.message_key].add(place)
        if fact.outbound:
            for address in fact.people:
                self._sent_to[address].add(place)
        else:
            self._by_name[full_name(fact.sender_name)].add(place)
            self._by_company[organisation(fact.sender)].add(place)

    def _people(self, fact: MessageFact) -> Sequence[str]:
        failed = fact.reading.failed_address if isinstance(fact.reading, InboundReading) else ""
        return (*fact.people, fact.sender, failed)

    def _answered(self, fact: MessageFact) -> Sequence[str]:
        failed = fact.reading.failed_reference if isinstance(fact.reading, InboundReading) else ""
        return (*fact.reference_keys, failed)
