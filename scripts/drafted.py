"""What is weighed of a labelled English draft, and how the weights are written. For weigh-words and weigh-signs."""

import json
from collections.abc import Mapping
from pathlib import Path

from app.reading.drafts.findings import findings
from app.reading.drafts.language import language_of
from app.reading.drafts.lexicon import draft_lexicon
from app.reading.drafts.opened import opened
from app.reading.drafts.own_words import own_words
from app.reading.drafts.sentences import chunks
from app.reading.drafts.weights import features_of
from scripts.fitting import Fitted


def features_in(text: str) -> list[str]:
    """In order; empty for another language than English, and where nothing is written."""
    body = own_words(text).body
    parts = chunks(body)
    if not parts or language_of(body, parts) not in ("en", None):
        return []
    return sorted(features_of(opened(parts, draft_lexicon("en").forms)))


def phrases_in(text: str) -> frozenset[str]:
    """The groups of which an English draft has a phrase."""
    english = draft_lexicon("en")
    return findings(opened(chunks(own_words(text).body), english.forms), english.book).names()


def write(target: Path, about: str, learned: Mapping[str, Fitted], margins: Mapping[str, float]) -> None:
    """As whole tenths of log odds, a line a feature; a draft must have more odds than the label's margin."""
    names = sorted(next(iter(learned.values())).weights)
    rows = {name: [round(10 * each.weights[name]) for each in learned.values()] for name in names}
    bias = {label: round(10 * (each.bias - margins[label])) for label, each in learned.items()}
    content = {"about": about, "bias": bias, "weights": rows}
    target.write_text(json.dumps(content, separators=(",", ":")).replace("],", "],\n") + "\n", encoding="utf-8")
