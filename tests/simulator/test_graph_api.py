"""The Graph side answers in shapes Microsoft's own models can read in full, with Exchange's meanings."""

from collections.abc import Iterator
from typing import Any

import pytest
from kiota_abstractions.serialization import Parsable, ParsableFactory
from kiota_serialization_json.json_parse_node import JsonParseNode
from msgraph.generated.models.mail_folder_collection_response import MailFolderCollectionResponse
from msgraph.generated.models.message import Message
from msgraph.generated.models.message_collection_response import MessageCollectionResponse
from msgraph.generated.models.user import User
from msgraph.generated.users.item.mail_folders.item.messages.delta.delta_get_response import DeltaGetResponse

from .conftest import Town, a_town

ANA = "ana.berg@outlook.example"
ALL = "/me/messages?$top=1000&$select=id,subject,parentFolderId,receivedDateTime,conversationId,isDraft"


def leftovers(thing: object) -> Iterator[str]:
    """Members that Microsoft's model does not know, odata annotations aside."""
    if isinstance(thing, list):
        for member in thing:
            yield from leftovers(member)
    elif isinstance(thing, Parsable):
        unknown = getattr(thing, "additional_data", None) or {}
        yield from (name for name in unknown if "@" not in name)
        for name, value in vars(thing).items():
            if name not in ("additional_data", "backing_store"):
                yield from leftovers(value)


def read(model: type[Any], answer: object) -> Any:
    """The answer through Microsoft's model; raises when something in it is unknown there."""
    factory: ParsableFactory[Any] = model
    parsed = JsonParseNode(answer).get_object_value(factory)
    assert list(leftovers(parsed)) == []
    return parsed


async def every_page(town: Town, path: str, prefer: str = 'IdType="ImmutableId"') -> tuple[list[dict[str, Any]], str]:
    """All entries of a round and its last link."""
    found: list[dict[str, Any]] = []
    while True:
        page = (await town.graph(path, prefer)).json()
        found += page["value"]
        if "@odata.nextLink" not in page:
            return found, page.get("@odata.deltaLink", "")
        path = page["@odata.nextLink"]


async def test_whole_messages_are_what_microsofts_model_knows(linked: Town) -> None:
    answer = (await linked.graph("/me/messages?$top=1000")).json()
    parsed = read(MessageCollectionResponse, answer)
    assert len(parsed.value) == len(await linked.truth(ANA))
    assert any(message.odata_type == "#microsoft.graph.eventMessageRequest" for message in parsed.value)
    assert all(message.from_.email_address.address for message in parsed.value)


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/me", User),
        ("/me/mailFolders?$top=50", MailFolderCollectionResponse),
        ("/me/mailFolders/inbox/childFolders", MailFolderCollectionResponse),
        ("/me/mailFolders/inbox/messages/delta", DeltaGetResponse),
        ("/me/messages?$select=internetMessageHeaders,uniqueBody,subject", MessageCollectionResponse),
    ],
)
async def test_answers_are_what_microsofts_models_know(linked: Town, path: str, model: type[Any]) -> None:
    answer = await linked.graph(path)
    assert answer.status_code == 200
    read(model, answer.json())


async def test_headers_and_unique_body_come_only_when_selected(linked: Town) -> None:
    plain = (await linked.graph("/me/messages?$top=1")).json()["value"][0]
    assert "internetMessageHeaders" not in plain
    assert "uniqueBody" not in plain
    assert (await linked.graph("/me/messages?$select=meetingMessageType")).status_code == 400


async def test_a_meeting_request_tells_its_kind_through_a_cast(linked: Town) -> None:
    path = f"{ALL},microsoft.graph.eventMessage/meetingMessageType"
    kinds = {entry.get("meetingMessageType") for entry in (await linked.graph(path)).json()["value"]}
    assert kinds == {None, "meetingRequest"}


async def test_a_body_comes_as_text_when_preferred_and_unique_without_the_quotation(linked: Town) -> None:
    path = "/me/messages?$top=1000&$select=subject,body,uniqueBody"
    answer = await linked.graph(path, 'outlook.body-content-type="text"')
    assert "outlook.body-content-type" in answer.headers["preference-applied"]
    reply = next(one for one in answer.json()["value"] if one["subject"].startswith("RE: Application as information"))
    assert "I am following up" in reply["body"]["content"]
    assert "I am following up" not in reply["uniqueBody"]["content"]
    assert "Which day next week" in reply["uniqueBody"]["content"]
    assert (await linked.graph(path)).json()["value"][0]["body"]["contentType"] == "html"


async def test_an_ordinary_id_changes_with_the_folder_and_an_immutable_one_does_not(linked: Town) -> None:
    fixed = (await linked.graph("/me/mailFolders/inbox/messages?$top=1")).json()["value"][0]["id"]
    plain = (await linked.graph("/me/mailFolders/inbox/messages?$top=1", "")).json()["value"][0]["id"]
    await linked.control("move", mailbox=ANA, id=fixed, folder="archive")
    assert (await linked.graph(f"/me/messages/{plain}")).status_code == 404
    assert (await linked.graph(f"/me/messages/{fixed}")).json()["id"] == fixed
    assert (await linked.graph(f"/me/messages/{fixed.swapcase()}")).status_code in (400, 404)


async def test_ids_translate_both_ways(linked: Town) -> None:
    plain = (await linked.graph("/me/messages?$top=1", "")).json()["value"][0]["id"]
    body = {"inputIds": [plain], "sourceIdType": "restId", "targetIdType": "restImmutableEntryId"}
    told = (await linked.graph("/me/translateExchangeIds", method="POST", json=body)).json()["value"][0]
    assert told["sourceId"] == plain
    assert told["targetId"] == (await linked.graph("/me/messages?$top=1")).json()["value"][0]["id"]


async def test_an_order_that_does_not_lead_the_filter_is_refused(linked: Town) -> None:
    bad = await linked.graph("/me/messages?$filter=isRead eq false&$orderby=receivedDateTime desc")
    assert bad.json()["error"]["code"] == "InefficientFilter"
    since = "receivedDateTime ge 2026-11-15T00:00:00Z"
    good = await linked.graph(f"/me/messages?$filter={since} and isRead eq true&$orderby=receivedDateTime desc")
    times = [entry["receivedDateTime"] for entry in good.json()["value"]]
    assert times
    assert times == sorted(times, reverse=True)
    assert min(times) >= "2026-11-15"


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("from/emailAddress/address eq 'claire@bluebarn.example'", {"bluebarn-in-rule-folder"}),
        ("isDraft eq true", {"outlook-scheduled"}),
        (
            "startswith(subject,'RE: application as') or isDraft eq true",
            {"bluebarn-follow-up", "bluebarn-in-rule-folder", "outlook-scheduled"},
        ),
        ("not (receivedDateTime lt 2026-11-21T00:00:00Z)", {"outlook-scheduled"}),
    ],
)
async def test_filters_find_what_they_should(linked: Town, condition: str, names: set[str]) -> None:
    answer = (await linked.graph(f"/me/messages?$top=100&$filter={condition}")).json()
    known = {truth["id"]: truth["name"] for truth in await linked.truth(ANA)}
    found = {known[entry["id"]] for entry in answer["value"]}
    assert {name for name in found if not name.startswith("alert")} == names


@pytest.mark.parametrize(
    "query",
    [
        "$filter=toRecipients/any(r:r/emailAddress/address eq 'a@b.example')",
        "$filter=nonsense eq 1",
        "$filter=receivedDateTime ge yesterday",
        "$top=0",
        "$top=1001",
        "$select=secret",
        '$search="hello"&$filter=isRead eq true',
    ],
)
async def test_bad_options_are_refused(linked: Town, query: str) -> None:
    assert (await linked.graph(f"/me/messages?{query}")).status_code == 400


async def test_the_default_page_has_ten_and_links_lead_through_all(linked: Town) -> None:
    assert len((await linked.graph("/me/messages")).json()["value"]) == 10
    found, _ = await every_page(linked, "/me/messages?$select=subject")
    assert len({entry["id"] for entry in found}) == len(found) == len(await linked.truth(ANA))


async def test_folder_lists_show_one_level_and_hide_the_hidden(linked: Town) -> None:
    top = {folder["displayName"] for folder in (await linked.graph("/me/mailFolders?$top=50")).json()["value"]}
    assert "Job search" not in top
    assert "Conversation History" not in top
    shown = (await linked.graph("/me/mailFolders?$top=50&includeHiddenFolders=true")).json()["value"]
    assert "Conversation History" in {folder["displayName"] for folder in shown}
    tree, _ = await every_page(linked, "/me/mailFolders/delta")
    assert {"Inbox", "Job search", "Recruiters"} <= {folder["displayName"] for folder in tree}


async def test_a_folder_made_later_is_told_by_the_trees_next_round(linked: Town) -> None:
    _, link = await every_page(linked, "/me/mailFolders/delta")
    key = (await linked.graph("/me/messages?$top=1")).json()["value"][0]["id"]
    await linked.control("move", mailbox=ANA, id=key, folder="autumn")
    changed, link = await every_page(linked, link)
    assert [folder["displayName"] for folder in changed] == ["Autumn"]
    assert (await every_page(linked, link))[0] == []


async def test_there_is_no_delta_over_the_whole_mailbox(linked: Town) -> None:
    assert (await linked.graph("/me/messages/delta")).status_code == 400


async def test_a_round_gives_everything_then_what_changed(linked: Town) -> None:
    first, link = await every_page(linked, "/me/mailFolders/inbox/messages/delta?$select=subject,isRead")
    assert len(first) == sum(truth["folder"] == "inbox" for truth in await linked.truth(ANA))
    assert (await every_page(linked, link))[0] == []
    new = (await linked.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"}, subject="New"))["message"]
    await linked.control("mark", mailbox=ANA, id=first[0]["id"], read=not first[0]["isRead"])
    await linked.control("delete", mailbox=ANA, id=first[1]["id"])
    await linked.control("move", mailbox=ANA, id=first[2]["id"], folder="archive")
    changed = {entry["id"]: entry for entry in (await every_page(linked, link))[0]}
    assert changed[new["id"]]["subject"] == "New"
    assert "subject" not in changed[first[0]["id"]]
    assert changed[first[1]["id"]]["@removed"] == {"reason": "deleted"}
    assert changed[first[2]["id"]]["@removed"] == {"reason": "deleted"}
    assert len(changed) == 4


async def test_pages_of_a_round_do_not_shift_when_mail_is_deleted_in_between(linked: Town) -> None:
    path, small = "/me/mailFolders/inbox/messages/delta?$select=subject", "odata.maxpagesize=5"
    page = (await linked.graph(path, f'IdType="ImmutableId", {small}')).json()
    assert len(page["value"]) == 5
    before = {truth["id"] for truth in await linked.truth(ANA) if truth["folder"] == "inbox"}
    gone = [entry["id"] for entry in page["value"][:3]]
    for key in gone:
        await linked.control("delete", mailbox=ANA, id=key)
    rest, _ = await every_page(linked, page["@odata.nextLink"])
    assert {entry["id"] for entry in (*page["value"], *rest)} == before


async def test_options_belong_to_the_first_request_only(linked: Town) -> None:
    _, link = await every_page(linked, "/me/mailFolders/inbox/messages/delta?$select=subject")
    assert (await linked.graph(f"{link}&$select=body")).status_code == 400
    assert (await linked.graph("/me/mailFolders/sentitems/messages/delta?" + link.split("?")[1])).status_code == 400
    assert (await linked.graph("/me/mailFolders/inbox/messages/delta?$deltatoken=latest")).status_code == 400
    assert (await linked.graph("/me/mailFolders/inbox/messages/delta?$filter=isRead eq true")).status_code == 400


async def test_late_mail_is_told_when_it_becomes_visible(linked: Town) -> None:
    _, link = await every_page(linked, "/me/mailFolders/inbox/messages/delta?$select=subject")
    await linked.control("faults", name="visibility_lag", value=120, mailbox=ANA)
    late = (await linked.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"}))["message"]
    changes, link = await every_page(linked, link)
    assert changes == []
    await linked.control("advance", minutes=3)
    changes, _ = await every_page(linked, link)
    assert [entry["id"] for entry in changes] == [late["id"]]


async def test_basic_reading_shows_no_bodies() -> None:
    town = a_town()
    await town.link_microsoft(scope="openid profile offline_access User.Read Mail.ReadBasic")
    assert (await town.graph("/me/messages?$select=subject,from")).status_code == 200
    assert (await town.graph("/me/messages?$select=body")).status_code == 403


async def test_a_batch_settles_each_part_alone(linked: Town) -> None:
    key = (await linked.graph("/me/messages?$top=1")).json()["value"][0]["id"]
    parts = [
        {
            "id": "1",
            "method": "GET",
            "url": f"/me/messages/{key}?$select=subject",
            "headers": {"Prefer": 'IdType="ImmutableId"'},
        },
        {"id": "2", "method": "GET", "url": "/me/messages/AAkALgAAnosuchmessage000000AAA="},
        {"id": "3", "method": "GET", "url": "/me", "dependsOn": ["2"]},
        {"id": "4", "method": "GET", "url": "/me", "dependsOn": ["1"]},
    ]
    answer = (await linked.graph("/$batch", method="POST", json={"requests": parts})).json()
    assert {part["id"]: part["status"] for part in answer["responses"]} == {"1": 200, "2": 404, "3": 424, "4": 200}
    many = [{"id": str(n), "method": "GET", "url": "/me"} for n in range(21)]
    assert (await linked.graph("/$batch", method="POST", json={"requests": many})).status_code == 400


async def test_message_models_read_single_messages(linked: Town) -> None:
    key = (await linked.graph("/me/messages?$top=1")).json()["value"][0]["id"]
    read(Message, (await linked.graph(f"/me/messages/{key}")).json())
