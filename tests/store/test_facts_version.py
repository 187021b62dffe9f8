"""The version of what advice rests on: another one after whatever changed that, the same while nothing did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from threading import Event

import pytest
from sqlalchemy import Connection

from app.reading.facts import CorrectionKind, InboundReading
from app.store import accounts, corrections, logged, messages, recipients, rule_switches, sync_jobs
from app.store.corrections import Correction
from app.store.database import Database, settle
from app.store.logged import LoggedTouch
from app.store.sealing import Sealer
from tests.store.letters import ANA, DANA, NOW, Mailbox, link

NORA = "nora@acme.example"
LATER = NOW + timedelta(hours=1)
Step = Callable[[Connection, Sealer, Mailbox, dict[str, str]], object]


def call(person: str, recipient: str, *, name: str = "a call", outcome: str = "no_answer") -> LoggedTouch:
    return LoggedTouch(name, person, recipient, "call", outcome, NOW, NOW)


def said(person: str, recipient: str, *, name: str = "a correction") -> Correction:
    return Correction(name, person, recipient, CorrectionKind.JOB_SEARCH, NOW)


CHANGES: dict[str, Step] = {
    "a letter is sent": lambda tx, by, at, ids: messages.add(tx, by, [at.sent("new")]),
    "a letter comes": lambda tx, by, at, ids: messages.add(tx, by, [at.received("answer", days_ago=1)]),
    "a letter answers one": lambda tx, by, at, ids: messages.add(
        tx, by, [at.received("from elsewhere", sender=NORA, reference_keys=("0123456789abcdef",))]
    ),
    "a newer reader reads it otherwise": lambda tx, by, at, ids: messages.add(
        tx, by, [at.received("first answer", reader_version=2, reading=InboundReading(closure=True))]
    ),
    "a letter moves": lambda tx, by, at, ids: messages.add(tx, by, [at.sent("first", folder="trash")]),
    "a letter is gone": lambda tx, by, at, ids: messages.mark_gone(tx, at.account, ["first"]),
    "a letter turns out to be one's own": lambda tx, by, at, ids: messages.claim_as_own(tx, at.person, [DANA]),
    "somebody is met": lambda tx, by, at, ids: recipients.ensure(tx, by, at.person, {"new@x.example": ""}, NOW),
    "a name is learned": lambda tx, by, at, ids: recipients.ensure(tx, by, at.person, {NORA: "Nora Ash"}, NOW),
    "somebody is renamed": lambda tx, by, at, ids: recipients.rename(tx, by, at.person, ids[DANA], "D. Smith"),
    "a stage is set": lambda tx, by, at, ids: recipients.set_stage(tx, at.person, ids[DANA], "offer"),
    "somebody is muted": lambda tx, by, at, ids: recipients.set_muted(tx, at.person, ids[DANA], NOW),
    "two are one": lambda tx, by, at, ids: recipients.merge(tx, at.person, ids[NORA], ids[DANA]),
    "a call is logged": lambda tx, by, at, ids: logged.add(tx, by, call(at.person, ids[NORA], name="new")),
    "a call was another": lambda tx, by, at, ids: logged.edit(tx, by, call(at.person, ids[DANA], outcome="spoke")),
    "a call is taken back": lambda tx, by, at, ids: logged.delete(tx, at.person, "a call", NOW),
    "something is corrected": lambda tx, by, at, ids: corrections.add(tx, said(at.person, ids[NORA], name="new")),
    "a correction is undone": lambda tx, by, at, ids: corrections.undo(tx, at.person, "a correction", NOW),
    "a rule is switched off": lambda tx, by, at, ids: rule_switches.switch_off(tx, at.person, "too-soon"),
    "a rule is switched on": lambda tx, by, at, ids: rule_switches.switch_on(tx, at.person, "touch-burst"),
    "an alias is found": lambda tx, by, at, ids: accounts.add_addresses(
        tx, at.person, at.account, ["a@b.example"], NOW
    ),
    "a mailbox is unlinked": lambda tx, by, at, ids: accounts.delete(tx, at.person, at.account),
}
LEFT_ALONE: dict[str, Step] = {
    "nothing new came": lambda tx, by, at, ids: accounts.caught_up(tx, at.account, "live", as_of=LATER),
    "the same letter comes by again": lambda tx, by, at, ids: recipients.ensure(tx, by, at.person, {DANA: ""}, NOW),
    "a sync is wanted": lambda tx, by, at, ids: sync_jobs.want(tx, at.account, LATER),
    "somebody else writes": lambda tx, by, at, ids: messages.add(
        tx, by, [link(tx, by, address="b@x.example").sent("b")]
    ),
}


@pytest.fixture
def ana(database: Database, sealer: Sealer) -> tuple[Mailbox, dict[str, str]]:
    with database.write() as tx:
        at = link(tx, sealer, address=ANA)
        messages.add(tx, sealer, [at.sent("first"), at.received("first answer")])
        ids = recipients.ensure(tx, sealer, at.person, {DANA: "", NORA: ""}, NOW)
        logged.add(tx, sealer, call(at.person, ids[DANA]))
        corrections.add(tx, said(at.person, ids[DANA]))
        rule_switches.switch_off(tx, at.person, "touch-burst")
    return at, ids


def version(database: Database, person: str) -> int:
    with database.read() as tx:
        told = accounts.linked(tx, person).facts_version
    assert told is not None
    return told


class TakenBack(Exception):
    """Ends a transaction without a trace."""


def tried(database: Database, step: Step, sealer: Sealer, ana: tuple[Mailbox, dict[str, str]]) -> int | None:
    """The version at the end of a transaction that then is taken back."""
    told = None
    with suppress(TakenBack), database.write() as tx:
        step(tx, sealer, *ana)
        settle(tx)
        told = accounts.linked(tx, ana[0].person).facts_version
        raise TakenBack
    return told


def test_whatever_advice_rests_on_changes_it_and_nothing_else_does(
    database: Database, sealer: Sealer, ana: tuple[Mailbox, dict[str, str]]
) -> None:
    before = version(database, ana[0].person)
    told = {name: tried(database, step, sealer, ana) for name, step in (CHANGES | LEFT_ALONE).items()}
    assert {name for name, after in told.items() if after == before} == set(LEFT_ALONE)
    assert version(database, ana[0].person) == before


def test_no_two_moments_of_a_store_that_changed_have_the_same(
    database: Database, sealer: Sealer, ana: tuple[Mailbox, dict[str, str]]
) -> None:
    seen = [version(database, ana[0].person)]
    for change in CHANGES.values():
        with database.write() as tx:
            change(tx, sealer, *ana)
        seen.append(version(database, ana[0].person))
    changed = [now for before, now in pairwise(seen) if now != before]
    assert len(changed) > len(CHANGES) // 2
    assert len({seen[0], *changed}) == len(changed) + 1


@pytest.mark.postgres
def test_who_logs_a_call_and_who_syncs_do_not_wait_for_each_other(postgresql_url: str, sealer: Sealer) -> None:
    """Each holds what the other asks for next, but for the person's own row, which both take last."""
    database = Database.open(postgresql_url, across_people=True)
    database.migrate()
    with database.write() as tx:
        at = link(tx, sealer)
        dana = recipients.ensure(tx, sealer, at.person, {DANA: ""}, NOW)[DANA]
    logged_one, added_one = Event(), Event()

    def log() -> None:
        with database.write() as tx:
            logged.add(tx, sealer, call(at.person, dana))
            logged_one.set()
            assert added_one.wait(5)

    def sync() -> None:
        with database.write() as tx:
            messages.add(tx, sealer, [at.sent("new")])
            added_one.set()
            assert logged_one.wait(5)
            recipients.rename(tx, sealer, at.person, dana, "Dana Smith")

    with ThreadPoolExecutor(2) as both:
        for one in (both.submit(log), both.submit(sync)):
            one.result()
    with database.read() as tx:
        assert len(messages.of_person(tx, sealer, at.person)) == len(logged.of_person(tx, sealer, at.person)) == 1
    database.close()
