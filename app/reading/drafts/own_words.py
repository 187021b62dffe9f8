"""Cuts a draft down to what the person wrote in it: no earlier mail, no signature, no date, greeting or sign-off."""

import re
from dataclasses import dataclass
from functools import cache

from app.reading.drafts.fold import fold, lower
from app.reading.lexicons import lexicon as data_file

_LONGEST_OWN = 12_288
_MOST_LINES = 2000
_LONGEST_LINE = 300
_LAST_LINES = 12
_DATED_LETTER = 3


@dataclass(frozen=True, slots=True)
class OwnWords:
    """`written` is everything new, folded, case kept; `body` the same without date, greeting and sign-off."""

    written: str
    body: str


@cache
def _pattern(name: str) -> re.Pattern[str]:
    text = data_file("text")
    return re.compile(text[name] if name in ("date_line", "greeting") else text["cut"][name], re.ASCII)


@cache
def _suspects() -> frozenset[str]:
    """The sign or two that every line begins with that a pattern of "cut" can find."""
    return frozenset(beginning[:2] for beginning in data_file("text")["cut"]["suspects"])


def own_words(text: str) -> OwnWords:
    """Looks at the first 64 K characters and 2000 lines, keeps at most 12 K of the person's own."""
    lines = [line.strip() for line in _new_lines(fold(text).split("\n", _MOST_LINES)[:_MOST_LINES])]
    written = "\n".join(lines)[:_LONGEST_OWN]
    kept = _without_greeting(_without_date(_without_sign_off(written.strip().split("\n"))))
    return OwnWords(written, "\n".join(kept).strip())


def _new_lines(lines: list[str]) -> list[str]:
    kept: list[str] = []
    suspects, at = _suspects(), 0
    while at < len(lines):
        begin = lines[at].strip()[:2].lower()
        if begin[:1] == ">":
            at += 1
            continue
        if begin not in suspects and begin[:1] not in suspects:
            kept.append(lines[at])
            at += 1
            continue
        line = lower(lines[at].strip()[:_LONGEST_LINE])
        intro = _intro_length(lines, at, line)
        if _cuts(lines, at, line) or (intro and not _quoted_after(lines, at + intro)):
            break
        if not intro and not _pattern("device").search(line):
            kept.append(lines[at])
        at += intro or 1
    return kept


def _cuts(lines: list[str], at: int, line: str) -> bool:
    if _pattern("from_here").search(line) or _pattern("signature").search(line):
        return True
    if not _pattern("header").search(line):
        return False
    following = (lower(after.strip()[:_LONGEST_LINE]) for after in lines[at + 1 : at + 4])
    return any(_pattern("header_next").search(after) for after in following)


def _intro_length(lines: list[str], at: int, line: str) -> int:
    """How many lines "On 3 May 2026, Rita wrote:" takes (1 to 3); 0 when none begins here."""
    if not _pattern("intro").search(line):
        return 0
    joined = ""
    for count, part in enumerate(lines[at : at + 3], start=1):
        joined = (joined + " " + lower(part.strip()[:_LONGEST_LINE])).strip()
        if joined.endswith(":") and _pattern("intro_end").search(joined):
            return count if re.search(r"[0-9@]", joined) else 0
    return 0


def _quoted_after(lines: list[str], at: int) -> bool:
    return next((line.strip().startswith(">") for line in lines[at : at + 4] if line.strip()), False)


def _without_sign_off(lines: list[str]) -> list[str]:
    for at in range(max(0, len(lines) - _LAST_LINES), len(lines)):
        line = lower(lines[at][:_LONGEST_LINE])
        if at and len(line) < 80 and _pattern("sign_off").search(line):
            after = lines[at + 1 :]
            start = next(
                (i for i, rest in enumerate(after) if _pattern("postscript").search(lower(rest[:9]))), len(after)
            )
            return lines[:at] + after[start:]
    return lines


def _without_date(lines: list[str]) -> list[str]:
    """The date above a letter, by itself and with an empty line below, goes."""
    if len(lines) < _DATED_LETTER or lines[1] or not _pattern("date_line").search(lower(lines[0][:_LONGEST_LINE])):
        return lines
    return lines[2:]


def _without_greeting(lines: list[str]) -> list[str]:
    if not lines:
        return lines
    first = lines[0]
    found = _pattern("greeting").search(lower(first[:_LONGEST_LINE]))
    return [first[found.end() :].strip(), *lines[1:]] if found else lines
