"""Faults of consent and tokens: refused, replayed, revoked, lost and foreign grants."""

import pytest

from app.services import linking
from app.services.errors import LinkFailed, LinkNotOurs
from connectors.gmail.oauth import METADATA_ONLY
from connectors.simulator.mailbox import Mailbox
from tests.faults.invariants import Checker
from tests.faults.rig import GMAIL, OUTLOOK, RITA, Rig
from tests.faults.table import fault


async def asked(rig: Rig, provider: str = "google") -> str:
    return await linking.begin(rig.parts, rig.person_id, provider, rig.clock())


async def brought(rig: Rig, answer: dict[str, str], provider: str = "google") -> str:
    return await linking.finish(rig.parts, rig.person_id, provider, answer, rig.clock())


async def relinked_without_loss(rig: Rig, address: str, provider: str) -> None:
    """While the grant is dead nothing is asked and nothing forgotten; linking again brings what came meanwhile."""
    before = rig.digest()
    assert rig.account(address).state == "needs_relink"
    assert rig.account(address).next_action
    told, spent = rig.events().count("needs_relink"), rig.meter(address).requests
    advice = await rig.advice(RITA)
    assert (advice.level, address in advice.headline) == ("unknown", True)
    rig.write(RITA, address)
    await rig.polls(4)
    assert rig.events().count("needs_relink") == told
    assert rig.meter(address).requests == spent
    assert rig.digest() == before
    await rig.mend()
    await rig.link(provider)
    await rig.sync()


@fault(19, "the person revokes the grant")
async def revoked(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.control("revoke", mailbox=GMAIL, provider="google")
    await rig.poll()
    await relinked_without_loss(rig, GMAIL, "google")


@fault(19, "refresh tokens end after the seven days of a project in testing")
async def testing_mode(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.fault("testing_mode")
    rig.clock.advance(days=8)
    await rig.sync()
    await relinked_without_loss(rig, GMAIL, "google")


@fault(19, "Google asks for reauthentication (invalid_rapt)")
async def rapt(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.fault("reauthentication_needed")
    rig.clock.advance(hours=2)
    await rig.sync()
    await relinked_without_loss(rig, GMAIL, "google")


@fault(19, "Microsoft asks for a second factor")
async def second_factor(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.fault("interaction_required")
    rig.clock.advance(hours=2)
    await rig.sync()
    await relinked_without_loss(rig, OUTLOOK, "microsoft")


@fault(20, "the token endpoint is down for an hour: 503, 429, and then it does not answer at all")
async def token_trouble(rig: Rig, check: Checker) -> None:
    await rig.linked()
    rig.clock.advance(hours=2)
    for status, state in ((503, "catching_up"), (429, "throttled"), (0, "catching_up")):
        await rig.mend()
        await rig.fault("token_trouble", status=status, times=-1) if status else await rig.fault("token_slow", value=90)
        rig.clock.advance(minutes=3)
        for _ in range(20):
            await rig.poll()
        assert {account.state for account in rig.accounts()} == {state}, status
        assert {account.next_action[:13] for account in rig.accounts()} == {"Nothing to do"}, status
    assert not {"needs_relink", "misconfigured"} & set(rig.events())
    assert len([what for what in rig.events() if what in {"catching_up", "throttled"}]) <= 6
    await rig.mend()
    await rig.polls(3)


@fault(23, "the person says no, unticks mail, or no lasting permission comes")
async def half_consents(rig: Rig, check: Checker) -> None:
    for provider in ("google", "microsoft"):
        with pytest.raises(LinkFailed, match="cancelled"):
            await brought(rig, await rig.consent(await asked(rig, provider), provider, button="deny"), provider)
        await rig.fault("scope_subset")
        with pytest.raises(LinkFailed, match="ticked"):
            await brought(rig, await rig.consent(await asked(rig, provider), provider), provider)
        await rig.mend()
        await rig.fault("no_refresh_token")
        with pytest.raises(LinkNotOurs, match="no lasting permission"):
            await brought(rig, await rig.consent(await asked(rig, provider), provider), provider)
        await rig.mend()
    assert rig.accounts() == []
    await rig.linked()


@fault(24, "a callback is replayed, comes with another state, from the other provider or another issuer")
async def foreign_callbacks(rig: Rig, check: Checker) -> None:
    answer = await rig.consent(await asked(rig), "google")
    for wrong, provider in (({**answer, "state": "another"}, "google"), (answer, "microsoft")):
        with pytest.raises(LinkNotOurs):
            await brought(rig, wrong, provider)
    await rig.fault("issuer_mixed_up")
    with pytest.raises(LinkNotOurs):
        await brought(rig, await rig.consent(await asked(rig), "google"))
    await rig.mend()
    assert rig.accounts() == []
    good = await rig.consent(await asked(rig), "google")
    await brought(rig, good)
    with pytest.raises(LinkNotOurs):
        await brought(rig, good)
    await rig.sync()


@fault(25, "linking again is done with another mailbox")
async def another_mailbox(rig: Rig, check: Checker) -> None:
    await rig.linked()
    cursor, stored = rig.cursor(), rig.stored()
    rig.provider.mailboxes.append(Mailbox("google", "ana.two@example.com", "Ana", "108204268033311370000", 7))
    await brought(rig, await rig.grant(await asked(rig), "ana.two@example.com"))
    await rig.sync()
    assert {account.address for account in rig.accounts()} == {GMAIL, OUTLOOK, "ana.two@example.com"}
    assert (rig.cursor(), rig.stored()) == (cursor, stored)


@fault(26, "the token carries the poisonous scope gmail.metadata")
async def metadata_scope(rig: Rig, check: Checker) -> None:
    answer = await rig.consent(await asked(rig), "google")
    grant = rig.provider.grants.codes[answer["code"]].grant
    grant.scopes = (*grant.scopes, METADATA_ONLY)
    with pytest.raises(LinkFailed):
        await brought(rig, answer)
    assert (rig.accounts(), bool(grant.revoked)) == ([], True)
