"""Opens the data files beside the code: phrases of each language, and lists of senders."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def lexicon(name: str) -> dict[str, Any]:
    """The content of `lexicon/<name>.json`; read once. Raises FileNotFoundError for a name that has no file."""
    text = files("app.reading").joinpath("lexicon", f"{name}.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


@cache
def senders(kind: str) -> frozenset[str]:
    """One list of `senders.json`: ats_domains, bulk_domains, role_names, office_words or free_domains."""
    return frozenset(lexicon("senders")[kind])
