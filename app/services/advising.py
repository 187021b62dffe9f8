"""Advice while composing: recipients and signals in, the most severe verdict out, with its evidence and its proof."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from app.cadence.cadence import Cadence, measure
from app.cadence.calling import CallAdvice, call_advice
from app.cadence.counting import PHONE
from app.cadence.judge import HEADLINE_LENGTH, weigh
from app.cadence.odds import PastStreak, odds
from app.cadence.state import state_from
from app.cadence.thread import Channel, Draft, Signals, Thread, Touch
from app.cadence.verdict import Level, Verdict, Warning
from app.reading.matters import speaks_of_a_job
from app.reading.people import same_company
from app.reading.second_doors import open_beside
from app.services.coverage import Coverage, coverage_of
from app.services.freshness import Wanted, fresh_facts
from app.services.parts import Parts
from app.services.shelf import Dossier
from app.services.threads import dossier
from app.services.unread import is_unread, same_whatever_they_say
from app.store import colleagues, messages
from app.store.accounts import Linked
from app.store.advice_facts import AdviceFacts, RecipientFacts
from app.store.recipients import Recipient

COLLEAGUES_WITHIN = timedelta(days=30)
"""Before today: longer than any stage waits after a touch, so that no second door inside a wait is missed."""


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
    """`odds` is a band, `odds_words` the same as a natural frequency, `odds_basis` what it rests on."""

    id: str
    address: str
    unanswered: int
    last_touch_at: datetime | None
    last_reply_at: datetime | None
    stage: str | None
    state: str
    odds: str | None
    odds_words: str | None = None
    odds_basis: str | None = None


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
class _Met:
    """Whom the draft may go to, with the colleagues in whose threads something may wait, and what does.

    `has_unread` says that letters count of which only the time is known.
    """

    dossier: Dossier
    colleagues: tuple[Dossier, ...]
    waiting: tuple[Touch, ...]
    has_unread: bool
    _shown: dict[str, Evidence | None] = field(default_factory=dict, compare=False)

    def shown(self, key: str) -> Evidence | None:
        """What is shown leads to where it lies: a colleague's call into the colleague's history."""
        if key not in self._shown:
            found = (evidence_of(of, key) for of in (self.dossier, *self.colleagues))
            self._shown[key] = next((each for each in found if each), None)
        return self._shown[key]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Those the person wrote to, and those who only wrote or for whose colleagues something waits."""

    about: tuple[_Met, ...]
    newcomers: tuple[_Met, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    """The evidence of a second door may point at letters and calls of those met beside."""

    met: _Met
    cadence: Cadence
    verdict: Verdict

    @property
    def dossier(self) -> Dossier:
        return self.met.dossier


@dataclass(frozen=True, slots=True)
class _Around:
    """What bears on every recipient alike: the draft, the moment, the person's country, rules not to be heard."""

    question: Question
    now: datetime
    country: str | None
    switched_off: frozenset[str]


async def advise(
    parts: Parts, person_id: str, question: Question, now: datetime, *, linked: Linked | None = None
) -> Advice:
    """One verdict for the whole draft; `unknown` with the reason whenever silence could not be proven.

    `linked` spares a read to who looked a moment ago.
    """

    def around(facts: AdviceFacts) -> tuple[_Seen, _Around]:
        seen = _seen(parts, person_id, question, facts, now)
        return seen, _Around(question, now, parts.country, facts.switched_off)

    def holds(facts: AdviceFacts) -> bool:
        seen, with_these = around(facts)
        return all(_holds(each, with_these) for each in seen.about)

    wanted = Wanted(person_id, (*question.to, *question.others), question.provider_thread_id, linked)
    fresh = await fresh_facts(parts, wanted, now, holds=holds)
    facts = fresh.facts
    coverage = coverage_of(facts.accounts, now, poll_seconds=parts.settings.poll_seconds, probed=fresh.probed)
    if question.account and facts.accounts and question.account not in facts.own:
        return _unknown(f"{question.account} is not linked, so there is nothing to go by.", "none", coverage.as_of)
    seen, with_these = around(facts)
    judged = [_judged(each, with_these) for each in seen.about]
    told = _recipients(judged, parts.shelf.streaks(person_id), now)
    judged += [_judged(each, with_these) for each in seen.newcomers]
    if not coverage.allows_verdict:
        return _unknown(coverage.why, coverage.name, coverage.as_of, told)
    return _answer(judged, question, coverage, told)


def _seen(parts: Parts, person_id: str, question: Question, facts: AdviceFacts, now: datetime) -> _Seen:
    """Looked for once as long as the facts and the day are the same."""
    since = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - COLLEAGUES_WITHIN
    asked, by_phone = (*question.to, *question.others), question.channel in PHONE

    def find() -> _Seen:
        beside = _beside(parts, person_id, asked, facts, since)
        newcomers = _newcomers(parts, person_id, asked, facts, all_of_them=by_phone or bool(beside))
        about = [dossier(each) for each in facts.about]
        return _Seen(tuple(_met(each, beside) for each in about), tuple(_met(each, beside) for each in newcomers))

    return parts.shelf.looks.of(person_id, ("seen", asked, since, by_phone), facts.version, find)


def _met(of: Dossier, beside: Sequence[Dossier]) -> _Met:
    theirs = of.recipient.addresses
    others = tuple(each for each in beside if same_company(each.recipient.address, theirs))
    waiting = open_beside(theirs, of.thread, [each.thread for each in others])
    return _Met(of, others, waiting, any(map(is_unread, of.messages)))


def _newcomers(
    parts: Parts, person_id: str, asked: Sequence[str], facts: AdviceFacts, *, all_of_them: bool
) -> tuple[Dossier, ...]:
    """Addresses never written to that wrote about a job, are to be called, or lie at a company where something waits.

    Any other address never seen is clear.
    """
    known = {address for each in facts.about for address in each.recipient.addresses}.union(facts.own)
    fresh = [address for address in asked if address not in known]
    with parts.database.read() as tx:
        heard = [messages.for_addresses(tx, parts.sealer, person_id, (address,)) for address in fresh]
    return tuple(
        dossier(RecipientFacts(Recipient("", person_id, (address,)), mail, [], []))
        for address, mail in zip(fresh, heard, strict=True)
        if all_of_them or speaks_of_a_job(message.fact.reading for message in mail)
    )


def _beside(
    parts: Parts, person_id: str, asked: Sequence[str], facts: AdviceFacts, since: datetime
) -> tuple[Dossier, ...]:
    theirs = {address for each in facts.about for address in each.recipient.addresses}
    with parts.database.read() as tx:
        found = colleagues.waiting(tx, parts.sealer, person_id, theirs.union(asked), own=facts.own, since=since)
    return tuple(dossier(each) for each in found)


def _judged(met: _Met, around: _Around) -> _Judged:
    of, question = met.dossier, around.question
    cadence = measure(of.thread, around.now, zone=question.zone, country=around.country)
    if of.recipient.muted_at is not None:
        return _Judged(met, cadence, Verdict(Level.CLEAR, reason="You asked for quiet about this recipient."))
    draft = Draft(question.channel, question.to, question.signals, in_reply=_in_reply(of, question))
    return _Judged(met, cadence, weigh(cadence, draft, switched_off=around.switched_off, nearby=met.waiting))


def _holds(met: _Met, around: _Around) -> bool:
    """Whether level and state are the same whatever letters that were not read yet turn out to say."""
    if not met.has_unread:
        return True

    def told(thread: Thread) -> object:
        judged = _judged(_with_thread(met, thread), around)
        return judged.verdict.level, state_from(judged.cadence).name

    return same_whatever_they_say(met.dossier.thread, around.now, told)


def _with_thread(met: _Met, thread: Thread) -> _Met:
    of = replace(met.dossier, thread=thread)
    return _met(of, met.colleagues)


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
    return Advice(
        level=verdict.level.value,
        headline=_named(verdict.headline, worst, several=len(judged) > 1),
        next_good_date=verdict.next_good_date,
        warnings=tuple(_warning(warning, worst.met) for warning in verdict.warnings),
        recipients=told,
        as_of=coverage.as_of,
        coverage=coverage.name,
        history_url=f"/history/{worst.dossier.recipient.id}" if worst.dossier.recipient.id else None,
        call=call_advice(worst.cadence) if question.channel in PHONE else None,
    )


def _named(headline: str, worst: _Judged, *, several: bool) -> str:
    """With several recipients the headline says whom it is about, as far as there is room."""
    if not several or not headline:
        return headline
    named = f"{worst.dossier.recipient.address}: {headline}"
    return named if len(named) <= HEADLINE_LENGTH else headline


def _warning(warning: Warning, met: _Met) -> AdvisedWarning:
    evidence = [met.shown(key) for key in warning.evidence]
    return AdvisedWarning(
        rule=warning.rule,
        level=warning.level.value,
        message=warning.message,
        instead=warning.instead,
        evidence=tuple(each for each in evidence if each),
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
    """The silence that is asked about is no ground for its own odds, and a stage nobody read of is none either."""
    recipient, cadence = each.dossier.recipient, each.cadence
    past = [streak for streak in streaks if streak.answered or streak.recipient != cadence.thread.recipient]
    chances = None if _stage_unread(each) else odds(cadence, now, past)
    return AdvisedRecipient(
        id=recipient.id,
        address=recipient.address,
        unanswered=cadence.unanswered,
        last_touch_at=cadence.last_sent.at if cadence.last_sent else None,
        last_reply_at=cadence.last_reply.at if cadence.last_reply else None,
        stage=None if _stage_unread(each) else cadence.stage.value,
        state="muted" if recipient.muted_at or not cadence.thread.job_contact else state_from(cadence).name.value,
        odds=chances.band if chances else None,
        odds_words=chances.words if chances else None,
        odds_basis=chances.basis if chances else None,
    )


def _stage_unread(each: _Judged) -> bool:
    """Whether the stage is only what is assumed of letters that nobody has read yet."""
    thread = each.dossier.thread
    return each.met.has_unread and not thread.stage and not thread.cues


def _unknown(why: str, coverage: str, as_of: datetime | None, recipients: tuple[AdvisedRecipient, ...] = ()) -> Advice:
    return Advice("unknown", why[:HEADLINE_LENGTH], None, (), recipients, as_of, coverage, None)
