"""Which knocks are counted, how many are let through in five minutes, and from where they come (S6, S14, S23)."""

from dataclasses import dataclass
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated

from fastapi import Depends, Request

from app.services.attempts import Attempts
from app.services.parts import Parts

ONE_HOME = 64  # bits of an IPv6 address that a provider gives to one customer


@dataclass(frozen=True, slots=True)
class Windows:
    """By source where nothing else is said. "Wrong" ones are counted when they fail, and then alone."""

    codes_asked: Attempts
    """Pairing codes; an extension asks once."""
    codes_claimed: Attempts
    """Wrong or outdated device codes; one under way may ask on (RFC 8628 has its own pace)."""
    codes_typed: Attempts
    """Wrong ones, by person; the next is refused even when it is right (S6: five)."""
    codes_typed_here: Attempts
    """The same by source, whoever is signed in."""
    sign_ins: Attempts
    """Wrong sign-in links."""
    tokens: Attempts
    """Wrong device tokens."""
    arrivals: Attempts
    """Visitors on their way to a provider."""
    handshakes: Attempts
    """A provider's own questions to our hooks."""
    forged: Attempts
    """Pushes nobody sent; what comes after too many is not looked into."""
    advice: Attempts
    """By device: a hundred a second, of which a person at a keyboard needs one."""


def windows(parts: Parts) -> Windows:
    counted = partial(Attempts, parts.database, parts.sealer, parts.clock)
    return Windows(
        codes_asked=counted(kind="codes asked", most=30),
        codes_claimed=counted(kind="codes claimed", most=60),
        codes_typed=counted(kind="codes typed", most=5),
        codes_typed_here=counted(kind="codes typed here", most=30),
        sign_ins=counted(kind="sign-ins", most=60),
        tokens=counted(kind="tokens", most=300),
        arrivals=counted(kind="arrivals", most=30),
        handshakes=counted(kind="handshakes", most=600),
        forged=counted(kind="forged", most=60),
        advice=counted(kind="advice", most=30_000),
    )


def source_of(request: Request) -> str:
    """The address asked from, as the server or the proxy it trusts saw it; of IPv6 the customer's network."""
    seen = request.client.host if request.client else ""
    try:
        address = ip_address(seen)
    except ValueError:
        return seen
    if isinstance(address, IPv6Address):
        return str(ip_network((address, ONE_HOME), strict=False))
    return seen


@dataclass(frozen=True, slots=True)
class Door:
    """The windows, and from where somebody knocks."""

    windows: Windows
    source: str


def door_of(request: Request) -> Door:
    windows: Windows = request.app.state.windows
    return Door(windows, source_of(request))


async def _door(request: Request) -> Door:
    return door_of(request)


TheDoor = Annotated[Door, Depends(_door)]
