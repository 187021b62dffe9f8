"""The register of faults: number, sentence, and the function that injects it and checks what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults.invariants import Checker
from tests.faults.rig import Rig

Inject = Callable[[Rig, Checker], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """`settles`: in the end every mailbox is whole and live again. `postgres`: on a real PostgreSQL."""

    number: int
    words: str
    inject: Inject
    settles: bool
    postgres: bool = False

    @property
    def name(self) -> str:
        return self.inject.__name__


FAULTS: list[Fault] = []


def fault(number: int, words: str, *, settles: bool = True, postgres: bool = False) -> Callable[[Inject], Inject]:
    """Put the function into the table."""

    def register(inject: Inject) -> Inject:
        FAULTS.append(Fault(number, words, inject, settles, postgres))
        FAULTS.sort(key=lambda each: each.number)
        return inject

    return register
