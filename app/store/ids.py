"""Ids of rows: random, so that none can be guessed from another."""

import secrets


def new_id() -> str:
    """32 random hexadecimal characters: the id of a person, account, device, recipient or logged touch."""
    return secrets.token_hex(16)
