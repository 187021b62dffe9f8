"""What a simulator is told before it starts: addresses, credentials, quota and how much mail it holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

CONSUMER_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of all personal Microsoft accounts (learn.microsoft.com, id token claims)."""


def callbacks(aftertouch_url: str) -> frozenset[str]:
    """The two redirect URIs that follow from the product's own base URL."""
    base = aftertouch_url.rstrip("/")
    return frozenset({f"{base}/link/google/callback", f"{base}/link/microsoft/callback"})


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """`base_url` has no trailing slash. `redirect_uris` are compared exactly.

    `quota` is gmail_2026, gmail_legacy or none. `sample` loads the mailbox of one job seeker, dated back from
    `today` (None: the clock's today, UTC). `bulk` adds that many synthetic messages to two more mailboxes.
    `latency` is waited, in seconds, before each API answer. `google_push_url` is where Pub/Sub pushes of watched
    Gmail mailboxes go (loopback only, empty: nowhere), signed for `google_push_account`. `push_hosts` are pushed to
    as well where a test answers in-process.
    """

    base_url: str = "http://127.0.0.1:8026"
    seed: int = 1
    google_client_id: str = "aftertouch-sample.apps.googleusercontent.example"
    google_client_secret: str = "sample-google-secret"  # noqa: S105 known to the simulator only
    microsoft_client_id: str = "5a3f0c52-6a0e-4c5e-9f0e-8d2f6f0a7c11"
    microsoft_client_secret: str = "sample-microsoft-secret"  # noqa: S105 likewise
    redirect_uris: frozenset[str] = callbacks("http://127.0.0.1:8025")
    quota: str = "gmail_2026"
    sample: bool = True
    today: date | None = None
    bulk: int = 0
    latency: float = 0.0
    google_push_url: str = ""
    push_hosts: frozenset[str] = frozenset()
    google_push_account: str = "gmail-push@aftertouch-sample.example"

    @property
    def google_issuer(self) -> str:
        return f"{self.base_url}/google"

    @property
    def gmail_url(self) -> str:
        return f"{self.base_url}/googleapis"

    @property
    def microsoft_authority(self) -> str:
        return f"{self.base_url}/common"

    @property
    def graph_url(self) -> str:
        return f"{self.base_url}/graph/v1.0"

    def knows_redirect(self, uris: Iterable[str]) -> bool:
        return all(uri in self.redirect_uris for uri in uris)
