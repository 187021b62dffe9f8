"""Letters between Ana and invented recruiters, as the store takes them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from app.reading.facts import InboundReading, OutboundReading
from app.store import accounts, people
from app.store.messages import NewMessage
from app.store.sealing import Sealer
from connectors.contract import Grant

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
ANA = "ana@example.com"
DANA = "dana@acme.example"


def key_of(name: str) -> str:
    """The message key of an invented Message-ID."""
    return sha256(name.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person with one linked mailbox."""

    person: str
    account: str

    def sent(self, name: str, *, to: str = DANA, days_ago: int = 0, **more: object) -> NewMessage:
        return self._letter(name, ANA, True, OutboundReading(), to, days_ago, more)

    def received(self, name: str, *, sender: str = DANA, days_ago: int = 0, **more: object) -> NewMessage:
        return self._letter(name, sender, False, InboundReading(), ANA, days_ago, more)

    def _letter(
        self,
        name: str,
        sender: str,
        outbound: bool,
        reading: InboundReading | OutboundReading,
        to: str,
        days_ago: int,
        more: dict[str, object],
    ) -> NewMessage:
        told: dict[str, object] = {
            "provider_thread_id": f"thread of {name}",
            "reading": reading,
            "reader_version": 1,
            "people": (("to", to, ""),),
            "subject": f"About {name}",
            "link": f"https://mail.example/{name}",
        }
        return NewMessage(
            person_id=self.person,
            account_id=self.account,
            provider_message_id=name,
            message_key=key_of(name),
            at=NOW - timedelta(days=days_ago),
            outbound=outbound,
            sender=sender,
            **(told | more),  # type: ignore[arg-type]
        )


def grant(subject: str = "ana", secret: str = "refresh-1", address: str = ANA) -> Grant:
    return Grant(subject, address, secret, frozenset({"openid", "gmail.readonly"}))


def link(tx: Connection, sealer: Sealer, *, address: str = ANA) -> Mailbox:
    """A new person with a linked Gmail mailbox."""
    person = people.add(tx, NOW)
    account = accounts.link(
        tx, sealer, person_id=person, provider="google", grant=grant(address, address=address), now=NOW
    )
    accounts.add_addresses(tx, person, account, [address], NOW)
    return Mailbox(person, account)
