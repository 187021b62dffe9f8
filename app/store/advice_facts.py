"""Advice facts: all that a word before Send needs of the store, in one snapshot and a handful of prepared reads."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from app.reading.facts import CorrectionFact, LoggedFact
from app.store import accounts, corrections, logged, message_facts, recipients, rule_switches
from app.store.accounts import Account
from app.store.message_facts import StoredMessage
from app.store.recipients import Recipient
from app.store.sealing import Sealer


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """All facts about one recipient, under every address and every merged one; each list in order of time."""

    recipient: Recipient
    messages: list[StoredMessage]
    logged: list[LoggedFact]
    corrections: list[CorrectionFact]


@dataclass(frozen=True, slots=True)
class AdviceFacts:
    """`about` holds the known recipients in the order their addresses were given, each once.

    All but the accounts is the same while `version` is; None where it holds more than what is stored.
    """

    own: frozenset[str]
    accounts: list[Account]
    switched_off: frozenset[str]
    about: list[RecipientFacts]
    version: int | None = None


def advice_facts(tx: Connection, sealer: Sealer, person_id: str, addresses: Iterable[str]) -> AdviceFacts:
    """Four reads, and three more for each known recipient. Addresses in lower case. Raises KeyMissing."""
    linked = accounts.linked(tx, person_id)
    met = recipients.for_addresses(tx, sealer, person_id, addresses)
    return AdviceFacts(
        own=accounts.own_addresses(tx, person_id),
        accounts=list(linked.accounts),
        switched_off=rule_switches.switched_off(tx, person_id),
        about=[recipient_facts(tx, sealer, recipient) for recipient in met],
        version=linked.facts_version,
    )


def recipient_facts(tx: Connection, sealer: Sealer, recipient: Recipient) -> RecipientFacts:
    """Raises KeyMissing."""
    person_id = recipient.person_id
    return RecipientFacts(
        recipient,
        message_facts.for_addresses(tx, sealer, person_id, recipient.addresses),
        logged.of_recipient(tx, sealer, person_id, recipient.id),
        corrections.of_recipient(tx, person_id, recipient.id),
    )
