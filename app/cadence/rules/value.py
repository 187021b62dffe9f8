"""Rules about what a message brings: empty follow-ups, the same question again, the same text, a paper trail."""

from app.cadence import policy
from app.cadence.rules.case import ENDINGS, Case, Finding, Rule, keys
from app.cadence.thread import Channel, Touch
from app.cadence.verdict import Level
from app.cadence.wording import count, day, days_of, follow_ups, on, outstanding, wait_until

_MAIL = Channel.EMAIL
_IDEAS = "Bring one new thing: a work sample, an answer, a real question"


def empty_follow_up(case: Case) -> Finding | None:
    """Beside several unanswered messages only where no sterner rule about what a message brings speaks."""
    cadence = case.cadence
    if not case.signals.empty or cadence.is_new or case.early or cadence.told_to_wait:
        return None
    if cadence.unanswered > 1 and (repeat_without_value(case) or email_paper_trail(case)):
        return None
    started = cadence.last_touch or cadence.receipt or cadence.answer
    if started is None or cadence.days_since(started.at) < cadence.wait:
        return None
    if cadence.promise and cadence.unanswered == 0:
        slipped = (
            f"They said {day(cadence.promise.end)}; that it passed is on them. This asks for news and brings none."
        )
        return Finding(Level.NOTE, slipped, f"{_IDEAS}.", (cadence.promise.key,))
    return Finding(Level.NOTE, "This asks for news and brings none.", f"{_IDEAS}.", (started.key,))


def repeat_without_value(case: Case) -> Finding | None:
    """Known texts are compared; while the text is unknown, counts speak until the wait has passed."""
    cadence = case.cadence
    if case.text_known:
        if not case.signals.empty or not (_times_said(case) > 1 or _asked_before(case)):
            return None
        level = Level.HOLD if case.early else Level.CAUTION
    elif case.early and _chased_before(case):
        level = Level.CAUTION
    else:
        return None
    return Finding(level, _repeated(case), _new_or_wait(case), keys(cadence.streak))


def duplicate_text(case: Case) -> Finding | None:
    signals = case.signals
    if not signals.signature or signals.words < policy.DUPLICATE_WORDS:
        return None
    mine = frozenset(signals.signature)
    for touch in reversed(case.cadence.sent):
        theirs = touch.signals.signature
        if touch.delivered and _is_the_same(mine, theirs):
            message = f"They already have this text from {on(case.cadence, touch.at)}."
            return Finding(Level.HOLD, message, "Change what it says, or skip it.", (touch.key,))
    return None


def email_paper_trail(case: Case) -> Finding | None:
    """Held when the text is known to bring nothing; a letter of some length after the wait draws a caution only."""
    if case.draft.channel is not _MAIL or case.adds_value or case.closes_kindly:
        return None
    mails = tuple([touch for touch in case.cadence.streak if touch.channel is _MAIL])
    if len(mails) < policy.PAPER_TRAIL_MAILS or not (case.text_known or case.early):
        return None
    certain = case.text_known and (case.chases or case.early or case.signals.words < policy.LETTER_WORDS)
    message = f"{count(len(mails), 'mail')} are already unanswered; a further one will sit under them."
    return Finding(Level.HOLD if certain else Level.CAUTION, message, _new_or_wait(case), keys(mails))


def similarity(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of word triples two texts have in common, 0 to 1 (Dice's coefficient, estimated); 0 if either is empty.

    Each signature is the smallest hashes of a text (reading/drafts/signature.py): of the smallest of both together,
    those that both have are counted.
    """
    if not one or not other:
        return 0.0
    smallest = sorted(one | other)[: policy.SIGNATURE_VALUES]
    shared = sum([value in one and value in other for value in smallest]) / len(smallest)
    return 2 * shared / (1 + shared)


def _is_the_same(mine: frozenset[int], theirs: tuple[int, ...]) -> bool:
    return not mine.isdisjoint(theirs) and similarity(mine, frozenset(theirs)) >= policy.DUPLICATE_SHARE


def _times_said(case: Case) -> int:
    """Unanswered touches that said something; a call that rang out said nothing, unless its words are known."""
    silent = [
        touch for touch in case.cadence.streak if touch.channel is Channel.CALL and not touch.signals.asks_for_news
    ]
    return case.cadence.unanswered - len(silent)


def _asked_before(case: Case) -> bool:
    """Whether a touch of this streak brought nothing; the very first one opened the matter and asked nothing again."""
    cadence = case.cadence
    opens = cadence.sent[0] if cadence.sent else None
    before = [*(reply.at for reply in cadence.replies[:1]), *(notice.at for notice in cadence.notices[:1])]
    if opens and before and min(before) < opens.at:
        opens = None
    return any(touch.signals.asks_for_news or touch is not opens for touch in cadence.streak if touch.signals.empty)


def _chased_before(case: Case) -> bool:
    """Counts alone: two touches are out, or one call is and a second one is planned."""
    streak = case.cadence.streak
    return len(streak) > 1 or (case.by_phone and any(touch.channel is not Channel.EMAIL for touch in streak))


def _repeated(case: Case) -> str:
    cadence = case.cadence
    asked = [touch for touch in cadence.streak if touch.signals.empty or touch.signals.asks_for_news]
    if case.text_known and asked:
        return f"You asked the same thing on {days_of(cadence, asked)}; nothing is new since."
    return f"{outstanding(cadence)}, {nothing_new(cadence.streak, follow_ups(cadence))}."


def nothing_new(streak: tuple[Touch, ...], chased: tuple[Touch, ...]) -> str:
    """What followed them; work that was sent along is not denied."""
    if len(streak) == 1:
        return "no reply since"
    for touch in chased:
        if touch.signals.value_score >= policy.VALUE_ONE_STEP:
            return "no reply since"
    return "nothing new since"


def _new_or_wait(case: Case) -> str:
    if case.next_date is None:
        return f"{_IDEAS}."
    if case.text_known and case.signals.empty:
        return f"{wait_until(case.next_date)} {_IDEAS}."
    return f"{wait_until(case.next_date)[:-1]}, or now if you have something new for them."


RULES = (
    Rule(
        id="repeat-without-value",
        rank=61,
        title="The same question again",
        why="Following up just to follow up takes their time and gives nothing; the second time it shows.",
        source="Practice; single-vendor data on the content of follow-ups",
        levels=(Level.CAUTION, Level.HOLD),
        parameters={"unanswered_from": 2},
        find=repeat_without_value,
        covered_by=ENDINGS,
    ),
    Rule(
        id="email-paper-trail",
        rank=60,
        title="A trail of unanswered mail",
        why="Unanswered mails stay in their mailbox, one under the other, and are read together.",
        source="Belkins 2025: four and more mails triple complaints",
        levels=(Level.CAUTION, Level.HOLD),
        parameters={"unanswered_mails": policy.PAPER_TRAIL_MAILS, "a_letter_from_words": policy.LETTER_WORDS},
        find=email_paper_trail,
        covered_by=ENDINGS,
    ),
    Rule(
        id="duplicate-text",
        rank=62,
        title="They have this text already",
        why="A text sent twice tells them that it was not written for them.",
        source="Practice",
        levels=(Level.HOLD,),
        parameters={"same_share": policy.DUPLICATE_SHARE, "words_from": policy.DUPLICATE_WORDS},
        find=duplicate_text,
        softens=False,
    ),
    Rule(
        id="empty-follow-up",
        rank=80,
        title="Asks for news and brings none",
        why="A follow-up is welcome when it brings something; the more it brings, the sooner it is answered.",
        source="Boomerang: one to three questions raise replies",
        levels=(Level.NOTE,),
        parameters={"unanswered_up_to": 1},
        find=empty_follow_up,
        covered_by=ENDINGS,
    ),
)
