"""From stored facts to the thread of one recipient: the one place where advice and history get the same thread."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from app.cadence.thread import Stage
from app.reading.facts import CorrectionFact, LoggedFact
from app.reading.mail_index import MailIndex
from app.reading.threads import build_thread
from app.services.parts import Parts
from app.services.shelf import Dossier, Kept
from app.store import accounts, corrections, logged, message_facts, recipients
from app.store.advice_facts import RecipientFacts
from app.store.message_facts import StoredMessage, number_of
from app.store.recipients import Recipient


def dossier(facts: RecipientFacts) -> Dossier:
    """One recipient's, from what the store found about them."""
    return _composed(facts.recipient, facts.messages, facts.logged, facts.corrections)


def all_dossiers(parts: Parts, tx: Connection, person_id: str, *, most: int | None = None) -> list[Dossier]:
    """Every recipient's; only what changed since the last time is read and made anew.

    Mail that bears on nobody the person wrote to is never looked at, however much of it there is. With `most` it ends
    after so many recipients, and those that are on the shelf already.
    """
    with parts.shelf.making:
        before = parts.shelf.of(person_id)
        own = accounts.own_addresses(tx, person_id)
        known = recipients.of_person(tx, parts.sealer, person_id)
        met = [recipient for recipient in known if not own.issuperset(recipient.addresses)]
        if most is not None:
            met = [one for place, one in enumerate(met) if place < most or one.id in before.dossiers]
        kept = _mail_about(parts, tx, person_id, sorted({at for one in met for at in one.addresses} - own))
        made = dict(_made(parts, tx, person_id, met, before=before, mail=kept))
        parts.shelf.put(person_id, replace(kept, dossiers=made))
    return list(made.values())


def _made(
    parts: Parts, tx: Connection, person_id: str, met: Sequence[Recipient], *, before: Kept, mail: Kept
) -> Iterator[tuple[str, Dossier]]:
    same_mail = before.marks == mail.marks
    stored = {message.fact.key: message for message in mail.mail}
    for recipient, calls, corrected in _about_recipients(parts, tx, person_id, met):
        old = before.dossiers.get(recipient.id)
        if old and same_mail and old.recipient == recipient:
            theirs = list(old.messages.values())
        else:
            theirs = [stored[fact.key] for fact in mail.index.about(recipient.addresses, recipient.name)]
        if old is None or not _rests_on(old, recipient, theirs, calls, corrected):
            old = _composed(recipient, theirs, calls, corrected)
        yield recipient.id, old


def _mail_about(parts: Parts, tx: Connection, person_id: str, addresses: Sequence[str]) -> Kept:
    """The mail that bears on these addresses with its marks and its index, and no dossiers yet."""
    before = parts.shelf.of(person_id)
    marks = message_facts.marks(tx, person_id, addresses)
    if marks == before.marks:
        return before
    mail = _mail(parts, tx, person_id, marks, before=before, addresses=addresses)
    return Kept(marks, mail, MailIndex(message.fact for message in mail), {})


def _mail(
    parts: Parts, tx: Connection, person_id: str, marks: str, *, before: Kept, addresses: Sequence[str]
) -> Sequence[StoredMessage]:
    """The facts these marks stand for, in order of time: those held already, and the others read."""
    wanted = set(marks.splitlines())
    same = wanted.intersection(before.marks.splitlines())
    if 2 * len(same) < len(wanted):
        return message_facts.for_addresses(tx, parts.sealer, person_id, addresses)
    kept = {number_of(mark) for mark in same}
    held = [message for message in before.mail if message.number in kept]
    fresh = message_facts.with_numbers(tx, parts.sealer, person_id, map(number_of, wanted - same))
    return sorted([*held, *fresh], key=lambda message: (message.fact.at, message.fact.message_key, message.number))


def _about_recipients(
    parts: Parts, tx: Connection, person_id: str, known: Sequence[Recipient]
) -> Iterator[tuple[Recipient, list[LoggedFact], list[CorrectionFact]]]:
    """Each of these recipients with what was logged and corrected under each merged id."""
    calls, corrected = defaultdict(list), defaultdict(list)
    for touch in logged.of_person(tx, parts.sealer, person_id):
        calls[touch.recipient_id].append(logged.as_fact(touch))
    for correction in corrections.of_person(tx, person_id):
        if correction.undone_at is None:
            corrected[correction.recipient_id].append(corrections.as_fact(correction))
    for recipient in known:
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
    )
    return Dossier(
        recipient,
        thread,
        messages={message.fact.key: message for message in stored},
        logged={touch.key: touch for touch in calls},
        corrections=tuple(corrected),
    )
