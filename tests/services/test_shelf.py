"""What is kept between two looks is never seen: the list is the one that would be made from nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from app.reading.facts import CorrectionKind
from app.services import correcting, leaving, logging_touches
from app.services.history import list_recipients
from app.services.parts import Parts
from app.services.shelf import Dossier, Shelf
from app.services.threads import all_dossiers
from tests.world import GMAIL, World

DANA = "dana@northwind.example"
JONAS = "jonas@kelp.example"


async def test_after_every_change_the_kept_list_is_the_one_made_afresh(world: World) -> None:
    await world.link("google")
    await world.sync()
    assert_as_made_afresh(world)
    await world.link("microsoft")
    await world.sync()
    assert_as_made_afresh(world)
    await world.deliver(GMAIL, **{"from": DANA, "subject": "Re: Application", "text": "Hello Ana, let us talk."})
    await world.poll()
    assert_as_made_afresh(world)
    for change in changes(world):
        change()
        assert_as_made_afresh(world)


def changes(world: World) -> list[Callable[[], object]]:
    """What the person can do to a recipient, one after the other."""
    parts, person_id, now = world.parts, world.person_id, world.clock()
    ids = {row.address: row.id for row in list_recipients(parts, person_id, now)}
    asked = correcting.Correction(ids[DANA], CorrectionKind.ANSWERED_ELSEWHERE)
    undoing: list[str] = []
    called = logging_touches.TouchToLog(DANA, "call", "no_answer", now - timedelta(days=1))
    return [
        lambda: logging_touches.log_touch(parts, person_id, called, now),
        lambda: undoing.append(correcting.correct(parts, person_id, asked, now)),
        lambda: correcting.undo_correction(parts, person_id, undoing[0], now),
        lambda: correcting.change_recipient(parts, person_id, ids[JONAS], correcting.Change(muted=True), now),
        lambda: correcting.change_recipient(parts, person_id, ids[JONAS], correcting.Change(stage="final"), now),
    ]


def assert_as_made_afresh(world: World) -> None:
    emptied = replace(world.parts, shelf=Shelf())
    for _ in ("changed", "unchanged"):
        assert dossiers(world.parts, world.person_id) == dossiers(emptied, world.person_id)
    now = world.clock()
    kept = list_recipients(world.parts, world.person_id, now)
    assert kept == list_recipients(replace(world.parts, shelf=Shelf()), world.person_id, now)
    assert kept


def dossiers(parts: Parts, person_id: str) -> list[Dossier]:
    with parts.database.read() as tx:
        return all_dossiers(parts, tx, person_id)


async def test_nothing_is_kept_of_a_person_who_left(world: World) -> None:
    await world.link_both()
    assert dossiers(world.parts, world.person_id)
    await leaving.erase_all(world.parts, world.person_id)
    assert not world.parts.shelf.of(world.person_id).mail
    assert not world.parts.shelf.streaks(world.person_id)
