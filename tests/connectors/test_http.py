"""The one way out: what it lets pass, how long it waits, what it gives up on."""

import asyncio
import gzip
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from connectors import http
from connectors.contract import Misconfigured, RateLimited, Transient, Unreachable
from connectors.http import ATTEMPTS, PATIENCE, Answer, Ask, Transport, common_refusal, retry_after
from tests.connectors.stage import Clock

ROOT = "https://mail.provider.example/v1"
ASK = Ask("GET", f"{ROOT}/messages")


def transport(answer: Callable[[httpx.Request], httpx.Response], *, clock: Clock | None = None) -> Transport:
    clock = clock or Clock()
    wire = httpx.MockTransport(answer)
    return Transport((ROOT,), wire=wire, sleep=clock.sleep, monotonic=clock.monotonic, chance=lambda: 0.5)


def accepted(answer: Answer) -> Answer:
    refused = common_refusal(answer)
    if refused:
        raise refused
    return answer


class Provider:
    """Gives the answers in turn, the last one for ever, and counts."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1/messages",
        "http://mail.provider.example/v1/messages",
        "https://mail.provider.example:8443/v1/messages",
        "https://mail.provider.example.evil.example/v1",
        "https://mail.provider.example@evil.example/v1",
        "https://evil.example#mail.provider.example",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "not a url",
    ],
)
async def test_only_the_configured_roots_are_contacted(url: str) -> None:
    provider = Provider(httpx.Response(200))
    with pytest.raises(Unreachable):
        await transport(provider).once(Ask("GET", url))
    assert provider.asked == []


async def test_a_redirect_is_an_answer_and_not_a_way() -> None:
    provider = Provider(httpx.Response(302, headers={"location": "https://evil.example/"}))
    answer = await transport(provider).once(ASK)
    assert answer.status == 302
    assert len(provider.asked) == 1


async def test_an_endpoint_named_by_the_issuer_may_be_contacted() -> None:
    way = transport(Provider(httpx.Response(200)))
    way.also_allow("https://keys.provider.example/certs")
    assert (await way.once(Ask("GET", "https://keys.provider.example/certs"))).status == 200
    with pytest.raises(Misconfigured):
        way.also_allow("http://keys.provider.example/certs")


@pytest.mark.parametrize(
    "root", ["http://127.0.0.1:8025/x", "http://localhost:1", "http://[::1]:9", "https://any.example"]
)
def test_plain_http_is_for_this_machine(root: str) -> None:
    Transport((root,), wire=httpx.MockTransport(Provider(httpx.Response(200))))


@pytest.mark.parametrize(
    "root", ["http://mail.example", "http://127.0.0.1.evil.example", "http://10.0.0.1", "ftp://x", ""]
)
def test_a_root_that_is_neither_safe_nor_local_is_refused_at_the_start(root: str) -> None:
    with pytest.raises(Misconfigured):
        Transport((root,))


async def test_passing_trouble_is_tried_again_with_growing_pauses() -> None:
    clock = Clock()
    provider = Provider(httpx.ConnectError("down"), httpx.Response(503), httpx.ReadTimeout("slow"), httpx.Response(200))
    answer = await transport(provider, clock=clock).call(ASK, read=accepted)
    assert answer.status == 200
    assert clock.slept == [0.5, 1.0, 2.0]


async def test_trouble_that_lasts_is_raised_after_four_tries() -> None:
    provider = Provider(httpx.Response(500))
    with pytest.raises(Unreachable):
        await transport(provider).call(ASK, read=accepted)
    assert len(provider.asked) == ATTEMPTS


async def test_never_before_the_provider_said() -> None:
    clock = Clock()
    provider = Provider(httpx.Response(429, headers={"retry-after": "9"}), httpx.Response(200))
    await transport(provider, clock=clock).call(ASK, read=accepted)
    assert clock.slept == [9.0]


async def test_a_wait_beyond_patience_is_handed_on_at_once() -> None:
    provider = Provider(httpx.Response(429, headers={"retry-after": str(int(PATIENCE) + 1)}))
    with pytest.raises(RateLimited) as refused:
        await transport(provider).call(ASK, read=accepted)
    assert refused.value.retry_after == PATIENCE + 1
    assert len(provider.asked) == 1


async def test_an_answer_larger_than_we_can_hold_is_refused_and_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 10_000)
    bomb = gzip.compress(b"0" * 1_000_000)
    provider = Provider(httpx.Response(200, headers={"content-encoding": "gzip"}, content=bomb))
    with pytest.raises(http.TooLarge):
        await transport(provider).call(ASK, read=accepted)
    assert len(provider.asked) == 1


async def test_an_error_holds_no_address_and_no_code() -> None:
    way = transport(Provider(httpx.ConnectError("https://mail.provider.example/?code=SECRET")))
    with pytest.raises(Transient) as trouble:
        await way.once(Ask("GET", f"{ROOT}/token?code=SECRET"))
    assert "SECRET" not in f"{trouble.value} {trouble.value.reason} {trouble.value.__cause__}"


@given(st.integers(0, 10**6))
def test_retry_after_in_seconds_is_read(seconds: int) -> None:
    assert retry_after({"retry-after": str(seconds)}) == seconds


def test_retry_after_as_a_date_counts_from_the_answers_own_date() -> None:
    headers = {"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}
    assert retry_after(headers) == 30


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_retry_after_that_makes_no_sense_is_none(named: str, sent: str) -> None:
    found = retry_after({"retry-after": f"x{named}", "date": sent})
    assert found is None or found >= 0


@given(st.binary(max_size=60))
def test_a_body_is_json_or_says_that_it_is_none(body: bytes) -> None:
    try:
        meant: object = json.loads(body)
    except ValueError:
        meant = None
    if isinstance(meant, dict):
        assert Answer(200, {}, body).mapping() == meant
        return
    with pytest.raises(Unreachable):
        Answer(200, {}, body).mapping()


def test_a_bottomless_body_is_no_json() -> None:
    with pytest.raises(Unreachable):
        Answer(200, {}, b"[" * 100_000).json()


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
    await writer.drain()
    writer.close()


@pytest.fixture
async def secure_root(tmp_path: Path) -> AsyncIterator[tuple[str, Path]]:
    """A server on this machine with a certificate from an authority of its own, and that authority's file."""
    authority = trustme.CA()
    pem = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with await asyncio.start_server(greet, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", pem


async def test_an_extra_authority_is_trusted_beside_the_usual_ones(secure_root: tuple[str, Path]) -> None:
    root, pem = secure_root
    with pytest.raises(Unreachable):
        await Transport((root,)).once(Ask("GET", root))
    way = Transport((root,), extra_ca=str(pem))
    assert (await way.once(Ask("GET", root))).body == b"{}"
    await way.close()


def test_a_missing_authority_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="nowhere"):
        Transport((ROOT,), extra_ca=str(tmp_path / "nowhere.pem"))


def test_the_usual_authorities_stay_trusted(secure_authority: Path) -> None:
    usual = ssl.create_default_context().cert_store_stats()["x509_ca"]
    assert http._trust(str(secure_authority)).cert_store_stats()["x509_ca"] > usual


@pytest.fixture
def secure_authority(tmp_path: Path) -> Path:
    pem = tmp_path / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(pem))
    return pem


@pytest.mark.parametrize("manner", ["says nothing", "drips", "stops half-way"])
async def test_a_provider_that_hangs_is_given_up_in_time(manner: str) -> None:
    """A real socket, and the product's own limits a hundredth as long (F15)."""

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if manner != "says nothing":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        while manner == "drips" and not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.1)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = Transport((root,), timeout=httpx.Timeout(0.3, connect=0.1), deadline=1.2)
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        await transport.once(Ask("GET", f"{root}/gmail"))
    limit = 1.2 if manner == "drips" else 0.3
    assert limit <= time.monotonic() - begun < limit + 5
    await transport.close()
    server.close()
