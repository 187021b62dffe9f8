"""The control API puts mail where it is told, and says plainly when it cannot."""

from typing import Any

import pytest

from connectors.simulator.actions import ACTIONS
from connectors.simulator.rehearsals import REHEARSALS

from .conftest import Town, a_town

ANA = "ana@example.com"
OUTLOOK = "ana.berg@outlook.example"


async def test_a_letter_is_delivered_as_it_was_described(linked: Town) -> None:
    told = await linked.control(
        "deliver",
        mailbox=ANA,
        subject="Grüße",
        text="Hello",
        html="<p>Hello</p>",
        to=[ANA, "Bo <bo@acme.example>"],
        cc="Cy <cy@acme.example>",
        headers={"Auto-Submitted": "auto-replied", "Message-ID": "<one@acme.example>"},
        **{"from": "Rita Moss <rita@acme.example>"},
    )
    assert told["message"]["to"] == [ANA, "bo@acme.example", "cy@acme.example"]
    assert told["message"]["message_id"] == "<one@acme.example>"
    payload = (await linked.gmail(f"messages/{told['message']['id']}")).json()["payload"]
    headers = {entry["name"]: entry["value"] for entry in payload["headers"]}
    assert headers["Subject"] == "Grüße"
    assert headers["From"] == "Rita Moss <rita@acme.example>"
    assert headers["Auto-Submitted"] == "auto-replied"
    assert [part["mimeType"] for part in payload["parts"]] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("deliver", {"mailbox": "nobody@example.com"}),
        ("delete", {"mailbox": ANA, "id": "unknown"}),
        ("deliver", {"mailbox": ANA, "at": "yesterday"}),
        ("deliver", {"mailbox": ANA, "awkward": "unknown"}),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(town: Town, act: str, body: dict[str, Any]) -> None:
    answer = await town.web.post(f"/_simulator/{act}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_the_state_lists_mailboxes_and_the_time(town: Town) -> None:
    await town.control("advance", days=1, hours=-1)
    state = (await town.web.get("/_simulator/state")).json()
    assert state["now"] == "2026-11-23T09:00:00+00:00"
    assert [box["address"] for box in state["mailboxes"]] == [ANA, "ana.berg@outlook.example"]


async def test_a_restarted_simulator_still_knows_its_refresh_tokens() -> None:
    before, after, other = a_town(), a_town(), a_town(seed=2)
    google, microsoft = await before.link_google(), await before.link_microsoft()
    form = {"grant_type": "refresh_token", "refresh_token": google["refresh_token"]}
    assert (await after.google_token(**form)).status_code == 200
    assert (await other.google_token(**form)).status_code == 400
    form["refresh_token"] = microsoft["refresh_token"]
    assert (await after.microsoft_token(**form)).status_code == 200


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_a_big_mailbox_is_filled_on_demand(provider: str) -> None:
    town = a_town(sample=False)
    told = await town.control("load", provider=provider, messages=120)
    assert told["messages"] == 120
    truth = await town.truth(told["mailbox"])
    assert len({message["message_id"] for message in truth}) == 120
    assert 20 < len({message["thread"] for message in truth}) < 120


async def test_the_grants_tell_what_lives_and_why_it_died(linked: Town) -> None:
    await linked.control("revoke", mailbox=ANA, why="password changed")
    grants = (await linked.web.get("/_simulator/grants")).json()["grants"]
    assert {grant["address"]: grant["revoked"] for grant in grants} == {
        ANA: "password changed",
        "ana.berg@outlook.example": "",
    }


async def test_gmail_gives_a_draft_a_new_id_when_it_is_sent_and_outlook_keeps_it(linked: Town) -> None:
    drafts = {truth["name"]: truth["id"] for truth in (*await linked.truth(ANA), *await linked.truth(OUTLOOK))}
    start = (await linked.gmail("profile")).json()["historyId"]
    google = await linked.control("send", mailbox=ANA, id=drafts["draft-to-greg"])
    records = (await linked.gmail("history", startHistoryId=start)).json()["history"]
    assert [sorted(set(record) - {"id", "messages"}) for record in records] == [["messagesDeleted"], ["messagesAdded"]]
    assert google["message"]["id"] != drafts["draft-to-greg"]
    assert (await linked.gmail(f"messages/{google['message']['id']}")).json()["labelIds"] == ["SENT"]
    outlook = await linked.control("send", mailbox=OUTLOOK, id=drafts["outlook-scheduled"])
    assert outlook["message"]["id"] == drafts["outlook-scheduled"]
    assert (await linked.graph(f"/me/messages/{outlook['message']['id']}")).json()["isDraft"] is False


async def test_conversations_of_equal_subjects_may_merge(linked: Town) -> None:
    async def threads() -> set[str]:
        letters = [
            await linked.control("deliver", mailbox=OUTLOOK, subject="Application", **{"from": f"{name}@acme.example"})
            for name in ("rita", "bo")
        ]
        return {letter["message"]["thread"] for letter in letters}

    assert len(await threads()) == 2
    await linked.control("faults", name="merged_conversations", mailbox=OUTLOOK)
    assert len(await threads()) == 1


async def test_every_number_can_be_switched_on_while_it_runs(town: Town) -> None:
    for number, each in REHEARSALS.items():
        told = await town.control("faults", rehearse=number)
        on = {*told["switches"], *(one["name"] for one in told["scripts"]), *ACTIONS}
        assert {name for name, _ in each.knobs} <= on, number
        await town.control("faults", clear=True)
