"""From what was found to what it means: value, emptiness and tone of a text of the person's own."""

from collections.abc import Sequence

from app.reading.drafts.findings import Found
from app.reading.drafts.weights import Odds
from app.reading.kinds import ASK_KINDS, VALUE_WEIGHTS

_HALVES = frozenset({"link", "attachment"})
_BEYOND_DOUBT = frozenset({"offer_deadline", "correction", "acceptance", "withdrawal"})
_LONGEST_EMPTY = 60
_MOST_CONTENT = 24
_CUES_NEEDED = 1.5
_UNCOUNTED = ("courtesy", "restate", "claim")
_NO_CONTENT = ("ask", "courtesy", "restate", "claim", "context", "annoyed")
_SURELY_ANNOYED, _HARDLY_ANNOYED = 200, -100
_SURELY_VALUE, _HARDLY_VALUE = 200, -150
_SURELY_EMPTY, _HARDLY_EMPTY = 150, -200
_BRINGS_SOMETHING = ("logistics", "correction", "acceptance", "withdrawal", "competing_offer", "apply")


def value_kinds(found: Sequence[Found], odds: Odds) -> tuple[str, ...]:
    """Kinds in the order of VALUE_WEIGHTS; a link or attachment counts only where its sentence says nothing better.

    The weighed words decide where the phrases are silent ("idea") or clearly mistaken, save for the plainest kinds.
    """
    kinds = _named_kinds(found)
    if odds.adds_value < _HARDLY_VALUE:
        kinds &= _HALVES | _BEYOND_DOUBT
    elif odds.adds_value > _SURELY_VALUE and kinds <= _HALVES:
        kinds.add("idea")
    return tuple(kind for kind in VALUE_WEIGHTS if kind in kinds)


def _named_kinds(found: Sequence[Found]) -> set[str]:
    kinds: set[str] = set()
    for each in found:
        named = {group.removeprefix("value.") for group in each.groups if group.startswith("value.")}
        kinds |= named if named <= _HALVES else named - _HALVES
    return kinds


def answered(found: Sequence[Found]) -> tuple[str, ...]:
    """Kinds of asks the text meets, sorted."""
    groups = {group.removeprefix("answers.") for each in found for group in each.groups if group.startswith("answers.")}
    return tuple(sorted(groups & ASK_KINDS))


def word_count(found: Sequence[Found]) -> int:
    """Words of the sentences that are more than courtesy."""
    return sum(len(each.sentence.words) for each in found if not each.any_of(*_UNCOUNTED) or each.any_of("ask"))


def asks(found: Sequence[Found], *, spoken: bool) -> bool:
    """True if some sentence asks for news; a call has ways of asking of its own."""
    names = ("ask", "spoken_ask") if spoken else ("ask",)
    return any(each.any_of(*names) for each in found)


def is_empty(found: Sequence[Found], odds: Odds, *, spoken: bool, value_score: float) -> bool:
    """Asks for news or repeats an interest, and brings nothing a reader could use."""
    if value_score >= 1 or word_count(found) > _LONGEST_EMPTY or any(each.any_of(*_BRINGS_SOMETHING) for each in found):
        return False
    return odds.empty > _SURELY_EMPTY or (odds.empty > _HARDLY_EMPTY and _only_asks(found, spoken=spoken))


def _only_asks(found: Sequence[Found], *, spoken: bool) -> bool:
    wants = asks(found, spoken=spoken) or any(each.any_of("restate") for each in found)
    no_content = (*_NO_CONTENT, "spoken_ask") if spoken else _NO_CONTENT
    content = sum(len(each.sentence.words) for each in found if not each.any_of(*no_content))
    return wants and content <= _MOST_CONTENT


def is_annoyed(found: Sequence[Found], odds: Odds) -> bool:
    """What the phrases say, unless the weighed words are clear where the phrases are silent, or doubt them."""
    return odds.annoyed > _SURELY_ANNOYED or (odds.annoyed > _HARDLY_ANNOYED and _sounds_annoyed(found))


def _sounds_annoyed(found: Sequence[Found]) -> bool:
    """A threat, one strong cue, or enough weak ones of different kinds, aimed at the reader or their house.

    A weak cue (a feeling, sarcasm, a demand, a count, shouting) weighs 1, a mild one (waiting, effort spent) half,
    and each kind counts once; a sentence that softens ("no rush", "I know you are busy") takes 1 away.
    """
    if any(each.any_of("annoyed.aimed", "threat") for each in found):
        return True
    aimed = [each.any_of("target") for each in found]
    near = [any(aimed[max(0, at - 1) : at + 2]) for at in range(len(found))]
    if any(each.any_of("annoyed.strong") and near[at] for at, each in enumerate(found)):
        return True
    calmed = any(each.any_of("calm") for each in found)
    return any(aimed) and _weight_of_cues(found) - calmed >= _CUES_NEEDED


def _weight_of_cues(found: Sequence[Found]) -> float:
    kinds = {group for each in found for group in each.groups if group.startswith(("annoyed.weak.", "annoyed.mild."))}
    kinds |= {group for each in found if not each.any_of("glad") for group in each.groups if group.startswith("mark.")}
    return sum(0.5 if kind.startswith("annoyed.mild.") else 1 for kind in kinds)
