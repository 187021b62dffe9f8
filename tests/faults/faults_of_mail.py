"""Faults of the mail itself: poison, bombs, wrong clocks, automatic mail, threads split and merged."""

import resource
import time

import pytest
from sqlalchemy import update

from app.store.tables import dead_letters
from connectors.simulator.awkward import AWKWARD
from tests.faults.invariants import Checker
from tests.faults.rig import DANA, GMAIL, OUTLOOK, RITA, THEO, Rig
from tests.faults.table import fault

BOMBS = ("deep_multipart", "many_parts", "many_recipients", "hostile_subject", "nested_quotes", "tag_soup")
UNREADABLE = "From: x@acme.example\r\nTo: ana@example.com\r\nSubject: Bomb\r\nMIME-Version: 1.0\r\n" + "".join(
    f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(60)
)
MOST_SECONDS = 1.0
MOST_KILOBYTES = 64 * 1024


@fault(16, "one letter cannot be read, however often it is tried")
async def poison(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.deliver(GMAIL, raw=UNREADABLE)
    rig.write(DANA)
    await rig.poll()
    assert [row.attempts for row in rig.dead()] == [2]
    await rig.polls(3)
    assert [row.attempts for row in rig.dead()] == [3]
    assert (rig.account().state, "could not be read" in rig.account().state_reason) == ("live", True)
    with rig.parts.database.write() as tx:
        tx.execute(update(dead_letters).values(reader_version=0))
    await rig.poll()
    assert [row.attempts for row in rig.dead()] == [1]


@fault(16, "a letter that could not be read becomes readable")
async def cured(rig: Rig, check: Checker) -> None:
    await rig.linked()
    rig.write(THEO, mine=True)
    item = rig.write(DANA)
    await rig.fault("script", match=f"gmail GET .*/messages/{item.gmail_id}$", status=500, times=-1)
    await rig.poll()
    assert len(rig.dead()) == 1
    await rig.mend()
    await rig.poll()
    assert rig.dead() == []
    assert item.gmail_id in rig.stored()


@fault(17, "letters made to exhaust: deep, wide, crowded, hostile")
async def bombs(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.deliver(GMAIL, awkward="no_date")
    await rig.poll()
    for name in BOMBS:
        await rig.deliver(GMAIL, awkward=name, **{"from": "x@evil.example"})
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        await rig.poll()
        assert time.process_time() - start < 2 * MOST_SECONDS, name  # the simulator's share is in it too
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 2 * MOST_KILOBYTES, name


@pytest.mark.filterwarnings("ignore")
async def _dated(rig: Rig) -> None:
    for address in (GMAIL, OUTLOOK):
        for name in ("future_date", "past_date", "broken_date", "no_date"):
            await rig.deliver(address, awkward=name, **{"from": "odd@odd.example"})


@fault(39, "our clock is a day behind or a year ahead; letters say 2066, 1970 or nothing")
async def wrong_clocks(rig: Rig, check: Checker) -> None:
    await rig.linked()
    before = await rig.verdicts()
    await _dated(rig)
    for days, way in ((1, "behind"), (-366, "ahead of")):
        await rig.control("advance", days=days)
        rig.write("odd@odd.example")
        await rig.poll()
        await rig.poll()
        assert way in rig.account().state_reason
        assert await rig.verdicts() == before
        await rig.control("advance", days=-days)
    assert all(abs((row.at - rig.clock()).days) < 60 for row in rig.stored().values())
    for account in rig.accounts():
        rig.provider.grants.access.clear()
        assert account.state == "live"
    await rig.polls(2)


@fault(40, "automatic mail of every kind comes in")
async def automatic_mail(rig: Rig, check: Checker) -> None:
    await rig.linked()
    before = await rig.verdicts()
    automatic = (
        {"subject": "Automatic reply: Application", "headers": {"Auto-Submitted": "auto-replied"}},
        {
            "subject": "Read: Application",
            "headers": {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"},
        },
        {
            "subject": "Our newsletter",
            "headers": {"List-Id": "<news.acme.example>", "List-Unsubscribe": "<mailto:x@y>"},
        },
    )
    for address in (GMAIL, OUTLOOK):
        for letter in automatic:
            await rig.control("deliver", mailbox=address, to=address, text="I am away.", **{"from": RITA, **letter})
    await rig.poll()
    assert (await rig.verdicts())[RITA][3][0][0] == before[RITA][3][0][0]
    assert (await rig.advice(RITA)).level != "clear"


@fault(41, "the provider splits a thread into single letters, or merges two into one")
async def split_and_merged(rig: Rig, check: Checker) -> None:
    for address in (GMAIL, OUTLOOK):
        for number, item in enumerate(rig.box(address).items.values()):
            rig.box(address).by_thread[item.thread].remove(item)
            item.thread = f"{number:016x}"
            rig.box(address).by_thread[item.thread].append(item)
    await rig.linked()
    split = await rig.verdicts()
    assert [split[who][3][0][0] for who in (RITA, THEO, DANA)] == [8, 4, 0]
    merged = {item.thread for item in rig.truth().values() if RITA in str(item.letter.recipients)}
    assert len(merged) == 4


assert set(BOMBS) <= set(AWKWARD)
