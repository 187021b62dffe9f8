"""Every fault can be switched on by name, does what it says, and ends."""

import json
from typing import Any

import pytest

from connectors.simulator.awkward import AWKWARD
from connectors.simulator.knobs import catalogue

from .conftest import Town
from .gmail_schemas import assert_is
from .test_graph_api import every_page

ANA = "ana@example.com"
OUTLOOK = "ana.berg@outlook.example"


@pytest.mark.parametrize("name", sorted(catalogue()))
async def test_a_fault_is_switched_on_by_name_and_off_again(linked: Town, name: str) -> None:
    await linked.control("faults", name=name, status=500, match="graph GET /never", times=1)
    cleared = await linked.control("faults", clear=True)
    assert cleared == {"scripts": [], "switches": {}}
    assert (await linked.gmail("profile")).status_code == 200
    assert (await linked.graph("/me")).status_code == 200


async def test_an_unknown_fault_is_refused(town: Town) -> None:
    assert (await town.web.post("/_simulator/faults", json={"name": "earthquake"})).status_code == 400


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("rateLimitExceeded", 403),
        ("userRateLimitExceeded", 403),
        ("quotaExceeded", 403),
        ("dailyLimitExceeded", 403),
        ("insufficientPermissions", 403),
        ("domainPolicy", 403),
        ("accessNotConfigured", 403),
        ("failedPrecondition", 400),
    ],
)
async def test_gmail_refuses_with_the_named_reason_as_often_as_told(linked: Town, reason: str, status: int) -> None:
    await linked.control("faults", name="gmail_refuses", reason=reason, times=2)
    answers = [await linked.gmail("profile") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].json()["error"]["errors"][0]["reason"] == reason


async def test_a_script_can_wait_for_its_turn_and_for_its_path(linked: Town) -> None:
    await linked.control("faults", name="script", match="gmail GET .*/threads$", status=503, retry_after=7, skip=1)
    assert (await linked.gmail("profile")).status_code == 200
    assert (await linked.gmail("threads")).status_code == 200
    refused = await linked.gmail("threads")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "7")
    assert (await linked.gmail("threads")).status_code == 200


async def test_a_fault_of_one_mailbox_leaves_the_other_alone(linked: Town) -> None:
    await linked.control("faults", name="html_error", status=502, mailbox=OUTLOOK)
    assert (await linked.gmail("profile")).status_code == 200
    broken = await linked.graph("/me")
    assert (broken.status_code, broken.headers["content-type"]) == (502, "text/html; charset=UTF-8")


async def test_truncated_json_is_no_json(linked: Town) -> None:
    await linked.control("faults", name="truncated_json")
    with pytest.raises(json.JSONDecodeError):
        (await linked.gmail("labels")).json()


async def test_an_empty_history_page_still_leads_to_the_changes(linked: Town) -> None:
    start = (await linked.gmail("profile")).json()["historyId"]
    await linked.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"})
    await linked.control("faults", name="history_empty_pages", times=1)
    empty = (await linked.gmail("history", startHistoryId=start)).json()
    assert "history" not in empty
    full = await linked.gmail("history", startHistoryId=start, pageToken=empty["nextPageToken"])
    assert len(full.json()["history"]) == 1


async def test_late_mail_is_neither_listed_nor_told_until_it_shows_and_is_then_not_skipped(linked: Town) -> None:
    await linked.control("faults", name="visibility_lag", value=60)
    late = (await linked.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"}))["message"]
    seen = (await linked.gmail("profile")).json()["historyId"]
    assert (await linked.gmail(f"messages/{late['id']}")).status_code == 404
    assert "history" not in (await linked.gmail("history", startHistoryId=seen)).json()
    await linked.control("advance", seconds=61)
    told = (await linked.gmail("history", startHistoryId=seen)).json()
    assert told["history"][0]["messagesAdded"][0]["message"]["id"] == late["id"]


async def test_history_ids_beyond_two_to_the_fifty_three_stay_exact(linked: Town) -> None:
    await linked.control("faults", name="huge_history_ids", mailbox=ANA)
    start = (await linked.gmail("profile")).json()["historyId"]
    assert int(start) > 2**53
    await linked.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"})
    answer = (await linked.gmail("history", startHistoryId=start)).json()
    assert_is("ListHistoryResponse", answer)
    assert len(answer["history"]) == 1


async def test_a_delta_link_may_be_gone(linked: Town) -> None:
    _, link = await every_page(linked, "/me/mailFolders/inbox/messages/delta?$select=subject")
    await linked.control("faults", name="delta_gone", times=1)
    gone = await linked.graph(link)
    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "syncStateNotFound")
    assert (await linked.graph(link)).status_code == 200


async def test_a_message_that_left_and_came_back_may_be_reported_removed(linked: Town) -> None:
    entries, link = await every_page(linked, "/me/mailFolders/inbox/messages/delta?$select=subject")
    await linked.control("faults", name="delta_loses_returned")
    for folder in ("archive", "inbox"):
        await linked.control("move", mailbox=OUTLOOK, id=entries[0]["id"], folder=folder)
    changes, _ = await every_page(linked, link)
    assert [entry.get("@removed") for entry in changes] == [{"reason": "deleted"}]
    assert (await linked.graph(f"/me/messages/{entries[0]['id']}")).status_code == 200


async def test_a_filtered_round_may_end_early(linked: Town) -> None:
    await linked.control("faults", name="delta_filter_cap", value=4)
    path = "/me/mailFolders/inbox/messages/delta?$select=subject&$filter=receivedDateTime ge 2026-01-01T00:00:00Z"
    assert len((await every_page(linked, path))[0]) == 4
    await linked.control("faults", name="delta_filter_refused")
    assert (await linked.graph(path)).status_code == 400


async def test_a_page_may_come_without_its_next_link(linked: Town) -> None:
    await linked.control("faults", name="next_link_missing", match="graph GET /me/messages$")
    assert "@odata.nextLink" not in (await linked.graph("/me/messages")).json()
    assert "@odata.nextLink" in (await linked.graph("/me/messages")).json()


async def test_lists_over_all_folders_may_leave_mail_out_that_a_folder_shows(linked: Town) -> None:
    await linked.control("faults", name="list_skips_share", value=0.5)
    shown, _ = await every_page(linked, "/me/messages?$select=subject")
    inbox, _ = await every_page(linked, "/me/mailFolders/inbox/messages?$select=subject")
    assert len(shown) < len(await linked.truth(OUTLOOK))
    assert len(inbox) == sum(truth["folder"] == "inbox" for truth in await linked.truth(OUTLOOK))


@pytest.mark.parametrize("name", sorted(AWKWARD))
async def test_awkward_letters_are_still_answered_in_shape(linked: Town, name: str) -> None:
    told = (await linked.control("deliver", mailbox=ANA, awkward=name))["message"]
    assert_is("Message", (await linked.gmail(f"messages/{told['id']}")).json())
    other: dict[str, Any] = (await linked.control("deliver", mailbox=OUTLOOK, awkward=name))["message"]
    assert (await linked.graph(f"/me/messages/{other['id']}")).status_code == 200
