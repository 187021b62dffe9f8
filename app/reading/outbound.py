"""Reads the person's own texts: a draft before it goes, a call script, a message already sent."""

import re
from dataclasses import dataclass, replace

from app.cadence.thread import Signals, Stage
from app.reading.drafts.conclusions import (
    answered,
    answers_with_figures,
    asks,
    is_annoyed,
    is_barely_annoyed,
    is_empty,
    presses,
    signs,
    value_kinds,
    word_count,
)
from app.reading.drafts.findings import Findings, findings
from app.reading.drafts.fold import LONGEST, fold, lower
from app.reading.drafts.language import language_of
from app.reading.drafts.lexicon import LANGUAGES, draft_lexicon
from app.reading.drafts.opened import opened
from app.reading.drafts.own_words import own_words
from app.reading.drafts.sentences import BREAK, chunks
from app.reading.drafts.signature import signature_of
from app.reading.drafts.weights import Odds, odds_of
from app.reading.facts import OutboundReading
from app.reading.kinds import VALUE_WEIGHTS
from app.reading.plain import every_word, html_to_text
from app.reading.quotes import without_long_quotes
from connectors.message import Message

_APOLOGIES_THAT_PLEAD = 3
_FEW_WORDS = 4
_FEW_CHUNKS = 20
_LETTER = re.compile(r"[a-z0-9]")
_LONGEST_SUBJECT = 300
_REPLY_MARK = re.compile(r"^ *(?:(?:re|aw|sv|rv|antw|fwd?|wg|tr)(?:\[\d+\])? *: *)+", re.ASCII)
_FORWARD_MARK = re.compile(r"^ *(?:fwd?|wg|tr|rv|enc|doorst) *:", re.ASCII)
_FORWARD_BLOCK = re.compile(
    r"^(?:-{5,} ?(?:forwarded message|weitergeleitete nachricht|mensaje reenviado)|begin forwarded message)",
    re.MULTILINE,
)
_FORWARDED = ("forwarded", "weitergeleitete", "reenviado")
"""One of these words is in whatever the pattern above finds."""
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
    lexicon for the language only language, words and signature are filled. A figure or a day counts as the answer to
    whatever may be answered so; in a draft that asks for news only where it stands apart from that.
    """
    signals, found = _read(channel, subject, text)
    if found is None:
        return signals
    answers = answers_with_figures(signals.answers, found.text, asking=signals.asks_for_news)
    return signals if answers == signals.answers else replace(signals, answers=answers)


def draft_verdict(signals: Signals) -> Verdict:
    """`adds_value` needs a full point: a bare link or attachment is half of one."""
    return Verdict(signals.annoyed, signals.empty, signals.value_score >= 1)


def read_sent(message: Message) -> OutboundReading:
    """Signals, stage cue and whether it passes somebody's mail on; the HTML is read only if there is no text."""
    plain = without_long_quotes(message.text) if message.text.strip() else ""
    signals, found = _read("email", message.subject, plain or html_to_text(message.html))
    forward = passes_on(message.subject, plain or _page_with_a_forward(message.html))
    return OutboundReading(signals, _stage(found) if found else None, forward)


def _read(channel: str, subject: str, text: str) -> tuple[Signals, Findings | None]:
    body = own_words(text).body
    parts = chunks(body)
    if len(parts) < _FEW_CHUNKS and _words_in(parts) < _FEW_WORDS:
        parts += [BREAK, *chunks(_own_subject(subject))]
    language = language_of(body, parts)
    signature = signature_of(body)
    known = language or "en"
    if known not in LANGUAGES:
        return Signals(language=language, words=_words_in(parts), signature=signature), None
    lexicon = draft_lexicon(known)
    whole = opened(parts, lexicon.forms)
    found, odds, spoken = findings(whole, lexicon.book), odds_of(whole, known), channel in _SPOKEN
    return _signals(found, odds, spoken=spoken, language=language, signature=signature), found


def _words_in(parts: list[str]) -> int:
    return sum(bool(_LETTER.search(part)) for part in parts)


def _own_subject(subject: str) -> str:
    """The subject of a new letter, or nothing for "Re: ...", whose words are older than the draft."""
    line = lower(fold(subject[:_LONGEST_SUBJECT]).replace("\n", " "))
    return "" if _REPLY_MARK.search(line) else line


def _signals(
    found: Findings, odds: Odds | None, *, spoken: bool, language: str | None, signature: tuple[int, ...]
) -> Signals:
    asking = asks(found, spoken=spoken)
    value = value_kinds(found, odds, asking=asking)
    score = sum(VALUE_WEIGHTS[kind] for kind in value)
    also = signs(found, odds)
    annoyed = is_annoyed(found, odds)
    pleads, apologies = found.any("pleading"), len(found.at("apologetic"))
    return Signals(
        language=language,
        words=word_count(found),
        asks_for_news=asking,
        empty=is_empty(found, odds, spoken=spoken, value_score=score),
        value=value,
        value_score=score,
        answers=answered(found),
        annoyed=annoyed,
        barely_annoyed=annoyed and is_barely_annoyed(found, odds),
        threat=found.any("threat"),
        pressure=presses(found, odds) and "competing_offer" not in also,
        pleading=pleads or apologies >= _APOLOGIES_THAT_PLEAD,
        apologetic=apologies > 0 and not pleads,
        argues="argues" in also,
        thanks="thanks" in also,
        logistics="logistics" in also,
        correction="correction" in also,
        acceptance="acceptance" in also,
        withdrawal=found.any("withdrawal"),
        competing_offer="competing_offer" in also,
        new_opportunity=found.any("new_opportunity"),
        signature=signature,
    )


def _stage(found: Findings) -> Stage | None:
    """The furthest stage the text speaks of."""
    return next((stage for stage in reversed(Stage) if found.any(f"stage.{stage}")), None)


def _page_with_a_forward(html: str) -> str:
    """The text of a page, quotes and all, if a forward may be in it."""
    return html_to_text(html, keep_quotes=True) if _may_be_forwarded(every_word(html)) else ""


def _may_be_forwarded(text: str) -> bool:
    small = text.lower() if text.isascii() else lower(fold(text))
    return len(small) >= LONGEST or any(word in small for word in _FORWARDED)


def passes_on(subject: str, text: str) -> bool:
    """Whether a text, quotes and all, is an earlier mail sent on to somebody else."""
    marked = _FORWARD_MARK.search(lower(fold(subject)))
    return bool(marked or (_may_be_forwarded(text) and _FORWARD_BLOCK.search(lower(fold(text)))))
