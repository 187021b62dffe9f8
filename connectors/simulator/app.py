"""One ASGI app that stands in for Google identity and Gmail, Microsoft identity and Graph."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.simulator import gmail_batch, graph_batch
from connectors.simulator.bulk import load_mailbox
from connectors.simulator.calls import Call, Reply
from connectors.simulator.config import SimulatorConfig
from connectors.simulator.control import Control
from connectors.simulator.gate import Service, pass_gate
from connectors.simulator.gmail_api import GMAIL
from connectors.simulator.google_identity import GoogleIdentity
from connectors.simulator.graph_api import graph_service
from connectors.simulator.microsoft_identity import MicrosoftIdentity
from connectors.simulator.push import Pusher
from connectors.simulator.sample import load_sample
from connectors.simulator.world import World, new_world

Handler = Callable[[Request], Awaitable[Response]]
VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class TenantConvertor(Convertor[str]):
    """A Microsoft tenant in a path: common, organizations, consumers or a GUID."""

    regex = "common|organizations|consumers|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"

    def convert(self, value: str) -> str:
        return value.lower()

    def to_string(self, value: str) -> str:
        return value


def create_simulator(
    config: SimulatorConfig, *, clock: Callable[[], datetime], outbound: httpx.AsyncBaseTransport | None = None
) -> Starlette:
    """The app; `clock` gives aware datetimes. `outbound` carries its pushes (None: the network, loopback only).

    The World behind it stands in `app.state.world`, what it pushes in `app.state.pusher`, for tests.
    """
    world = new_world(config, clock)
    if config.sample:
        load_sample(world, config.today or world.now().date())
    for provider in ("google", "microsoft") if config.bulk else ():
        load_mailbox(world, provider, config.bulk)
    register_url_convertor("tenant", TenantConvertor())
    google, microsoft = GoogleIdentity(world), MicrosoftIdentity(world)
    pusher = Pusher(world, outbound)
    graph = graph_service(pusher)
    graph_parts = partial(graph_batch.batch, graph)
    app = Starlette(
        routes=[
            *google.routes(),
            *microsoft.routes(),
            *Control(world, google, microsoft, pusher).routes(),
            Route("/googleapis/batch/gmail/v1", _batch(world, gmail_batch.batch, "/googleapis"), methods=["POST"]),
            Route("/googleapis/batch", _batch(world, gmail_batch.batch, "/googleapis"), methods=["POST"]),
            Route("/googleapis/{rest:path}", _api(world, GMAIL, "/googleapis"), methods=VERBS),
            Route("/graph/v1.0/$batch", _batch(world, graph_parts, "/graph/v1.0"), methods=["POST"]),
            Route("/graph/v1.0/{rest:path}", _api(world, graph, "/graph/v1.0"), methods=VERBS),
        ]
    )
    app.state.world, app.state.pusher = world, pusher
    return app


def _api(world: World, service: Service, prefix: str) -> Handler:
    async def answer(request: Request) -> Response:
        return _sent(world, await pass_gate(world, service, await _call(request, prefix)))

    return answer


def _batch(world: World, work: Callable[[World, Call], Awaitable[Reply]], prefix: str) -> Handler:
    async def answer(request: Request) -> Response:
        return _sent(world, await work(world, await _call(request, prefix)))

    return answer


async def _call(request: Request, prefix: str) -> Call:
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    root = f"{scheme}://{request.headers.get('host', request.url.netloc)}{prefix}"
    query = tuple(parse_qsl(request.url.query, keep_blank_values=True))
    path = request.scope["path"].removeprefix(prefix)
    return Call(request.method, path, query, dict(request.headers), await request.body(), root)


def _sent(world: World, reply: Reply) -> Response:
    """Dated by the simulator's own clock, which the control API can move away from everybody else's."""
    dated = format_datetime(world.now(), usegmt=True)
    headers = {"Content-Type": "application/json; charset=UTF-8", "Date": dated, **reply.headers}
    return Response(reply.content(), reply.status, headers)
