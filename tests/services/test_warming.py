"""The shelf is filled slice by slice at the start: in the end as at once, and whoever comes between is not kept."""

from dataclasses import replace
from threading import Event

import pytest

from app.services.history import list_recipients
from app.services.parts import Parts
from app.services.shelf import Shelf
from app.services.threads import all_dossiers
from app.services.warming import warm
from tests.world import World


class Between(Event):
    """Looks at the shelf between two slices; asks for an end after so many."""

    def __init__(self, parts: Parts, person_id: str, *, ends_after: int = 100) -> None:
        super().__init__()
        self.parts, self.person_id, self.ends_after = parts, person_id, ends_after
        self.stood: list[int] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.stood.append(len(self.parts.shelf.of(self.person_id).dossiers))
        if len(self.stood) == self.ends_after:
            self.set()
        return self.is_set()


class Asking(Between):
    """Somebody opens the list after the first slice."""

    def wait(self, timeout: float | None = None) -> bool:
        if not self.stood:
            list_recipients(self.parts, self.person_id, self.parts.clock())
        return super().wait(timeout)


@pytest.fixture
async def full(world: World) -> World:
    await world.link("google")
    await world.link("microsoft")
    await world.sync()
    world.parts = replace(world.parts, shelf=Shelf())
    return world


async def test_slice_by_slice_all_dossiers_come_to_stand_as_if_made_at_once(full: World) -> None:
    between = Between(full.parts, full.person_id)
    warm(full.parts, between, a_slice=3)
    with full.parts.database.read() as tx:
        at_once = all_dossiers(replace(full.parts, shelf=Shelf()), tx, full.person_id)
    assert list(full.parts.shelf.of(full.person_id).dossiers.values()) == at_once
    assert between.stood[:4] == [3, 6, 12, 24]


async def test_asked_to_end_it_begins_no_further_slice(full: World) -> None:
    between = Between(full.parts, full.person_id, ends_after=1)
    warm(full.parts, between, a_slice=3)
    assert between.stood == [3]


async def test_whoever_asks_between_two_slices_gets_the_whole_list_and_nothing_of_it_is_lost(full: World) -> None:
    asking = Asking(full.parts, full.person_id)
    warm(full.parts, asking, a_slice=3)
    with full.parts.database.read() as tx:
        everybody = len(all_dossiers(replace(full.parts, shelf=Shelf()), tx, full.person_id))
    assert set(asking.stood) == {everybody}
    assert len(asking.stood) <= 3


async def test_a_store_of_nobody_is_warm_at_once(world: World) -> None:
    between = Between(world.parts, world.person_id)
    warm(world.parts, between)
    assert set(between.stood) <= {0}
