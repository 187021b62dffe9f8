"""Where the providers' pushes go, and the secret that Microsoft's carry."""

from urllib.parse import urlencode

from app.services.parts import Parts
from app.settings import LOOPBACK, Settings


def can_be_pushed_to(settings: Settings) -> bool:
    """Whether providers can reach us: a public https address."""
    return settings.base.scheme == "https" and settings.base.hostname not in LOOPBACK


def hook(parts: Parts, provider: str, account_id: str = "") -> str:
    """Where pushes of a mailbox go: Google's all to one address, Microsoft's to one for each account."""
    asked = f"?{urlencode({'account': account_id})}" if account_id and provider != "google" else ""
    return f"{parts.settings.base_url}/hooks/{provider}{asked}"


def push_secret(parts: Parts, account_id: str) -> str:
    """128 bits that only this installation can work out for an account; a new key makes new ones."""
    return "".join(parts.sealer.fingerprint(f"push:{half}:{account_id}") for half in (1, 2))
