"""Advice while composing: recipients and signals in, the most severe verdict out, with its evidence and its proof."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.cadence.cadence import Cadence, measure
from app.cadence.calling import CallAdvice, call_advice
from app.cadence.judge import HEADLINE_LENGTH, weigh
from app.cadence.odds import PastStreak, odds
from app.cadence.state import state_from
from app.cadence.thread import Channel, Draft, Signals, Touch
from app.cadence.verdict import Level, Verdict, Warning
from app.services.coverage import Coverage, coverage_of
from app.services.parts import WORK, Parts
from app.services.probing import probe, worth_probing
from app.services.shelf import Dossier
from app.services.threads import dossier
from app.store import accounts, colleagues, sync_jobs
from app.store.accounts import Account
from app.store.advice_facts import AdviceFacts, RecipientFacts, advice_facts
from app.store.errors import StoreUnavailable
from app.store.messages import StoredMessage

FRESH_ENOUGH = timedelta(seconds=15)
COLLEAGUES_WITHIN = timedelta(days=30)
"""Longer than any stage waits after a touch, so that no second door inside a wait is missed."""
READ_THROUGH_SECONDS = 1.5
WORKING = frozenset({"live", "degraded"})


@dataclass(frozen=True, slots=True)
class Question:
    """What the compose window shows. Addresses are lower case; `zone` is an IANA name."""

    channel: Channel
    to: tuple[str, ...]
    others: tuple[str, ...] = ()
    account: str | None = None
    provider: str | None = None
    provider_thread_id: str | None = None
    signals: Signals | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Evidence:
    key: str
    at: datetime
    channel: str
    direction: str
    subject: str
    link: str


@dataclass(frozen=True, slots=True)
class AdvisedWarning:
    rule: str
    level: str
    message: str
    instead: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class AdvisedRecipient:
    id: str
    address: str
    unanswered: int
    last_touch_at: datetime | None
    last_reply_at: datetime | None
    stage: str | None
    state: str
    odds: str | None


@dataclass(frozen=True, slots=True)
class Advice:
    level: str
    headline: str
    next_good_date: date | None
    warnings: tuple[AdvisedWarning, ...]
    recipients: tuple[AdvisedRecipient, ...]
    as_of: datetime | None
    coverage: str
    history_url: str | None
    call: CallAdvice | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    dossier: Dossier
    cadence: Cadence
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Around:
    """What bears on every recipient alike: rules not to be heard, and a letter that waits at a colleague of theirs."""

    switched_off: frozenset[str]
    beside: StoredMessage | None


async def advise(parts: Parts, person_id: str, question: Question, now: datetime) -> Advice:
    """One verdict for the whole draft; `unknown` with the reason whenever silence could not be proven."""
    facts, probed = await _facts(parts, person_id, question, now)
    coverage = coverage_of(facts.accounts, now, poll_seconds=parts.settings.poll_seconds, probed=probed)
    if question.account and facts.accounts and question.account not in facts.own:
        return _unknown(f"{question.account} is not linked, so there is nothing to go by.", "none", coverage.as_of)
    around = _Around(facts.switched_off, _beside(parts, person_id, question, facts, now))
    judged = [_judged(parts, each, question, around, now) for each in facts.about]
    told = _recipients(judged, parts.shelf.streaks(person_id), now)
    if not coverage.allows_verdict:
        return _unknown(coverage.why, coverage.name, coverage.as_of, told)
    return _answer(judged, question, coverage, told)


async def _facts(parts: Parts, person_id: str, question: Question, now: datetime) -> tuple[AdviceFacts, frozenset[str]]:
    """What the store knows, and which unread mailboxes were asked about the recipients just now.

    Mailboxes that were not looked at a moment ago are synced first, unread ones probed, both within their budget.
    """
    facts = _stored(parts, person_id, question)
    stale = [account.id for account in facts.accounts if _worth_a_look(account, now)]
    unread = [account for account in facts.accounts if worth_probing(account)]
    if not stale and not unread:
        return facts, frozenset()
    addresses = (*question.to, *question.others)
    probed, _ = await asyncio.gather(
        probe(parts, unread, addresses, now, within=READ_THROUGH_SECONDS),
        _read_through(parts, person_id, stale, now),
    )
    return _stored(parts, person_id, question), probed


def _stored(parts: Parts, person_id: str, question: Question) -> AdviceFacts:
    with parts.database.read() as tx:
        return advice_facts(tx, parts.sealer, person_id, (*question.to, *question.others))


async def _read_through(parts: Parts, person_id: str, stale: Sequence[str], now: datetime) -> None:
    if not stale:
        return
    try:
        with parts.database.write() as tx:
            for account_id in stale:
                sync_jobs.want(tx, account_id, now)
    except StoreUnavailable:
        return  # a full disk stops no answer; what is stale is called stale
    parts.announcer.tell(WORK)
    await parts.announcer.until(
        person_id, lambda: _all_seen_since(_accounts(parts, person_id), stale, now), within=READ_THROUGH_SECONDS
    )


def _worth_a_look(account: Account, now: datetime) -> bool:
    return account.state in WORKING and (account.as_of is None or now - account.as_of > FRESH_ENOUGH)


def _all_seen_since(linked: Sequence[Account], wanted: Sequence[str], now: datetime) -> bool:
    asked = [account for account in linked if account.id in wanted]
    return all(
        account.state not in WORKING or (account.as_of is not None and account.as_of >= now) for account in asked
    )


def _accounts(parts: Parts, person_id: str) -> list[Account]:
    with parts.database.read() as tx:
        return accounts.of_person(tx, person_id)


def _beside(
    parts: Parts, person_id: str, question: Question, facts: AdviceFacts, now: datetime
) -> StoredMessage | None:
    theirs = {address for each in facts.about for address in each.recipient.addresses}
    asked, since = theirs.union(question.to, question.others), now - COLLEAGUES_WITHIN
    with parts.database.read() as tx:
        return colleagues.newest_open(tx, parts.sealer, person_id, asked, own=facts.own, since=since)


def _judged(parts: Parts, facts: RecipientFacts, question: Question, around: _Around, now: datetime) -> _Judged:
    of = dossier(parts, facts)
    cadence = measure(of.thread, now, zone=question.zone, country=parts.country)
    if facts.recipient.muted_at is not None:
        return _Judged(of, cadence, Verdict(Level.CLEAR, reason="You asked for quiet about this recipient."))
    draft = Draft(question.channel, question.to, question.signals, in_reply=_in_reply(of, question))
    nearby = (_touch(around.beside),) if around.beside else ()
    verdict = weigh(cadence, draft, switched_off=around.switched_off, nearby=nearby)
    shown = {around.beside.fact.key: around.beside, **of.messages} if around.beside else of.messages
    return _Judged(replace(of, messages=shown), cadence, verdict)


def _touch(sent: StoredMessage) -> Touch:
    return Touch(sent.fact.key, sent.fact.at, Channel.EMAIL, sent.fact.people)


def _in_reply(of: Dossier, question: Question) -> bool:
    """Whether the draft sits in the provider thread of their newest message."""
    if question.provider_thread_id is None or not of.thread.replies:
        return False
    newest = of.messages.get(of.thread.replies[-1].key)
    return newest is not None and newest.fact.thread_key.endswith(question.provider_thread_id)


def _answer(
    judged: Sequence[_Judged], question: Question, coverage: Coverage, told: tuple[AdvisedRecipient, ...]
) -> Advice:
    worst = max(judged, key=lambda each: each.verdict.level.severity, default=None)
    if worst is None:
        return Advice("clear", "", None, (), (), coverage.as_of, coverage.name, None)
    verdict = worst.verdict
    phone = question.channel in {Channel.CALL, Channel.VOICEMAIL}
    return Advice(
        level=verdict.level.value,
        headline=_named(verdict.headline, worst, several=len(judged) > 1),
        next_good_date=verdict.next_good_date,
        warnings=tuple(_warning(warning, worst.dossier) for warning in verdict.warnings),
        recipients=told,
        as_of=coverage.as_of,
        coverage=coverage.name,
        history_url=f"/history/{worst.dossier.recipient.id}",
        call=call_advice(worst.cadence) if phone else None,
    )


def _named(headline: str, worst: _Judged, *, several: bool) -> str:
    """With several recipients the headline says whom it is about, as far as there is room."""
    if not several or not headline:
        return headline
    named = f"{worst.dossier.recipient.address}: {headline}"
    return named if len(named) <= HEADLINE_LENGTH else headline


def _warning(warning: Warning, of: Dossier) -> AdvisedWarning:
    return AdvisedWarning(
        rule=warning.rule,
        level=warning.level.value,
        message=warning.message,
        instead=warning.instead,
        evidence=tuple(evidence for key in warning.evidence if (evidence := evidence_of(of, key))),
    )


def evidence_of(of: Dossier, key: str) -> Evidence | None:
    """What an evidence key points at, ready to be shown; None for a key that stands for no single message."""
    if message := of.messages.get(key):
        direction = "out" if message.fact.outbound else "in"
        return Evidence(key, message.fact.at, "email", direction, message.subject, message.link)
    if touch := of.logged.get(key):
        return Evidence(key, touch.at, touch.channel, "out", "", f"/history/{of.recipient.id}#{key}")
    return None


def _recipients(
    judged: Sequence[_Judged], streaks: Sequence[PastStreak], now: datetime
) -> tuple[AdvisedRecipient, ...]:
    return tuple(_recipient(each, streaks, now) for each in judged)


def _recipient(each: _Judged, streaks: Sequence[PastStreak], now: datetime) -> AdvisedRecipient:
    """The silence that is asked about is no ground for its own odds."""
    recipient, cadence = each.dossier.recipient, each.cadence
    past = [streak for streak in streaks if streak.answered or streak.recipient != cadence.thread.recipient]
    chances = odds(cadence, now, past)
    return AdvisedRecipient(
        id=recipient.id,
        address=recipient.address,
        unanswered=cadence.unanswered,
        last_touch_at=cadence.last_sent.at if cadence.last_sent else None,
        last_reply_at=cadence.last_reply.at if cadence.last_reply else None,
        stage=cadence.stage.value,
        state="muted" if recipient.muted_at or not cadence.thread.job_contact else state_from(cadence).name.value,
        odds=chances.band if chances else None,
    )


def _unknown(why: str, coverage: str, as_of: datetime | None, recipients: tuple[AdvisedRecipient, ...] = ()) -> Advice:
    return Advice("unknown", why[:HEADLINE_LENGTH], None, (), recipients, as_of, coverage, None)
