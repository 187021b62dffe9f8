"""Which stage of hiring a letter speaks of."""

from app.cadence.thread import Stage
from app.reading.received.letter import Letter, Line

_LATEST_FIRST = (
    (Stage.OFFER, "stage_offer"),
    (Stage.FINAL, "stage_final"),
    (Stage.INTERVIEW, "stage_interview"),
    (Stage.SCREEN, "stage_screen"),
    (Stage.NETWORKING, "stage_networking"),
    (Stage.APPLIED, "stage_applied"),
)


def stage_cue(letter: Letter) -> Stage | None:
    """The latest stage named for this person, passing over what is only supposed and what others do."""
    kinds = [_kinds(line) for line in letter.lines if "hypothetical" not in line.kinds]
    return next((stage for stage, family in _LATEST_FIRST if any(family in line for line in kinds)), None)


def _kinds(line: Line) -> frozenset[str]:
    kinds = line.kinds
    if "of_others" in kinds:
        kinds -= {"stage_interview", "stage_final"}
    if "stage_screen" in kinds and "beyond_screen" not in kinds:
        kinds -= {"stage_interview"}
    return kinds
