"""Rules about the phone: voice mails one after the other, calls without a message, calls nobody asked for."""

from app.cadence import policy
from app.cadence.cadence import Cadence
from app.cadence.counting import PHONE
from app.cadence.rules.case import Case, Finding, Rule, keys
from app.cadence.thread import Channel, Touch
from app.cadence.verdict import Level
from app.cadence.wording import count, days_of, wait_until


def voicemail_streak(case: Case) -> Finding | None:
    cadence = case.cadence
    left = voicemails(cadence) if case.draft.channel is Channel.VOICEMAIL else ()
    if not left:
        return None
    fresh = cadence.days_since(left[-1].at) < policy.VOICEMAIL_WAIT
    recent = sum(cadence.days_since(touch.at) < policy.VOICEMAIL_NEXT_WAIT for touch in left)
    stop = len(left) >= policy.VOICEMAIL_STOP
    if not (stop or fresh or recent >= policy.VOICEMAIL_MAX):
        return None
    enough = "one is enough" if len(left) == 1 else "they have them"
    message = f"You left {count(len(left), 'voice mail')}, on {days_of(cadence, left)}; {enough}."
    until = wait_until(case.next_date)
    instead = f"{until[:-1]}, or one short mail instead." if until else "Leave the phone; one short mail at most."
    return Finding(Level.STOP if stop else Level.HOLD, message, instead, keys(left))


def call_without_voicemail(case: Case) -> Finding | None:
    missed = silent_calls(case.cadence) if case.draft.channel is Channel.CALL else ()
    if len(missed) < policy.SILENT_CALLS_CAUTION:
        return None
    level = Level.HOLD if len(missed) >= policy.SILENT_CALLS_HOLD else Level.CAUTION
    message = f"They can see {count(len(missed), 'missed call')} from you."
    return Finding(level, message, "Leave one clear message this time, or write.", keys(missed))


def call_not_invited(case: Case) -> Finding | None:
    if not case.by_phone or calls_are_welcome(case.cadence):
        return None
    instead = "Write instead, or offer in a mail to call on a day that suits them."
    return Finding(Level.CAUTION, "They have not asked for a call.", instead)


def voicemails(cadence: Cadence) -> tuple[Touch, ...]:
    """The unanswered voice mails, oldest first."""
    return tuple([touch for touch in cadence.streak if touch.channel is Channel.VOICEMAIL])


def silent_calls(cadence: Cadence) -> tuple[Touch, ...]:
    """Unanswered calls without a message inside the window in which they add up."""
    calls = [touch for touch in cadence.streak if touch.channel is Channel.CALL]
    return tuple(touch for touch in calls if cadence.days_since(touch.at) <= policy.SILENT_CALL_WINDOW)


def calls_are_welcome(cadence: Cadence) -> bool:
    """They invited calls, talked by phone before, or work where calls are ordinary; or an offer is in hand."""
    industry = (cadence.thread.industry or "").strip().lower()
    if industry in policy.CALLS_WELCOME or cadence.stage in policy.CALL_STAGES:
        return True
    if any(reply.invites_call or reply.channel in PHONE for reply in cadence.replies):
        return True
    return any(touch.spoke for touch in cadence.sent)


RULES = (
    Rule(
        id="voicemail-streak",
        rank=40,
        title="One voice mail is enough",
        why="A voice mail waits on their machine until it is heard; the next one says nothing more.",
        source="Ask a Manager 2011: once, twice at most",
        levels=(Level.HOLD, Level.STOP),
        parameters={
            "working_days_between": policy.VOICEMAIL_WAIT,
            "most_in_a_row": policy.VOICEMAIL_MAX,
            "working_days_after_the_second": policy.VOICEMAIL_NEXT_WAIT,
            "stop_at": policy.VOICEMAIL_STOP,
        },
        find=voicemail_streak,
    ),
    Rule(
        id="call-without-voicemail",
        rank=41,
        title="Missed calls show",
        why="A missed call shows who rang; without a message it still counts, and tells nothing.",
        source="Ask a Manager 2011",
        levels=(Level.CAUTION, Level.HOLD),
        parameters={
            "caution_at": policy.SILENT_CALLS_CAUTION,
            "hold_at": policy.SILENT_CALLS_HOLD,
            "working_days": policy.SILENT_CALL_WINDOW,
        },
        find=call_without_voicemail,
    ),
    Rule(
        id="call-not-invited",
        rank=65,
        title="Nobody asked for a call",
        why="Two thirds of those who hire prefer mail; a call takes a moment they did not choose.",
        source="Accountemps 2017: e-mail 64 %, phone 21 %; cluewagon.com 2009 for the exceptions",
        levels=(Level.CAUTION,),
        parameters={"fine_in": ", ".join(sorted(policy.CALLS_WELCOME))},
        find=call_not_invited,
    ),
)
