"""Composes Parts from the settings: the only place that reads the clock and picks store and providers."""

import locale
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.exc import ArgumentError
from tzlocal import get_localzone_name

from app.reading.places import country_in
from app.services.announcing import Announcer
from app.services.budgets import SharedPurse
from app.services.parts import Parts
from app.services.seating import Seats
from app.settings import LOOPBACK, Settings, SettingsError
from app.store import moving, people, rotation, scope
from app.store.database import Database
from app.store.errors import KeyMissing
from app.store.key_file import WatchedKeyFile, read_key_file, read_or_make_key_file, replace_key_file
from app.store.sealing import Blind, Sealer
from connectors.contract import Connector
from connectors.simulator.config import SimulatorConfig, callbacks

SAMPLE_DAYS = timedelta(days=14)


def read_clock() -> datetime:
    """The one clock: aware UTC."""
    return datetime.now(UTC)


def simulation(settings: Settings) -> SimulatorConfig:
    """The simulator behind this set-up: next free loopback port, our own redirect addresses, a steady sample."""
    port = _free_port((settings.base.port or 8025) + 1)
    return SimulatorConfig(
        base_url=f"http://127.0.0.1:{port}",
        redirect_uris=callbacks(settings.base_url),
        today=_sample_day(_data_folder(settings.data_dir) / "sample-day"),
    )


def pointed_at(config: SimulatorConfig, settings: Settings) -> Settings:
    """The settings with both providers replaced by the simulator."""
    return settings.model_copy(
        update={
            "google_client_id": config.google_client_id,
            "google_client_secret": SecretStr(config.google_client_secret),
            "google_issuer": config.google_issuer,
            "gmail_url": config.gmail_url,
            "microsoft_client_id": config.microsoft_client_id,
            "microsoft_client_secret": SecretStr(config.microsoft_client_secret),
            "microsoft_authority": config.microsoft_authority,
            "graph_url": config.graph_url,
        }
    )


def _sample_day(path: Path) -> date:
    """The day the sample mailbox ends on: kept for two weeks, so that a restart shows the same mail."""
    today = read_clock().date()
    try:
        kept = date.fromisoformat(path.read_text())
    except (OSError, ValueError):
        kept = date.min
    if not timedelta() <= today - kept <= SAMPLE_DAYS:
        path.write_text(today.isoformat())
        return today
    return kept


@contextmanager
def open_parts(
    settings: Settings, *, given: Settings | None = None, across_people: bool = True, even_blind: bool = False
) -> Iterator[Parts]:
    """Everything the services need, on a migrated store; closed at the end.

    `given` are the settings before the sample mailbox's simulator took the providers' places, where it did.
    The web server says `across_people=False`: there a transaction sees nothing before it is known who asks.
    Raises SettingsError when the data folder or the database cannot be used, KeyMissing for a missing or wrong key
    unless `even_blind`: then what needs no key is there, and nothing is written that would.
    """
    data_dir = _data_folder(settings.data_dir)
    database = _open_database(settings, across_people=across_people)
    try:
        sealer = _sealer(data_dir / "key.json", database)
        if sealer.why_blind and not even_blind:
            raise KeyMissing(sealer.why_blind)
        zone = settings.time_zone or get_localzone_name() or "UTC"
        yield Parts(
            settings=settings,
            clock=read_clock,
            database=database,
            sealer=sealer,
            connectors=connectors(settings, database),
            announcer=Announcer(),
            zone=zone,
            country=settings.country or country_in(zone) or _system_country(),
            sample=given is not None,
            given=given,
        )
    finally:
        database.close()


def sole_person(parts: Parts) -> str:
    """The id of the person of this data folder, made when there is none yet."""
    with parts.database.write(durable=True) as tx:
        return people.sole_person(tx, parts.clock())


@scope.across_people()
def _sealer(path: Path, database: Database) -> Sealer:
    """Blind, rather than with a new key, where the key is gone. Raises KeyMissing where nothing is sealed yet."""
    if not rotation.holds_secrets(database):
        return Sealer(read_or_make_key_file(path), newer=WatchedKeyFile(path).newer)
    if not path.exists():
        return Blind(f"The key file {path} is missing. Put it back: what is stored can be read with no other.")
    try:
        sealer = Sealer(read_key_file(path), newer=WatchedKeyFile(path).newer)
    except KeyMissing as error:
        return Blind(str(error))
    if rotation.opens(database, sealer):
        return sealer
    return Blind(f"The key file {path} is not the one this store was sealed with. Put that one back.")


class _OnDemand(Mapping[str, Connector]):
    """Builds a connector when it is first asked for, so that no start waits for the providers' libraries."""

    def __init__(self, build: Mapping[str, Callable[[], Connector]]) -> None:
        self._build = build
        self._built: dict[str, Connector] = {}

    def __getitem__(self, provider: str) -> Connector:
        if provider not in self._built:
            self._built[provider] = self._build[provider]()
        return self._built[provider]

    def __contains__(self, provider: object) -> bool:
        return provider in self._build

    def __iter__(self) -> Iterator[str]:
        return iter(self._build)

    def __len__(self) -> int:
        return len(self._build)


def connectors(settings: Settings, database: Database) -> Mapping[str, Connector]:
    """One connector for each provider that has credentials."""
    build: dict[str, Callable[[], Connector]] = {}
    if settings.google_client_id and settings.google_client_secret:
        build["google"] = lambda: _gmail(settings, database)
    if settings.microsoft_client_id and settings.microsoft_client_secret:
        build["microsoft"] = lambda: _outlook(settings, database)
    return _OnDemand(build)


def _gmail(settings: Settings, database: Database) -> Connector:
    from connectors import GmailConnector, Transport  # half a second (2026-11), see _OnDemand
    from connectors.quota import GMAIL_2026

    assert settings.google_client_id
    assert settings.google_client_secret
    return GmailConnector(
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        issuer=settings.google_issuer,
        api_root=settings.gmail_url,
        transport=Transport(
            (settings.google_issuer, settings.gmail_url), extra_ca=_extra_ca(settings), clock=read_clock
        ),
        clock=read_clock,
        purse=SharedPurse(database, "google", window=GMAIL_2026.window, clock=read_clock),
        seats=Seats(database, "google", clock=read_clock),
        push_topic=settings.google_push_topic,
        push_sender=settings.google_push_account,
    )


def _outlook(settings: Settings, database: Database) -> Connector:
    from connectors import OutlookConnector, Transport  # half a second (2026-11), see _OnDemand
    from connectors.quota import GRAPH

    assert settings.microsoft_client_id
    assert settings.microsoft_client_secret
    return OutlookConnector(
        client_id=settings.microsoft_client_id,
        client_secret=settings.microsoft_client_secret.get_secret_value(),
        authority=settings.microsoft_authority,
        graph_root=settings.graph_url,
        transport=Transport(
            (settings.microsoft_authority, settings.graph_url), extra_ca=_extra_ca(settings), clock=read_clock
        ),
        clock=read_clock,
        purse=SharedPurse(database, "microsoft", window=GRAPH.window, clock=read_clock),
        seats=Seats(database, "microsoft", clock=read_clock),
    )


def _extra_ca(settings: Settings) -> str | None:
    return str(settings.ssl_cert_file) if settings.ssl_cert_file else None


def rotate_key(settings: Settings) -> str:
    """Seal everything anew under a fresh key, then forget the old one; may be run again after a crash.

    Raises KeyMissing, and changes nothing, where the key is missing or wrong.
    """
    path = _data_folder(settings.data_dir) / "key.json"
    database = _open_database(settings)
    try:
        known = _sealer(path, database)
        if known.why_blind:
            raise KeyMissing(known.why_blind)
        ring = read_key_file(path).with_new_key()
        replace_key_file(path, ring)
        count = rotation.rotate(database, Sealer(ring))
        while set(rotation.keys_in_use(database)) - {ring.current}:
            count += rotation.rotate(database, Sealer(ring))
        replace_key_file(path, ring.only_current())
    finally:
        database.close()
    return f"{count} sealed values are under the new key; the old one is forgotten."


def migrate(settings: Settings) -> None:
    """Bring the configured database's tables up to date, as every start does by itself."""
    _open_database(settings).close()


def move_store(source: str, target: str) -> dict[str, int]:
    """Everything from one database to another, empty one; rows by table. The source is brought to head first.

    Raises SettingsError for an address that is none, or a file that is not there; StoreError with the target unchanged.
    """
    path = source.removeprefix("sqlite:///")
    if path != source and not Path(path).is_file():
        raise SettingsError([f"--from: there is no file {path}"])
    opened: list[Database] = []
    try:
        for url in (source, target):
            opened.append(_opened(url, named="--from" if not opened else "--to", across_people=True))
        return moving.move(*opened)
    finally:
        for database in opened:
            database.close()


def _data_folder(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"AFTERTOUCH_DATA_DIR: {path} cannot be made: {error.strerror}"]) from error
    return path


def _open_database(settings: Settings, *, across_people: bool = True) -> Database:
    url = settings.database_url or settings.sqlite_url
    return _opened(url, named="AFTERTOUCH_DATABASE_URL", across_people=across_people)


def _opened(url: str, *, named: str, across_people: bool) -> Database:
    try:
        database = Database.open(url, across_people=across_people)
    except (ValueError, ImportError, ArgumentError) as error:
        raise SettingsError([f"{named}: {error}"]) from error
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
