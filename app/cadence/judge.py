"""Judges a draft against a thread: which rules speak, how loudly, and the one next good date."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.cadence import policy
from app.cadence.cadence import Cadence, measure, next_good_date
from app.cadence.rules.book import RULES
from app.cadence.rules.case import Case, Finding, Rule
from app.cadence.rules.exemptions import exempt
from app.cadence.thread import Draft, Reply, Thread, Touch
from app.cadence.verdict import Level, Verdict, Warning
from app.cadence.wording import on, shortened, wait_until

HEADLINE_LENGTH = 140
MOST_WARNINGS = 3
_BY_SEVERITY = (Level.CLEAR, Level.NOTE, Level.CAUTION, Level.HOLD, Level.STOP)


def judge(
    thread: Thread,
    draft: Draft,
    now: datetime,
    *,
    zone: str = "UTC",
    country: str | None = None,
    switched_off: Collection[str] = frozenset(),
    nearby: tuple[Touch, ...] = (),
) -> Verdict:
    """The verdict on sending `draft` at `now`.

    `zone` (IANA) and `country` (ISO 3166) are the person's, for recipients whose own are unknown.
    `switched_off` holds rule ids the person does not want to hear. `nearby` are unanswered touches to other
    people of the same company. With `draft.signals` None the draft is judged on cadence alone. A recipient
    with no history is clear unless the tone speaks. `next_good_date` is None when clear and when today will
    do or no day will. Raises ValueError for a naive `now` or a zone that does not exist.
    """
    return weigh(measure(thread, now, zone=zone, country=country), draft, switched_off=switched_off, nearby=nearby)


def weigh(
    cadence: Cadence,
    draft: Draft,
    *,
    switched_off: Collection[str] = frozenset(),
    nearby: tuple[Touch, ...] = (),
) -> Verdict:
    """The same for a cadence that was measured already.

    Where a colleague's mail elsewhere may be the answer, at most a note is made of what that answer would settle.
    """
    verdict = _weighed(cadence, draft, switched_off, nearby)
    if not cadence.thread.hints or verdict.level.severity <= Level.NOTE.severity:
        return verdict
    hints = tuple(hint for hint in cadence.thread.hints if hint.at <= cadence.now)
    if not hints:
        return verdict
    settled = _weighed(_as_if_answered(cadence, hints), draft, switched_off, nearby)
    if settled.level.severity >= verdict.level.severity:
        return verdict
    return settled if settled.level.severity > Level.NOTE.severity else _asked(verdict, hints[-1], cadence)


def _as_if_answered(cadence: Cadence, hints: tuple[Reply, ...]) -> Cadence:
    replies = sorted((*cadence.thread.replies, *hints), key=lambda reply: (reply.at, reply.key))
    thread = replace(cadence.thread, replies=tuple(replies), hints=())
    return measure(thread, cadence.now, zone=cadence.calendar.zone.key, country=cadence.calendar.country)


def _asked(verdict: Verdict, hint: Reply, cadence: Cadence) -> Verdict:
    """The verdict as a note that names the mail and leaves it to the person what it was."""
    message = f"{shortened(hint.sender, 40)} wrote on {on(cadence, hint.at)} in another thread."
    instead = "If that was the answer, say so and nothing waits."
    noted = tuple(replace(warning, level=Level.NOTE) for warning in verdict.warnings)
    first = replace(noted[0], message=message, instead=instead, evidence=(*noted[0].evidence, hint.key))
    return replace(verdict, level=Level.NOTE, headline=f"{message} {instead}", warnings=(first, *noted[1:]))


def _weighed(cadence: Cadence, draft: Draft, switched_off: Collection[str], nearby: tuple[Touch, ...]) -> Verdict:
    if not cadence.thread.job_contact:
        return Verdict(Level.CLEAR, stage=cadence.stage, reason="This is not about a job.")
    next_date = next_good_date(cadence, draft.channel, nearby=nearby)
    later = next_date if next_date and next_date > cadence.today else None
    case = Case(cadence, draft, later, nearby)
    reason = exempt(case)
    found = _findings(case, switched_off, silent=reason is not None)
    if not found:
        return Verdict(Level.CLEAR, stage=cadence.stage, reason=reason or _why_clear(cadence))
    rule, top = found[0]
    if rule.sleep_on_it and next_date and later is None:
        later = cadence.calendar.good_day(cadence.today + timedelta(days=1))
    return Verdict(
        level=top.level,
        headline=_headline(top, later),
        warnings=tuple(_warning(rule, finding) for rule, finding in found),
        next_good_date=later,
        stage=cadence.stage,
        reason=reason or "",
    )


def _findings(case: Case, switched_off: Collection[str], *, silent: bool) -> list[tuple[Rule, Finding]]:
    """What is told: the first finding of the highest level, then the others in the order of precedence.

    Rules are asked in that order, and no further once no later one could be told. What a finding as severe covers is
    left out: no room of the three is spent on the same thing in other words.
    """
    found: list[tuple[Rule, Finding]] = []
    said: dict[str, int] = {}
    top = -1
    for rule in RULES:
        if len(found) >= MOST_WARNINGS and rule.loudest <= top:
            continue
        if (silent and rule.yields) or rule.id in switched_off:
            continue
        covered = -1 if rule.covered_by.isdisjoint(said) else max(said.get(each, -1) for each in rule.covered_by)
        if covered >= rule.loudest:
            continue
        finding = rule.find(case)
        if finding and rule.softens:
            finding = _softened(finding, case, firm=rule.firm)
        if finding is None or covered >= (severity := finding.level.severity):
            continue
        found.append((rule, finding))
        said[rule.id] = severity
        top = max(top, severity)
    first = next((place for place, (_, finding) in enumerate(found) if finding.level.severity == top), 0)
    return [*found[first : first + 1], *found[:first], *found[first + 1 :]][:MOST_WARNINGS]


def _softened(finding: Finding, case: Case, *, firm: bool) -> Finding | None:
    """Value lowers a finding, never below a note once too many are out, and not at all far beyond that.

    A `firm` finding yields to value that is shown, and not to one that is only guessed.
    """
    score = case.shown_value if firm else case.value
    if score < policy.VALUE_ONE_STEP or case.cadence.beyond_help:
        return finding
    steps = 2 if score >= policy.VALUE_TWO_STEPS else 1
    floor = Level.NOTE.severity if case.cadence.too_many else Level.CLEAR.severity
    level = _BY_SEVERITY[max(floor, finding.level.severity - steps)]
    return finding._replace(level=level) if level is not Level.CLEAR else None


def _headline(finding: Finding, next_date: date | None) -> str:
    """Fact, date, way forward, as much of it as fits."""
    for rest in (finding.instead, wait_until(next_date)):
        whole = f"{finding.message} {rest}".strip()
        if len(whole) <= HEADLINE_LENGTH:
            return whole
    return finding.message


def _warning(rule: Rule, finding: Finding) -> Warning:
    return Warning(rule.id, finding.level, finding.message, finding.instead, finding.evidence)


def _why_clear(cadence: Cadence) -> str:
    if cadence.is_new:
        return "You have not written to them before."
    return "It is time, if you have something to say." if cadence.streak else "Nothing is waiting for an answer."
