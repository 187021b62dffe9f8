"""When the etiquette falls silent, each time with a reason: answers, logistics, thanks, invitations, real news."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from app.cadence import policy
from app.cadence.counting import PHONE, mends
from app.cadence.rules.calls import silent_calls, voicemails
from app.cadence.rules.case import Case
from app.cadence.standing import PLAIN_ASKS, meets, unmet_asks
from app.cadence.thread import Reply, Stage

Exemption = Callable[[Case], str | None]


def direct_answer(case: Case) -> str | None:
    """A text that chases, or leaves their question open, is no answer although it stands in the same thread."""
    if not case.draft.in_reply or not case.cadence.theirs_is_newest:
        return None
    if case.text_known and (case.chases or _leaves_question_open(case)):
        return None
    if case.cadence.turn_is_theirs and not case.cadence.live:
        return None
    return "You are answering their newest message."


def live_exchange(case: Case) -> str | None:
    if not case.cadence.live or case.chases or (case.text_known and _leaves_question_open(case)):
        return None
    return "You two are talking."


def agreed_meeting(case: Case) -> str | None:
    """Before a meeting is known of, what they asked for goes before what one would like to arrange."""
    if not case.signals.logistics or case.cadence.answer is None or (case.signals.asks_for_news and case.signals.empty):
        return None
    if case.text_known and _leaves_question_open(case) and not _met(case):
        return None
    return "This arranges something you agreed on."


def thank_you(case: Case) -> str | None:
    """Once after each talk; after an invitation the meeting itself may lie some days ahead.

    A talk that only the stage tells of may lie long back: then thanks are written, not called in.
    """
    answer = case.cadence.answer
    if not case.signals.thanks or case.chases or any(touch.signals.thanks for touch in case.cadence.streak):
        return None
    if answer is None:
        talked = case.cadence.stage in policy.TALKED_STAGES and not case.by_phone
        first = talked or not case.cadence.streak
        return "A thank-you is always fine." if first else None
    hours = timedelta(hours=policy.THANK_YOU_HOURS)
    soon = case.cadence.now - answer.at <= hours or case.cadence.days_since(answer.at) <= 1
    return "A thank-you is always fine." if soon or _met_lately(case) else None


def _is_welcome_by_now(case: Case) -> bool:
    """The day they named has come. What a receipt says of writing again asks for no call."""
    word, today = case.cadence.promise, case.cadence.today
    if word is None or not word.promise.invites or today < word.due:
        return False
    return not (case.by_phone and any(notice.key == word.key for notice in case.cadence.notices))


def they_asked_for_contact(case: Case) -> str | None:
    """An invitation stands from the day they named; an open one may be used again after some days."""
    cadence = case.cadence
    invitation = next((reply for reply in reversed(cadence.replies) if _speaks_of_contact(reply)), None)
    often = invitation is not None and invitation.invites_often
    if invitation and invitation.invites_call and case.by_phone and (often or _may_ring(case, invitation)):
        return "They asked for a call."
    if not _has_rested(case, often=often):
        return None
    if often or _is_welcome_by_now(case):
        return "They asked you to write about now."
    if invitation is None or invitation.closes or invitation.no_contact:
        return None
    if invitation.invites_contact and not _is_promised(case, invitation):
        return "They asked to hear from you."
    return None


def _may_ring(case: Case, invitation: Reply) -> bool:
    return _line_is_free(case) and not _is_promised(case, invitation)


def _is_promised(case: Case, invitation: Reply) -> bool:
    """Whether their own word comes first. Who says "by Friday, else give me a shout" grants no days beyond that."""
    word = case.cadence.promise
    if word is None:
        return False
    return case.cadence.today <= word.end if word.key == invitation.key else case.cadence.today < word.due


def returning_their_call(case: Case) -> str | None:
    if not case.by_phone or not case.cadence.theirs_is_newest:
        return None
    called = next((reply for reply in reversed(case.cadence.replies) if reply.channel in PHONE), None)
    if called is None or case.cadence.days_since(called.at) > policy.RETURN_CALL:
        return None
    return "You are returning their call."


def correction(case: Case) -> str | None:
    """Within hours it belongs to the mail before it; later a changed fact still may go out while few are unanswered."""
    last = case.cadence.last_sent
    if last is None or case.signals.asks_for_news or not mends(case.signals):
        return None
    soon = case.cadence.now - last.at <= timedelta(hours=policy.CORRECTION_HOURS)
    late = case.signals.correction and not case.cadence.too_many
    return "This completes what you sent." if soon or late else None


def competing_offer(case: Case) -> str | None:
    if not case.signals.competing_offer or any(touch.signals.competing_offer for touch in case.cadence.sent):
        return None
    return "Another offer with a date is news they need."


def settles_it(case: Case) -> str | None:
    if case.signals.acceptance or case.signals.withdrawal:
        return "This settles the matter."
    fair = case.text_known and not (case.chases or case.cadence.too_many or _owes_something(case))
    if case.cadence.stage is Stage.OFFER and fair:
        return "Questions about an offer are expected."
    return None


def requested_document(case: Case) -> str | None:
    answers = case.signals.answers
    if answers and not unmet_asks(case.cadence.replies, case.cadence.sent).isdisjoint(answers):
        return "They asked for this."
    return None


def other_opportunity(case: Case) -> str | None:
    if not case.signals.new_opportunity or any(touch.signals.new_opportunity for touch in case.cadence.streak):
        return None
    return "This is about another opening."


def named_colleague(case: Case) -> str | None:
    """The draft goes to somebody whom they, or their office notice, named."""
    recipient = case.cadence.thread.recipient.lower()
    others = [address.lower() for address in case.draft.to if address.lower() != recipient]
    if not others:
        return None
    names = [name for reply in case.cadence.replies for name in reply.names]
    names += [name for notice in case.cadence.notices for name in notice.names]
    if any(is_named(address, name.lower()) for address in others for name in names):
        return "They named this colleague."
    return None


def is_named(address: str, name: str) -> bool:
    """Whether an address is the one named, or that of the person named; both in lower case.

    A name fits where its words stand before the @, or the last one does after the initial of the first.
    """
    if "@" in name:
        return address == name
    words, local = name.split(), address.partition("@")[0]
    if not words:
        return False
    spelled = re.split(r"[._+-]", local)
    if len(words) == 1:
        return words[0] in spelled
    initial_and_last = local.startswith(words[0][0]) and len(words[-1]) > 2 and words[-1] in local
    return all(word in local for word in words) or initial_and_last


def _leaves_question_open(case: Case) -> bool:
    asked = case.cadence.question
    return asked is not None and not meets(case.answers, asked.asks)


def _owes_something(case: Case) -> bool:
    """They asked for papers or figures, and the draft does not bring them."""
    asked = case.cadence.question
    return asked is not None and _leaves_question_open(case) and not PLAIN_ASKS.isdisjoint(asked.asks)


def _speaks_of_contact(reply: Reply) -> bool:
    return reply.invites_contact or reply.invites_call or reply.closes or bool(reply.no_contact)


def _met_lately(case: Case) -> bool:
    """They invited to a meeting, or spoke, some days ago at most."""
    met = _met(case)
    return bool(met) and case.cadence.days_since(max(met)) <= policy.MEETING_AHEAD


def _met(case: Case) -> list[datetime]:
    """When they invited to a meeting, or the two spoke."""
    met = [reply.at for reply in case.cadence.replies if reply.meeting or reply.channel in PHONE]
    return met + [touch.at for touch in case.cadence.sent if touch.spoke]


def _line_is_free(case: Case) -> bool:
    """They asked for a call, and neither missed calls nor messages on their machine have used that up."""
    left = voicemails(case.cadence)
    heard = left and case.cadence.days_since(left[-1].at) < policy.VOICEMAIL_WAIT
    heard = heard or (case.chases and len(left) >= policy.VOICEMAIL_MAX)
    return not heard and not case.cadence.too_many and len(silent_calls(case.cadence)) < policy.SILENT_CALLS_CAUTION


def _has_rested(case: Case, *, often: bool) -> bool:
    """Nothing was sent on this invitation yet, or it was a while ago; and not too often, unless they asked for that."""
    if not case.cadence.streak:
        return True
    last: datetime = case.cadence.streak[-1].at
    return (often or not case.cadence.too_many) and (
        case.cadence.days_since(last) >= policy.INVITED_AGAIN or case.cadence.now - last >= policy.INVITED_WEEKLY
    )


EXEMPTIONS: tuple[Exemption, ...] = (
    direct_answer,
    agreed_meeting,
    thank_you,
    they_asked_for_contact,
    returning_their_call,
    correction,
    competing_offer,
    settles_it,
    requested_document,
    other_opportunity,
    named_colleague,
    live_exchange,
)


def exempt(case: Case) -> str | None:
    """Why the rules of cadence do not apply to this draft, if they do not."""
    for exemption in EXEMPTIONS:
        reason = exemption(case)
        if reason:
            return reason
    return None
