"""From what was found to what it means: value, emptiness and tone of a text of the person's own."""

from functools import cache

from app.reading.drafts.anchors import NUMBER
from app.reading.drafts.findings import Findings
from app.reading.drafts.opened import Opened
from app.reading.drafts.weights import Odds
from app.reading.kinds import ASK_KINDS, VALUE_WEIGHTS
from app.reading.lexicons import lexicon as data_file

_HALVES = frozenset({"link", "attachment"})
_LONGEST_EMPTY = 60
_MOST_CONTENT = 24
_CUES_NEEDED = 1.5
_IDEA_BESIDE_AN_ASK = 6
PHRASE = 20
"""Tenths of log odds that a phrase adds to its sign, chosen on drafts the phrases were not written for."""
_SIGNS = ("thanks", "logistics", "correction", "acceptance", "competing_offer", "argues")
"""Those of which the words are weighed (scripts/weigh-signs)."""
_FEW, _MORE = 24, 16
"""Tenths of log odds that a text without words would need beside nought to sound annoyed; one of 24 needs none. Most
drafts are calm and every draft begins with a few words, which alone prove little."""
_BARELY, _CALM = 15, -26
"""Tenths of log odds of sounding annoyed: below the one it may be chance, below the other a text is plainly calm.
Scenarios whose drafts taught nothing: hurt ones stand above 20, of the calm ones held for hurt most below 10."""
_UNCOUNTED = ("courtesy", "restate", "claim")
_NO_CONTENT = ("ask", "courtesy", "restate", "claim", "context", "annoyed")
_BRINGS_SOMETHING = ("logistics", "correction", "acceptance", "withdrawal", "competing_offer", "apply")


def value_kinds(found: Findings, odds: Odds | None, *, asking: bool) -> tuple[str, ...]:
    """Kinds in the order of VALUE_WEIGHTS; a link or attachment counts only where nothing better is said.

    The weighed words decide whether there is value, the phrases of which kind: "idea" where they name none;
    in a draft that asks for news the words alone must tell of it clearly (tenths of log odds).
    """
    if odds and odds["adds_value"] <= 0:
        return _halves(found)
    kinds = found.below("value")
    better = kinds - _HALVES
    if odds and not better:
        if asking and odds["adds_value"] <= _IDEA_BESIDE_AN_ASK:
            return _halves(found)
        better = {"idea"}
    return tuple(kind for kind in VALUE_WEIGHTS if kind in (better or kinds))


def _halves(found: Findings) -> tuple[str, ...]:
    return tuple(kind for kind in sorted(_HALVES) if found.any(f"value.{kind}"))[:1]


def signs(found: Findings, odds: Odds | None) -> frozenset[str]:
    """What the text is besides, such as thanks: by its phrases; in English they only add to what is weighed."""
    if not odds:
        return frozenset(sign for sign in _SIGNS if found.any(sign))
    return frozenset(sign for sign in _SIGNS if odds[sign] > 0 or (odds[sign] + PHRASE > 0 and found.any(sign)))


def answered(found: Findings) -> tuple[str, ...]:
    """Kinds of asks the text meets, sorted."""
    return tuple(sorted(found.below("answers") & ASK_KINDS))


def answers_with_figures(answers: tuple[str, ...], text: Opened, *, asking: bool) -> tuple[str, ...]:
    """A number, a day, a yes or no may be all of the answer to a question of several kinds; sorted.

    Beside a question for news, only one in a sentence that neither asks nor looks back ("I applied on the 2nd").
    """
    states, kinds = _stated()
    sentences = text.sentences() if asking else [text.words]
    if any(not states.isdisjoint(said) and not (asking and _looks_back(said)) for said in sentences):
        return tuple(sorted(kinds.union(answers)))
    return answers


def _looks_back(said: list[str]) -> bool:
    """Whether a sentence looks back, or asks."""
    return not _looking_back().isdisjoint(said)


@cache
def _looking_back() -> frozenset[str]:
    return frozenset({"qm", *data_file("text")["looks_back"].split()})


@cache
def _stated() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset({NUMBER, *data_file("text")["states"].split()}), frozenset(data_file("text")["stated"])


def word_count(found: Findings) -> int:
    """Words of the sentences that are more than courtesy."""
    uncounted = found.at(*_UNCOUNTED)
    return found.text.whole_length() - found.words_in(uncounted - found.at("ask", among=uncounted))


def asks(found: Findings, *, spoken: bool) -> bool:
    """True if some sentence asks for news; a call has ways of asking of its own."""
    return found.any("ask") or (spoken and found.any("spoken_ask"))


def is_empty(found: Findings, odds: Odds | None, *, spoken: bool, value_score: float) -> bool:
    """Asks for news or repeats an interest, and brings nothing a reader could use."""
    if value_score >= 1:
        return False
    if odds:
        return odds["empty"] > 0
    brief = word_count(found) <= _LONGEST_EMPTY and not any(map(found.any, _BRINGS_SOMETHING))
    return brief and _only_asks(found, spoken=spoken)


def _only_asks(found: Findings, *, spoken: bool) -> bool:
    no_content = found.at(*_NO_CONTENT, "spoken_ask") if spoken else found.at(*_NO_CONTENT)
    content = found.words_in(found.everywhere() - no_content)
    return (asks(found, spoken=spoken) or found.any("restate")) and content <= _MOST_CONTENT


def is_annoyed(found: Findings, odds: Odds | None) -> bool:
    """A threat always; else what the weighed words say, or the phrases in a language without weights."""
    if not odds:
        return found.any("threat") or _sounds_annoyed(found)
    return found.any("threat") or _FEW * odds["annoyed"] > _MORE * max(0, _FEW - len(found.text.words))


def is_barely_annoyed(found: Findings, odds: Odds | None) -> bool:
    """Of a text that sounds annoyed: whether its words weigh so little that it may be chance."""
    return odds is not None and odds["annoyed"] < _BARELY and not found.any("threat")


def presses(found: Findings, odds: Odds | None) -> bool:
    """A deadline and what follows always; what only may be meant as pressure, not where the words weigh calm."""
    if not odds or found.any("pressure.said"):
        return found.any("pressure")
    return odds["annoyed"] > _CALM and found.any("pressure")


def _sounds_annoyed(found: Findings) -> bool:
    """One strong cue, or enough weak ones of different kinds, aimed at the reader or their house.

    A weak cue (a feeling, sarcasm, a demand, a count, shouting) weighs 1, a mild one (waiting, effort spent) half,
    and each kind counts once; a sentence that softens ("no rush", "I know you are busy") takes 1 away.
    """
    if found.any("annoyed.aimed"):
        return True
    aimed = found.at("target")
    near = {number + step for number in aimed for step in (-1, 0, 1)}
    if not near.isdisjoint(found.at("annoyed.strong")):
        return True
    return bool(aimed) and _weight_of_cues(found) - found.any("calm") >= _CUES_NEEDED


def _weight_of_cues(found: Findings) -> float:
    return len(found.below("annoyed.weak")) + 0.5 * len(found.below("annoyed.mild"))
