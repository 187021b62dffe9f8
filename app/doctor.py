"""`aftertouch doctor`: looks at every part of the set-up and says what is wrong and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.compose import open_parts, sole_person
from app.services import high_water, linking
from app.services.coverage import SPEAKING_STATES
from app.services.parts import Parts
from app.settings import Settings, SettingsError
from app.store.errors import StoreError
from connectors.contract import Connector, ConnectorError

BUILT = Path(__file__).parent / "web" / "static" / "built"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `remedy` is what to do, empty when all is well."""

    what: str
    remedy: str = ""


async def examine(settings: Settings, *, store_only: bool = False) -> int:
    """Print one line per part, or only about the store; 0 when nothing is wrong, 1 otherwise."""
    try:
        with open_parts(settings) as parts:
            findings = [*_store(parts)]
            if not store_only:
                findings += [*_system(settings), *_mailboxes(parts)]
                findings += [await _provider(*each) for each in _known(parts)]
    except (SettingsError, StoreError) as error:
        findings = [Finding("The store cannot be used", str(error))]
    for finding in findings:
        print(
            f"{'fix ' if finding.remedy else 'ok  '} {finding.what}" + (f": {finding.remedy}" if finding.remedy else "")
        )
    return 1 if any(finding.remedy for finding in findings) else 0


def _store(parts: Parts) -> Iterator[Finding]:
    high_water.note(parts, parts.clock())
    yield from (Finding("The store is an older copy", loss.words) for loss in high_water.losses(parts))
    yield Finding(f"The store is reachable and current ({parts.database.backend})")
    if parts.database.backend == "postgresql":
        remedy = "connect as an ordinary role that owns the tables (docs/operations.md)"
        bound = parts.database.binds_its_role()
        yield Finding("Every row is shown to its person alone", "" if bound else remedy)


def _system(settings: Settings) -> Iterator[Finding]:
    yield Finding(f"Data folder {settings.data_dir}")
    missing = "" if (BUILT / "try.js").exists() else "run `make extension`"
    yield Finding("The banner's code for /try is built", missing)
    if settings.simulates:
        yield Finding("No provider credentials are set: `aftertouch serve` offers the sample mailbox")


def _mailboxes(parts: Parts) -> Iterator[Finding]:
    linked = linking.list_accounts(parts, sole_person(parts))
    if not linked:
        yield Finding("No mailbox is linked yet")
    for account in linked:
        healthy = account.state in SPEAKING_STATES | {"linking", "backfilling"}
        yield Finding(f"{account.address} is {account.state}", "" if healthy else account.next_action)


def _known(parts: Parts) -> list[tuple[str, Connector, str]]:
    base = parts.settings.base_url
    return [(name, connector, f"{base}/link/{name}/callback") for name, connector in parts.connectors.items()]


async def _provider(name: str, connector: Connector, redirect_uri: str) -> Finding:
    try:
        await connector.begin(redirect_uri=redirect_uri)
    except ConnectorError as error:
        return Finding(f"{name.title()} sign-in", str(error))
    return Finding(f"{name.title()} sign-in answers; its redirect address is {redirect_uri}")
