"""Parts: what the services work with. Built once by compose, another one by every test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.services.announcing import Announcer
from app.services.once import Once
from app.services.shelf import Shelf
from app.settings import Settings
from app.store.database import Database
from app.store.sealing import Sealer
from connectors.contract import Connector

SESSION_LIFE = timedelta(days=30)
SESSION_REST = timedelta(days=7)
"""An unused browser session ends after this long."""
SIGN_IN_LINK_LIFE = timedelta(minutes=30)
DEVICE_LIFE = timedelta(days=365)
DEVICE_CODE_LIFE = timedelta(minutes=5)
LINK_FLOW_LIFE = timedelta(minutes=15)
WORK = "work"  # the announcer's topic that wakes the sync loop


@dataclass(frozen=True, slots=True)
class Parts:
    """`clock` gives aware UTC; a request or a sync step reads it once and passes `now` on.

    `zone` is the person's IANA time zone, `country` the ISO 3166 code whose holidays count by default.
    `sample` is True when the provider simulator with the sample mailbox stands behind the connectors.
    `shelf` holds what was made from the facts already, `once` what is being done for a click.
    `given` are the settings as the person gave them, where a simulator took the providers' places in `settings`.
    """

    settings: Settings
    clock: Callable[[], datetime]
    database: Database
    sealer: Sealer
    connectors: Mapping[str, Connector]
    announcer: Announcer
    zone: str = "UTC"
    country: str | None = None
    sample: bool = False
    shelf: Shelf = field(default_factory=Shelf)
    once: Once = field(default_factory=Once)
    given: Settings | None = None
