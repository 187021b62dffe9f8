"""The closed lists of what a text can bring or answer; nothing outside them may stand in signals."""

from app.reading.lexicons import lexicon

ASK_KINDS: frozenset[str] = frozenset(lexicon("text")["asks"])

VALUE_WEIGHTS: dict[str, float] = {kind: float(weight) for kind, weight in lexicon("text")["value_weights"].items()}
"""Kind -> weight: a link or an attachment that no sentence explains is worth half."""
