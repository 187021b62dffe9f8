"""Two hundred simulated lives: whatever happens in whatever order, the invariants hold and every way ends alike.

A failing seed is printed; `pytest tests/faults --seed N` plays it again. AFTERTOUCH_SEEDS asks for more lives.
"""

import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.services import linking
from app.services.letters import read_letters
from app.store import accounts, messages
from tests.faults.invariants import Checker, same
from tests.faults.lives import Life
from tests.faults.rig import GMAIL, OUTLOOK, Rig

SEEDS = int(os.environ.get("AFTERTOUCH_SEEDS", "200"))
AT_ONCE = 20


@pytest.fixture
async def linked(tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path)
    for provider in ("google", "microsoft"):
        await rig.link(provider)
    while rig.account(GMAIL).id > rig.account(OUTLOOK).id:  # of two due at once the lower id goes first: always Gmail's
        await linking.unlink(rig.parts, rig.person_id, rig.account(OUTLOOK).id, rig.clock())
        await rig.link("microsoft")
    yield rig
    await rig.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seeds" not in metafunc.fixturenames:
        return
    one = metafunc.config.getoption("--seed", default=None)
    lots = [[one]] if one is not None else [list(range(at, at + AT_ONCE)) for at in range(0, SEEDS, AT_ONCE)]
    metafunc.parametrize("seeds", lots, ids=lambda lot: f"{lot[0]}-{lot[-1]}")


async def test_every_life_keeps_the_promises(seeds: list[int], linked: Rig) -> None:
    for seed in seeds:
        life = Life(linked, seed)
        life.begin()
        checker = Checker(linked)
        await life.live()
        found = [*await checker.check(settled=False), *checker.alive()]
        await life.settle()
        found += await checker.check()
        assert found == [], f"seed {seed}: {life.done}; again: .venv/bin/pytest tests/faults --seed {seed}"


async def test_any_order_and_grouping_of_the_same_mail_ends_alike(linked: Rig) -> None:
    """I9, over what the provider gave: permuted, doubled and cut in pieces."""
    life = Life(linked, 7)
    life.begin()
    await life.live()
    await life.settle()
    letters = {account.id: await _all_letters(linked, account) for account in linked.accounts()}
    luck, ends = random.Random(9), []
    for _ in range(8):
        life.begin()
        _store(linked, letters, luck)
        await linked.sync()
        await life.settle()
        ends.append((linked.digest(), await linked.verdicts()))
    assert [fault for end in ends for fault in same(end, ends[0])] == []


async def _all_letters(rig: Rig, account: accounts.Account) -> list[messages.NewMessage]:
    with rig.parts.database.read() as tx:
        grant = accounts.open_grant(tx, rig.parts.sealer, account.id)
        own = accounts.own_addresses(tx, account.person_id)
    assert grant is not None

    async def keep(rotated: object) -> None:
        """Nothing rotates here."""

    mailbox = rig.parts.connectors[account.provider].open(grant, keep=keep)
    ids = list(rig.stored(account.address))
    found = await mailbox.read(ids)
    rows, _ = read_letters(rig.parts, account, own, found.messages)
    return rows


def _store(rig: Rig, letters: dict[str, list[messages.NewMessage]], luck: random.Random) -> None:
    every = [row for rows in letters.values() for row in rows]
    luck.shuffle(every)
    every += luck.sample(every, len(every) // 2)
    with rig.parts.database.write() as tx:
        while every:
            some, every = every[:3], every[3:]
            messages.add(tx, rig.parts.sealer, some)
