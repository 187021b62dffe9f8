"""Where a thread stands for the history: your turn, waiting, enough, answered or closed, told in one sentence."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.cadence.cadence import Cadence, measure, next_good_date
from app.cadence.thread import Stage, Thread
from app.cadence.wording import away_until, day, on, outstanding


class StateName(StrEnum):
    YOUR_TURN = "your_turn"
    WAITING = "waiting"
    ENOUGH = "enough"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class State:
    """`next_good_date` is the first good day to write, today or later; None when none is worth waiting for.

    `words` is one sentence for the person; `closure` says why a closed thread is over, else it is empty.
    """

    name: StateName
    stage: Stage
    next_good_date: date | None
    words: str
    closure: str = ""


def state_of(thread: Thread, now: datetime, *, zone: str = "UTC", country: str | None = None) -> State:
    """The state of a thread at `now`; zone and country as for `measure`."""
    return state_from(measure(thread, now, zone=zone, country=country))


def state_from(cadence: Cadence) -> State:
    """The same for a cadence that was measured already."""
    ending = closing_words(cadence)
    if ending:
        return State(StateName.CLOSED, cadence.stage, None, ending, ending)
    if cadence.too_many:
        words = f"{outstanding(cadence)}. Enough is out; another door is the better hour."
        return State(StateName.ENOUGH, cadence.stage, next_good_date(cadence), words)
    if cadence.question:
        return State(StateName.YOUR_TURN, cadence.stage, cadence.today, "They asked something; the answer is yours.")
    next_date = next_good_date(cadence)
    if next_date and next_date > cadence.today and _waits(cadence):
        return State(StateName.WAITING, cadence.stage, next_date, f"{_why_wait(cadence)} Wait until {day(next_date)}.")
    if cadence.answer and not cadence.streak and not cadence.promise:
        words = f"They answered on {on(cadence, cadence.answer.at)}."
        return State(StateName.ANSWERED, cadence.stage, None, words)
    return State(StateName.YOUR_TURN, cadence.stage, next_date, _your_turn(cadence))


def closing_words(cadence: Cadence) -> str:
    """Why the thread is over, in one sentence; empty while it is open."""
    if cadence.closure:
        who = "They" if cadence.closure.by_them else "You"
        return f"{who} closed this on {on(cadence, cadence.closure.at)}."
    if cadence.refusal and cadence.refusal.scope == "all":
        return f"They asked on {on(cadence, cadence.refusal.at)} for no mail or calls."
    if cadence.streak and (cadence.silence_is_an_answer or cadence.horizon_passed):
        return f"{outstanding(cadence)}. Silence is an answer; it says little about you."
    return ""


def _waits(cadence: Cadence) -> bool:
    """Something other than the weekend stands between today and the next date."""
    return bool(cadence.streak or cadence.receipt or cadence.promise or cadence.absence or cadence.pause)


def _why_wait(cadence: Cadence) -> str:
    if cadence.pause:
        return "The role is paused."
    if cadence.absence:
        return f"{away_until(cadence.absence)}."
    if cadence.promise and cadence.today < cadence.promise.due:
        return f"They said by {day(cadence.promise.end)}."
    if cadence.receipt:
        return f"They confirmed your application on {on(cadence, cadence.receipt.at)}."
    return f"{outstanding(cadence)}."


def _your_turn(cadence: Cadence) -> str:
    if cadence.promise and not cadence.streak:
        return f"They said by {day(cadence.promise.end)}; that it passed is on them. A short note is fine."
    if cadence.streak or cadence.receipt:
        return "It is time, if you have something useful for them."
    if cadence.bounced():
        return "Your mail never arrived; check the address."
    return "Nothing is out yet."
