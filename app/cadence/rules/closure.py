"""Rules about endings: a thread they closed, and a wish not to be written or called."""

from app.cadence import policy
from app.cadence.rules.case import Case, Finding, Rule, keys
from app.cadence.standing import Closure
from app.cadence.thread import Touch
from app.cadence.verdict import Level
from app.cadence.wording import day, on

_OTHER_DOOR = "Spend the hour on another door."


def after_rejection(case: Case) -> Finding | None:
    closure = case.cadence.closure
    if closure is None or not closure.by_them or case.cadence.today >= closure.reopens:
        return None
    later = tuple(touch for touch in case.cadence.sent if touch.at > closure.at and touch.delivered)
    if _is_fitting(case, closure, later):
        return None
    return Finding(_how_far(case, later), _said(case, closure, later), _instead(later), (closure.key, *keys(later)))


def no_contact_request(case: Case) -> Finding | None:
    refusal = case.cadence.refusal
    if refusal is None or (refusal.scope == "phone" and not case.by_phone):
        return None
    asked_on = on(case.cadence, refusal.at)
    if refusal.scope == "phone":
        return Finding(Level.HOLD, f"They asked on {asked_on} not to be called.", "Write instead.", (refusal.key,))
    until = f" before {day(refusal.until)}" if refusal.until else ""
    return Finding(Level.STOP, f"They asked on {asked_on} for no mail or calls{until}.", _OTHER_DOOR, (refusal.key,))


def _is_fitting(case: Case, closure: Closure, later: tuple[Touch, ...]) -> bool:
    """One thank-you within days, a new opening, or the practical end of things."""
    signals = case.signals
    if signals.annoyed or signals.threat:
        return False
    if signals.new_opportunity or signals.withdrawal or signals.logistics:
        return not signals.argues
    gracious = signals.thanks and not (signals.argues or signals.empty)
    return gracious and not later and case.cadence.days_since(closure.at) <= policy.GRACIOUS_REPLY


def _how_far(case: Case, later: tuple[Touch, ...]) -> Level:
    """A second argument against the same no goes as far as a third message of any kind."""
    signals = case.signals
    argued = signals.argues and any(touch.signals.argues or touch.signals.annoyed for touch in later)
    hostile = signals.threat or (signals.annoyed and not signals.barely_annoyed)
    if hostile or argued or len(later) >= policy.AFTER_REJECTION_STOP:
        return Level.STOP
    return Level.HOLD if case.text_known or signals.argues or signals.thanks or later else Level.CAUTION


def _said(case: Case, closure: Closure, later: tuple[Touch, ...]) -> str:
    closed = f"They closed this on {on(case.cadence, closure.at)}"
    if later:
        return f"{closed}, and you answered on {on(case.cadence, later[-1].at)}."
    return f"{closed}."


def _instead(later: tuple[Touch, ...]) -> str:
    if later:
        return f"{_OTHER_DOOR} A new opening of theirs is a new start."
    return "A short thank-you is fine; another follow-up is not."


RULES = (
    Rule(
        id="no-contact-request",
        rank=10,
        title="They asked for no mail or calls",
        why="Their wish is plain, and keeping it is the kindest answer there is.",
        source="Ask a Manager 2012: many employers publish no calls",
        levels=(Level.HOLD, Level.STOP),
        find=no_contact_request,
        yields=False,
        softens=False,
    ),
    Rule(
        id="after-rejection",
        rank=11,
        title="They said no",
        why="Thanks after a no are remembered well; arguing costs later chances.",
        source="Ask a Manager 2007-08",
        levels=(Level.CAUTION, Level.HOLD, Level.STOP),
        parameters={
            "thank_you_within_working_days": policy.GRACIOUS_REPLY,
            "ask_again_after_working_days": policy.AFTER_REJECTION_WAIT,
        },
        find=after_rejection,
        yields=False,
        softens=False,
    ),
)
