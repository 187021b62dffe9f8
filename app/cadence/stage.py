"""How far a matter has come: set by hand, or the furthest stage anybody spoke of."""

from datetime import datetime

from app.cadence.counting import DOCUMENT
from app.cadence.thread import Notice, NoticeKind, Reply, Stage, Thread

_ORDER = {stage: rank for rank, stage in enumerate(Stage)}


def stage_of(thread: Thread, replies: tuple[Reply, ...], notices: tuple[Notice, ...], now: datetime) -> Stage:
    """The stage at `now`. A later cue never takes it back; without any cue a receipt, or papers sent, mean applied."""
    if thread.stage is not None:
        return thread.stage
    cues = [stage for at, stage in thread.cues if at <= now]
    cues += [reply.cue for reply in replies if reply.cue]
    if cues:
        return max(cues, key=_ORDER.__getitem__)
    received = any(notice.kind is NoticeKind.RECEIPT for notice in notices)
    if received or any(DOCUMENT in touch.signals.answers for touch in thread.touches[:1] if touch.at <= now):
        return Stage.APPLIED
    return Stage.NETWORKING if replies else Stage.COLD
