"""Faults of the mail itself: poison, bombs, wrong clocks, automatic mail, threads split and merged."""

import resource
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from app.cadence.thread import Channel
from app.services import linking
from app.services.advising import Question, advise
from app.services.letters import read_letters
from app.store.tables import dead_letters, mail, messages
from connectors.gmail.walk import readable
from connectors.simulator.awkward import AWKWARD
from connectors.simulator.gmail_shape import shaped
from connectors.simulator.machine_mail import MACHINES, Occasion, invitation, machine_letter
from connectors.simulator.mailbox import Item
from connectors.simulator.sample_reports import Original, delivery_report
from tests.faults.invariants import Checker, same
from tests.faults.rig import DANA, GMAIL, OUTLOOK, PEOPLE, RITA, THEO, Rig
from tests.faults.table import fault

BOMBS = ("deep_multipart", "many_parts", "many_recipients", "hostile_subject", "nested_quotes", "tag_soup")
UNREADABLE = "From: x@acme.example\r\nTo: ana@example.com\r\nSubject: Bomb\r\nMIME-Version: 1.0\r\n" + "".join(
    f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(60)
)
MOST_SECONDS = 1.0
DAY = 1_440
"""Minutes."""
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


@fault(16, "one message alone can never be given, while the mailbox gives all others")
async def never_given(rig: Rig, check: Checker) -> None:
    await rig.linked()
    rig.write(THEO)
    rig.write(THEO, OUTLOOK)
    await rig.poll()
    rig.write(DANA)
    await rig.fault("poison", mailbox=GMAIL)
    rig.box(OUTLOOK).move(rig.box(OUTLOOK).newest_first()[0], "archive", rig.clock())
    await rig.fault("poison", mailbox=OUTLOOK)
    for tries in (2, 3, 3):
        rig.write(THEO)
        rig.write(THEO, OUTLOOK)
        await rig.deep()
        assert {row.attempts for row in rig.dead()} == {tries}
        assert {account.state for account in rig.accounts()} == {"live"}
        assert await check.check() == []
    assert len(rig.dead()) == 2
    assert all("could not be read" in account.state_reason for account in rig.accounts())
    await rig.mend()
    rig.clock.advance(days=1, minutes=1)
    await rig.sync()
    assert rig.dead() == [], "what a provider can give again is asked for again"
    assert not rig.missing() | rig.missing(OUTLOOK)


@fault(16, "the newest messages can never be given, or the only one there is; nothing else comes for a day")
async def alone_in_the_box(rig: Rig, check: Checker) -> None:
    await rig.linked()
    for address in (GMAIL, OUTLOOK):
        for _ in range(2):
            item = rig.write(THEO, address)
            await rig.poll()
            rig.box(address).move(item, "archive", rig.clock())
            await rig.fault("poison", mailbox=address)
        await rig.deep()
        assert rig.account(address).state == "live", address
    assert len(rig.dead()) == 4
    await linking.unlink(rig.parts, rig.person_id, rig.account().id, rig.clock())
    check.seen.clear()
    check.histories.clear()
    for item in list(rig.box().newest_first())[2:]:
        rig.box().delete(item, rig.clock())
    await rig.link("google")
    await rig.sync()
    assert (rig.account().state, len(rig.dead())) == ("live", 4), "two letters are all there is, and neither comes"


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
        raw = shaped(rig.box(), rig.box().newest_first()[0], "full")
        start = time.process_time()
        found, poisoned = readable({"1": raw}, account=GMAIL, now=rig.clock())
        read_letters(rig.parts, rig.account(), frozenset(), found)
        assert time.process_time() - start < MOST_SECONDS, name
        assert found or poisoned


async def _dated(rig: Rig) -> None:
    for address in (GMAIL, OUTLOOK):
        for name in ("future_date", "past_date", "broken_date", "no_date"):
            await rig.deliver(address, awkward=name, **{"from": "odd@odd.example"})


@fault(39, "our clock is a day behind or a year ahead, the person travels; letters say 2066, 1970 or nothing")
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
    usual = [((told := await rig.advice(who)).level, told.recipients[0].unanswered) for who in PEOPLE]
    for zone in ("Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"):
        asked = [Question(Channel.EMAIL, (who,), zone=zone) for who in PEOPLE]
        answers = [await advise(rig.parts, rig.person_id, each, rig.clock()) for each in asked]
        counted = [(one.level, one.recipients[0].unanswered) for one in answers]
        assert counted == usual, zone
    assert all(abs((row.at - rig.clock()).days) < 60 for row in rig.stored().values())
    for account in rig.accounts():
        rig.provider.grants.access.clear()
        assert account.state == "live"
    await rig.polls(2)


@fault(39, "the clocks go back, and letters of that night say the same hour twice")
async def an_hour_twice(rig: Rig, check: Checker) -> None:
    """By the clock on the wall one answer came before its letter, and one letter before the answer it thanks for."""
    night = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 02:50 in Berlin; twenty minutes later it is 02:10
    asked = []
    for place, address in enumerate((GMAIL, OUTLOOK)):
        for who, letters in (("late", {0: True, 20: False}), ("early", {0: False, 20: True, 9 * DAY: True})):
            asked.append(f"{who}@answer{place}.example")
            for minutes, mine in letters.items():
                at = night + timedelta(minutes=minutes)
                rig.write(asked[-1], address, mine=mine, days=(rig.clock() - at) / timedelta(days=1))
    await rig.linked()
    levels: list[list[str]] = []
    for zone in ("Europe/Berlin", "America/New_York", "UTC"):
        questions = [Question(Channel.EMAIL, (who,), zone=zone) for who in asked]
        answers = [await advise(rig.parts, rig.person_id, each, rig.clock()) for each in questions]
        assert [one.recipients[0].unanswered for one in answers] == [0, 1, 0, 1], zone
        levels.append([one.level for one in answers])
    assert levels == levels[:1] * 3
    await rig.poll()


OOF = {"Auto-Submitted": "auto-replied"}
KINDS: tuple[tuple[str, bool, dict[str, Any]], ...] = (
    *((f"machine: {kind}", False, {"machine": kind}) for kind in MACHINES),
    ("another address of theirs, in the same thread", True, {"from": "rita.private@mail.example", "answers": True}),
    ("a colleague who answers all", True, {"from": "lee@acme.example", "answers": True}),
    (
        "a colleague in another thread",
        False,
        {"from": "mo@acme.example", "subject": "Our offices", "text": "We moved."},
    ),
    ("a human reply", True, {"from": RITA, "answers": True}),
    ("a human reply without any reference", True, {"from": RITA}),
    ("a human reply from a plus address", True, {"from": "rita+jobs@acme.example", "answers": True}),
    ("a calendar invitation", True, {"invitation": True}),
    ("a rejection", True, {"from": RITA, "text": "We have decided to move forward with other candidates."}),
    ("my letter to somebody else, hidden copy to nobody", False, {"from": GMAIL, "to": THEO}),
    ("my forward to a friend", False, {"from": GMAIL, "to": "friend@friends.example", "subject": "Fwd: Application"}),
)


@fault(40, "mail of every kind: machines, colleagues, other addresses, invitations, forwards")
async def every_kind(rig: Rig, check: Checker) -> None:
    """Whether each breaks the silence of the four letters to Rita; nothing else may (W1 to W22)."""
    await rig.linked()
    before = await rig.advice(RITA)
    assert before.recipients[0].unanswered == 8
    for words, breaks, letter in KINDS:
        for address in (GMAIL, OUTLOOK):
            item = _put(rig, address, letter)
            await rig.poll()
            silence = (await rig.advice(RITA)).recipients[0].unanswered == 8
            assert silence is not breaks, (words, address)
            rig.box(address).delete(item, rig.clock())
            _forget(rig, item)


@fault(40, "bounces, aliases, hidden copies, dots and plus signs")
async def sent_otherwise(rig: Rig, check: Checker) -> None:
    """What never arrived is no touch; what went out under another name or in hidden copy is one (W3, W7, W15)."""
    await rig.linked()
    gone = rig.write("gone@moved.example", mine=True, days=9)
    _sent(rig, "From: ana.berg@alumni.example\r\nTo: nils@firm.example")
    _sent(rig, f"From: {GMAIL}\r\nTo: {GMAIL}\r\nBcc: hidden@firm.example")
    _sent(rig, f"From: {GMAIL}\r\nTo: jo.doe@gmail.com")
    await rig.poll()
    for who in ("gone@moved.example", "nils@firm.example", "hidden@firm.example", "jo.doe@gmail.com"):
        assert (await rig.advice(who)).recipients[0].unanswered == 1, who
    original = Original(gone.letter.raw, gone.letter.message_id, "gone@moved.example")
    lines = {
        "From": "mailer-daemon@example.com",
        "To": GMAIL,
        "Subject": "Undelivered",
        "Message-ID": "<b@example.com>",
    }
    rig.box().add(delivery_report(original, "5.1.1 no such mailbox", head=lines), rig.clock(), "inbox")
    rig.write("jodoe+jobs@googlemail.com")
    await rig.poll()
    assert (await rig.advice("gone@moved.example")).recipients[0].unanswered == 0
    assert (await rig.advice("jo.doe@gmail.com")).recipients[0].unanswered == 0
    assert (await rig.advice(RITA)).recipients[0].unanswered == 8


def _sent(rig: Rig, head: str) -> None:
    rig.provider.numbers += 1
    number = rig.provider.numbers
    raw = f"{head}\r\nSubject: Application\r\nMessage-ID: <s{number}@example.com>\r\n\r\nHello, may I call you?\r\n"
    rig.box().add(raw.encode(), rig.clock() - timedelta(days=9), "sentitems", logged=rig.clock())


def _put(rig: Rig, address: str, letter: dict[str, Any]) -> Item:
    box = rig.box(address)
    sent = next(item for item in box.newest_first() if RITA in str(item.letter.recipients))
    rig.provider.numbers += 1
    occasion = Occasion(RITA, address, rig.clock(), sent.letter.raw, sent.letter.message_id, rig.provider.numbers)
    if "machine" in letter:
        return box.add(machine_letter(letter["machine"], occasion), rig.clock(), "inbox")
    if "invitation" in letter:
        return box.add(invitation(occasion), rig.clock(), "inbox")
    said = {"from": letter["from"].replace(GMAIL, address), "to": letter.get("to", address)}
    text = letter.get("text", "Thank you, I will call you tomorrow.")
    about = f"In-Reply-To: {sent.letter.message_id}\r\n" if letter.get("answers") else ""
    raw = (
        f"From: {said['from']}\r\nTo: {said['to']}\r\nSubject: {letter.get('subject', 'Re: Application')}\r\n"
        f"Message-ID: <kind-{rig.provider.numbers}@kinds.example>\r\n{about}"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
    return box.add(raw.encode(), rig.clock(), "sentitems" if letter["from"] == GMAIL else "inbox")


def _forget(rig: Rig, item: Item) -> None:
    """Take one letter out of the ledger too, so that the next kind is judged alone."""
    keys = [item.gmail_id, *(rig.box(address).graph_id(item, immutable=True) for address in (OUTLOOK,))]
    with rig.parts.database.write() as tx:
        lost = select(messages.c.id).where(messages.c.provider_message_id.in_(keys))
        tx.execute(delete(mail).where(mail.c.id.in_(lost)))
    rig.parts.shelf.forget(rig.person_id)


@fault(41, "the provider splits threads into single letters, or merges all into one, or breaks at a hundred")
async def split_and_merged(rig: Rig, check: Checker) -> None:
    for number in range(104):
        rig.write(THEO, mine=number % 2 == 0, days=50 + number / 50)
    ends = []
    for change in ("", "split_threads", "one_thread"):
        if change:
            await rig.fault(change)
        await rig.linked()
        ends.append(await rig.verdicts())
        for account in rig.accounts():
            await linking.unlink(rig.parts, rig.person_id, account.id, rig.clock())
        check.histories.clear()
    assert [fault for end in ends for fault in same(end, ends[0])] == []
    assert [ends[0][who][3][0][0] for who in (RITA, THEO, DANA)] == [8, 4, 0]  # the first after a reply is talk
    await rig.linked()


assert set(BOMBS) <= set(AWKWARD)
