"""Faults of push: lost before the acknowledgement, repeated, stale, forged, and subscriptions that end."""

from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import timedelta

from httpx import AsyncClient

from app.services import hooks, pushing
from app.store import sync_jobs
from tests.faults.breaking import break_after
from tests.faults.invariants import Checker
from tests.faults.rig import DANA, GMAIL, OUTLOOK, RITA, Killed, Rig
from tests.faults.table import fault

CERTS = "/google/oauth2/v3/certs"


async def watched(rig: Rig) -> Rig:
    """Both mailboxes read, and their news pushed to our hooks."""
    await rig.linked()
    for account in rig.accounts():
        await pushing.keep_watching(rig.parts, account.id, rig.clock())
        until = watch_of(rig, account.id).until
        assert until is not None
        assert until - rig.clock() > timedelta(days=2)
    assert rig.answers == [200, 200]
    await rig.mend()
    assert rig.answers == [204]  # what the Gmail mailbox held before anybody watched it
    await rig.sync()
    return rig


async def pushed(rig: Rig) -> None:
    """A reply in each mailbox, told at once, and synced without waiting for the next poll."""
    for address in (GMAIL, OUTLOOK):
        await rig.deliver(address, **{"from": RITA, "subject": "Re: Application"})
    await rig.sync()


def watch_of(rig: Rig, account_id: str) -> sync_jobs.Watch:
    with rig.parts.database.read() as tx:
        return sync_jobs.watch_of(tx, account_id)


@fault(2, "kill -9 after the commit of a push's hint, before its acknowledgement; it is pushed again")
async def killed_before_the_answer(rig: Rig, check: Checker) -> None:
    await watched(rig)
    for address in (GMAIL, OUTLOOK):
        before = rig.job(address).want
        break_after(rig, 0, late=True)
        with suppress(Killed):
            await rig.deliver(address, **{"from": RITA, "subject": "Re: Application"})
        await rig.restart()
        assert rig.job(address).want == before + 1, "the hint was stored before the process died"
        assert rig.answers == []
        await rig.deliver(address, **{"from": RITA, "subject": "Re: Application"})
        assert rig.answers != []
    await rig.sync()
    assert not rig.missing() | rig.missing(OUTLOOK)


@fault(2, "kill -9 before the commit of a push's hint: nothing was acknowledged")
async def killed_before_the_hint(rig: Rig, check: Checker) -> None:
    await watched(rig)
    break_after(rig, 0)
    with suppress(Killed):
        await rig.deliver(GMAIL, **{"from": RITA, "subject": "Re: Application"})
    await rig.restart()
    assert rig.answers == []
    await rig.deliver(GMAIL, **{"from": RITA, "subject": "Re: Application"})
    await rig.sync()
    assert not rig.missing()


@fault(9, "a push comes before its message shows: it is found without another push")
async def pushed_too_early(rig: Rig, check: Checker) -> None:
    await watched(rig)
    await rig.fault("visibility_lag")
    await rig.deliver(GMAIL, **{"from": RITA, "subject": "Re: Application"})
    assert rig.answers == [204]
    await rig.sync()
    assert (await rig.advice(RITA)).level != "clear"
    await rig.fault("push_silent")
    looks = rig.meter().methods["history.list"]
    for seconds in (1, 4, 25, 90):
        rig.clock.advance(seconds=seconds)
        await rig.sync()
    assert rig.meter().methods["history.list"] - looks == 4, "1, 5, 30 and 120 seconds after the push"
    assert not rig.missing()
    assert (await rig.advice(RITA)).level == "clear"
    rig.clock.advance(seconds=59)
    assert rig.job().due_at > rig.clock(), "what was found ends the quick looks"


@fault(10, "no push comes for a whole day, then for two")
async def no_push(rig: Rig, check: Checker) -> None:
    await watched(rig)
    await rig.fault("push_silent")
    for hours in (4, 4, 4, 4, 4, 4, 24):
        rig.clock.advance(hours=hours)
        for address in (GMAIL, OUTLOOK):
            await rig.deliver(address, **{"from": DANA})
        await rig.poll()
        assert not rig.missing() | rig.missing(OUTLOOK)
        assert {account.state for account in rig.accounts()} == {"live"}
    rig.clock.advance(hours=2)
    await rig.deliver(GMAIL, **{"from": DANA})
    await rig.poll()
    assert "pushes have stopped" in rig.account().state_reason
    assert rig.account().next_action
    assert rig.events().count("attention") >= 1
    await rig.mend()
    await pushed(rig)
    await rig.poll()
    assert rig.account().state_reason == ""


@fault(11, "every push comes fifty times, late ones with an old history id")
async def storm(rig: Rig, check: Checker) -> None:
    await watched(rig)
    await rig.fault("push_repeats")
    await rig.fault("push_stale")
    spent = rig.meter().units
    await pushed(rig)
    assert set(rig.answers) == {204, 202}
    assert not rig.missing() | rig.missing(OUTLOOK)
    assert rig.meter().units - spent <= 2 * (2 + 20)
    rig.clock.advance(seconds=59)
    assert rig.job().due_at > rig.clock(), "a push of what was seen already makes nobody look again"


@fault(12, "forged pushes: no algorithm, wrong audience, sender, issuer, time or key")
async def forged(rig: Rig, check: Checker) -> None:
    await watched(rig)
    wants = rig.job().want
    for wrong in ("none", "aud", "email", "iss", "exp", "kid"):
        await rig.fault("push_forged", value=wrong, times=1)
        await rig.deliver(GMAIL, **{"from": DANA})
        assert (wrong, rig.answers) == (wrong, [403])
    assert rig.job().want == wants
    await rig.fault("keys_rotated")
    await rig.deliver(GMAIL, **{"from": DANA})
    assert rig.answers == [403], "new keys are fetched once a minute, whatever the tokens claim"
    rig.clock.advance(seconds=61)
    await rig.deliver(GMAIL, **{"from": DANA})
    assert rig.answers == [204]
    await rig.mend()
    hook = hooks.hook(rig.parts, "microsoft", rig.account(OUTLOOK).id)
    assert rig.outbound is not None
    async with AsyncClient(transport=rig.outbound) as stranger:
        for body in ({"value": [{"clientState": "guess"}]}, {"value": [{}]}, {"value": 7}, []):
            assert (await stranger.post(hook, json=body)).status_code == 403
        assert (await stranger.post(hooks.hook(rig.parts, "google"), json={})).status_code == 403
        shown = await stranger.post(hook, params={"validationToken": "a token\x00"})
        assert shown.status_code == 400
        assert (await stranger.post(hook, params={"validationToken": "a" * 2_049})).status_code == 400
        page = await stranger.post(hook, params={"validationToken": "<b>a token</b>"})
        assert (page.status_code, page.text) == (200, "<b>a token</b>")
        assert page.headers["content-type"].startswith("text/plain"), "what is thrown back is never a page"
        assert page.headers["x-content-type-options"] == "nosniff"
    await rig.poll()


@fault(12, "a thousand forged pushes, each of a key that nobody knows")
async def thousand(rig: Rig, check: Checker) -> None:
    await watched(rig)
    await rig.deliver(GMAIL, **{"from": DANA})
    assert rig.answers == [204]
    wants, fetched, caught = rig.job().want, rig.line.paths[CERTS], rig.outbound.last  # type: ignore[union-attr]
    assert rig.outbound is not None
    async with AsyncClient(transport=rig.outbound) as stranger:
        for number in range(1_000):
            token = urlsafe_b64encode(f'{{"alg":"RS256","kid":"unknown-{number}"}}'.encode()).decode().rstrip("=")
            headers = {"Authorization": f"Bearer {token}.e30.c2ln"}
            await stranger.post(str(caught.url), content=caught.content, headers=headers)
    assert set(rig.answers) == {403, 429}, "refused, and before long unread"
    assert rig.line.paths[CERTS] - fetched <= 1
    assert rig.job().want == wants
    rig.clock.advance(minutes=6)
    await rig.deliver(GMAIL, **{"from": DANA})
    assert rig.answers == [204]
    await rig.poll()


@fault(12, "a true push is sent again and again by somebody who caught it")
async def replayed(rig: Rig, check: Checker) -> None:
    await watched(rig)
    await rig.deliver(GMAIL, **{"from": DANA})
    caught = rig.outbound.last  # type: ignore[union-attr]
    await rig.sync()
    rig.clock.advance(minutes=3)
    await rig.sync()
    wants, units = rig.job().want, rig.meter().units
    assert rig.outbound is not None
    async with AsyncClient(transport=rig.outbound) as stranger:
        for _ in range(20):
            headers = {"Authorization": caught.headers["authorization"]}
            answer = await stranger.post(str(caught.url), content=caught.content, headers=headers)
            assert answer.status_code == 204
    await rig.sync()
    assert (rig.job().want, rig.meter().units) == (wants, units)


@fault(35, "a subscription cannot be renewed, has a lower ceiling, is removed, or misses news")
async def lost_subscriptions(rig: Rig, check: Checker) -> None:
    await rig.fault("subscription_ceiling", value=2_000)
    await rig.fault("push_before_answer")
    await rig.linked()
    outlook = rig.account(OUTLOOK).id
    await pushing.keep_watching(rig.parts, outlook, rig.clock())
    until = watch_of(rig, outlook).until
    assert until is not None
    assert timedelta(minutes=1_300) < until - rig.clock() <= timedelta(minutes=2_000)
    await rig.mend()
    await rig.fault("subscription_renewal_fails")
    await renewal(rig, outlook)
    await rig.mend()
    for event in ("missed", "subscriptionRemoved", "reauthorizationRequired"):
        rig.write(DANA, OUTLOOK, days=0 if event == "reauthorizationRequired" else 3)
        assert rig.missing(OUTLOOK)
        told = await rig.control("lifecycle", mailbox=OUTLOOK, provider="microsoft", event=event)
        assert told == {"sent": 1, "accepted": 1}
        await rig.sync() if event != "reauthorizationRequired" else await rig.poll()
        assert not rig.missing(OUTLOOK), event
        assert (watch_of(rig, outlook).until is None) is (event != "missed")
        await renewal(rig, outlook)
        await rig.deliver(OUTLOOK, **{"from": RITA})
        assert 202 in rig.answers, event
    await rig.poll()


@fault(35, "Gmail refuses to push: another client is pushed to already")
async def watch_refused(rig: Rig, check: Checker) -> None:
    await watched(rig)
    await rig.fault("watch_refused")
    held = watch_of(rig, rig.account().id)
    assert held.until is not None
    while rig.clock() < held.until:
        rig.clock.advance(days=1)
        await pushing.keep_watching(rig.parts, rig.account().id, rig.clock())
    assert watch_of(rig, rig.account().id).until == held.until
    rig.write(DANA)
    await rig.polls(2)
    assert "pushes have stopped" in rig.account().state_reason


async def renewal(rig: Rig, account_id: str) -> None:
    """Let the time of the renewal come, and renew."""
    due = watch_of(rig, account_id).due_at
    assert due is not None
    rig.clock.now = max(rig.clock.now, due)
    await pushing.keep_watching(rig.parts, account_id, rig.clock())
    until = watch_of(rig, account_id).until
    assert until is not None
    assert until > rig.clock()


@fault(10, "a push brings the reply at once, without waiting for the poll")
async def pushed_at_once(rig: Rig, check: Checker) -> None:
    await watched(rig)
    await pushed(rig)
    assert rig.answers == [204, 202]
    assert not rig.missing() | rig.missing(OUTLOOK)
