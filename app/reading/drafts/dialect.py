"""Reads a line of the lexicon's dialect (docs/lexicon.md) into pieces, and writes those as a regular expression."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

BEGIN, END = "^", "~"
"""The words before the first and behind the last one of a sentence; the dialect writes "$" for the second."""

_TOKEN = re.compile(r"_\d*|[()|?]|[^\s()|?_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: itself, "check*" for all that begin so, or the alternatives of a set, "/" and a pattern for numbers."""

    choices: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words of any kind; exactly one where `most` is 0."""

    most: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences, or none of them."""

    branches: tuple["Sequence", ...]
    optional: bool


Sequence = tuple[Word | Gap | Choice, ...]


def parsed(line: str, sets: Mapping[str, str]) -> Sequence:
    """ValueError for a line outside the dialect, so that a slip in the lexicon is found by its first test."""
    tokens = _TOKEN.findall(line)
    [*branches], rest = _branches(tokens, sets, line)
    if rest or len(branches) > 1:
        raise ValueError(f"phrase has a stray {(rest or ['|'])[0]!r}: {line!r}")
    return branches[0]


def _branches(tokens: list[str], sets: Mapping[str, str], line: str) -> tuple[list[Sequence], list[str]]:
    """The alternatives up to the closing bracket or the end, and what stands from there on."""
    branches: list[list[Word | Gap | Choice]] = [[]]
    while tokens and tokens[0] != ")":
        sign, *tokens = tokens
        if sign == "|":
            branches.append([])
        elif sign == "?":
            _make_optional(branches[-1], line)
        elif sign == "(":
            inside, tokens = _branches(tokens, sets, line)
            if not tokens:
                raise ValueError(f"phrase has an open group: {line!r}")
            tokens = tokens[1:]
            branches[-1].append(Choice(tuple(inside), optional=False))
        else:
            branches[-1].append(_piece(sign, sets))
    if not all(branches):
        raise ValueError(f"phrase has an empty alternative: {line!r}")
    return [tuple(branch) for branch in branches], tokens


def _make_optional(branch: list[Word | Gap | Choice], line: str) -> None:
    before = branch.pop() if branch else None
    if before is None or isinstance(before, Gap) or (isinstance(before, Choice) and before.optional):
        raise ValueError(f"phrase has a stray '?': {line!r}")
    branches = before.branches if isinstance(before, Choice) else ((before,),)
    branch.append(Choice(branches, optional=True))


def _piece(sign: str, sets: Mapping[str, str]) -> Word | Gap:
    if sign.startswith("_"):
        return Gap(int(sign[1:] or 0))
    if sign.startswith("<"):
        return Word(sets[sign[1:-1]])
    return Word(END if sign == "$" else sign)


def pattern_of(sequence: Sequence) -> str:
    """A regular expression for sentences whose words have one space before, between and behind them."""
    return " " + "".join(_written(sequence))


def _written(sequence: Sequence) -> Iterator[str]:
    for piece in sequence:
        if isinstance(piece, Word):
            yield _word(piece.choices) + " "
        elif isinstance(piece, Gap):
            yield f"(?:[^ ]+ ){{0,{piece.most}}}" if piece.most else "[^ ]+ "
        else:
            yield f"(?:{'|'.join(''.join(_written(branch)) for branch in piece.branches)})" + "?" * piece.optional


def _word(choices: str) -> str:
    if choices.startswith("/"):
        return f"(?:{choices[1:]})"
    escaped = re.sub(r"[.$+^:]", r"\\\g<0>", choices).replace("*", "[^ ]*")
    return f"(?:{escaped})" if "|" in escaped else escaped
