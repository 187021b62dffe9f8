"""What the judgement says: a level, findings in words, one next good date."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.cadence.thread import Stage


class Level(StrEnum):
    CLEAR = "clear"
    NOTE = "note"
    CAUTION = "caution"
    HOLD = "hold"
    STOP = "stop"
    UNKNOWN = "unknown"

    @property
    def severity(self) -> int:
        """0 for clear up to 4 for stop; unknown is -1, for it is no judgement."""
        return _SEVERITY[self]


_SEVERITY = {
    Level.UNKNOWN: -1,
    Level.CLEAR: 0,
    Level.NOTE: 1,
    Level.CAUTION: 2,
    Level.HOLD: 3,
    Level.STOP: 4,
}


@dataclass(frozen=True, slots=True)
class Warning:
    """One rule's finding. `evidence` holds keys of touches, replies or notices, oldest first."""

    rule: str
    level: Level
    message: str
    instead: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`headline` has at most 140 characters and is empty when clear; `reason` says in one phrase why it is clear."""

    level: Level
    headline: str = ""
    warnings: tuple[Warning, ...] = ()
    next_good_date: date | None = None
    stage: Stage | None = None
    reason: str = ""
