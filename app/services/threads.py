"""From stored facts to the thread of one recipient: the one place where advice and history get the same thread."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.cadence.thread import Stage, Thread
from app.reading.facts import CorrectionFact, LoggedFact
from app.reading.mail_index import MailIndex
from app.reading.threads import build_thread
from app.services.parts import Parts
from app.store import accounts, corrections, logged, messages, recipients
from app.store.advice_facts import RecipientFacts
from app.store.messages import StoredMessage
from app.store.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Dossier:
    """A recipient with their thread and what its evidence keys point at."""

    recipient: Recipient
    thread: Thread
    messages: Mapping[str, StoredMessage] = field(default_factory=dict)
    logged: Mapping[str, LoggedFact] = field(default_factory=dict)


def dossier(parts: Parts, facts: RecipientFacts) -> Dossier:
    """One recipient's, from what the store found about them."""
    return _composed(parts, facts.recipient, facts.messages, facts.logged, facts.corrections)


def all_dossiers(parts: Parts, tx: Connection, person_id: str) -> Iterator[Dossier]:
    """Every recipient's, from one read of each table."""
    stored = {message.fact.key: message for message in messages.of_person(tx, parts.sealer, person_id)}
    index = MailIndex(message.fact for message in stored.values())
    calls, corrected = defaultdict(list), defaultdict(list)
    for touch in logged.of_person(tx, parts.sealer, person_id):
        calls[touch.recipient_id].append(logged.as_fact(touch))
    for correction in corrections.of_person(tx, person_id):
        if correction.undone_at is None:
            corrected[correction.recipient_id].append(corrections.as_fact(correction))
    own = accounts.own_addresses(tx, person_id)
    for recipient in recipients.of_person(tx, parts.sealer, person_id):
        if own.issuperset(recipient.addresses):
            continue
        ids = (recipient.id, *recipient.merged)
        yield _composed(
            parts,
            recipient,
            [stored[fact.key] for fact in index.about(recipient.addresses, recipient.name)],
            [fact for each in ids for fact in calls[each]],
            [fact for each in ids for fact in corrected[each]],
        )


def _composed(
    parts: Parts,
    recipient: Recipient,
    stored: Sequence[StoredMessage],
    calls: Sequence[LoggedFact],
    corrected: Sequence[CorrectionFact],
) -> Dossier:
    thread = build_thread(
        recipient.address,
        frozenset(recipient.addresses),
        [message.fact for message in stored],
        calls,
        corrected,
        name=recipient.name,
        stage=Stage(recipient.stage) if recipient.stage else None,
        country=parts.country,
    )
    return Dossier(
        recipient, thread, {message.fact.key: message for message in stored}, {touch.key: touch for touch in calls}
    )
