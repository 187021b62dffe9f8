"""What each provider will ask, in plain words: shown before the person leaves for its consent page."""

_ASKS = {
    "google": (
        "see your Gmail address",
        "read your mail and its settings (gmail.readonly)",
        "keep reading while you are away, until you unlink",
    ),
    "microsoft": (
        "see your Outlook address",
        "read your mail (Mail.Read)",
        "keep reading while you are away (offline_access), until you unlink",
    ),
}
_NAMES = {"google": "Gmail", "microsoft": "Outlook"}


def links() -> list[tuple[str, str, tuple[str, ...]]]:
    """(provider, name, what it asks) for each provider there is."""
    return [(provider, _NAMES[provider], asks) for provider, asks in _ASKS.items()]
