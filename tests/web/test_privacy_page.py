"""The privacy page: every table named with the person's own counts, and leaving with a receipt."""

from app.store import erasure
from app.store.tables import told
from app.web.pages.privacy import TABLES
from app.web.session_cookie import COOKIE
from tests.builders import Page, Reader
from tests.world import GMAIL, World


def rows(page: Page) -> dict[str, int]:
    names, numbers = page.texts(".held th code"), page.texts(".held td.number")
    return {name: int(number.replace(",", "")) for name, number in zip(names, numbers, strict=True)}


def test_every_table_is_described_and_none_that_is_gone() -> None:
    assert set(TABLES) == {table.name for table in told}


async def test_the_counts_are_those_of_the_store(reader: Reader, world: World) -> None:
    await world.link_both()
    page = await reader.open("/privacy")
    with world.parts.database.read() as tx:
        assert rows(page) == erasure.counts(tx, world.person_id)
    assert rows(page)["messages"] > 0


async def test_sealed_columns_are_marked(reader: Reader) -> None:
    page = await reader.open("/privacy")
    messages = next(row for row in page.all(".held tbody tr") if row.css_first("code").text() == "messages")
    sealed = [" ".join(node.text().split()) for node in messages.css(".column.sealed")]
    assert {"subject (sealed)", "sender name (sealed)", "quote (sealed)"} <= set(sealed)
    assert "sender (sealed)" not in sealed


async def test_nothing_is_deleted_without_the_typed_words(reader: Reader, world: World) -> None:
    await world.link_both()
    page = await reader.send("/privacy/delete", confirmation="delete everythin")
    assert page.status == 422
    assert "Nothing was deleted" in page.text(".fault")
    assert page.one("#confirmation").attributes["value"] == "delete everythin"
    assert len(world.accounts()) == 2


async def test_deleting_everything_gives_a_receipt_and_leaves_the_address_in_no_file(
    reader: Reader, world: World
) -> None:
    await world.link_both()
    before = {"cookie": f"{COOKIE}={reader.browser.cookies[COOKIE]}"}
    page = await reader.send("/privacy/delete", confirmation=" Delete everything ")
    again = await reader.browser.post("/privacy/delete", headers=before, data={"confirmation": "delete everything"})
    assert Page(again).text(".receipt") == page.text(".receipt")
    assert f"{GMAIL}: permission given back" in page.text(".receipt")
    assert "messages" in page.text(".receipt table")
    assert (await reader.open("/")).status == 401
    files = [path.read_bytes() for path in world.folder.iterdir() if path.is_file()]
    assert not any(GMAIL.encode() in held for held in files)
