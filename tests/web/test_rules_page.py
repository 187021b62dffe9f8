"""The rules page and its API: every rule with its reasons, and a switch that the advice obeys."""

from app.cadence.rules.book import RULES
from tests.builders import Reader
from tests.world import World

DANA = "dana@northwind.example"


async def test_every_rule_is_shown_with_why_and_source(reader: Reader) -> None:
    page = await reader.open("/rules")
    shown = page.text()
    assert [str(node.attributes["id"]) for node in page.all(".rule")] == [rule.id for rule in RULES]
    assert all(rule.why in shown and rule.source in shown for rule in RULES)


async def test_a_rule_switched_off_stays_silent_until_it_is_on_again(reader: Reader, world: World) -> None:
    await world.link_both()
    spoken = (await world.advice(DANA)).warnings[0].rule
    page = await reader.send(f"/rules/{spoken}", on="0")
    assert "is off now" in page.text(".notice")
    assert page.one(f"#{spoken} [role=switch]").attributes["aria-checked"] == "false"
    assert spoken not in {warning.rule for warning in (await world.advice(DANA)).warnings}
    await reader.send(f"/rules/{spoken}", on="1")
    assert (await world.advice(DANA)).warnings[0].rule == spoken


async def test_a_program_lists_and_switches_rules(reader: Reader) -> None:
    listed = (await reader.browser.get("/api/v1/rules")).json()["rules"]
    assert [rule["id"] for rule in listed] == [rule.id for rule in RULES]
    assert all(rule["on"] for rule in listed)
    answer = await reader.browser.patch("/api/v1/rules/touch-burst", json={"on": False})
    assert answer.json()["on"] is False
    again = (await reader.browser.get("/api/v1/rules")).json()["rules"]
    assert [rule["id"] for rule in again if not rule["on"]] == ["touch-burst"]


async def test_a_rule_that_does_not_exist_cannot_be_switched(reader: Reader) -> None:
    assert (await reader.browser.patch("/api/v1/rules/none", json={"on": False})).status_code == 404
    assert (await reader.send("/rules/none", on="0")).status == 404
