"""Judges a draft against a thread: which rules speak, how loudly, and the one next good date."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from app.cadence import policy
from app.cadence.cadence import Cadence, measure, next_good_date
from app.cadence.rules.book import RULES
from app.cadence.rules.case import Case, Finding, Rule
from app.cadence.rules.exemptions import exempt
from app.cadence.thread import Draft, Thread, Touch
from app.cadence.verdict import Level, Verdict, Warning
from app.cadence.wording import wait_until

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
    """The same for a cadence that was measured already."""
    if not cadence.thread.job_contact:
        return Verdict(Level.CLEAR, stage=cadence.stage, reason="This is not about a job.")
    next_date = next_good_date(cadence, draft.channel)
    later = next_date if next_date and next_date > cadence.today else None
    case = Case(cadence, draft, later, nearby)
    reason = exempt(case)
    found = _findings(case, switched_off, silent=reason is not None)
    if not found:
        return Verdict(Level.CLEAR, stage=cadence.stage, reason=reason or _why_clear(cadence))
    top = found[0][1]
    return Verdict(
        level=top.level,
        headline=_headline(top, later),
        warnings=tuple(_warning(rule, finding) for rule, finding in found),
        next_good_date=later,
        stage=cadence.stage,
        reason=reason or "",
    )


def _findings(case: Case, switched_off: Collection[str], *, silent: bool) -> list[tuple[Rule, Finding]]:
    """What the rules say, the most severe first and by rank within a level, as far as it is shown."""
    found: list[tuple[Rule, Finding]] = []
    bar = Level.UNKNOWN.severity
    for rule in RULES:
        if rule.loudest <= bar or (silent and rule.yields) or rule.id in switched_off:
            continue
        finding = rule.find(case)
        if finding and rule.softens:
            finding = _softened(finding, case)
        if finding:
            found = sorted([*found, (rule, finding)], key=_quietness)[:MOST_WARNINGS]
            bar = _quietest_shown(found)
    return found


def _quietness(pair: tuple[Rule, Finding]) -> int:
    return -pair[1].level.severity


def _quietest_shown(found: list[tuple[Rule, Finding]]) -> int:
    """The severity that has to be passed to be shown: a rule that cannot reach more need not be asked."""
    return found[-1][1].level.severity if len(found) == MOST_WARNINGS else Level.UNKNOWN.severity


def _softened(finding: Finding, case: Case) -> Finding | None:
    """Value lowers a finding, never below a note once too many are out, and not at all far beyond that."""
    score = case.signals.value_score
    if score < policy.VALUE_ONE_STEP or case.cadence.beyond_help:
        return finding
    steps = 2 if score >= policy.VALUE_TWO_STEPS else 1
    floor = Level.NOTE.severity if case.cadence.too_many else Level.CLEAR.severity
    level = _BY_SEVERITY[max(floor, finding.level.severity - steps)]
    return replace(finding, level=level) if level is not Level.CLEAR else None


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
