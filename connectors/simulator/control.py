"""The control API under /_simulator: put mail in, take it out, move the clock, switch faults, read the meter."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email.utils import getaddresses, parseaddr
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.simulator.awkward import awkward_letter
from connectors.simulator.bulk import add_crowd, load_mailbox
from connectors.simulator.google_identity import GoogleIdentity
from connectors.simulator.knobs import catalogue, switch_on
from connectors.simulator.mailbox import Item, Mailbox
from connectors.simulator.microsoft_identity import MicrosoftIdentity
from connectors.simulator.mime import head
from connectors.simulator.push import Pusher
from connectors.simulator.rehearsals import REHEARSALS
from connectors.simulator.world import World

Body = dict[str, object]


class Mistake(Exception):
    """A control call that makes no sense; its words go back with status 400."""


class Control:
    """Every change of a mailbox is pushed to its subscribers before the control call returns."""

    def __init__(self, world: World, google: GoogleIdentity, microsoft: MicrosoftIdentity, pusher: Pusher) -> None:
        self.world, self.google, self.microsoft, self.pusher = world, google, microsoft, pusher

    def routes(self) -> list[Route]:
        posts = {
            "deliver": self.deliver,
            "delete": self.delete,
            "move": self.move,
            "mark": self.mark,
            "send": self.send,
            "advance": self.advance,
            "consent": self.consent,
            "revoke": self.revoke,
            "load": self.load,
            "crowd": self.crowd,
            "faults": self.fault,
            "lifecycle": self.lifecycle,
            "reset": self.reset,
        }
        gets = {
            "state": self.state,
            "meter": self.meter,
            "grants": self.grants,
            "truth": self.truth,
            "faults": self.catalogue,
        }
        return [
            *(Route(f"/_simulator/{name}", self._post(work), methods=["POST"]) for name, work in posts.items()),
            *(Route(f"/_simulator/{name}", work) for name, work in gets.items()),
        ]

    async def state(self, request: Request) -> Response:
        boxes = [
            {
                "provider": box.provider,
                "address": box.address,
                "aliases": [alias.address for alias in box.aliases],
                "messages": len(box.items),
                "history_id": str(box.history),
                "folders": {key: folder.name for key, folder in box.folders.items()},
            }
            for box in self.world.mailboxes
        ]
        told = {"now": self.world.now().isoformat(), "mailboxes": boxes, "faults": self.world.faults.told()}
        return JSONResponse(told)

    async def meter(self, request: Request) -> Response:
        return JSONResponse(self.world.meter.told())

    async def grants(self, request: Request) -> Response:
        return JSONResponse({"grants": [grant.told() for grant in self.world.grants.grants.values()]})

    async def truth(self, request: Request) -> Response:
        """Every message of one mailbox, or of all, with the rows of the product's table it plays."""
        wanted = request.query_params.get("mailbox", "")
        boxes = [box for box in self.world.mailboxes if not wanted or box.address == wanted]
        return JSONResponse({"messages": [_told(box, item) for box in boxes for item in box.newest_first()]})

    async def deliver(self, body: Body) -> Body:
        box = self._box(body)
        now = self.world.now()
        at = datetime.fromisoformat(str(body["at"])) if body.get("at") else now
        headers = body.get("headers")
        extra = {str(name): str(value) for name, value in headers.items()} if isinstance(headers, dict) else {}
        answered = str(body.get("in_reply_to", ""))
        if answered:
            extra |= {"In-Reply-To": answered, "References": answered}
        raw = self._raw(box, body, at, extra)
        lag = timedelta(seconds=self.world.faults.number("visibility_lag", box.address))
        rule = str(self.world.faults.value("rule_files_into", box.address) or "inbox")
        folder = str(body.get("folder", rule))
        if folder not in box.folders and folder != "scheduled":
            box.add_folder(folder, folder.title())
        shown = now + lag if lag else None
        item = box.add(raw, at, folder, logged=now, read=folder == "sentitems", visible_from=shown)
        return {"message": _told(box, item)}

    def _raw(self, box: Mailbox, body: Body, at: datetime, extra: dict[str, str]) -> bytes:
        """`raw` as it is, an `awkward` letter by name, or one written from the parts."""
        if body.get("awkward"):
            sender = str(body.get("from", "someone@awkward.example"))
            return awkward_letter(str(body["awkward"]), sender, str(body.get("to", box.address)), at)
        return str(body["raw"]).encode() if body.get("raw") else self._written(box, body, at, extra)

    def _written(self, box: Mailbox, body: Body, at: datetime, extra: dict[str, str]) -> bytes:
        """`from`, `to`, `cc` and `bcc` are addresses, with or without a name; `html` comes beside `text`."""
        copies = {name.title(): ", ".join(_list(body[name])) for name in ("cc", "bcc") if body.get(name)}
        sender = parseaddr(str(body.get("from", box.address)))
        to = getaddresses(_list(body.get("to", box.address)))
        letter = head(sender, to, str(body.get("subject", "")), at, headers={**copies, **extra})
        letter.set_content(str(body.get("text", "")) or "\n")
        if body.get("html"):
            letter.add_alternative(str(body["html"]), subtype="html")
        return letter.as_bytes()

    async def delete(self, body: Body) -> Body:
        box = self._box(body)
        item = self._item(box, body)
        box.delete(item, self.world.now())
        return {"deleted": item.serial}

    async def move(self, body: Body) -> Body:
        box = self._box(body)
        item, folder = self._item(box, body), str(body.get("folder", ""))
        if folder not in box.folders:
            box.add_folder(folder, folder.title())
        box.move(item, folder, self.world.now())
        return {"message": _told(box, item)}

    async def mark(self, body: Body) -> Body:
        box = self._box(body)
        item = self._item(box, body)
        box.mark(item, self.world.now(), read=bool(body.get("read", True)))
        return {"message": _told(box, item)}

    async def send(self, body: Body) -> Body:
        """A draft or scheduled message goes out now."""
        box = self._box(body)
        return {"message": _told(box, box.send(self._item(box, body), self.world.now()))}

    async def advance(self, body: Body) -> Body:
        """Moves the clock by `seconds`, `hours` or `days`; negative numbers move it back."""
        units = {name: _number(body.get(name)) for name in ("seconds", "minutes", "hours", "days")}
        self.world.offset += timedelta(**units)
        return {"now": self.world.now().isoformat()}

    async def consent(self, body: Body) -> Body:
        """Answers an authorization URL as the person would: the address to call back comes as `location`."""
        url = urlsplit(str(body.get("url", "")))
        asks = dict(parse_qsl(url.query, keep_blank_values=True))
        account, denied = str(body.get("account", "")), bool(body.get("deny"))
        scopes = body.get("scopes")
        if "/google/" in url.path:
            asked = self.google.asked(asks)
            ticked = {str(scope) for scope in scopes} if isinstance(scopes, list) else set(asked.scopes)
            reply = self.google.denied(asked) if denied else self.google.allowed(asked, account, ticked)
        else:
            asked = self.microsoft.asked(asks, url.path.split("/")[1])
            reply = self.microsoft.denied(asked) if denied else self.microsoft.allowed(asked, account)
        if "location" not in reply.headers:
            raise Mistake("The provider refused; open the URL in a browser to see why.")
        return {"location": reply.headers["location"]}

    async def fault(self, body: Body) -> Body:
        """`name` and its options switch one fault on, `rehearse` all of one number; `clear` switches all off."""
        if body.get("clear"):
            self.world.faults.clear()
        if body.get("rehearse"):
            for name, options in REHEARSALS[int(_number(body["rehearse"]))].knobs:
                switch_on(self.world, name, {"mailbox": body.get("mailbox", ""), **options})
        if body.get("name"):
            switch_on(self.world, str(body["name"]), body)
        return self.world.faults.told()

    async def catalogue(self, request: Request) -> Response:
        return JSONResponse({"known": catalogue(), **self.world.faults.told()})

    async def revoke(self, body: Body) -> Body:
        """The person withdraws consent, changes the password or leaves: all grants of a mailbox die."""
        box = self._box(body)
        grants = [grant for grant in self.world.grants.of(box.provider, box.address) if not grant.revoked]
        for grant in grants:
            self.world.grants.revoke(grant, str(body.get("why", "revoked by the person")))
        return {"revoked": len(grants)}

    async def load(self, body: Body) -> Body:
        """`messages` synthetic ones into the big mailbox of `provider`."""
        box = load_mailbox(self.world, str(body.get("provider", "google")), int(_number(body.get("messages"))))
        return {"mailbox": box.address, "messages": len(box.items)}

    async def crowd(self, body: Body) -> Body:
        """`mailboxes` more, of other people, with `messages` each; their addresses."""
        made = add_crowd(self.world, int(_number(body.get("mailboxes"))), int(_number(body.get("messages"))))
        return {"mailboxes": [{"provider": box.provider, "address": box.address} for box in made]}

    async def lifecycle(self, body: Body) -> Body:
        """Sends `event` (reauthorizationRequired, subscriptionRemoved, missed) to a mailbox's subscriptions."""
        box, event = self._box(body), str(body.get("event", ""))
        own = [one for one in self.pusher.subscriptions.values() if one.address == box.address]
        done = [await self.pusher.lifecycle(one, event) for one in own]
        return {"sent": len(done), "accepted": sum(done)}

    async def reset(self, body: Body) -> Body:
        """Empties the meter and switches all faults off; mail and grants stay."""
        self.world.meter.reset()
        self.world.faults.clear()
        return {}

    def _post(self, work: Callable[[Body], Awaitable[Body]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                body = await request.json() if await request.body() else {}
                told = await work(body)
            except (Mistake, ValueError, KeyError) as mistake:
                return JSONResponse({"error": str(mistake)}, 400)
            await self.pusher.flush()
            return JSONResponse(told)

        return answer

    def _box(self, body: Body) -> Mailbox:
        box = self.world.mailbox(str(body.get("mailbox", "")), str(body.get("provider", "")))
        if not box:
            raise Mistake(f"There is no mailbox {body.get('mailbox')!r}.")
        return box

    def _item(self, box: Mailbox, body: Body) -> Item:
        key = str(body.get("id", ""))
        item = box.items.get(box.ids.get(key, 0)) or box.by_message_id.get(key)
        if not item:
            raise Mistake(f"There is no message {key!r}.")
        return item


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _list(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _told(box: Mailbox, item: Item) -> Body:
    letter = item.letter
    return {
        "mailbox": box.address,
        "id": item.gmail_id if box.provider == "google" else box.graph_id(item, immutable=True),
        "thread": item.thread,
        "message_id": letter.message_id,
        "at": item.at.isoformat(),
        "folder": item.folder,
        "from": letter.sender[1],
        "to": [where for _, where in letter.recipients],
        "subject": letter.subject,
        "plays": list(item.plays),
        "name": item.name,
    }
