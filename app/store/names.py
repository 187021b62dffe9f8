"""Full names, hashed: the same name behind another address is found without any name lying open in the store."""

import re

from app.store.sealing import Sealer

_BESIDE = re.compile(r"\(.*?\)|\b(via|through|über|por)\b.*|\b(dr|mr|mrs|ms|prof|herr|frau)\b\.?")
_WORD = re.compile(r"[^\W\d_]{2,}")


def name_hash(name: str, sealer: Sealer) -> str | None:
    """16 hexadecimal characters, equal for the same words in any order; None for less than two words."""
    words = sorted(set(_WORD.findall(_BESIDE.sub(" ", name.casefold()[:200]))))
    return sealer.fingerprint(" ".join(words)) if len(words) >= 2 and "@" not in name else None
