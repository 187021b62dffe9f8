"""Composes Parts from the settings: the only place that reads the clock and picks store and providers."""

import locale
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from tzlocal import get_localzone_name

from app.services.announcing import Announcer
from app.services.parts import Parts
from app.settings import LOOPBACK, Settings, SettingsError
from app.store import rotation
from app.store.database import Database
from app.store.key_file import read_or_make_key_file, replace_key_file
from app.store.sealing import Sealer
from connectors import Connector, GmailConnector, OutlookConnector, Transport

SIMULATED_GOOGLE_ID = "aftertouch-sample.apps.example"
SIMULATED_MICROSOFT_ID = "00000000-0000-4000-8000-00000000a17e"
SIMULATED_SECRET = "a-secret-that-guards-only-a-sample-mailbox"  # noqa: S105


def read_clock() -> datetime:
    """The one clock: aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Simulation:
    """Where the provider simulator listens, and the settings that point every connector at it."""

    port: int
    base_url: str
    settings: Settings


def simulation(settings: Settings) -> Simulation:
    """Settings with both providers replaced by the simulator on the next free loopback port."""
    port = _free_port((settings.base.port or 8025) + 1)
    base_url = f"http://127.0.0.1:{port}"
    pointed = settings.model_copy(
        update={
            "google_client_id": SIMULATED_GOOGLE_ID,
            "google_client_secret": SecretStr(SIMULATED_SECRET),
            "google_issuer": f"{base_url}/google",
            "gmail_url": f"{base_url}/googleapis",
            "microsoft_client_id": SIMULATED_MICROSOFT_ID,
            "microsoft_client_secret": SecretStr(SIMULATED_SECRET),
            "microsoft_authority": f"{base_url}/common",
            "graph_url": f"{base_url}/graph/v1.0",
        }
    )
    return Simulation(port, base_url, pointed)


@contextmanager
def open_parts(settings: Settings, *, sample: bool = False) -> Iterator[Parts]:
    """Everything the services need, on a migrated store; closed at the end.

    Raises SettingsError when the data folder or the database cannot be used, KeyMissing for a wrong key.
    """
    data_dir = _data_folder(settings.data_dir)
    sealer = Sealer(read_or_make_key_file(data_dir / "key.json"))
    database = _open_database(settings)
    try:
        yield Parts(
            settings=settings,
            clock=read_clock,
            database=database,
            sealer=sealer,
            connectors=connectors(settings),
            announcer=Announcer(),
            zone=settings.time_zone or get_localzone_name() or "UTC",
            country=settings.country or _system_country(),
            sample=sample,
        )
    finally:
        database.close()


def connectors(settings: Settings) -> dict[str, Connector]:
    """One connector for each provider that has credentials."""
    extra_ca = str(settings.ssl_cert_file) if settings.ssl_cert_file else None
    built: dict[str, Connector] = {}
    if settings.google_client_id and settings.google_client_secret:
        built["google"] = GmailConnector(
            client_id=settings.google_client_id,
            client_secret=settings.google_client_secret.get_secret_value(),
            issuer=settings.google_issuer,
            api_root=settings.gmail_url,
            transport=Transport((settings.google_issuer, settings.gmail_url), extra_ca=extra_ca),
            clock=read_clock,
        )
    if settings.microsoft_client_id and settings.microsoft_client_secret:
        built["microsoft"] = OutlookConnector(
            client_id=settings.microsoft_client_id,
            client_secret=settings.microsoft_client_secret.get_secret_value(),
            authority=settings.microsoft_authority,
            graph_root=settings.graph_url,
            transport=Transport((settings.microsoft_authority, settings.graph_url), extra_ca=extra_ca),
            clock=read_clock,
        )
    return built


def rotate_key(settings: Settings) -> str:
    """Seal everything anew under a fresh key, then forget the old one; may be run again after a crash."""
    path = _data_folder(settings.data_dir) / "key.json"
    ring = read_or_make_key_file(path).with_new_key()
    replace_key_file(path, ring)
    database = _open_database(settings)
    try:
        count = rotation.rotate(database, Sealer(ring))
        replace_key_file(path, ring.only_current())
    finally:
        database.close()
    return f"{count} sealed values are under the new key; the old one is forgotten."


def _data_folder(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"AFTERTOUCH_DATA_DIR: {path} cannot be made: {error.strerror}"]) from error
    return path


def _open_database(settings: Settings) -> Database:
    url = settings.database_url or settings.sqlite_url
    try:
        database = Database.open(url)
    except (ValueError, ImportError) as error:
        raise SettingsError([f"AFTERTOUCH_DATABASE_URL: {error}"]) from error
    database.migrate()
    return database


def _system_country() -> str | None:
    """The country of the system's language setting, such as DE in de_DE; None when it names none."""
    name = locale.getlocale(locale.LC_TIME)[0] or locale.getlocale(locale.LC_CTYPE)[0] or ""
    _, _, country = name.partition("_")
    return country if len(country) == 2 and country.isupper() else None


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind((sorted(LOOPBACK)[0], port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise SettingsError(["No free loopback port for the provider simulator."])
