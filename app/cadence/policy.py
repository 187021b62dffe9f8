"""Every number of the etiquette, each with where it comes from; no other file of the core holds a threshold.

Waits and horizons are working days (bd) of the recipient's calendar unless a name says hours or days.
"Practice" marks a number that careers coaches share and nobody has measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from app.cadence.thread import Stage


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently one stage is followed up.

    `first_wait` follows the first touch of a silent streak, `next_wait` every later one; `best` is the day
    most sources name. `max_follow_ups` counts touches after the first that may stand unanswered. After
    `horizon` working days of silence the thread is called closed. `usual` says it in words.
    """

    first_wait: int
    next_wait: int
    max_follow_ups: int
    horizon: int
    best: int
    usual: str
    source: str


PACES: Final[Mapping[Stage, Pace]] = MappingProxyType(
    {
        Stage.COLD: Pace(
            5,
            10,
            2,
            15,
            7,
            "first letters are answered within a week, if at all",
            "Duke career hub 3B7; SFU: follow up once; Belkins 2023-25 and Woodpecker reply statistics",
        ),
        Stage.NETWORKING: Pace(
            7,
            10,
            2,
            15,
            8,
            "a busy acquaintance often needs 7 to 10 working days",
            "Madison Approach 7-10 bd; Duke career hub; Stacey Lane: no more than three messages",
        ),
        Stage.APPLIED: Pace(
            7,
            10,
            2,
            25,
            8,
            "answers to an application usually take 1 to 2 weeks",
            "Robert Half / Accountemps surveys 2017 (US, Canada, UK): median about 8 bd; CandE 2023-24",
        ),
        Stage.SCREEN: Pace(
            5,
            7,
            2,
            15,
            5,
            "after a phone screen about a week is usual",
            "coaches agree on 5 bd or more; stage medians of 5-10 days",
        ),
        Stage.INTERVIEW: Pace(
            5,
            8,
            2,
            20,
            7,
            "after an interview 1 to 2 weeks are usual",
            "coaches agree on 5-7 bd; Ask a Manager 2011: three weeks is not long in hiring",
        ),
        Stage.FINAL: Pace(
            5,
            8,
            2,
            20,
            7,
            "after a final round 1 to 2 weeks are usual",
            "as for an interview",
        ),
        Stage.OFFER: Pace(
            2,
            2,
            3,
            5,
            2,
            "questions about an offer are answered in about 2 working days",
            "climbtheladder.com: 48 business hours; practice",
        ),
    }
)

AFTER_PROMISE: Final = Pace(
    5,
    5,
    2,
    15,
    5,
    "a promised date often slips by a few days",
    "CandE 2023-24: 34-48 % were told what comes next and then heard as told; Seattle Times",
)
ON_HOLD: Final = Pace(
    20,
    60,
    1,
    120,
    20,
    "a paused role can rest for months",
    "practice; hold letters say that they will reach out",
)

PROMISE_GRACE: Final = 2
"""bd after the end of a promised range. CandE slip rates; coaches say 1-2 bd up to 7 days."""

RETURN_GRACE: Final = 2
"""bd after somebody is back from an absence. Practice."""

HOLD_GRACE: Final = 2
"""bd after the date a pause was said to end. Practice."""

HOLD_WITHOUT_DATE: Final = 20
"""bd to leave a paused role alone when no date was given. Practice."""

AFTER_REJECTION_WAIT: Final = 60
"""bd until the same recipient may be asked again without a new posting. Ask a Manager 2007-08; practice."""

GRACIOUS_REPLY: Final = 5
"""bd in which a thank-you after a rejection reads well. Ask a Manager 2007-08."""

THANK_YOU_HOURS: Final = 48
"""A thank-you is never flagged this long after talking. Accountemps 2017 and CareerBuilder 2005: within 24-48 h."""

TALKED_STAGES: Final = frozenset({Stage.SCREEN, Stage.INTERVIEW, Stage.FINAL, Stage.OFFER})
"""Stages that are reached by talking, also when no mail tells of the talk. Practice."""

MEETING_AHEAD: Final = 10
"""bd between an invitation and the meeting it is about, at most. Stage medians: screen to interview 5-10 days."""

LIVE_EXCHANGE: Final = 2
"""bd since their last word while two people count as talking. Kooti 2015: over 90 % of replies come in a day."""

CONVERSATION: Final = 5
"""bd in which the first mail after theirs still answers it and is no new touch. Practice."""

THANKS_NOT_BEFORE_HOURS: Final = 20
"""A thank-you sooner after an invitation thanks for the invitation, not for the meeting. Practice."""

CALL_WITH_VOICEMAIL_MINUTES: Final = 30
"""A call and the voice mail left on it are one touch when no further apart. Practice."""

CORRECTION_HOURS: Final = 4
"""A forgotten attachment or a corrected fact within this time belongs to the touch before it. Practice."""

TOO_SOON_NOTE_FROM: Final = 0.7
"""Share of the wait from which an early message is only noted. Practice."""

TOO_SOON_HOLD_BELOW: Final = 1 / 3
"""Share of the wait below which a third or later message is held. Practice."""

BURSTS: Final = ((3, 5), (4, 10))
"""(touches, calendar days): the draft would be the 3rd touch in 5 days or the 4th in 10. Practice; Belkins 2025."""

CEILING_ABOVE_MAX: Final = 2
"""This many unanswered touches above the maximum end it, whatever they bring. Belkins 2024: 3rd follow-up -30 %."""

VOICEMAIL_WAIT: Final = 5
"""bd between two voice mails. Ask a Manager 2011: leave a message once, twice at most."""

VOICEMAIL_NEXT_WAIT: Final = 10
"""bd after the second voice mail, and the window in which two are enough. Ask a Manager 2011."""

VOICEMAIL_MAX: Final = 2
"""Voice mails in one silent streak. Ask a Manager 2011."""

VOICEMAIL_STOP: Final = 4
"""Unanswered voice mails at which a further one is a stop. Practice."""

SILENT_CALL_WINDOW: Final = 5
"""bd in which silent calls are added up. Ask a Manager 2011: silent calls show on the phone."""

SILENT_CALLS_CAUTION: Final = 2
"""Silent calls in the window that draw a caution. Practice."""

SILENT_CALLS_HOLD: Final = 3
"""Silent calls in the window that draw a hold. Practice."""

RETURN_CALL: Final = 2
"""bd in which a call back counts as returning theirs. Practice."""

INVITED_AGAIN: Final = 5
"""bd between two uses of an open invitation ("ping me weekly"). Practice."""

INVITED_WEEKLY: Final = timedelta(days=7) - timedelta(hours=12)
"""The same by the calendar, for weeks with a holiday: the same weekday again, at whatever hour. Practice."""

ASK_FRESH: Final = 2
"""bd in which a reply that leaves a question open is only noted. Practice."""

DUPLICATE_SHARE: Final = 0.85
"""Share of common word triples at which two texts count as the same. Practice."""

SIGNATURE_VALUES: Final = 16
"""Hashes a text's signature keeps: the smallest of its word triples (bottom-k sketch)."""

ANSWER_WORDS: Final = 8
"""Words of a reply that chases nothing from which it says something to a plain question. Practice."""

LETTER_WORDS: Final = 100
"""Words from which a further mail that asks nothing is a letter of its own. Boomerang: 50-125 words are read best."""

DUPLICATE_WORDS: Final = 8
"""Shorter texts are never called duplicates: two thank-you lines are alike. Practice."""

VALUE_ONE_STEP: Final = 1.0
"""Value score that lowers a finding of cadence by one level. Boomerang and single-vendor content data; practice."""

VALUE_TWO_STEPS: Final = 2.0
"""Value score that lowers a finding of cadence by two levels. Practice."""

GUESSED_VALUE: Final = ("idea",)
"""What a text is said to bring when only its single words weigh for it, and no phrase. Practice."""

READ_LANGUAGES: Final = frozenset({"en"})
"""Languages whose tone and value are read; in any other the text counts as unknown."""

CALL_HOURS: Final = (9, 17)
"""Hours of the recipient's day in which a call is fine. Practice."""

WORKING_HOURS: Final = CALL_HOURS
"""Hours of the recipient's day in which time to an answer is counted. Practice: nights do not count."""

BEST_HOUR: Final = 10
"""Hour of the recipient's day that is named for a call. Kooti 2015: weekday mornings are answered fastest."""

YEAR_END: Final = ((12, 23), (1, 2))
"""First and last (month, day) of the weeks in which few people read mail. Practice."""

LONG_HOLIDAY_DAYS: Final = 3
"""Free days in a row, a public holiday among them, that make their eve a poor day to write. Practice."""

EVE_FROM_HOUR: Final = 12
"""Hour from which the eve of a holiday is as good as the holiday. Practice."""

CALLS_WELCOME: Final = frozenset({"trade", "trades", "retail", "restaurant", "small shop", "construction", "salon"})
"""Settings where a call is ordinary. climbtheladder.com; cluewagon.com 2009."""

AVERAGE_HIRING_DAYS: Final = 23.8
"""Mean days to hire. Glassdoor 2017."""

HIRING_DAYS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "restaurant": 10.2,
        "security": 11.6,
        "retail": 12.3,
        "tech": 24.4,
        "energy": 28.8,
        "aerospace": 32.6,
        "executive": 35.7,
        "software engineer": 40.8,
        "government": 53.8,
        "professor": 60.3,
    }
)
"""Mean days to hire by industry or role. Glassdoor 2017; executive search 1.5 times the mean (worldmetrics)."""

INDUSTRY_FACTOR_RANGE: Final = (0.5, 2.0)
"""Bounds of hiring days over the mean as a factor on waits and horizon. Practice."""

MIN_WAIT: Final = 2
"""bd below which no scaled wait falls. climbtheladder.com: 48 business hours."""

RESPONSIVE_REPLIES: Final = 3
"""Human replies from which the recipient's own habit is used. Practice."""

RESPONSIVE_SHARE: Final = 0.7
"""Smoothed share of answered touches from which the recipient counts as quick. Measured on email-Eu: own past helps."""

RESPONSIVE_MEDIAN: Final = 1.0
"""Median bd to a reply up to which the recipient counts as quick. Kooti 2015."""

RESPONSIVE_FACTOR: Final = 0.6
"""Factor on waits for a quick recipient. Practice."""

RETICENT_SHARE: Final = 0.3
"""Smoothed share of answered touches below which the recipient counts as slow. Practice."""

RETICENT_FACTOR: Final = 1.25
"""Factor on waits for a slow recipient. Practice."""


@dataclass(frozen=True, slots=True)
class Prior:
    """Share of threads that are ever answered, median days to the answer, and the spread of its logarithm."""

    share: float
    median_days: float
    sigma: float


PRIORS: Final[Mapping[Stage, Prior]] = MappingProxyType(
    {
        Stage.COLD: Prior(0.20, 1.0, 2.0),
        Stage.NETWORKING: Prior(0.45, 1.5, 1.8),
        Stage.APPLIED: Prior(0.30, 8.0, 1.1),
        Stage.SCREEN: Prior(0.65, 5.5, 1.0),
        Stage.INTERVIEW: Prior(0.60, 7.2, 0.8),
        Stage.FINAL: Prior(0.75, 7.2, 0.8),
        Stage.OFFER: Prior(0.95, 1.5, 1.0),
    }
)
"""Shape: CollegeMsg, email-Eu (log-normal beat Weibull in every fit); shares: CandE, Workopolis. Rough."""

LATER_TOUCH_SHARE: Final = 0.6
"""Each later touch is answered this much as often as the one before. CollegeMsg .57; sales data .5-.8."""

LATER_TOUCH_SHARE_OFFER: Final = 0.7
"""The same with an offer in hand. Practice."""

SHARE_WEIGHT: Final = 8.0
"""Threads the prior share of a stage is worth. Simulation over 3,000 seekers."""

DOMAIN_WEIGHT: Final = 8.0
"""Threads the stage's share is worth for one company: practice; not measured."""

RECIPIENT_WEIGHT: Final = 4.0
"""Threads the company's share is worth for one recipient. email-Eu: Brier .2735 to .2668 with n0 = 4."""

LOG_MEDIAN_VARIANCE: Final = 0.25
"""Variance of the prior on the logarithm of the median: a standard deviation of 0.5. Practice."""

OWN_THREADS_ENOUGH: Final = 20
"""The person's own finished threads from which the basis is theirs. Practice; not measured."""

OWN_THREADS_OF_A_STAGE: Final = 5
"""Of them at least this many of the stage that is asked about. Practice: fewer say nothing."""

BANDS: Final = ((0.50, "likely"), (0.20, "possible"), (0.05, "unlikely"))
"""Lower bounds of the bands; below the last it is rare. Practice."""

TENTHS_FROM: Final = 0.15
"""Probability from which a frequency is told in tenths. Practice; natural frequencies, never decimals."""

ONE_OF: Final = (10, 20, 50, 100)
"""The N of "1 of N" below that. Practice."""

FINISHED_DAYS: Final = 30
"""Days of silence after which one of the person's own threads counts as finished. Censored there in the fits on
CollegeMsg and email-Eu."""

SHARED_DOMAINS: Final = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "gmx.de"}
)
"""Mail domains that say nothing about a company."""

PAPER_TRAIL_MAILS: Final = 2
"""Unanswered mails from which a further one without value makes a trail. Practice."""

CALL_STAGES: Final = frozenset({Stage.OFFER})
"""Stages in which the phone is an ordinary second door. climbtheladder.com; practice."""

CLOSING_NOTE_STAGES: Final = frozenset({Stage.INTERVIEW, Stage.FINAL})
"""Stages after which one closing note is fine above the most follow-ups. Ask a Manager 2011; Glassdoor."""

AFTER_REJECTION_STOP: Final = 2
"""Messages sent after a rejection at which a further one is a stop. Ask a Manager 2007-08; practice."""
