"""What the extension weighs: the built scripts, compressed as they travel."""

import gzip
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure

CHROME = Path(__file__).parents[2] / "extension" / "dist" / "chrome"
LEXICON = Path(__file__).parents[2] / "app" / "reading" / "lexicon"


def figures() -> Iterator[Figure]:
    for name, limit in (("gmail.js", 20), ("outlook.js", 20), ("background.js", 8)):
        yield Figure.at_most(f"{name}, gzip", _kilobytes((CHROME / name).read_bytes()), "KB", limit)


def _kilobytes(data: bytes) -> float:
    return len(gzip.compress(data, 9)) / 1024
