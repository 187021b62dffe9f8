"""Faults of push: lost before the acknowledgement, repeated, stale, forged, and subscriptions that end."""

from datetime import timedelta

from httpx import AsyncClient

from app.services import hooks, pushing
from tests.faults.breaking import break_after
from tests.faults.invariants import Checker
from tests.faults.rig import DANA, GMAIL, OUTLOOK, RITA, Killed, Rig
from tests.faults.table import fault


async def watched(rig: Rig) -> Rig:
    """Both mailboxes read, and their news pushed to our hooks."""
    await rig.linked()
    for account in rig.accounts():
        until = await pushing.watch(rig.parts, account.id)
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


@fault(2, "kill -9 after the commit of a push's hint, before its acknowledgement")
async def killed_before_the_answer(rig: Rig, check: Checker) -> None:
    await watched(rig)
    break_after(rig, 0)
    try:
        await rig.deliver(GMAIL, **{"from": RITA, "subject": "Re: Application"})
    except Killed:
        await rig.restart()
    await rig.deliver(GMAIL, **{"from": RITA, "subject": "Re: Application"})
    await rig.sync()
    assert not rig.missing()


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


@fault(12, "forged pushes: no algorithm, wrong audience, sender, issuer, time or key")
async def forged(rig: Rig, check: Checker) -> None:
    await watched(rig)
    wants = rig.job().want
    for wrong in ("none", "aud", "email", "iss", "exp", "kid"):
        await rig.fault("push_forged", value=wrong, times=1)
        await rig.deliver(GMAIL, **{"from": DANA})
        assert (wrong, rig.answers) == (wrong, [403])
    assert rig.job().want == wants
    hook = hooks.hook(rig.parts, "microsoft", rig.account(OUTLOOK).id)
    assert rig.outbound is not None
    async with AsyncClient(transport=rig.outbound) as stranger:
        for body in ({"value": [{"clientState": "guess"}]}, {"value": [{}]}, {"value": 7}, []):
            assert (await stranger.post(hook, json=body)).status_code == 403
        assert (await stranger.post(hooks.hook(rig.parts, "google"), json={})).status_code == 403
        shown = await stranger.post(hook, params={"validationToken": "a token\x00"})
        assert shown.status_code == 400
    await rig.poll()


@fault(35, "a subscription cannot be renewed, has a lower ceiling, is removed, or misses news")
async def lost_subscriptions(rig: Rig, check: Checker) -> None:
    await rig.fault("subscription_ceiling", value=2_000)
    await rig.fault("push_before_answer")
    await rig.linked()
    outlook = rig.account(OUTLOOK).id
    until = await pushing.watch(rig.parts, outlook)
    assert until is not None
    assert timedelta(minutes=1_300) < until - rig.clock() <= timedelta(minutes=2_000)
    await rig.mend()
    await rig.fault("subscription_renewal_fails")
    assert await pushing.watch(rig.parts, outlook) is not None
    await rig.mend()
    for event in ("missed", "subscriptionRemoved"):
        rig.write(DANA, OUTLOOK, days=3)
        assert rig.missing(OUTLOOK)
        told = await rig.control("lifecycle", mailbox=OUTLOOK, provider="microsoft", event=event)
        assert told == {"sent": 1, "accepted": 1}
        await rig.sync()
        assert not rig.missing(OUTLOOK), event
    assert await pushing.watch(rig.parts, outlook) is not None
    await rig.poll()


@fault(10, "a push brings the reply at once, without waiting for the poll")
async def pushed_at_once(rig: Rig, check: Checker) -> None:
    await watched(rig)
    await pushed(rig)
    assert rig.answers == [204, 202]
    assert not rig.missing() | rig.missing(OUTLOOK)
