"""The gate every API call passes: faults, bearer token, quota, then the service itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from connectors.simulator.calls import Call, Refusal, Reply
from connectors.simulator.grants import Access
from connectors.simulator.mailbox import Mailbox
from connectors.simulator.world import World


@dataclass(frozen=True, slots=True)
class Service:
    """One provider API: how it prices, answers and refuses. `unauthorized` and `too_much` give whole replies."""

    name: str
    provider: str
    cost: Callable[[World, Call], tuple[str, int]]
    answer: Callable[[World, Mailbox, Access, Call], Awaitable[Reply]]
    unauthorized: Callable[[str], Reply]
    too_much: Callable[[str, float], Reply]


def bearer(world: World, service: Service, call: Call) -> Access | None:
    """The live grant behind the call's bearer token."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    access = world.grants.access.get(token.strip()) if kind.lower() == "bearer" else None
    if not access or access.expires <= world.now() or access.grant.revoked:
        return None
    return access if access.grant.provider == service.provider else None


async def pass_gate(world: World, service: Service, call: Call) -> Reply:
    """Answer one call as the provider would, and write it on the meter."""
    access = bearer(world, service, call)
    account = access.grant.address if access else "anonymous"
    scripts = world.faults.taken(f"{service.name} {call.method} {call.path}", account)
    broken = world.meter.enter(account, service.cost(world, call), world.profiles[service.name], world.now())
    try:
        await world.wait(world.config.latency, scripts)
        reply = next((script.reply for script in scripts if script.reply), None)
        if reply is None:
            refused = _refused(world, service, account, broken) if broken else None
            reply = refused or await _answered(world, service, access, call)
        for script in scripts:
            reply = script.twist(reply) if script.twist else reply
    finally:
        world.meter.leave(account)
    _note_wait(world, account, reply)
    return reply


async def _answered(world: World, service: Service, access: Access | None, call: Call) -> Reply:
    mailbox = access and world.mailbox(access.grant.address, service.provider)
    if not access or not mailbox:
        return service.unauthorized(call.headers.get("authorization", ""))
    try:
        return await service.answer(world, mailbox, access, call)
    except Refusal as refusal:
        return refusal.reply


def _refused(world: World, service: Service, account: str, rule: str) -> Reply:
    spent = world.meter.tally(account).spent
    window = timedelta(seconds=world.profiles[service.name].window)
    wait = (spent[0][0] + window - world.now()).total_seconds() if rule == "rate" and spent else 1.0
    return service.too_much(rule, max(wait, 1.0))


def _note_wait(world: World, account: str, reply: Reply) -> None:
    wait = reply.headers.get("Retry-After", "")
    if wait.isdigit():
        world.meter.hold(account, world.now() + timedelta(seconds=int(wait)))
