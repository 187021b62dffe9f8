"""From stored facts to the thread of one recipient: the one place where advice and history get the same thread."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from app.cadence.thread import Stage
from app.reading.facts import CorrectionFact, LoggedFact
from app.reading.mail_index import MailIndex
from app.reading.threads import build_thread
from app.services.parts import Parts
from app.services.shelf import Dossier, Kept
from app.store import accounts, corrections, logged, messages, recipients
from app.store.advice_facts import RecipientFacts
from app.store.messages import StoredMessage
from app.store.recipients import Recipient


def dossier(parts: Parts, facts: RecipientFacts) -> Dossier:
    """One recipient's, from what the store found about them."""
    return _composed(parts, facts.recipient, facts.messages, facts.logged, facts.corrections)


def all_dossiers(parts: Parts, tx: Connection, person_id: str) -> list[Dossier]:
    """Every recipient's, from one read of each table; only what changed since the last time is made anew."""
    mail = messages.of_person(tx, parts.sealer, person_id)
    before = parts.shelf.of(person_id)
    same_mail = before.mail == mail
    index = before.index if same_mail else MailIndex(message.fact for message in mail)
    stored = {message.fact.key: message for message in mail}
    made: dict[str, Dossier] = {}
    for recipient, calls, corrected in _about_recipients(parts, tx, person_id):
        old = before.dossiers.get(recipient.id)
        if old and same_mail and old.recipient == recipient:
            theirs = list(old.messages.values())
        else:
            theirs = [stored[fact.key] for fact in index.about(recipient.addresses, recipient.name)]
        if old is None or not _rests_on(old, recipient, theirs, calls, corrected):
            old = _composed(parts, recipient, theirs, calls, corrected)
        made[recipient.id] = old
    parts.shelf.put(person_id, Kept(mail, index, made))
    return list(made.values())


def _about_recipients(
    parts: Parts, tx: Connection, person_id: str
) -> Iterator[tuple[Recipient, list[LoggedFact], list[CorrectionFact]]]:
    """Every recipient who is not the person, with what was logged and corrected under each merged id."""
    calls, corrected = defaultdict(list), defaultdict(list)
    for touch in logged.of_person(tx, parts.sealer, person_id):
        calls[touch.recipient_id].append(logged.as_fact(touch))
    for correction in corrections.of_person(tx, person_id):
        if correction.undone_at is None:
            corrected[correction.recipient_id].append(corrections.as_fact(correction))
    own = accounts.own_addresses(tx, person_id)
    for recipient in recipients.of_person(tx, parts.sealer, person_id):
        if not own.issuperset(recipient.addresses):
            ids = (recipient.id, *recipient.merged)
            yield recipient, [it for each in ids for it in calls[each]], [it for each in ids for it in corrected[each]]


def _rests_on(
    old: Dossier,
    recipient: Recipient,
    stored: Sequence[StoredMessage],
    calls: Sequence[LoggedFact],
    corrected: Sequence[CorrectionFact],
) -> bool:
    held = (old.recipient, list(old.messages.values()), list(old.logged.values()), list(old.corrections))
    return held == (recipient, stored, calls, corrected)


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
        recipient,
        thread,
        messages={message.fact.key: message for message in stored},
        logged={touch.key: touch for touch in calls},
        corrections=tuple(corrected),
    )
