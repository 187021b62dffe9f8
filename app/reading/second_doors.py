"""What waits at other people of the same company while the person turns to one of them."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from app.cadence.rules.exemptions import is_named
from app.cadence.stage import stage_of
from app.cadence.thread import Signals, Thread, Touch


def open_beside(addresses: Collection[str], thread: Thread, others: Iterable[Thread]) -> tuple[Touch, ...]:
    """Touches to others of the company nobody answered, oldest first; `addresses` are the recipient's, in lower case.

    What also went to the recipient is left out, what wants nothing, and whoever pointed to the recipient or whom the
    recipient, in their `thread`, pointed to: going there is following.
    """
    found: dict[str, Touch] = {}
    for other in others:
        if not other.job_contact or _pointed_to(addresses, other) or _pointed_to([other.recipient], thread):
            continue
        answered = max((reply.at for reply in other.replies), default=None)
        for touch in other.touches:
            waits = touch.delivered and not touch.spoke and (answered is None or touch.at > answered)
            if waits and set(addresses).isdisjoint(touch.to) and not _wants_nothing(touch.signals):
                stage = stage_of(other, other.replies, other.notices, touch.at)
                found[touch.key] = replace(touch, stage=stage)
    return tuple(sorted(found.values(), key=lambda touch: (touch.at, touch.key)))


def _wants_nothing(signals: Signals) -> bool:
    """A thank-you, an arrangement, the end of a matter: nobody owes an answer to it."""
    settles = signals.thanks or signals.logistics or signals.acceptance or signals.withdrawal
    return settles and not (signals.asks_for_news or signals.empty)


def _pointed_to(addresses: Collection[str], other: Thread) -> bool:
    names = [name for reply in other.replies for name in reply.names]
    names += [name for notice in other.notices for name in notice.names]
    return any(is_named(address, name.lower()) for address in addresses for name in names)
