"""The report: pictures with the same numbers beside them, calm words, and no marks for anybody."""

import re

import pytest

from app.services import reporting
from tests.builders import Reader
from tests.world import World


async def test_with_nothing_sent_the_page_says_how_to_begin(reader: Reader) -> None:
    page = await reader.open("/report")
    assert "Nothing went out" in page.text(".empty")
    assert not page.all("svg")


async def test_pictures_and_tables_say_the_same(reader: Reader, world: World) -> None:
    await world.link_both()
    told = reporting.look_back(world.parts, world.person_id, world.clock())
    page = await reader.open("/report")
    outcomes, gaps, _, crossings = page.all("main .card")
    shown = [int(node.text()) for node in outcomes.css("td.number")]
    assert shown == [number for number in told.outcomes.values() if number]
    assert len(outcomes.css("rect")) == len(shown)
    assert sum(int(node.text()) for node in gaps.css("td.number")) == len(told.gaps)
    drawn = [int(found[1]) for node in gaps.css("rect title") if (found := re.search(r": (\d+)", node.text()))]
    assert sum(drawn) == len(told.gaps)
    assert len(crossings.css("tbody tr")) == len(told.crossings)


async def test_every_bar_lies_within_its_picture(reader: Reader, world: World) -> None:
    await world.link_both()
    for picture in (await reader.open("/report")).all("svg.chart"):
        _, _, wide, high = (float(number) for number in str(picture.attributes["viewBox"]).split())
        for bar in picture.css("rect"):
            x, y, width, height = (float(bar.attributes[name] or 0) for name in ("x", "y", "width", "height"))
            assert min(x, y, width, height) >= 0
            assert x + width <= wide
            assert y + height <= high


async def test_no_word_of_the_page_is_a_mark_or_a_decimal(reader: Reader, world: World) -> None:
    await world.link_both()
    text = (await reader.open("/report")).text().lower()
    assert not re.search(r"score|rank|points|\d\.\d|%|!", text)


async def test_everybody_at_one_employer_stands_together(reader: Reader, world: World) -> None:
    form = {"kind": "mail", "at": "2026-11-10T10:00"}
    for name in ("rita@acme.example", "omar@jobs.acme.example", "kim@other.example"):
        await reader.send("/history/log", recipient=name, **form)
    page = await reader.open("/companies/acme.example")
    assert sorted(page.texts(".row .who")) == ["omar@jobs.acme.example", "rita@acme.example"]
    assert "2 unanswered messages at 2 doors" in page.text(".lead")
    assert len(page.all(".entries tbody tr")) == 2
    link = (await reader.open(str(page.all(".row .who")[0].attributes["href"]))).one(".company a")
    assert link.attributes["href"] == "/companies/acme.example"


@pytest.mark.parametrize("name", ["nowhere.example", "acme", "%25", "gmail.com"])
async def test_an_employer_nobody_is_known_at_is_not_found(reader: Reader, name: str) -> None:
    await reader.send("/history/log", recipient="rita@gmail.com", kind="mail", at="2026-11-10T10:00")
    assert (await reader.open(f"/companies/{name}")).status == 404
