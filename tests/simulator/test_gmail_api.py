"""The Gmail side answers in Google's shapes, with Google's meanings."""

import base64

import pytest

from .conftest import METADATA, READONLY, Town, a_town
from .gmail_schemas import assert_is

ANA = "ana@example.com"


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("profile", "Profile"),
        ("messages", "ListMessagesResponse"),
        ("messages?q=from:nobody@nowhere.example", "ListMessagesResponse"),
        ("threads", "ListThreadsResponse"),
        ("labels", "ListLabelsResponse"),
        ("labels/INBOX", "Label"),
        ("settings/sendAs", "ListSendAsResponse"),
        ("settings/sendAs/ana.berg@alumni.example", "SendAs"),
    ],
)
async def test_answers_are_what_googles_document_says(linked: Town, path: str, schema: str) -> None:
    answer = await linked.gmail(path)
    assert answer.status_code == 200
    assert_is(schema, answer.json())


@pytest.mark.parametrize("form", ["minimal", "metadata", "full", "raw"])
async def test_every_message_in_every_format_is_what_googles_document_says(linked: Town, form: str) -> None:
    for truth in (await linked.truth(ANA))[::9]:
        assert_is("Message", (await linked.gmail(f"messages/{truth['id']}", format=form)).json())
        await linked.control("advance", minutes=1)


async def test_every_sample_thread_is_what_googles_document_says(linked: Town) -> None:
    for thread in sorted({truth["thread"] for truth in await linked.truth(ANA)})[::7]:
        assert_is("Thread", (await linked.gmail(f"threads/{thread}")).json())
        await linked.control("advance", minutes=1)


async def test_history_is_what_googles_document_says(linked: Town) -> None:
    start = (await linked.gmail("profile")).json()["historyId"]
    first = (await linked.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"}, subject="Hi"))["message"]
    await linked.control("mark", mailbox=ANA, id=first["id"], read=True)
    await linked.control("move", mailbox=ANA, id=first["id"], folder="junkemail")
    await linked.control("delete", mailbox=ANA, id=first["id"])
    answer = (await linked.gmail("history", startHistoryId=start)).json()
    assert_is("ListHistoryResponse", answer)
    kinds = [sorted(set(record) - {"id", "messages"}) for record in answer["history"]]
    assert kinds == [["messagesAdded"], ["labelsRemoved"], ["labelsAdded", "labelsRemoved"], ["messagesDeleted"]]
    assert int(answer["historyId"]) > int(start)


async def test_watch_is_what_googles_document_says_and_one_topic_at_a_time(linked: Town) -> None:
    headers = {"Authorization": f"Bearer {linked.tokens['google']['access_token']}"}
    url = "/googleapis/gmail/v1/users/me/watch"
    answer = await linked.web.post(url, json={"topicName": "projects/p/topics/t"}, headers=headers)
    assert_is("WatchResponse", answer.json())
    assert (await linked.web.post(url, json={"topicName": "projects/p/topics/u"}, headers=headers)).status_code == 400


async def test_the_upper_part_of_an_id_is_the_arrival_in_milliseconds(linked: Town) -> None:
    for truth in await linked.truth(ANA):
        assert len(truth["id"]) == 16
    key = (await linked.gmail("messages", maxResults=1)).json()["messages"][0]["id"]
    message = (await linked.gmail(f"messages/{key}", format="minimal")).json()
    assert int(key, 16) >> 20 == int(message["internalDate"])


async def test_bodies_are_padded_url_safe_base64_of_utf8(linked: Town) -> None:
    truth = next(one for one in await linked.truth(ANA) if one["name"] == "steinweg-application")
    payload = (await linked.gmail(f"messages/{truth['id']}")).json()["payload"]
    data = payload["parts"][0]["body"]["data"]
    assert len(data) % 4 == 0
    assert "Mit freundlichen Grüßen" in base64.urlsafe_b64decode(data).decode()
    subject = next(entry["value"] for entry in payload["headers"] if entry["name"] == "Subject")
    assert subject == "Bewerbung als Gestalterin für Bücher – Größe & Weite"


async def test_metadata_shows_the_wanted_headers_and_no_body(linked: Town) -> None:
    key = (await linked.gmail("messages", maxResults=1)).json()["messages"][0]["id"]
    wanted = {"format": "metadata", "metadataHeaders": ["From", "message-id"]}
    payload = (await linked.gmail(f"messages/{key}", **wanted)).json()["payload"]
    assert {entry["name"] for entry in payload["headers"]} == {"From", "Message-ID"}
    assert "body" not in payload


async def test_a_mask_leaves_only_what_it_names(linked: Town) -> None:
    answer = (await linked.gmail("messages", maxResults=2, fields="messages(id),nextPageToken")).json()
    assert set(answer) == {"messages", "nextPageToken"}
    assert all(set(stub) == {"id"} for stub in answer["messages"])
    assert (await linked.gmail("messages", fields="messages(secret)")).status_code == 400


async def test_pages_cover_everything_once_and_a_token_belongs_to_its_query(linked: Town) -> None:
    found: list[str] = []
    token = ""
    while True:
        page = (await linked.gmail("messages", maxResults=30, pageToken=token, includeSpamTrash="true")).json()
        found += [stub["id"] for stub in page["messages"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
        foreign = await linked.gmail("messages", pageToken=token, q="in:sent")
        assert foreign.status_code == 400
    assert sorted(found) == sorted(truth["id"] for truth in await linked.truth(ANA))
    assert len(set(found)) == len(found)


async def test_spam_is_left_out_unless_asked_for(linked: Town) -> None:
    key = next(one["id"] for one in await linked.truth(ANA) if one["name"] == "origami-in-spam")

    async def shown(**query: str) -> bool:
        stubs = (await linked.gmail("messages", maxResults=500, **query)).json()["messages"]
        return key in {stub["id"] for stub in stubs}

    assert not await shown()
    assert not await shown(q="from:yuki@origami.example OR in:sent")
    assert await shown(includeSpamTrash="true")
    assert await shown(q="in:anywhere from:yuki@origami.example")
    assert await shown(labelIds="SPAM")


async def test_history_older_than_a_week_is_gone_and_the_fresh_one_is_not(linked: Town) -> None:
    start = (await linked.gmail("profile")).json()["historyId"]
    await linked.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"})
    await linked.control("advance", days=9)
    fresh = await linked.google_token(
        grant_type="refresh_token", refresh_token=linked.tokens["google"]["refresh_token"]
    )
    linked.tokens["google"] |= fresh.json()
    assert (await linked.gmail("history", startHistoryId=start)).status_code == 404
    newest = (await linked.gmail("profile")).json()["historyId"]
    assert (await linked.gmail("history", startHistoryId=newest)).status_code == 200


async def test_history_pages_keep_to_their_start(linked: Town) -> None:
    start = (await linked.gmail("profile")).json()["historyId"]
    for number in range(5):
        await linked.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"}, subject=f"{number}")
    page = (await linked.gmail("history", startHistoryId=start, maxResults=2)).json()
    assert len(page["history"]) == 2
    token = page["nextPageToken"]
    moved = await linked.gmail("history", startHistoryId=page["history"][-1]["id"], pageToken=token)
    assert moved.status_code == 400
    rest = (await linked.gmail("history", startHistoryId=start, pageToken=token, maxResults=500)).json()
    assert len(rest["history"]) == 3


async def test_a_token_with_the_metadata_scope_may_not_search_nor_read_bodies() -> None:
    town = a_town()
    await town.link_google(scope=f"openid email {READONLY} {METADATA}")
    assert (await town.gmail("messages", q="in:sent")).status_code == 403
    key = (await town.gmail("messages", labelIds="SENT")).json()["messages"][0]["id"]
    assert (await town.gmail(f"messages/{key}", format="full")).status_code == 403
    assert (await town.gmail(f"messages/{key}", format="metadata")).status_code == 200


async def test_unknown_ids_tokens_and_mailboxes_are_refused(linked: Town) -> None:
    assert (await linked.gmail("messages/0123456789abcdef")).status_code == 404
    assert (await linked.gmail("messages/not-an-id")).status_code == 400
    assert (await linked.gmail("messages", labelIds="NOWHERE")).status_code == 400
    url = "/googleapis/gmail/v1/users/other@example.com/profile"
    token = linked.tokens["google"]["access_token"]
    assert (await linked.web.get(url, headers={"Authorization": f"Bearer {token}"})).status_code == 403
    assert (await linked.web.get(url)).status_code == 401


async def test_a_reply_joins_the_thread_only_if_reference_subject_and_people_agree(linked: Town) -> None:
    sent = next(one for one in await linked.truth(ANA) if one["name"] == "northwind-follow-up-2")
    common = {"mailbox": ANA, "in_reply_to": sent["message_id"]}
    same = await linked.control(
        "deliver", **common, **{"from": "dana@northwind.example"}, subject=f"RE: {sent['subject']}"
    )
    other_subject = await linked.control("deliver", **common, **{"from": "dana@northwind.example"}, subject="Lunch")
    assert same["message"]["thread"] == sent["thread"]
    assert other_subject["message"]["thread"] != sent["thread"]
