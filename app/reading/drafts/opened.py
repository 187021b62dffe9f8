"""A text with its short forms opened, in the shape phrases and weights are looked up in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from sys import intern

from app.reading.drafts.anchors import NUMBER
from app.reading.drafts.dialect import BEGIN, END
from app.reading.drafts.sentences import BREAK, SHOUT, ends_sentence, pattern

URGE = "^urge"
"""The word for doubled question and exclamation marks."""

_MARKS = frozenset({BEGIN, END, BREAK, SHOUT, URGE, "qm", "em"})
_LONGEST = 60
_MOST_FORMS, _LONGEST_KEPT = 20_000, 24
_URGES = ("??", "?!", "!?", "!!!")


@dataclass(frozen=True, slots=True)
class Opened:
    """Each of `lines` is the words of one sentence with one space around every word; `words` those of all lines.

    Among `words`, whatever begins like a number is "#", and BREAK stands between the lines.
    """

    lines: list[str]
    words: list[str]

    def length(self, number: int) -> int:
        """Words of one sentence, its marks not counted."""
        return sum([word not in _MARKS for word in self.lines[number].split()])

    def sentences(self) -> Iterator[list[str]]:
        """The words of each line."""
        begin = 0
        for line in self.lines:
            end = begin + line.count(" ") - 1
            yield self.words[begin:end]
            begin = end + 1

    def whole_length(self) -> int:
        """Words of all sentences."""
        return len(self.words) - sum(map(_MARKS.__contains__, self.words))


class Forms(dict[str, str]):
    """Each chunk with the words it stands for: short forms opened, "qm" and "em" for marks, the end of a sentence.

    `rewrite` opens short forms by word, `endings` by how a word ends. Short new chunks are remembered, up to a limit.
    """

    def __init__(self, rewrite: Mapping[str, str], endings: Iterable[tuple[str, str]]) -> None:
        super().__init__({BREAK: f"{END} {BREAK} {BEGIN}", SHOUT: SHOUT})
        self._rewrite = rewrite
        self._endings = tuple(endings)

    def __missing__(self, chunk: str) -> str:
        form = " ".join(self._words(chunk))
        if len(self) < _MOST_FORMS and len(chunk) <= _LONGEST_KEPT:
            self[chunk] = form
        return form

    def _words(self, chunk: str) -> Iterator[str]:
        ends = ends_sentence(chunk)
        yield from map(self._word, pattern("token").findall(chunk.replace("-", " ")))
        if ends:
            yield END
        if any(urge in chunk for urge in _URGES):
            yield URGE
        if ends:
            yield f"{BREAK} {BEGIN}"

    def _word(self, token: str) -> str:
        if token[0] in "?!":
            return " ".join(["qm"] * ("?" in token) + ["em"] * ("!" in token))
        if token in self._rewrite:
            return self._rewrite[token]
        for ending, rest in self._endings if "'" in token else ():
            if token.endswith(ending):
                return f"{token[: -len(ending)]} {rest}".rstrip()
        return token


class _Words(dict[str, str]):
    """Each word as it is looked up, NUMBER for numbers: one object a word, of which the hash is known already."""

    def __missing__(self, word: str) -> str:
        looked_up = intern(word) if word > ":" else NUMBER
        if len(self) < _MOST_FORMS and len(word) <= _LONGEST_KEPT:
            self[word] = looked_up
        return looked_up


_WORDS = _Words()


def opened(chunks: list[str], forms: Forms) -> Opened:
    """A sentence without a word is none, and one of more than 60 words counts as several."""
    text = f" {BEGIN} {' '.join(filter(None, map(forms.__getitem__, chunks)))} {END} "
    text = text.replace(f" {BEGIN} {END} {BREAK}", "").removesuffix(f" {BREAK} {BEGIN} {END} ")
    text = text if text.endswith(" ") else text + " "
    lines = text.split(BREAK)
    if max(map(str.count, lines, repeat(" "))) > _LONGEST + 1:
        lines = [part for line in lines for part in _cut(line)]
        text = BREAK.join(lines)
    return Opened(lines, [*map(_WORDS.__getitem__, text.split())])


def _cut(line: str) -> Iterator[str]:
    words = line.split()
    if len(words) <= _LONGEST:
        yield line
        return
    for at in range(1, len(words) - 1, _LONGEST):
        yield f" {BEGIN} {' '.join(words[at : min(at + _LONGEST, len(words) - 1)])} {END} "
