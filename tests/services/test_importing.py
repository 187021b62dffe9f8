"""Leaving with everything and coming back: the same export, the same counts; a spoilt file changes nothing."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.facts import CorrectionKind
from app.services import correcting, history, importing, leaving, logging_touches, sheet
from app.services.correcting import Change, Correction
from app.services.errors import Conflict, WrongInput
from app.services.logging_touches import TouchToLog
from app.store import erasure
from tests.world import NOW, World

DANA = "dana@northwind.example"


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[World]:
    """Another Aftertouch, with another key, that holds nothing."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    opened = World(folder)
    yield opened
    await opened.close()


async def lived_in(world: World) -> World:
    """Both mailboxes read, calls logged, edited and removed, names, stages, addresses and corrections set."""
    await world.link_both()
    parts, person = world.parts, world.person_id
    dana = next(row.id for row in history.list_recipients(parts, person, NOW) if row.address == DANA)
    for number in range(3):
        when = NOW - timedelta(days=number + 1)
        touch = TouchToLog(dana, "call", "spoke", when, note_promise="by Friday", idempotency_key=f"{number}")
        logged = logging_touches.log_touch(parts, person, touch, NOW)
    logging_touches.edit_touch(parts, person, logged.id, {"mood": "calm"}, NOW)
    logging_touches.delete_touch(parts, person, logged.id, NOW)
    correcting.change_recipient(parts, person, dana, Change(stage="final", name="Dana R.", also="d@home.example"), NOW)
    correcting.correct(parts, person, Correction(dana, CorrectionKind.NOT_JOB_SEARCH), NOW)
    return world


def exported(world: World) -> dict[str, Any]:
    return leaving.export_all(world.parts, world.person_id, NOW)


def held(world: World) -> dict[str, int]:
    with world.parts.database.read() as tx:
        return erasure.counts(tx, world.person_id)


async def test_the_round_trip_gives_the_same_export_and_the_same_history(world: World, elsewhere: World) -> None:
    told = exported(await lived_in(world))
    text = json.dumps(told, indent=2, ensure_ascii=False)
    importing.import_all(elsewhere.parts, elsewhere.person_id, text, NOW)
    assert exported(elsewhere) == told
    both = [history.list_recipients(each.parts, each.person_id, NOW) for each in (world, elsewhere)]
    assert both[0] == both[1]


async def test_after_an_import_each_mailbox_asks_to_be_linked_again_and_nothing_is_lost(
    world: World, elsewhere: World
) -> None:
    importing.import_all(elsewhere.parts, elsewhere.person_id, json.dumps(exported(await lived_in(world))), NOW)
    await elsewhere.sync()
    assert {account.state for account in elsewhere.accounts()} == {"needs_relink"}
    assert (await elsewhere.advice(DANA)).level == "unknown"
    before = held(elsewhere)["messages"]
    await elsewhere.link_both()
    assert {account.state for account in elsewhere.accounts()} == {"live"}
    assert held(elsewhere)["messages"] == before
    assert len(elsewhere.accounts()) == 2


async def test_a_spoilt_record_is_named_and_nothing_is_changed(world: World, elsewhere: World) -> None:
    told = exported(await lived_in(world))
    told["logged_touches"][1]["outcome"] = "shouted"
    before = held(elsewhere)
    with pytest.raises(WrongInput, match=r"^Line \d+ \(logged_touches, record 2\): `outcome` must be one of"):
        importing.import_all(elsewhere.parts, elsewhere.person_id, json.dumps(told, indent=2), NOW)
    assert held(elsewhere) == before


async def test_a_second_import_is_refused_and_changes_nothing(world: World, elsewhere: World) -> None:
    text = json.dumps(exported(await lived_in(world)))
    importing.import_all(elsewhere.parts, elsewhere.person_id, text, NOW)
    before = exported(elsewhere)
    with pytest.raises(Conflict, match="holds something already"):
        importing.import_all(elsewhere.parts, elsewhere.person_id, text, NOW)
    assert exported(elsewhere) == before


async def test_the_table_holds_every_entry_of_every_time_line(world: World) -> None:
    await lived_in(world)
    lines = list(csv.DictReader(io.StringIO(sheet.written(history.every_entry(world.parts, world.person_id, NOW)))))
    rows = history.list_recipients(world.parts, world.person_id, NOW)
    entries = [history.time_line(world.parts, world.person_id, row.id, NOW).entries for row in rows]
    assert len(lines) == sum(map(len, entries))
    for row in rows:
        assert sum(line["counts"] == "yes" and line["recipient"] == row.address for line in lines) == row.unanswered


@given(st.text(max_size=20) | st.from_regex(r"\s*[=+@-].{0,9}", fullmatch=True))
def test_no_cell_is_a_formula_and_every_cell_keeps_its_words(cell: str) -> None:
    told = sheet.safe(cell)
    assert not told.lstrip().startswith(("=", "+", "-", "@"))
    assert told in (cell, f"'{cell}")
