"""Measures a thread at a moment: stage, unanswered touches, waits, what stands, and the next good date."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from app.cadence import policy, standing
from app.cadence.counting import Answer, counted, last_answer, notices_until, replies_until, sent_until, since
from app.cadence.patience import factor_of, scaled
from app.cadence.policy import Pace
from app.cadence.stage import stage_of
from app.cadence.standing import Absence, Bounce, Closure, GivenWord, OpenQuestion, Pause, Refusal
from app.cadence.thread import Channel, Notice, NoticeKind, Reply, Stage, Thread, Touch
from app.cadence.workdays import Calendar, calendar_of


@dataclass(frozen=True, slots=True)
class Cadence:
    """One thread at `now`. `today` and all day counts are the recipient's; day counts are working days.

    `streak` holds the unanswered counted touches, oldest first; `since` everything delivered or not that the
    person sent after the last answer. `gap` is the working days since the last counted touch (or since the
    receipt of an application nobody answered), None when nothing waits. `wait` is what the next touch must wait,
    `advised_wait` what it had better wait where the trade is known to be slow, `ceiling` the most touches that may
    stand unanswered, `horizon` when silence closes the thread.
    """

    thread: Thread
    now: datetime
    today: date
    calendar: Calendar
    stage: Stage
    stage_by_hand: bool
    pace: Pace
    factor: float
    sent: tuple[Touch, ...]
    replies: tuple[Reply, ...]
    notices: tuple[Notice, ...]
    streak: tuple[Touch, ...]
    since: tuple[Touch, ...]
    answer: Answer | None
    receipt: Notice | None
    gap: int | None
    wait: int
    advised_wait: int
    horizon: int
    promise: GivenWord | None
    absence: Absence | None
    pause: Pause | None
    closure: Closure | None
    refusal: Refusal | None
    question: OpenQuestion | None

    @property
    def unanswered(self) -> int:
        """Counted touches since their last word."""
        return len(self.streak)

    @property
    def ceiling(self) -> int:
        """The largest number of unanswered touches that is not too many: the first one and the follow-ups."""
        return self.pace.max_follow_ups

    @property
    def last_touch(self) -> Touch | None:
        """The newest counted touch."""
        return self.streak[-1] if self.streak else None

    @property
    def last_sent(self) -> Touch | None:
        """The newest delivered message of the person, counted or not."""
        return next((touch for touch in reversed(self.sent) if touch.delivered), None)

    @property
    def last_reply(self) -> Reply | None:
        return self.replies[-1] if self.replies else None

    @property
    def is_new(self) -> bool:
        """Nothing was ever sent or received."""
        return not (self.sent or self.replies or self.notices)

    @property
    def theirs_is_newest(self) -> bool:
        """Their word came after everything the person sent."""
        return self.answer is not None and not any(touch.delivered for touch in self.since)

    @property
    def live(self) -> bool:
        """A two-way exchange of these days: they wrote within two working days and at most one touch waits."""
        if self.answer is None or self.closure is not None or self.unanswered > 1:
            return False
        return self.days_since(self.answer.at) <= policy.LIVE_EXCHANGE

    @property
    def too_many(self) -> bool:
        """More follow-ups are unanswered than the stage bears."""
        return self.unanswered > self.ceiling

    @property
    def turn_is_theirs(self) -> bool:
        """They said until when they would decide, or that the matter rests, and that day is not yet past."""
        return any(fact and self.today < fact.due for fact in (self.promise, self.pause))

    @property
    def told_to_wait(self) -> bool:
        """The same, or they are away."""
        return self.turn_is_theirs or (self.absence is not None and self.today < self.absence.due)

    @property
    def beyond_help(self) -> bool:
        """So many are unanswered that no value lifts the ceiling; calls that rang out, which told nothing, are one."""
        above = self.unanswered - self.ceiling - policy.CEILING_ABOVE_MAX
        return above >= 0 and above - max(0, self.unanswered_on(Channel.CALL) - 1) >= 0

    @property
    def silence_is_an_answer(self) -> bool:
        """The ceiling is passed by far, or by any and nothing came since then until the horizon.

        It counts from the first message above the ceiling: one more does not begin a new silence.
        """
        if self.beyond_help or not self.too_many:
            return self.beyond_help
        return self._lasts_to_the_horizon(self.streak[self.ceiling])

    @property
    def horizon_passed(self) -> bool:
        """Silence since the last touch, or since the end of what they announced, reaches the horizon."""
        last = self.last_touch or self.receipt
        return last is not None and self._lasts_to_the_horizon(last)

    def _lasts_to_the_horizon(self, last: Touch | Notice) -> bool:
        """Whether the silence since then does; it does not begin before the end of what they announced."""
        announced = (fact.due for fact in (self.promise, self.absence, self.pause) if fact)
        return self.calendar.between(max((self.calendar.day(last.at), *announced)), self.today) >= self.horizon

    def rested(self, door: Touch) -> date:
        """The day on which the wait after a touch to somebody else of the company is over, by that thread's stage."""
        wait = scaled(policy.PACES[door.stage].first_wait, self.factor) if door.stage else self.wait
        return self.calendar.after(self.calendar.day(door.at), wait)

    def unanswered_on(self, channel: Channel) -> int:
        """Counted touches of one channel since their last word."""
        return sum(touch.channel is channel for touch in self.streak)

    def days_since(self, at: datetime) -> int:
        """Working days from an instant until today."""
        return self.calendar.between(self.calendar.day(at), self.today)

    def gaps(self) -> tuple[int, ...]:
        """Working days between one counted touch and the next."""
        days = [self.calendar.day(touch.at) for touch in self.streak]
        return tuple(self.calendar.between(first, second) for first, second in pairwise(days))

    def settled_since(self, at: datetime) -> bool:
        """Whether the person accepted or withdrew after an instant."""
        return any(touch.at > at and (touch.signals.acceptance or touch.signals.withdrawal) for touch in self.sent)

    def bounced(self) -> tuple[Bounce, ...]:
        """The addresses whose newest mail did not arrive."""
        return standing.bounces(self.sent, self.notices)


def measure(thread: Thread, now: datetime, *, zone: str = "UTC", country: str | None = None) -> Cadence:
    """The cadence of a thread at `now`.

    `zone` (IANA) and `country` (ISO 3166) are the person's and stand in where the recipient's are unknown.
    What lies after `now` is not seen. Raises ValueError for a naive `now` or a zone that does not exist.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    calendar = calendar_of(thread.zone or zone, thread.country or country)
    sent, replies = sent_until(thread, now), replies_until(thread, now)
    notices = notices_until(thread, now)
    answer = last_answer(replies, sent)
    later = since(sent, answer.at if answer else None)
    streak = counted(later, answer, calendar)
    today = calendar.day(now)
    promise, pause = standing.given_word(replies, notices, calendar), standing.pause(replies, notices, calendar)
    stage = stage_of(thread, replies, notices, now)
    pace = _pace(stage, promise, pause)
    factor = factor_of(thread.industry, sent, replies, calendar)
    patience = pace.first_wait if len(streak) <= 1 else pace.next_wait
    wait = scaled(patience, factor.waits)
    receipt = _clock_of_receipt(notices, streak, answer)
    started = streak[-1].at if streak else receipt.at if receipt else None
    return Cadence(
        thread=thread,
        now=now,
        today=today,
        calendar=calendar,
        stage=stage,
        stage_by_hand=thread.stage is not None,
        pace=pace,
        factor=factor.waits,
        sent=sent,
        replies=replies,
        notices=notices,
        streak=streak,
        since=later,
        answer=answer,
        receipt=receipt,
        gap=calendar.between(calendar.day(started), today) if started else None,
        wait=wait,
        advised_wait=scaled(patience, factor.advised),
        horizon=scaled(pace.horizon, factor.horizon),
        promise=promise,
        absence=standing.absence(notices, answer.at if answer else None, today, calendar, wait=wait),
        pause=pause,
        closure=standing.closure(replies, notices, sent, calendar),
        refusal=standing.refusal(replies, notices, today),
        question=standing.open_question(replies, sent),
    )


def next_good_date(
    cadence: Cadence, channel: Channel = Channel.EMAIL, *, nearby: tuple[Touch, ...] = ()
) -> date | None:
    """The first good day for the next message, today or later; None when the thread is over or off limits.

    The latest of: last touch plus wait, promise plus grace, return plus grace, end of a pause plus grace, and
    for a voice mail the wait after the last one, for a second door (`nearby` as for `judge`) the wait of the first;
    moved off weekends, holidays, eves of long ones and year's end.
    """
    if cadence.refusal and cadence.refusal.scope == "all":
        return cadence.refusal.until and cadence.calendar.good_day(max(cadence.refusal.until, cadence.today))
    if cadence.closure:
        return cadence.calendar.good_day(max(cadence.closure.reopens, cadence.today))
    if cadence.silence_is_an_answer:
        return None
    doors = [cadence.rested(touch) for touch in nearby]
    return cadence.calendar.good_day(max((cadence.today, *_earliest(cadence, channel), *doors)))


def _earliest(cadence: Cadence, channel: Channel) -> list[date]:
    calendar = cadence.calendar
    started = cadence.last_touch or cadence.receipt
    dates = [calendar.after(calendar.day(started.at), cadence.advised_wait)] if started else []
    dates += [fact.due for fact in (cadence.promise, cadence.absence, cadence.pause) if fact]
    voicemails = [touch for touch in cadence.streak if touch.channel is Channel.VOICEMAIL]
    if channel is Channel.VOICEMAIL and voicemails:
        enough = len(voicemails) >= policy.VOICEMAIL_MAX
        rest = policy.VOICEMAIL_NEXT_WAIT if enough else policy.VOICEMAIL_WAIT
        dates.append(calendar.after(calendar.day(voicemails[-1].at), rest))
    return dates


def _pace(stage: Stage, promise: GivenWord | None, pause: Pause | None) -> Pace:
    if pause and pause.until is None:
        return policy.ON_HOLD
    return policy.AFTER_PROMISE if promise and stage is not Stage.OFFER else policy.PACES[stage]


def _clock_of_receipt(notices: tuple[Notice, ...], streak: tuple[Touch, ...], answer: Answer | None) -> Notice | None:
    """The receipt of an application through a portal, which starts the clock when nothing else did."""
    if streak or answer:
        return None
    return next((notice for notice in reversed(notices) if notice.kind is NoticeKind.RECEIPT), None)
