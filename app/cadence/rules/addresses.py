"""Rules about where a message goes: an address that bounced."""

from app.cadence.rules.case import Case, Finding, Rule
from app.cadence.standing import Bounce
from app.cadence.thread import Channel
from app.cadence.verdict import Level
from app.cadence.wording import on, shortened


def bounced_address(case: Case) -> Finding | None:
    if case.draft.channel is not Channel.EMAIL:
        return None
    to = {address.lower() for address in case.draft.to} or {case.cadence.thread.recipient.lower()}
    bounce = next((bounce for bounce in case.cadence.bounced() if bounce.address in to), None)
    if bounce is None:
        return None
    message = f"Your mail of {on(case.cadence, bounce.at)} never arrived{_because(bounce)}."
    return Finding(Level.CAUTION, message, "Check the address; that mail does not count.", (bounce.key,))


def _because(bounce: Bounce) -> str:
    return f" ({shortened(bounce.reason, 40)})" if bounce.reason else ""


RULES = (
    Rule(
        id="bounced-address",
        rank=70,
        title="It never arrived",
        why="A mail that bounced was never read, so nobody left it unanswered.",
        source="RFC 3464",
        levels=(Level.CAUTION,),
        find=bounced_address,
        yields=False,
        softens=False,
    ),
)
