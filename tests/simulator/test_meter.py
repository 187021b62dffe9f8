"""The meter counts like the providers and refuses like them."""

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.simulator.meter import Meter, Profile

from .conftest import Town, a_town

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
ANA = "ana@example.com"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), max_size=60))
def test_no_window_ever_holds_more_than_its_units(calls: list[tuple[int, int]]) -> None:
    meter, profile = Meter(), Profile(100, 60, 10)
    now, granted = NOW, list[tuple[datetime, int]]()
    for pause, units in calls:
        now += timedelta(seconds=pause)
        if meter.enter("ana", ("call", units), profile, now) is None:
            granted.append((now, units))
        meter.leave("ana")
    for start, _ in granted:
        window = [units for at, units in granted if start <= at < start + timedelta(seconds=60)]
        assert sum(window) <= profile.units


async def test_a_minute_holds_three_hundred_message_reads_and_no_more(linked: Town) -> None:
    await linked.control("advance", minutes=2)
    key = (await linked.truth(ANA))[0]["id"]
    answers = [(await linked.gmail(f"messages/{key}", format="minimal")).status_code for _ in range(301)]
    assert answers == [200] * 300 + [403]
    refused = await linked.gmail(f"messages/{key}")
    assert refused.json()["error"]["errors"][0]["reason"] == "rateLimitExceeded"
    await linked.control("advance", minutes=1)
    assert (await linked.gmail(f"messages/{key}")).status_code == 200


async def test_an_older_project_pays_less() -> None:
    town = a_town(quota="gmail_legacy")
    await town.link_google()
    key = (await town.truth(ANA))[0]["id"]
    await town.gmail(f"messages/{key}")
    assert town.world.meter.tally(ANA).units == 5


async def test_the_fifth_call_at_once_to_one_outlook_mailbox_is_throttled() -> None:
    town = a_town(latency=0.01)
    await town.link_microsoft()
    answers = await asyncio.gather(*(town.graph("/me/messages?$top=1") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 2
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert "MailboxConcurrency" in refused.json()["error"]["message"]


async def test_calling_before_retry_after_is_over_is_written_down(linked: Town) -> None:
    await linked.control(
        "faults", name="throttled", service="graph", retry_after=300, mailbox="ana.berg@outlook.example"
    )
    assert (await linked.graph("/me")).status_code == 429
    await linked.control("advance", seconds=299)
    await linked.graph("/me")
    told = (await linked.web.get("/_simulator/meter")).json()["ana.berg@outlook.example"]
    assert told["violations"] == ["me: called before Retry-After was over"]
