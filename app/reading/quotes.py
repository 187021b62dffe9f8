"""Cuts a received text down to what its sender wrote anew: earlier mail, signatures and legal footers go.

One pass over the lines with tests of bounded length, so the time grows with the text and with nothing else.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from app.reading.lexicons import lexicon

CAP = 64 * 1024
"""Longest text read, in characters; nobody writes more than this anew."""

_MOST_LINES = 4000
_MOST_SHORTENED = 2000
_LONGEST_TESTED = 300
_LONGEST_SIGNATURE = 600
_ATTRIBUTION_LINES = 4
_HEADER_LINES = 6


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_WORDS = lexicon("quotes")
_FROM = re.compile(rf"[>*\s]{{0,4}}(?:{_any_of(_WORDS['from'])})\s{{0,2}}:\*?\s?\S", re.IGNORECASE)
_HEADER = re.compile(rf"[>*\s]{{0,4}}(?:{_any_of(_WORDS['from'] + _WORDS['beside_from'])})\s{{0,2}}:", re.IGNORECASE)
_EARLIER = re.compile(rf"[\s>*_-]{{0,12}}(?:{_any_of(_WORDS['before'])})[\s*:_-]{{0,12}}$", re.IGNORECASE)
_OPENER = re.compile(
    rf"(?:{_any_of(_WORDS['openers'])})\s|\w{{2,4}}\.?,?\s\d|\d{{1,4}}[./-]\d{{1,2}}[./-]\d|\d{{1,2}}\s\w+\.?\s\d{{4}}",
    re.IGNORECASE,
)
_WROTE = re.compile(rf"(?:{_any_of(_WORDS['wrote'])})(?![a-z])", re.IGNORECASE)
_DATED = re.compile(r"\d{1,4}[./:-]\d{1,2}|\d{4}|\d{1,2}\.?,?\s+\w|\w\s+\d{1,2}\b")
_ADDRESS_AT_END = re.compile(r"[\w.+-]+@[\w.-]+[>)\]]*\s*:\s*$")
_DELIMITER = re.compile(r"\s{0,3}(?:--|—|–|__+|\*\*+|- - -[ -]*|-{3,})\s*$")
_RULE = re.compile(r"\s{0,3}[_-]{10,}\s*$")
_SENT_FROM = re.compile(rf"\s{{0,3}}[\[(*_]?(?:{_any_of(_WORDS['sent_from'])})", re.IGNORECASE)
_FOOTER = re.compile(rf"[\s*_\[(]{{0,4}}(?:{_any_of(_WORDS['footers'])})", re.IGNORECASE)
_NAME_ALONE = re.compile(r"-{1,2}\s?[A-Z]\w+ [A-Z]\w+$")
_LONG_QUOTE = re.compile(r"(\n(?:>[^\n]*\n){4})(?:>[^\n]*\n)+")
_FAMILIES = ("from", "beside_from", "before", "openers", "sent_from", "footers")
_FIRST_WORDS = {phrase.split()[0] for family in _FAMILIES for phrase in _WORDS[family]}
_WORTH_A_LOOK = re.compile(
    rf"\s{{0,3}}(?:[>_*(\[—–-]|(?:{_any_of(_FIRST_WORDS)})\b|\d|\w{{2,4}}\.?,?\s\d)", re.IGNORECASE
)


def new_text(text: str) -> str:
    """What the sender wrote anew, at most 64 KB of it; answers between quoted lines are kept. Never raises."""
    lines = _with_bare_breaks(text[:CAP]).split("\n", _MOST_LINES)
    return "\n".join(_fresh(lines[:_MOST_LINES])).strip()


def without_long_quotes(text: str) -> str:
    """The text with four lines left of every longer run of ">" lines: who only looks whether one begins reads less.

    A text above 64 KB or 2,000 lines stays as it is.
    """
    text = _with_bare_breaks(text)
    if len(text) > CAP or text.count("\n") >= _MOST_SHORTENED:
        return text
    return _LONG_QUOTE.sub(r"\1", text)


def _with_bare_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _fresh(lines: list[str]) -> Iterator[str]:
    """The lines to keep. A signature hides what follows up to the next quote, earlier mail hides all the rest."""
    at, signed = 0, False
    while at < len(lines):
        line = lines[at]
        if line.startswith(">"):
            at, signed = _behind_quote(lines, at), False
            continue
        if not _WORTH_A_LOOK.match(line):
            if not signed:
                yield line
            at += 1
            continue
        if line.lstrip().startswith(">"):
            at, signed = at + 1, False
        elif (after := _attribution_end(lines, at)) is not None:
            if not _quote_follows(lines, after):
                return
            at, signed = after, False
        elif _earlier_mail_begins(lines, at) or _FOOTER.match(line):
            return
        else:
            signed = signed or _signs(lines, at)
            if not signed and not _is_device_line(line):
                yield line
            at += 1


def _behind_quote(lines: list[str], at: int) -> int:
    """The next line that does not begin with ">"."""
    return next((end for end, line in enumerate(islice(lines, at, None), at) if line[:1] != ">"), len(lines))


def _attribution_end(lines: list[str], at: int) -> int | None:
    """Behind "On <date>, <name> wrote:", which programs wrap over up to four lines; None when there is none."""
    if not _OPENER.match(lines[at].lstrip(" *_")):
        return None
    joined = ""
    for end in range(at, min(at + _ATTRIBUTION_LINES, len(lines))):
        line = lines[end].strip(" *_")
        if not line or len(joined) + len(line) > _LONGEST_TESTED:
            return None
        joined = f"{joined} {line}"
        if line.endswith(":"):
            return end + 1 if _is_attribution(joined) else None
    return None


def _is_attribution(joined: str) -> bool:
    says_who = _WROTE.search(joined) is not None or _ADDRESS_AT_END.search(joined) is not None
    return says_who and _DATED.search(joined) is not None


def _quote_follows(lines: list[str], at: int) -> bool:
    following = (line for line in lines[at : at + 12] if line.strip())
    return next(following, "").lstrip().startswith(">")


def _earlier_mail_begins(lines: list[str], at: int) -> bool:
    line = lines[at][:_LONGEST_TESTED]
    if _EARLIER.match(line):
        return True
    if _RULE.match(line):
        following = [index for index in range(at + 1, min(at + 4, len(lines))) if lines[index].strip()]
        return bool(following) and _header_block(lines, following[0])
    return _header_block(lines, at)


def _header_block(lines: list[str], at: int) -> bool:
    """ "From:" among at least two lines of mail headers, in any order and in nine languages."""
    if not _HEADER.match(lines[at]):
        return False
    block: list[str] = []
    for line in lines[at : at + _HEADER_LINES + 2]:
        if _HEADER.match(line):
            block.append(line)
        elif line.strip() and len(block) < 2 and not line.startswith((" ", "\t")):
            break
    return len(block) >= 2 and any(_FROM.match(line) for line in block)


def _signs(lines: list[str], at: int) -> bool:
    """A line of dashes alone opens a signature when not much follows it; "-- " always does."""
    if not _DELIMITER.match(lines[at]):
        return False
    below = sum(len(line) for line in lines[at + 1 : at + 60])
    return lines[at].strip() in ("--", "—") or (at > 0 and below < _LONGEST_SIGNATURE)


def _is_device_line(line: str) -> bool:
    """ "Sent from my iPhone", but not a sentence that happens to begin so; or a name behind a dash."""
    if _NAME_ALONE.match(line):
        return True
    return len(line) < 90 and _SENT_FROM.match(line) is not None and "," not in line and not line.rstrip().endswith(".")
