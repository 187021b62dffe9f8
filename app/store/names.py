"""Full names, hashed: the same name behind another address is found without any name lying open in the store."""

from app.reading.people import full_name
from app.store.sealing import Sealer


def name_hash(name: str, sealer: Sealer) -> str | None:
    """16 hexadecimal characters, equal for what `full_name` holds for the same name; None where it holds for none."""
    words = full_name(name)
    return sealer.fingerprint(" ".join(sorted(words))) if words else None
