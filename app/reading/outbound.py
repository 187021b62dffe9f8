"""Reads the person's own texts: a draft before it goes, a call script, a message already sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.cadence.thread import Signals, Stage
from app.reading.drafts.conclusions import answered, asks, is_annoyed, is_empty, value_kinds, word_count
from app.reading.drafts.findings import Found, findings
from app.reading.drafts.fold import fold, lower
from app.reading.drafts.language import language_of
from app.reading.drafts.lexicon import LANGUAGES, draft_lexicon
from app.reading.drafts.own_words import own_words
from app.reading.drafts.sentences import sentences
from app.reading.drafts.signature import signature_of
from app.reading.drafts.weights import Odds, odds_of
from app.reading.facts import OutboundReading
from app.reading.kinds import VALUE_WEIGHTS
from app.reading.plain import html_to_text
from connectors.message import Message

READER_VERSION = 1

_APOLOGIES_THAT_PLEAD = 3
_FEW_WORDS = 4
_LONGEST_SUBJECT = 300
_REPLY_MARK = re.compile(r"^ *(?:(?:re|aw|sv|rv|antw|fwd?|wg|tr)(?:\[\d+\])? *: *)+", re.ASCII)
_FORWARD_MARK = re.compile(r"^ *(?:fwd?|wg|tr|rv|enc|doorst) *:", re.ASCII)
_FORWARD_BLOCK = re.compile(
    r"^(?:-{5,} ?(?:forwarded message|weitergeleitete nachricht|mensaje reenviado)|begin forwarded message)",
    re.MULTILINE,
)
_SPOKEN = ("call", "voicemail")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The three words of `aftertouch read draft`."""

    annoyed: bool
    empty: bool
    adds_value: bool


def read_draft(channel: str, subject: str, text: str) -> Signals:
    """Signals of a draft or call script; earlier mail and signatures in `text` are cut first. Never raises.

    `channel` is email, call, voicemail or other. The subject is read only where it is all there is. Without a
    lexicon for the language only language, words and signature are filled.
    """
    return _read(channel, subject, text)[0]


def draft_verdict(signals: Signals) -> Verdict:
    """`adds_value` needs a full point: a bare link or attachment is half of one."""
    return Verdict(signals.annoyed, signals.empty, signals.value_score >= 1)


def read_sent(message: Message) -> OutboundReading:
    """Signals, stage cue and whether it passes somebody's mail on; the HTML is read only if there is no text."""
    text = message.text if message.text.strip() else html_to_text(message.html)
    signals, found = _read("email", message.subject, text)
    return OutboundReading(signals, _stage(found, signals.language), _is_forward(message))


def _read(channel: str, subject: str, text: str) -> tuple[Signals, Sequence[Found]]:
    body = own_words(text).body
    parts = sentences(body)
    words = [word for part in parts for word in part.words]
    if len(words) < _FEW_WORDS:
        parts += sentences(_own_subject(subject))
        words = [word for part in parts for word in part.words]
    language = language_of(body, words)
    signature = signature_of(body)
    known = language or "en"
    if known not in LANGUAGES:
        return Signals(language=language, words=len(words), signature=signature), ()
    found = findings(parts, draft_lexicon(known))
    signals = _signals(found, odds_of(found, known), spoken=channel in _SPOKEN)
    return replace(signals, language=language, signature=signature), found


def _own_subject(subject: str) -> str:
    """The subject of a new letter, or nothing for "Re: ...", whose words are older than the draft."""
    line = lower(fold(subject[:_LONGEST_SUBJECT]).replace("\n", " "))
    return "" if _REPLY_MARK.search(line) else line


def _signals(found: Sequence[Found], odds: Odds, *, spoken: bool) -> Signals:
    value = value_kinds(found, odds)
    score = sum(VALUE_WEIGHTS[kind] for kind in value)
    groups = {group for each in found for group in each.groups}
    apologies = sum("apologetic" in each.groups for each in found)
    return Signals(
        words=word_count(found),
        asks_for_news=asks(found, spoken=spoken),
        empty=is_empty(found, odds, spoken=spoken, value_score=score),
        value=value,
        value_score=score,
        answers=answered(found),
        annoyed=is_annoyed(found, odds),
        threat="threat" in groups,
        pressure="pressure" in groups and "competing_offer" not in groups,
        pleading="pleading" in groups or apologies >= _APOLOGIES_THAT_PLEAD,
        apologetic=apologies > 0,
        argues="argues" in groups,
        thanks="thanks" in groups,
        logistics="logistics" in groups,
        correction="correction" in groups,
        acceptance="acceptance" in groups,
        withdrawal="withdrawal" in groups,
        competing_offer="competing_offer" in groups,
        new_opportunity="new_opportunity" in groups,
    )


def _stage(found: Sequence[Found], language: str | None) -> Stage | None:
    """The furthest stage the text speaks of."""
    if not found:
        return None
    stages = draft_lexicon(language or "en").stages
    named = set[str]().union(*(stages.groups_in(each.words) for each in found))
    return next((stage for stage in reversed(Stage) if stage in named), None)


def _is_forward(message: Message) -> bool:
    if _FORWARD_MARK.search(lower(fold(message.subject))):
        return True
    whole = message.text if message.text.strip() else html_to_text(message.html, keep_quotes=True)
    return bool(_FORWARD_BLOCK.search(lower(fold(whole))))
