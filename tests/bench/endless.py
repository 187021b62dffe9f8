"""A Gmail that holds nothing: every letter of a mailbox of any size is made from its number when it is asked for."""

import base64
import json
import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

ME = "bulk@example.com"
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LENGTHS = (1, 1, 1, 1, 2, 2, 3, 3, 4, 5)
"""Messages per thread; nearly half stand alone."""
PLACES = [(number, place) for number, length in enumerate(LENGTHS) for place in range(length)]
HTML_EVERY = 5
"""One letter in five is HTML alone, of some 60 kB; the others are plain text of some 18 kB."""
VARIANTS = 600
"""Letters of different words; more would tell a reader that remembers nothing no more, and take longer to make."""

_SENTENCES = (
    "Thank you, {name}, for your application for the position of {role}.",
    "We will get back to you by the end of next week, as {count} colleagues are travelling.",
    "Could you send us two references and tell us when you might start as {role}?",
    "I wanted to ask whether there is any news about the {role} opening.",
    "Attached you find the work sample we talked about on {day}.",
    "Unfortunately the budget for a {role} was not confirmed before the holidays.",
    "I am out of the office until November {count} with limited access to mail.",
    "Our team would like to invite you to a first conversation with {name} on {day} at ten.",
    "{name} and I looked at the {count} drawings again, and the second one is the better of the two.",
    "The client in {place} moved the milestone, so most of us are busy with the handover until {day}.",
    "If the salary of {count} thousand is a problem, please say so now rather than later.",
    "It was good to meet you in {place}; the walk through the workshop answered most of my questions.",
    "Please have a look at the attached draft and tell {name} what you think of chapter {count}.",
    "We have decided to move forward with another candidate for the {role} position.",
    "Let me know if {day} or the {count}th of next month suits you better.",
    "The parking behind the building in {place} is free after four, and the door is open.",
)
_NAMES = ("Rita", "Omar", "Jana", "Luis", "Mei", "Tariq", "Ines", "Pavel", "Noor", "Greta", "Hugo", "Aylin", "Sven")
_ROLES = ("process engineer", "nurse", "data analyst", "cook", "tutor", "welder", "editor", "planner", "carpenter")
_PLACES = ("Leeds", "Graz", "Porto", "Bergen", "Turin", "Ghent", "Malmo")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_GET = re.compile(rb"GET (\S+) HTTP/1\.1")


class Endless(httpx.AsyncBaseTransport):
    """`count` letters, spread over the year before NOW. `seconds` is the CPU time that making them took."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.seconds = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        begun = time.process_time()
        body = await request.aread()
        url = urlsplit(str(request.url))
        answer = self._batch(body) if "/batch" in url.path else self._one(url.path, url.query)
        self.seconds += time.process_time() - begun
        return answer

    def _one(self, path: str, query: str) -> httpx.Response:
        return httpx.Response(200, content=self._resource(path, query))

    def _batch(self, body: bytes) -> httpx.Response:
        parts = []
        for place, match in enumerate(_GET.finditer(body)):
            url = urlsplit(match[1].decode())
            head = f"--b\r\nContent-Type: application/http\r\nContent-ID: <response-part-{place}>\r\n\r\n"
            line = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
            parts.append(head.encode() + line.encode() + self._resource(url.path, url.query) + b"\r\n")
        return httpx.Response(
            200, content=b"".join([*parts, b"--b--\r\n"]), headers={"content-type": "multipart/mixed; boundary=b"}
        )

    def _resource(self, path: str, query: str) -> bytes:
        what, _, one = path.partition("/users/me/")[2].partition("/")
        if what == "messages" and one:
            return self._letter(int(one, 16) & 0xFFFFF)
        if what == "threads":
            numbers = self._of_thread(int(one, 16) & 0xFFFFF)
            return b'{"id":"%s","messages":[%s]}' % (one.encode(), b",".join(map(self._letter, numbers)))
        if what == "messages":
            return json.dumps(self._listed(parse_qs(query))).encode()
        if what == "settings":
            return b'{"sendAs":[]}'
        return json.dumps({"emailAddress": ME, "historyId": "100", "history": []}).encode()

    def _listed(self, query: dict[str, list[str]]) -> dict[str, Any]:
        start, size = int(query.get("pageToken", ["0"])[0]), int(query["maxResults"][0])
        sent = "in:sent" in query["q"][0]
        numbers = [number for number in range(self.count) if not sent or is_mine(number)]
        page = [{"id": self._id(number), "threadId": self._thread(number)} for number in numbers[start : start + size]]
        more = {"nextPageToken": str(start + size)} if start + size < len(numbers) else {}
        return {"messages": page, **more}

    def _at(self, number: int) -> int:
        return int((NOW - timedelta(days=364) * number / self.count).timestamp() * 1000)

    def _id(self, number: int) -> str:
        return f"{self._at(number) << 20 | number:016x}"

    def _of_thread(self, number: int) -> list[int]:
        begun = number - number % len(PLACES)
        of, _ = PLACES[number % len(PLACES)]
        mates = [begun + place for place, (thread, _) in enumerate(PLACES) if thread == of]
        return [one for one in mates if one < self.count]

    def _thread(self, number: int) -> str:
        return self._id(self._of_thread(number)[0])

    def _letter(self, number: int) -> bytes:
        other = f"person{number % 1_009}@company{number % 97}.example"
        sender, to = (ME, other) if is_mine(number) else (other, ME)
        place = b'"SENT"' if is_mine(number) else b'"INBOX"'
        head = f'{{"id":"{self._id(number)}","threadId":"{self._thread(number)}","internalDate":"{self._at(number)}",'
        people = f'{{"name":"From","value":"{sender}"}},{{"name":"To","value":"{to}"}},'
        named = f'"payload":{{"headers":[{people}{{"name":"Message-ID","value":"<{number}@bulk.example>"}},'
        return head.encode() + named.encode() + payload(number % VARIANTS) + b',"labelIds":[' + place + b"]}"


def is_mine(number: int) -> bool:
    return PLACES[number % len(PLACES)][1] == LENGTHS[PLACES[number % len(PLACES)][0]] - 1 or number % 5 < 2


@lru_cache(maxsize=VARIANTS)
def payload(variant: int) -> bytes:
    """The rest of a payload, from the subject on: plain text with a quotation, or a page of HTML."""
    told = [_sentence(variant, place) for place in range(6)]
    earlier = [_sentence(variant + 1, place) for place in range(8)]
    html = variant // HTML_EVERY % HTML_EVERY == 0  # whoever wrote it: see is_mine
    text = _page(told, earlier) if html else _plain(told, earlier)
    data = base64.urlsafe_b64encode(text.encode()).decode()
    mime = "text/html" if html else "text/plain"
    kind = f'{{"name":"Content-Type","value":"{mime}; charset=utf-8"}}'
    head = f'{{"name":"Subject","value":"Re: Position {variant}"}},{kind}]'
    return f'{head},"mimeType":"{mime}","body":{{"size":{len(text)},"data":"{data}"}}}}'.encode()


def _sentence(variant: int, place: int) -> str:
    drawn = variant * 7 + place * 5
    return _SENTENCES[(variant * 3 + place) % len(_SENTENCES)].format(
        name=_NAMES[drawn % len(_NAMES)],
        role=_ROLES[drawn % len(_ROLES)],
        place=_PLACES[drawn % len(_PLACES)],
        day=_DAYS[drawn % len(_DAYS)],
        count=3 + drawn % 24,
    )


def _plain(told: list[str], earlier: list[str]) -> str:
    quoted = "\r\n".join(f"> {sentence} {place}" for place in range(20) for sentence in earlier)
    words = "\r\n".join(told)
    return f"Hello Ana,\r\n\r\n{words}\r\n\r\nKind regards\r\nRita\r\n\r\nOn Mon, 9 Nov 2026 Ana wrote:\r\n{quoted}\r\n"


def _page(told: list[str], earlier: list[str]) -> str:
    style = "".join(f"p.Mso{place}{{margin:0cm;font-size:11.0pt;font-family:Calibri}}" for place in range(150))
    words = "".join(f'<p class="MsoNormal"><span style="font-size:11.0pt">{one}<o:p></o:p></span></p>' for one in told)
    cells = "".join(
        f'<tr><td style="padding:.75pt"><p class="MsoNormal">{earlier[place % 8]}</p></td></tr>' for place in range(200)
    )
    return (
        f"<html><head><style>{style}</style></head><body><div>{words}</div><div style='border:none;border-top:solid'>"
        f"<p><b>From:</b> Ana<br><b>Sent:</b> Monday, 9 November 2026<br><b>To:</b> Rita</p></div>"
        f"<table>{cells}</table></body></html>"
    )
