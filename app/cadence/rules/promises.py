"""Rules about what they said: a date, an absence, a pause, a question."""

from app.cadence import policy
from app.cadence.rules.case import ENDINGS, Case, Finding, Rule, keys
from app.cadence.standing import may_chase, meets
from app.cadence.verdict import Level
from app.cadence.wording import away_until, day, quoted, shortened, wait_until


def promise_pending(case: Case) -> Finding | None:
    """Names the day they gave; within the grace it says that a few days more are ordinary."""
    cadence, word = case.cadence, case.cadence.promise
    if word is None or cadence.today >= word.due:
        return None
    asked = tuple(touch for touch in cadence.streak if touch.at > word.at and may_chase(touch.signals))
    said = f"They said {quoted(word.promise.quote, 60)}; that runs to {day(word.end)}."
    if not word.promise.quote:
        said = f"They said by {day(word.end)}."
    message = said if cadence.today <= word.end else f"They said by {day(word.end)}; a few days more are ordinary."
    again = " You have asked since." if asked else ""
    level = Level.HOLD if asked else Level.CAUTION
    return Finding(level, message + again, wait_until(case.next_date), (word.key, *keys(asked)))


def recipient_away(case: Case) -> Finding | None:
    away = case.cadence.absence
    if away is None or case.cadence.today >= (away.until or away.due):
        return None
    instead = wait_until(case.next_date)
    if away.names:
        instead = f"Write to {shortened(away.names[0], 40)}, whom they named, or wait. {instead}"
    return Finding(Level.CAUTION, f"{away_until(away)}.", instead, (away.key,))


def role_on_hold(case: Case) -> Finding | None:
    pause = case.cadence.pause
    if pause is None or case.cadence.today >= pause.due:
        return None
    until = f" until {day(pause.until)}" if pause.until else ""
    instead = f"{wait_until(case.next_date)} A short note is enough then."
    return Finding(Level.CAUTION, f"The role is paused{until}, not you.", instead, (pause.key,))


def answer_them_first(case: Case) -> Finding | None:
    """Needs the text. One that asks for news meets nothing; of any other it is not known whether it does."""
    asked, signals = case.cadence.question, case.signals
    if asked is None or not case.text_known or signals.withdrawal or signals.acceptance:
        return None
    if meets(case.answers, asked.asks):
        return None
    fresh = case.draft.in_reply and case.cadence.days_since(asked.at) < policy.ASK_FRESH
    mild = fresh or not case.chases
    what = f": {quoted(asked.question, 60)}" if asked.question else f" for {_named(asked.asks[0])}"
    instead = "Answer that first; it is what they are waiting for."
    return Finding(Level.NOTE if mild else Level.CAUTION, f"They asked{what}.", instead, (asked.key,))


def _named(kind: str) -> str:
    return kind.replace("_", " ").replace("-", " ")


RULES = (
    Rule(
        id="promise-pending",
        rank=50,
        title="They named a date",
        why="A date may slip because priorities change; asking before it, or right on it, gains nothing.",
        source="CandE 2023-24: fewer than half heard as told; Seattle Times; coaches: 1-2 days up to a week of grace",
        levels=(Level.CAUTION, Level.HOLD),
        parameters={"grace_in_working_days": policy.PROMISE_GRACE},
        find=promise_pending,
        firm=True,
        covered_by=ENDINGS,
    ),
    Rule(
        id="recipient-away",
        rank=51,
        title="They are away",
        why="Mail that arrives during an absence is read last.",
        source="Practice",
        levels=(Level.CAUTION,),
        parameters={"grace_in_working_days": policy.RETURN_GRACE},
        find=recipient_away,
        firm=True,
    ),
    Rule(
        id="role-on-hold",
        rank=52,
        title="The role is paused",
        why="A paused role cannot be hurried by the person it waits for.",
        source="Hold letters: we will reach out; practice",
        levels=(Level.CAUTION,),
        parameters={
            "working_days_without_a_date": policy.HOLD_WITHOUT_DATE,
            "grace_in_working_days": policy.HOLD_GRACE,
        },
        find=role_on_hold,
        firm=True,
        covered_by=ENDINGS,
    ),
    Rule(
        id="answer-them-first",
        rank=53,
        title="They asked something",
        why="Their question is open; the answer is the best follow-up there is.",
        source="Practice",
        levels=(Level.NOTE, Level.CAUTION),
        parameters={"only_noted_for_working_days": policy.ASK_FRESH},
        find=answer_them_first,
        softens=False,
    ),
)
