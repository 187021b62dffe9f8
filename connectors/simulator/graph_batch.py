"""Graph's `$batch`: up to 20 requests, answered in any order, each with its own status."""

import asyncio
import base64
import json
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from connectors.simulator.calls import Call, Reply
from connectors.simulator.gate import Service, pass_gate
from connectors.simulator.graph_errors import error
from connectors.simulator.world import World

LIMIT = 20
PARALLEL = 4
"""Outlook runs this many parts of one mailbox at a time."""


async def batch(service: Service, world: World, call: Call) -> Reply:
    """The outer 200 says nothing of the parts. A part whose dependency failed gets 424."""
    asked = call.json().get("requests")
    if not isinstance(asked, list) or not asked:
        return error(400, "BadRequest", "Invalid batch payload format.")
    if len(asked) > LIMIT:
        return error(400, "BadRequest", f"Number of batch request steps exceeds the maximum value of {LIMIT}.")
    keys = [str(part.get("id", "")) for part in asked if isinstance(part, dict)]
    if len(set(keys)) != len(asked) or "" in keys:
        return error(400, "BadRequest", "Request ids must be given and must differ.")
    lanes = Lanes(service, world, call, _lanes(world))
    done = await _run(lanes, asked)
    told = [_told(key, reply) for key, reply in done.items()]
    world.rng.shuffle(told)
    return Reply(200, {"responses": told})


@dataclass(frozen=True, slots=True)
class Lanes:
    """What every part of one batch shares."""

    service: Service
    world: World
    outer: Call
    free: asyncio.Semaphore


def _lanes(world: World) -> asyncio.Semaphore:
    return asyncio.Semaphore(LIMIT if world.faults.value("batch_is_throttled") else PARALLEL)


async def _run(lanes: Lanes, asked: list[dict[str, object]]) -> dict[str, Reply]:
    """Waves of parts whose dependencies are settled; a cycle or an unknown dependency fails its parts."""
    done: dict[str, Reply] = {}
    left = list(asked)
    while left:
        ready = [part for part in left if all(key in done for key in _needs(part))]
        if not ready:
            return done | {str(part["id"]): error(400, "BadRequest", "Unknown dependency.") for part in left}
        replies = await asyncio.gather(*(_one(lanes, part, done) for part in ready))
        done |= {str(part["id"]): reply for part, reply in zip(ready, replies, strict=True)}
        left = [part for part in left if part not in ready]
    return done


def _needs(part: dict[str, object]) -> list[str]:
    needs = part.get("dependsOn")
    return [str(key) for key in needs] if isinstance(needs, list) else []


async def _one(lanes: Lanes, part: dict[str, object], done: dict[str, Reply]) -> Reply:
    if any(done[key].status >= 400 for key in _needs(part)):
        return error(424, "FailedDependency", "A request this one depends on has failed.")
    async with lanes.free:
        return await pass_gate(lanes.world, lanes.service, _inner(lanes.outer, part))


def _inner(call: Call, part: dict[str, object]) -> Call:
    """Parts have the outer authorization, but none of the outer preferences (docs/providers.md M9)."""
    url = urlsplit(str(part.get("url", "")))
    given = part.get("headers")
    headers = {str(name).lower(): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
    query = tuple(parse_qsl(url.query, keep_blank_values=True))
    body = json.dumps(part["body"]).encode() if "body" in part else b""
    token = {"authorization": call.headers.get("authorization", "")}
    path = "/" + unquote(url.path).removeprefix("/v1.0").lstrip("/")
    return Call(str(part.get("method", "GET")).upper(), path, query, {**token, **headers}, body, call.root, part=True)


def _told(key: str, reply: Reply) -> dict[str, object]:
    headers = {"Content-Type": "application/json", **reply.headers}
    body = base64.b64encode(reply.body).decode() if isinstance(reply.body, bytes) else reply.body
    return {"id": key, "status": reply.status, "headers": headers, **({"body": body} if body is not None else {})}
