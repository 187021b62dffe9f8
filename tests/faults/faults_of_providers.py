"""Faults of the two providers' services: lost places, late and missing entries, refusals, garbage, throttling."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from app.cadence.thread import Channel
from app.services import linking
from app.services.advising import Question, advise
from app.services.probing import BEHIND
from tests.faults.invariants import POLITE, Checker, same
from tests.faults.rig import DANA, GMAIL, OUTLOOK, RITA, THEO, Rig
from tests.faults.table import fault


@fault(4, "history: an empty page with a next page")
async def empty_pages(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.fault("history_empty_pages")
    for _ in range(3):
        rig.write(DANA)
    await rig.poll()


@fault(5, "history answers 404 after the computer slept for nine days")
async def slept(rig: Rig, check: Checker) -> None:
    await rig.linked()
    for days in (1, 4, 4):
        rig.clock.advance(days=days)
        rig.write(THEO)
        rig.box().move(rig.write(DANA), "deleteditems", rig.clock())
    await rig.sync()
    assert "gap_closed" in rig.events()
    assert rig.account().state_reason.startswith("Caught up from")


@fault(6, "history answers 404 even for the newest id")
async def history_unusable(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.fault("history_gone")
    await rig.poll()
    assert rig.account().state == "degraded"
    spent = rig.meter().requests
    for _ in range(5):
        rig.write(DANA)
        await rig.poll()
        assert not rig.missing()
    assert rig.meter().requests - spent < 5 * 8
    assert rig.events().count("degraded") == 1
    await rig.mend()
    await rig.poll()
    assert rig.account().state == "live"


@fault(7, "history ids with gaps of a million, and beyond 2^53")
async def huge_ids(rig: Rig, check: Checker) -> None:
    await rig.linked()
    for name in ("wide_history_gaps", "huge_history_ids", "wide_history_gaps"):
        await rig.fault(name)
        rig.write(DANA)
        await rig.poll()
        assert not rig.missing()
    assert int(rig.cursor()["history"]) == rig.box().history


@fault(8, "a third of the added ids is gone when asked for")
async def gone_ids(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.fault("get_404_share")
    for _ in range(20):
        rig.write(DANA)
    spent = rig.meter().requests
    await rig.poll()
    assert 0 < len(rig.missing()) < 20
    assert rig.meter().requests - spent < POLITE
    await rig.mend()
    rig.clock.advance(days=1)
    await rig.sync()


@fault(9, "mail shows only minutes after it was announced")
async def late_to_show(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.fault("visibility_lag")
    for address in (GMAIL, OUTLOOK):
        await rig.deliver(address, **{"from": RITA, "subject": "Re: Application"})
    await rig.poll()
    assert (await rig.advice(RITA)).level != "clear"
    await rig.mend()
    await rig.polls(3)
    assert (await rig.advice(RITA)).level == "clear"


REFUSALS = {
    "insufficientPermissions": "missing_permission",
    "domainPolicy": "admin_blocked",
    "accessNotConfigured": "misconfigured",
    "dailyLimitExceeded": "throttled",
    "rateLimitExceeded": "throttled",
    "userRateLimitExceeded": "throttled",
    "quotaExceeded": "throttled",
}


@fault(14, "403 for seven reasons")
async def seven_refusals(rig: Rig, check: Checker) -> None:
    await rig.link("google")
    await rig.sync()
    for reason, state in REFUSALS.items():
        await rig.fault("gmail_refuses", reason=reason, times=-1)
        spent = rig.meter().requests
        await rig.poll()
        assert rig.account().state == state, reason
        assert rig.account().next_action, reason
        await rig.polls(3)
        assert rig.meter().requests - spent <= 20, reason
        assert rig.events().count(state) == 1 + list(REFUSALS.values())[: list(REFUSALS).index(reason)].count(state)
        await rig.mend()
        await rig.link("google")
        await rig.sync()
        assert rig.account().state == "live", reason


@fault(15, "500, 502, 503, 504, HTML, cut JSON, false gzip, a broken connection, a minute's silence")
async def garbage(rig: Rig, check: Checker) -> None:
    await rig.linked()
    for service in ("^gmail ", "^graph "):
        for fault_name, options in (
            ("script", {"status": 500}), ("html_error", {"status": 502}), ("script", {"status": 503}),
            ("script", {"status": 504}), ("truncated_json", {}), ("bad_gzip", {}), ("deep_json", {}),
            ("connection_breaks", {}), ("hang", {"delay": 60}),
        ):  # fmt: skip
            before, spent = rig.cursor(), rig.meter().requests + rig.meter(OUTLOOK).requests
            await rig.fault(fault_name, match=service, times=-1, **options)
            rig.write(DANA)
            rig.write(DANA, OUTLOOK)
            await rig.polls(2)
            assert rig.meter().requests + rig.meter(OUTLOOK).requests - spent < 3 * POLITE, (service, fault_name)
            if service == "^gmail ":
                assert rig.cursor()["history"] == before["history"] or not rig.missing(), fault_name
            await rig.mend()
            await rig.polls(3)
            assert not rig.missing() | rig.missing(OUTLOOK), (service, fault_name)


BACKLOG = int(os.environ.get("AFTERTOUCH_BACKLOG", "3000"))


@fault(18, "a backlog of thousands of changes far above a minute's quota, with kills")
async def backlog(rig: Rig, check: Checker) -> None:
    await rig.link("google")
    await rig.sync()
    await rig.fault("backlog", mailbox=GMAIL, value=BACKLOG)
    held, places = len(rig.truth()) - len(rig.missing()), [rig.cursor()]
    started = rig.clock()
    rig.clock.advance(seconds=61)
    for _ in range(3):
        await rig.part_sync(3)
        places.append(rig.cursor())
        assert await check.check(settled=False) == []
    await _newest_first(rig)
    assert all(later != earlier for earlier, later in pairwise(places)), "every page moves the cursor"
    await rig.sync()
    assert not rig.missing()
    assert len(rig.stored()) == held + -(-BACKLOG // 3) + 1
    minutes = (rig.clock() - started).total_seconds() / 60
    assert rig.meter().units / minutes <= 6_000
    await rig.poll()


async def _newest_first(rig: Rig) -> None:
    """What came last counts at once, a thousand changes before the walk comes by."""
    rig.clock.advance(seconds=BEHIND.total_seconds())
    assert (await rig.advice(RITA)).recipients[0].unanswered == 4
    newest, spent = rig.write(RITA), rig.meter().units
    advice = await rig.advice(RITA)
    assert (advice.coverage, advice.recipients[0].unanswered) == ("partial", 0)
    assert rig.meter().units - spent == 10 + 20
    assert len(rig.missing()) > BACKLOG // 6
    assert newest.gmail_id in rig.stored()


@fault(27, "three folders' delta links answer 410 at once")
async def links_gone(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.deep()
    await rig.fault("delta_gone", times=3)
    rig.write(DANA, OUTLOOK)
    spent = rig.meter(OUTLOOK).requests
    await rig.deep()
    assert rig.meter(OUTLOOK).requests - spent < 2 * POLITE
    assert "gap_closed" in rig.events()


@fault(28, "a reply goes to another folder and back within one round")
async def there_and_back(rig: Rig, check: Checker) -> None:
    await rig.linked()
    reply = rig.write(RITA, OUTLOOK)
    await rig.poll()
    assert (await rig.advice(RITA)).level == "clear"
    await rig.fault("delta_loses_returned")
    for folder in ("archive", "inbox"):
        rig.box(OUTLOOK).move(reply, folder, rig.clock())
    await rig.deep()
    row = rig.stored(OUTLOOK)[rig.box(OUTLOOK).graph_id(reply, immutable=True)]
    assert (row.present, row.folder) == (True, "inbox")
    assert (await rig.advice(RITA)).level == "clear"


@fault(29, "delta replays, repeats and shuffles its entries")
async def replays(rig: Rig, check: Checker) -> None:
    await rig.linked()
    for name in ("delta_replays", "delta_shuffled"):
        await rig.fault(name)
    for _ in range(3):
        rig.box(OUTLOOK).move(rig.write(DANA, OUTLOOK), "archive", rig.clock())
        await rig.deep()
    await rig.mend()
    await rig.deep()
    disturbed, verdicts = rig.digest(), await rig.verdicts()
    for account in rig.accounts():
        await linking.unlink(rig.parts, rig.person_id, account.id, rig.clock())
    check.histories.clear()
    await rig.linked()
    assert same(rig.digest(), disturbed) == []
    assert same(await rig.verdicts(), verdicts) == []


@fault(30, "a rule files the reply in a nested, hidden or new folder, in junk or in deleted items")
async def filed_away(rig: Rig, check: Checker) -> None:
    rig.box(OUTLOOK).add_folder("hideout", "Hideout", parent="recruiters", hidden=True)
    filed = {
        f"mia@{folder}-{address.split('@')[0].replace('.', '-')}.example": (address, folder)
        for address in (GMAIL, OUTLOOK)
        for folder in ("recruiters", "hideout", "brandnew", "junkemail", "deleteditems")
    }
    for who, (address, _) in filed.items():
        for days in (12, 8):
            rig.write(who, address, mine=True, days=days)
    await rig.linked()
    for who, (address, folder) in filed.items():
        assert (await rig.advice(who)).recipients[0].unanswered == 2, who
        rig.write(who, address, folder=folder)
        await rig.poll()
        assert (await rig.advice(who)).recipients[0].unanswered == 0, who


@fault(31, "the list over all folders leaves three items in ten out and loses its next link")
async def list_with_holes(rig: Rig, check: Checker) -> None:
    await _holes(rig, share=0.3, letters=12)


@fault(31, "the list over all folders leaves two items in a hundred out and loses its next link")
async def list_with_few_holes(rig: Rig, check: Checker) -> None:
    await _holes(rig, share=0.02, letters=120)


async def _holes(rig: Rig, *, share: float, letters: int) -> None:
    """The folders' own changes find what was left out, and the audit says so once it was overdue."""
    await rig.fault("list_skips_share", value=share)
    await rig.fault("next_link_missing", match="graph GET /me/messages", times=2)
    await rig.linked()
    for _ in range(letters):
        rig.write(DANA, OUTLOOK)
    await rig.poll()
    assert rig.missing(OUTLOOK)
    assert "repaired" not in rig.events()
    await rig.polls(5)
    await rig.deep()
    assert not rig.missing(OUTLOOK)
    assert "repaired" in rig.events()


@fault(32, "delta refuses filters and ends filtered rounds early")
async def filters_refused(rig: Rig, check: Checker) -> None:
    await rig.fault("delta_filter_refused")
    await rig.fault("delta_filter_cap", value=3)
    await rig.linked()
    for _ in range(8):
        rig.write(DANA, OUTLOOK)
    await rig.deep()


@fault(33, "two processes ask one mailbox at once: a sync here, six compose windows there")
async def many_at_once(rig: Rig, check: Checker) -> None:
    rig.provider.config = replace(rig.provider.config, latency=0.002)
    await rig.link("microsoft")
    other = rig.twin()
    asked = [Question(Channel.EMAIL, (who,), zone="UTC") for who in (RITA, THEO, DANA) * 2]
    await asyncio.gather(rig.sync(), *(advise(other, rig.person_id, each, rig.clock()) for each in asked))
    other.database.close()
    assert 1 < rig.meter(OUTLOOK).most_open <= 4


@fault(34, "parts of a batch are throttled, broken or gone, each on its own")
async def torn_batches(rig: Rig, check: Checker) -> None:
    await rig.link("google")
    for status, times in ((429, 4), (500, 2), (404, 1)):
        await rig.fault("script", match=r"gmail GET .*/messages/\w+$", status=status, times=times)
    await rig.sync()
    await rig.mend()
    rig.clock.advance(days=1)
    await rig.sync()


@fault(34, "the same at Microsoft, and a batch that runs all its parts at once")
async def torn_graph_batches(rig: Rig, check: Checker) -> None:
    await rig.link("microsoft")
    await rig.sync()
    moved = [rig.write(DANA, OUTLOOK) for _ in range(8)]
    await rig.poll()
    for item in moved:
        rig.box(OUTLOOK).move(item, "archive", rig.clock())
    await rig.fault("batch_is_throttled")
    for status, times in ((429, 2), (504, 2), (404, 1)):
        await rig.fault("script", match=r"graph GET /me/messages/[\w=-]+$", status=status, times=times)
    await rig.deep()
    await rig.mend()
    rig.clock.advance(days=1)
    await rig.sync()
    assert {row.folder for row in rig.stored(OUTLOOK).values() if row.present and row.sender == DANA} <= {
        "other", "inbox",
    }  # fmt: skip


@fault(9, "mail delivered late and dated back re-sorts the thread")
async def dated_back(rig: Rig, check: Checker) -> None:
    await rig.linked()
    rig.write(RITA, days=19)
    await rig.poll()
    [recipient] = (await rig.advice(RITA)).recipients
    assert recipient.last_reply_at is not None
    assert rig.clock() - recipient.last_reply_at > timedelta(days=18)
