"""Rules about the day itself: public holidays, their eves, the weeks around New Year."""

from app.cadence import policy
from app.cadence.rules.case import Case, Finding, Rule
from app.cadence.verdict import Level
from app.cadence.wording import day, wait_until
from app.cadence.workdays import is_year_end


def holiday_window(case: Case) -> Finding | None:
    cadence = case.cadence
    if not _is_free(case):
        return None
    message = f"{day(cadence.today)} falls in the holidays; few people read mail then."
    good = cadence.calendar.good_day(cadence.today)
    return Finding(Level.NOTE, message, wait_until(case.next_date or good))


def _is_free(case: Case) -> bool:
    calendar, today = case.cadence.calendar, case.cadence.today
    if is_year_end(today) or calendar.is_holiday(today):
        return True
    return calendar.is_eve(today) and calendar.hour(case.cadence.now) >= policy.EVE_FROM_HOUR


def _told(month_day: tuple[int, int]) -> str:
    return f"{month_day[0]:02d}-{month_day[1]:02d}"


RULES = (
    Rule(
        id="holiday-window",
        rank=81,
        title="Few people read mail that day",
        why="What arrives on a holiday lies under everything that comes after.",
        source="Practice; Kooti 2015: weekday mornings are answered fastest",
        levels=(Level.NOTE,),
        parameters={
            "year_end_from": _told(policy.YEAR_END[0]),
            "year_end_to": _told(policy.YEAR_END[1]),
            "eve_from_hour": policy.EVE_FROM_HOUR,
        },
        find=holiday_window,
        softens=False,
    ),
)
