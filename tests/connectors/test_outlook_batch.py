"""Graph's batches: many reads in one round trip, each with its own outcome, never more at once than is allowed."""

import json

import pytest

from connectors.contract import RateLimited
from connectors.http import Answer
from connectors.outlook.batch import packed, unpacked
from connectors.simulator.calls import Reply
from connectors.simulator.faults import Script, Switch
from tests.connectors.stage import Ledger, Stage


@pytest.fixture
def stage() -> Stage:
    return Stage("microsoft")


def part(one: str, status: int, **headers: str) -> Script:
    reply = Reply(status, {"error": {"code": "No", "message": "No."}}, headers)
    return Script("part", rf"graph GET /me/messages/{one}$", times=1, reply=reply)


async def test_many_messages_are_read_each_once_and_three_side_by_side(stage: Stage) -> None:
    mailbox = await stage.mailbox()
    ids = [await stage.deliver(subject=f"Number {number}") for number in range(45)]
    found = await mailbox.read(ids)
    assert {message.provider_message_id for message in found.messages} == set(ids)
    tally = stage.world.meter.tally(stage.address)
    assert (tally.most_open, tally.violations) == (3, [])
    assert tally.methods["message"] == 45


async def test_each_part_is_settled_alone(stage: Stage) -> None:
    mailbox = await stage.mailbox()
    ids = [await stage.deliver(subject=f"Number {number}") for number in range(30)]
    await stage.control("delete", id=ids[4])
    stage.world.faults.scripts += [
        part(ids[7], 429, **{"Retry-After": "7"}),
        part(ids[11], 504),
        part(ids[13], 400),
    ]
    found = await mailbox.read(ids)
    assert {message.provider_message_id for message in found.messages} == set(ids) - {ids[4], ids[13]}
    assert found.gone == (ids[4],)
    assert [one for one, _ in found.poisoned] == [ids[13]]
    assert stage.clock.slept == [7]
    assert await stage.broken_rules() == []


async def test_a_part_told_to_wait_long_leaves_it_to_the_schedule(stage: Stage) -> None:
    mailbox = await stage.mailbox()
    ids = [await stage.deliver(subject=f"Number {number}") for number in range(5)]
    stage.world.faults.scripts.append(part(ids[2], 429, **{"Retry-After": "300"}))
    with pytest.raises(RateLimited) as refused:
        await mailbox.read(ids)
    assert (refused.value.retry_after, stage.clock.slept) == (300, [])


async def test_a_server_without_batches_is_asked_one_by_one(stage: Stage) -> None:
    routes = stage.app.router.routes
    routes[:] = [route for route in routes if "$batch" not in getattr(route, "path", "")]
    mailbox = await stage.mailbox()
    ledger = await Ledger().sync(mailbox, deep=True)
    assert ledger.present == set(await stage.truth())
    assert stage.world.meter.tally(stage.address).most_open <= 3


async def test_a_server_that_runs_every_part_at_once_is_not_overrun(stage: Stage) -> None:
    stage.world.faults.switches["batch_is_throttled"] = Switch(True)
    mailbox = await stage.mailbox()
    ids = [await stage.deliver(subject=f"Number {number}") for number in range(20)]
    assert len((await mailbox.read(ids)).messages) == 20
    assert await stage.broken_rules() == []


def test_every_part_asks_for_immutable_ids_and_waits_for_the_one_before_it() -> None:
    asked = json.loads(packed([f"/me/messages/{number}" for number in range(5)], prefer="X", lanes=2))["requests"]
    assert {each["headers"]["Prefer"] for each in asked} == {"X"}
    assert [each.get("dependsOn") for each in asked] == [None, None, ["0"], ["1"], ["2"]]


def test_what_was_not_answered_is_missing_and_foreign_numbers_are_nothing() -> None:
    body = {"responses": [{"id": "1", "status": 200, "body": {"a": 1}}, {"id": "9", "status": 200}, {"id": "x"}, 3]}
    found = unpacked(Answer(200, {}, json.dumps(body).encode()), 3)
    assert {place: one.status for place, one in found.items()} == {1: 200}
