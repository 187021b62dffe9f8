"""A third party's Gmail (npm `emulate`): proof that the connector does not lean on our own simulator's habits.

It has no profile, no batches and no expiry of history ids, pads no base64, knows only plain queries, counts history in
21 digits and keeps ten headers.
"""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

from connectors import GmailConnector, Transport
from connectors.contract import AccessRevoked, Grant, Mailbox
from connectors.message import Folder
from tests.connectors.stage import Clock, Ledger

HERE = Path(__file__).parent / "emulate"
HOME = Path(__file__).parents[2] / ".run" / "emulate"
NODE = HOME / "node_modules" / ".bin" / "node"
PROGRAM = HOME / "node_modules" / "emulate" / "dist" / "index.js"
ANA = "ana@example.com"
REDIRECT = "http://127.0.0.1:8025/link/google/callback"
MESSAGES = 560


@pytest.fixture(scope="module")
def program() -> Path:
    """Installs the pinned packages once, and again when the lock file changes."""
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = HOME / "package-lock.json"
    if PROGRAM.exists() and stamp.exists() and stamp.read_bytes() == lock:
        return PROGRAM
    HOME.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, HOME / name)
    try:
        subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund"],
            cwd=HOME,
            check=True,
            capture_output=True,
            timeout=300,
        )
    except (OSError, subprocess.SubprocessError) as trouble:
        stamp.unlink(missing_ok=True)
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"The third party's provider could not be installed here: {type(trouble).__name__}.")
    return PROGRAM


def seeded() -> list[dict[str, Any]]:
    """Mail of a year: short threads and long ones, some sent, some spam, some in the bin."""
    start = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    return [_letter(number, start - timedelta(hours=15 * number)) for number in range(MESSAGES)]


def _letter(number: int, at: datetime) -> dict[str, Any]:
    sent = number % 3 == 0
    place = {7: "SPAM", 11: "TRASH"}.get(number % 13, "SENT" if sent else "INBOX")
    person = f"Person {number % 40} <p{number % 40}@acme.example>"
    return {
        "id": f"msg{number:05}",
        "thread_id": f"thr{number // 5 if number < 300 else number:05}",
        "user_email": ANA,
        "from": ANA if sent else person,
        "to": person if sent else ANA,
        "subject": f"Rôle {number}",
        "body_text": f"Zeile {number}: schöne Grüße",
        "label_ids": [place],
        "internal_date": str(int(at.timestamp() * 1000)),
        "message_id": f"<m{number}@acme.example>",
    }


@pytest.fixture(scope="module")
def root(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    application = {
        "client_id": "aftertouch",
        "client_secret": "secret",
        "name": "Aftertouch",
        "redirect_uris": [REDIRECT],
    }
    users = [{"email": ANA, "name": "Ana Berg"}]
    seed = tmp_path_factory.mktemp("emulate") / "seed.json"
    seed.write_text(json.dumps({"google": {"users": users, "oauth_clients": [application], "messages": seeded()}}))
    command = [NODE, program, "start", "-p", str(port), "-s", "google", "--seed", seed, "--base-url", base]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ready" in line:
                break
        else:
            pytest.fail(f"The third party's provider did not start: {''.join(said)}")
        try:
            yield base
        finally:
            process.terminate()


@pytest.fixture
async def browser(root: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=root, trust_env=False) as client:
        yield client


@pytest.fixture
def connector(root: str) -> GmailConnector:
    """With the quota's waiting done by a clock that does not make us wait."""
    clock = Clock()
    return GmailConnector(
        client_id="aftertouch",
        client_secret="secret",
        issuer=root,
        api_root=root,
        transport=Transport((root,), sleep=clock.sleep, monotonic=clock.monotonic),
        clock=lambda: datetime.now(UTC),  # noqa: TID251  (the third party's tokens carry the real time)
    )


async def linked(connector: GmailConnector, browser: httpx.AsyncClient) -> Grant:
    asked = await connector.begin(redirect_uri=REDIRECT)
    page = await browser.get(asked.url)
    forms = [_fields(form) for form in LexborHTMLParser(page.text).css("form")]
    action, fields = next((action, fields) for action, fields in forms if fields.get("email") == ANA)
    answer = await browser.post(urljoin(asked.url, action), data=fields)
    back = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    return await connector.finish(flow=asked.flow, answer=back, redirect_uri=REDIRECT)


def _fields(form: Any) -> tuple[str, dict[str, str]]:
    hidden = [one.attributes for one in form.css("input[type=hidden]")]
    return str(form.attributes["action"]), {str(one["name"]): str(one.get("value") or "") for one in hidden}


async def opened(connector: GmailConnector, browser: httpx.AsyncClient) -> tuple[Mailbox, dict[str, str]]:
    grant = await linked(connector, browser)

    async def keep(_: Grant) -> None:
        """The process does not outlive the grant here."""

    signed = {"Authorization": f"Bearer {json.loads(grant.secret)['access_token']}"}
    return connector.open(grant, keep=keep), signed


async def there(browser: httpx.AsyncClient, signed: dict[str, str]) -> set[str]:
    """Every id the third party lists, asked for by plain HTTP."""
    found: set[str] = set()
    token = ""
    while True:
        asked = {"maxResults": "500", "includeSpamTrash": "true", **({"pageToken": token} if token else {})}
        page = (await browser.get("/gmail/v1/users/me/messages", params=asked, headers=signed)).json()
        found |= {entry["id"] for entry in page.get("messages", [])}
        token = page.get("nextPageToken", "")
        if not token:
            return found


async def test_a_mailbox_is_synced_to_the_exact_set_before_and_after_changes(
    connector: GmailConnector, browser: httpx.AsyncClient
) -> None:
    mailbox, signed = await opened(connector, browser)
    ledger = await Ledger().sync(mailbox)
    assert len(ledger.present) >= 500
    assert ledger.present == await there(browser, signed)
    assert ledger.pages[-1].done == ledger.pages[-1].total == len(ledger.present)
    assert not ledger.poisoned
    assert not ledger.pages[-1].degraded

    for number in range(5):
        raw = {"subject": f"Late {number}", "from": "late@acme.example", "to": ANA, "body_text": "Late"}
        added = await browser.post("/gmail/v1/users/me/messages", json=raw, headers=signed)
        assert added.status_code == 200
    doomed = ["msg00003", "msg00333", "msg00555"]
    for one in doomed:
        assert (await browser.delete(f"/gmail/v1/users/me/messages/{one}", headers=signed)).status_code == 204
    binned = await browser.post("/gmail/v1/users/me/messages/msg00020/trash", headers=signed)
    assert binned.status_code == 200

    await ledger.sync(mailbox)
    assert ledger.present == await there(browser, signed)
    assert ledger.gone == set(doomed)
    assert ledger.messages["msg00020"].folder is Folder.TRASH
    assert len([message for message in ledger.messages.values() if message.subject.startswith("Late")]) == 5

    quiet = len(ledger.pages)
    await ledger.sync(mailbox, deep=True)
    assert [page.messages for page in ledger.pages[quiet:]] == [()] * (len(ledger.pages) - quiet)
    assert ledger.present == await there(browser, signed)


async def test_letters_are_read_as_they_were_written(connector: GmailConnector, browser: httpx.AsyncClient) -> None:
    mailbox, _ = await opened(connector, browser)
    ledger = await Ledger().sync(mailbox)
    message = ledger.messages["msg00001"]
    assert message.subject == "Rôle 1"
    assert message.text.strip() == "Zeile 1: schöne Grüße"
    assert message.sender is not None
    assert (message.sender.name, message.sender.address) == ("Person 1", "p1@acme.example")
    assert message.message_id == "<m1@acme.example>"
    assert message.folder is Folder.INBOX
    assert ledger.messages["msg00000"].folder is Folder.SENT


async def test_a_first_sync_killed_after_every_page_brings_the_same(
    connector: GmailConnector, browser: httpx.AsyncClient
) -> None:
    mailbox, signed = await opened(connector, browser)
    ledger = Ledger()
    for _ in range(40):
        await ledger.sync(mailbox, most=1)
        if ledger.pages[-1].caught_up:
            break
    assert ledger.pages[-1].caught_up
    assert ledger.present == await there(browser, signed)


async def test_a_probe_finds_one_persons_mail(connector: GmailConnector, browser: httpx.AsyncClient) -> None:
    mailbox, _ = await opened(connector, browser)
    since = datetime(2026, 9, 1, tzinfo=UTC)
    found = await mailbox.probe("p7@acme.example", since=since)
    assert found
    theirs = {
        message.provider_thread_id
        for message in found
        if "p7@acme.example" in {person.address for person in (*message.to, message.sender) if person}
    }
    assert {message.provider_thread_id for message in found} == theirs
    assert min(message.at for message in found) >= since


async def test_a_revoked_permission_asks_for_a_new_link(connector: GmailConnector, browser: httpx.AsyncClient) -> None:
    grant = await linked(connector, browser)
    assert await connector.revoke(grant)
    secret = json.loads(grant.secret)

    async def keep(_: Grant) -> None:
        """Never called: nothing can be renewed."""

    worn = Grant(grant.subject, grant.address, json.dumps({**secret, "expires_at": 0}), grant.scopes)
    with pytest.raises(AccessRevoked):
        await Ledger().sync(connector.open(worn, keep=keep))
