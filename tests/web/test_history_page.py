"""The history list: sections in the order of what can be done, counts that equal the advice's, logging by hand."""

import pytest

from app.services import history
from app.services.history import STATE_ORDER
from app.web import words
from tests.builders import Reader
from tests.world import World

KIM = {"recipient": "kim@elsewhere.example", "kind": "voicemail", "at": "2026-11-20T10:00", "note": ""}


@pytest.fixture
async def linked(world: World) -> World:
    await world.link_both()
    return world


async def test_sections_stand_in_the_order_of_what_can_be_done(reader: Reader, linked: World) -> None:
    page = await reader.open("/history")
    names = [text.rsplit(" ", 1)[0] for text in page.texts("section[aria-labelledby^=section-] h2")]
    order = [words.STATES[state][0] for state in STATE_ORDER]
    assert names == [name for name in order if name in names]
    assert {"Your turn", "Waiting", "Closed"} <= set(names)


async def test_the_list_counts_what_the_advice_counts(reader: Reader, linked: World) -> None:
    page = await reader.open("/history")
    shown = dict(zip([str(node.attributes["href"]) for node in page.all(".row .who")], page.texts(".row"), strict=True))
    for row in history.list_recipients(linked.parts, linked.person_id, linked.clock()):
        advised = (await linked.advice(row.address)).recipients[0]
        assert (advised.unanswered, advised.state) == (row.unanswered, row.state), row.address
        assert f"{row.unanswered} unanswered" in shown[f"/history/{row.id}"]


async def test_section_counts_and_filters_agree(reader: Reader, linked: World) -> None:
    page = await reader.open("/history")
    for link in page.all(".filters a[href*='state=']"):
        number = int(link.css_first("span").text())
        filtered = await reader.open(str(link.attributes["href"]))
        assert len(filtered.all(".row")) == number
        assert len(filtered.all("section[aria-labelledby^=section-]")) == (1 if number else 0)


async def test_searching_finds_by_part_of_a_name_or_address(reader: Reader, linked: World) -> None:
    page = await reader.open("/history?q=NORTHWIND")
    assert page.texts(".row .who") == ["Dana Reyes dana@northwind.example"]
    assert page.one("#q").attributes["value"] == "NORTHWIND"


async def test_a_search_without_a_match_says_so_and_escapes_what_was_typed(reader: Reader, linked: World) -> None:
    page = await reader.open("/history?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "Nobody here matches “<script>alert(1)</script>”." in page.text()
    assert not page.all("main script")


async def test_pages_hold_everybody_once(reader: Reader, world: World) -> None:
    for number in range(120):
        await reader.send("/history/log", **(KIM | {"recipient": f"kim{number}@elsewhere.example"}))
    seen: list[str] = []
    path = "/history"
    while path:
        page = await reader.open(path)
        seen += [str(node.attributes["href"]) for node in page.all(".row .who")]
        onward = page.all("a[rel=next]")
        path = str(onward[0].attributes["href"]) if onward else ""
    assert len(seen) == len(set(seen)) == 120


async def test_a_call_logged_by_hand_works_with_nothing_linked(reader: Reader) -> None:
    page = await reader.send("/history/log", **KIM)
    assert page.path.startswith("/history/")
    assert "It is logged." in page.text(".notice p")
    assert page.texts(".entries tbody tr td.what") == ["Your voice mail"]
    assert page.texts(".entries tbody td:first-child") == ["Fri Nov 20, 10:00"]


async def test_a_mail_logged_by_hand_is_a_mail(reader: Reader) -> None:
    page = await reader.send("/history/log", **(KIM | {"kind": "mail"}))
    assert page.texts(".entries td.what") == ["Your mail"]
    assert page.texts(".entries td[data-label=Way]") == ["mail"]


async def test_a_double_click_logs_once(reader: Reader) -> None:
    form = (await reader.open("/history")).fields("#log form")
    await reader.send("/history/log", **(form | KIM))
    page = await reader.send("/history/log", **(form | KIM))
    assert len(page.all(".entries tbody tr")) == 1


async def test_two_calls_an_hour_apart_are_two(reader: Reader) -> None:
    await reader.send("/history/log", **KIM)
    page = await reader.send("/history/log", **(KIM | {"at": "2026-11-20T11:00"}))
    assert len(page.all(".entries tbody tr")) == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"recipient": "kim"}, "Give the address"),
        ({"recipient": "kim@elsewhere.example, lee@elsewhere.example"}, "Give the whole address"),
        ({"kind": "telepathy"}, "Say what it was"),
        ({"at": "soon"}, "Give the day and time"),
        ({"at": "2026-12-24T10:00"}, "in the future"),
    ],
)
async def test_a_fault_is_named_and_what_was_typed_stays(reader: Reader, wrong: dict[str, str], told: str) -> None:
    page = await reader.send("/history/log", **(KIM | {"note": "by Friday"} | wrong))
    assert page.status == 422
    assert told in page.text("#log .fault")
    kept = page.fields("#log form")
    assert kept["recipient"] == (KIM | wrong)["recipient"]
    assert kept["at"] == (KIM | wrong)["at"]
    assert kept["note"] == "by Friday"


async def test_a_date_they_named_on_the_phone_becomes_a_promise(reader: Reader) -> None:
    page = await reader.send("/history/log", **(KIM | {"kind": "spoke", "note": "by November 27"}))
    assert page.texts(".entries td.what") == ["You spoke", "They said by Fri Nov 27"]
