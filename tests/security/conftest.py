"""Two people in one store: Ana with both mailboxes linked, and Ben, whose every row carries the canary."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from fastapi import FastAPI

from app.main import create_app
from app.reading.facts import CorrectionKind
from app.services import correcting, history, linking, logging_touches, pairing, signing_in
from app.services.parts import Parts
from app.services.scopes import EVERYTHING, EXTENSION, written
from app.store import devices, people, sign_ins
from tests.world import World

CANARY = "canary7q"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = []
    for report in terminalreporter.getreports("passed"):
        told = dict(getattr(report, "user_properties", ()))
        if "fuzzed" in told and report.when == "call":
            target, count, slowest = told["fuzzed"]
            bound = f", slowest {slowest * 1000:.0f} ms of CPU" if slowest else ""
            lines.append((count, f"{target}: {count} inputs{bound}"))
    if lines:
        terminalreporter.section("fuzzing")
        for _, line in lines:
            terminalreporter.write_line(line)
        terminalreporter.write_line(f"in all: {sum(count for count, _ in lines)} inputs")


@dataclass
class Houses:
    """The application; Ana's device tokens (`token` for everything, `paired` an extension's) and recipients' ids;
    the ids of what is Ben's, by what they name.
    """

    app: FastAPI
    parts: Parts
    ana: str
    token: str
    paired: str
    anas: list[str]
    bens: dict[str, str]


@pytest.fixture(scope="session")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    world = World(tmp_path_factory.mktemp("houses"))
    asyncio.run(world.link_both())
    token = pairing.add_device(world.parts, "Ana's browser", world.clock())
    paired = pairing.add_device(world.parts, "Ana's extension", world.clock(), EXTENSION)
    anas = [row.id for row in history.list_recipients(world.parts, world.person_id, world.clock())]
    yield Houses(
        create_app(world.parts), world.parts, world.person_id, token, paired, anas, _move_in(world.parts, world)
    )
    asyncio.run(world.close())


def _move_in(parts: Parts, world: World) -> dict[str, str]:
    """Ben: the mailbox Ana has linked too, a device, a call and a correction of his own. The ids of all of it."""
    now = world.clock()
    with parts.database.write(durable=True) as tx:
        ben = people.add(tx, now + timedelta(seconds=1))
        device = devices.Device(
            "b" * 32, ben, f"{CANARY} laptop", now, None, now + timedelta(days=9), written(EVERYTHING)
        )
        devices.add(tx, device, token_hash=signing_in.hashed("ben's token"))
        browser = signing_in.hashed("ben's session")
        sign_ins.add_session(tx, browser, ben, created_at=now, expires_at=now + timedelta(days=7))
    account_id = asyncio.run(_link(world, ben))
    call = logging_touches.TouchToLog(
        f"{CANARY}@acme.example", "call", "spoke", now - timedelta(days=1), note_promise=f"by Friday, {CANARY}"
    )
    touch = logging_touches.log_touch(parts, ben, call, now)
    recipient = next(row for row in history.list_recipients(parts, ben, now) if row.unanswered)
    setting_right = correcting.Correction(recipient.id, CorrectionKind.ANSWERED_ELSEWHERE)
    return {
        "correction": correcting.correct(parts, ben, setting_right, now),
        "person": ben,
        "account": account_id,
        "device": device.id,
        "browser": browser,
        "touch": touch.id,
        "recipient of the call": touch.recipient_id,
        "recipient by mail": recipient.id,
    }


async def _link(world: World, person_id: str) -> str:
    url = await linking.begin(world.parts, person_id, "google", world.clock())
    answer = await world.consent(url, "google")
    account_id = await linking.finish(world.parts, person_id, "google", answer, world.clock())
    await world.sync()
    return account_id
