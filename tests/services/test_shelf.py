"""What is kept between two looks is never seen: the list is the one that would be made from nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from app.cadence.thread import Channel
from app.reading.facts import CorrectionKind
from app.services import advising, correcting, leaving, logging_touches, ruling
from app.services.history import list_recipients
from app.services.parts import Parts
from app.services.shelf import Dossier, Shelf
from app.services.threads import all_dossiers
from app.store import accounts
from app.store.database import Database
from tests.world import GMAIL, NOW, World

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


async def test_after_every_change_advice_is_what_a_first_look_would_give(world: World) -> None:
    await world.link("google")
    await world.sync()
    said = [await advised(world)]
    await world.link("microsoft")
    await world.sync()
    said.append(await advised(world))
    await world.deliver(GMAIL, **{"from": DANA, "subject": "Re: Application", "text": "Hello Ana, let us talk."})
    await world.poll()
    said.append(await advised(world))
    for change in changes(world):
        change()
        said.append(await advised(world))
    ruling.switch(world.parts, world.person_id, "too-many-unanswered", NOW, on=False)
    said.append(await advised(world))
    world.clock.advance(days=40)
    await world.sync()
    said.append(await advised(world))
    assert len(set(said)) > len(changes(world))


async def advised(world: World) -> str:
    """What is told of several, alone and together, while they are looked at for the second time."""
    asked = [(DANA,), (JONAS,), (DANA, JONAS, "nobody@northwind.example")]
    for _ in range(2):
        told = [await world.advice(*to) for to in asked]
    afresh = emptied(world)
    afresh.shelf.learn(world.person_id, world.parts.shelf.streaks(world.person_id), world.clock())
    fresh = [await advising.advise(afresh, world.person_id, question(*to), world.clock()) for to in asked]
    assert told == fresh
    return repr(told)


async def test_what_was_linked_as_somebody_came_in_is_enough_for_a_second_look(world: World) -> None:
    await world.link_both()
    told = await world.advice(DANA)
    with world.parts.database.read() as tx:
        linked = accounts.linked(tx, world.person_id)
    without_tables = Database.open(f"sqlite:///{world.folder / 'empty.sqlite3'}", across_people=True)
    blind = replace(world.parts, database=without_tables)
    assert await advising.advise(blind, world.person_id, question(DANA), world.clock(), linked=linked) == told


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


def emptied(world: World) -> Parts:
    return replace(world.parts, shelf=Shelf())


def question(*to: str) -> advising.Question:
    return advising.Question(Channel.EMAIL, to, zone="Europe/Berlin")


def assert_as_made_afresh(world: World) -> None:
    afresh = emptied(world)
    for _ in ("changed", "unchanged"):
        assert dossiers(world.parts, world.person_id) == dossiers(afresh, world.person_id)
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
