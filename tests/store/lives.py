"""A whole life in the store: something of one person in every table."""

from dataclasses import replace
from datetime import date

from app.cadence.thread import Promise
from app.reading.facts import CorrectionKind, InboundReading
from app.store import (
    accounts,
    audit,
    corrections,
    dead_letters,
    devices,
    link_flows,
    logged,
    messages,
    recipients,
    rule_switches,
    sign_ins,
    sync_jobs,
)
from app.store.corrections import Correction
from app.store.database import Database
from app.store.devices import Device
from app.store.ids import new_id
from app.store.link_flows import LinkFlow
from app.store.logged import LoggedTouch
from app.store.sealing import Sealer
from tests.store.letters import NOW, Mailbox, key_of, link

PROMISE = Promise(date(2026, 11, 27), None)


def live(database: Database, sealer: Sealer, address: str, canary: str, *, letters: int = 3) -> Mailbox:
    """A person with something in every table; every word of theirs holds the canary."""
    with database.write(durable=True) as tx:
        mailbox = link(tx, sealer, address=address)
        person, account = mailbox.person, mailbox.account
        sender = f"{canary}@acme.example"
        reading = InboundReading(promise=replace(PROMISE, quote=f"{canary} weeks"), question=f"{canary}?")
        messages.add(
            tx,
            sealer,
            [
                one
                for number in range(letters)
                for one in (
                    mailbox.sent(
                        f"{canary}-out-{number}",
                        to=sender,
                        reference_keys=(key_of(canary),),
                        provider_thread_id=f"{number:016x}",
                        link=f"https://mail.example/#all/{number:016x}",
                    ),
                    mailbox.received(f"{canary}-in-{number}", sender=sender, sender_name=canary, reading=reading),
                )
            ],
        )
        (dana,) = recipients.ensure(tx, sealer, person, {sender: f"Dana {canary}"}, NOW).values()
        touch = LoggedTouch(new_id(), person, dana, "call", "spoke", NOW, NOW, note_promise=f"{canary} Friday")
        logged.add(tx, sealer, touch)
        corrections.add(tx, Correction(new_id(), person, dana, CorrectionKind.NOT_A_TOUCH, NOW, f"{canary}.1"))
        accounts.save_progress(tx, sealer, account, cursor=f"{canary}-cursor", done=1, total=2, newest=NOW)
        link_flows.add(tx, sealer, LinkFlow(person, "google", {"state": canary}, NOW), state_hash=new_id())
        devices.add(tx, Device(new_id(), person, f"{canary} laptop", NOW, None, NOW), token_hash=new_id())
        sign_ins.add_link(tx, new_id(), person, expires_at=NOW)
        sign_ins.add_session(tx, new_id(), person, created_at=NOW, expires_at=NOW)
        dead_letters.record(tx, account, f"{canary}-poison", "ValueError", 1, NOW)
        rule_switches.switch_off(tx, person, f"{canary}-rule")
        audit.record(tx, person, NOW, f"{canary}-linked", account)
        sync_jobs.want(tx, account, NOW)
    return mailbox
