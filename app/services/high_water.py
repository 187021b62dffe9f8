"""High water: an old backup put back is noticed, and what was entered by hand since then is said to be missing.

Mail is fetched again, for its cursor is as old as the backup; calls, voice mails and corrections cannot be. So how far
the store had come is kept beside the key, outside the database: now and then, and when the program ends.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import make_url

from app.services.parts import Parts
from app.services.retaining import MONTH
from app.store import audit, high_water
from app.store.errors import StoreError
from app.store.high_water import Level
from app.store.scope import across_people

log = structlog.get_logger()

FILE = "high-water.json"
SEEN = "loss_seen"


@dataclass(frozen=True, slots=True)
class Loss:
    """What a store that was put back lacks: entered by hand after `since` (None: the beginning), up to `until`."""

    since: datetime | None
    until: datetime
    touches: int
    corrections: int

    @property
    def name(self) -> str:
        return self.until.isoformat()

    @property
    def words(self) -> str:
        """What is missing and what to do, in two sentences."""
        began = f"{_moment(self.since)} and " if self.since else "the beginning and "
        missing = [_counted(self.touches, "call or other touch", "calls and other touches")]
        missing += [_counted(self.corrections, "correction", "corrections")]
        lost = " and ".join(one for one in missing if one) or "whatever was changed by hand"
        return (
            f"This store is an older copy: {lost} entered between {began}{_moment(self.until)} are not in it. "
            "Mail is fetched again by itself; enter those once more, or stop and put a newer backup back."
        )


def note(parts: Parts, now: datetime) -> None:
    """Write down how far the store has come; where it had come further, write down what it lacks."""
    try:
        with across_people(), parts.database.read() as tx:
            held = high_water.level(tx)
    except StoreError as error:
        log.error("store_in_trouble", kind=type(error).__name__)
        return
    with _kept(parts) as kept:
        mark = kept.get(_store(parts), {})
        losses: list[dict[str, Any]] = mark.get("losses", [])
        if held.line < mark.get("line", 0) and not _outdated(parts, mark, now):
            losses = [*losses, _lost(mark, held)]
            log.warning("older_store_restored", since=losses[-1]["since"], until=losses[-1]["until"])
        told = {"line": held.line, "at": _iso(held.at), "touches": held.touches, "corrections": held.corrections}
        kept[_store(parts)] = told | {"losses": losses}


def forget(parts: Parts) -> None:
    """Somebody leaves and takes their rows along: that is no loss."""
    with _kept(parts) as kept:
        kept.pop(_store(parts), None)


def losses(parts: Parts, person_id: str | None = None) -> list[Loss]:
    """What is known to be missing, oldest first; without what this person has seen and put away."""
    found = [_loss(one) for one in _read(_file(parts)).get(_store(parts), {}).get("losses", [])]
    if not found or person_id is None:
        return found
    with parts.database.read() as tx:
        return [one for one in found if not high_water.is_noted(tx, person_id, SEEN, one.name)]


def put_away(parts: Parts, person_id: str, now: datetime) -> None:
    """The person has read it."""
    seen = losses(parts, person_id)
    with parts.database.write(durable=True) as tx:
        for one in seen:
            audit.record(tx, person_id, now, SEEN, one.name)


def _lost(mark: dict[str, Any], held: Level) -> dict[str, Any]:
    fewer = {name: max(0, mark[name] - getattr(held, name)) for name in ("touches", "corrections")}
    return {"since": _iso(held.at), "until": mark["at"], **fewer}


def _loss(told: dict[str, Any]) -> Loss:
    since = datetime.fromisoformat(told["since"]) if told["since"] else None
    return Loss(since, datetime.fromisoformat(told["until"]), told["touches"], told["corrections"])


def _outdated(parts: Parts, mark: dict[str, Any], now: datetime) -> bool:
    """Whether the newest line was older than anything is kept: then retention took it."""
    return datetime.fromisoformat(mark["at"]) < now - parts.settings.retention_months * MONTH


def _store(parts: Parts) -> str:
    """A name for the database that is behind this folder, without a password."""
    url = make_url(parts.settings.database_url or parts.settings.sqlite_url).set(password=None)
    return hashlib.sha256(url.render_as_string().encode()).hexdigest()[:16]


def _file(parts: Parts) -> Path:
    return parts.settings.data_dir / FILE


def _read(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text())
        return found if isinstance(found, dict) else {}
    return {}


@contextmanager
def _kept(parts: Parts) -> Iterator[dict[str, Any]]:
    """The file's content, written whole where it has changed. A folder that takes no file is a trouble of its own."""
    path, before = _file(parts), _read(_file(parts))
    kept = dict(before)
    yield kept
    if kept == before:
        return
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        fresh.write_text(json.dumps(kept, indent=1))
        fresh.replace(path)
    except OSError as error:
        log.error("high_water_not_kept", kind=type(error).__name__)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment(at: datetime) -> str:
    return at.strftime("%b %-d, %H:%M UTC")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}" if count else ""
