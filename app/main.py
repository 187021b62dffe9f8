"""create_app(parts): routers, the error table, the borders, and the sync work when it runs inside."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp

from app.services import high_water
from app.services.parts import Parts
from app.services.warming import warm
from app.store.scope import across_people
from app.web import (
    accounts,
    advice,
    calendar,
    errors,
    health,
    hooks,
    leaving,
    linking,
    pages,
    pairing,
    recipients,
    rules,
    touches,
)
from app.web.attempts import windows
from app.web.published import REFUSALS, with_problems
from app.web.security import Border, writable
from app.worker import Worker

BODY_LIMIT = 256 * 1024
STATIC = Path(__file__).parent / "web" / "static"
WORTH_ZIPPING = 1024
NOT_ZIPPED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/json", "application/problem+json")


class Fenced(FastAPI):
    """The border stands outside even of the layer that answers when something unexpected breaks."""

    def build_middleware_stack(self) -> ASGIApp:
        return Border(super().build_middleware_stack(), self.state.parts.settings)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = with_problems(super().openapi())
        return self.openapi_schema


def create_app(parts: Parts, *, works: bool = False) -> FastAPI:
    """The web application over these parts; with `works` it also runs the sync loop."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        high_water.note(parts, parts.clock())
        ended = Event()
        with across_people():
            warming = asyncio.create_task(asyncio.to_thread(warm, parts, ended))
            working = asyncio.create_task(Worker(parts).run()) if works else None
        yield
        ended.set()
        await asyncio.gather(warming, return_exceptions=True)
        if working:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        high_water.note(parts, parts.clock())

    app = Fenced(
        title="Aftertouch",
        summary="What has already gone out, whether it is time, and what would make the message worth reading.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=BODY_LIMIT,
        responses=REFUSALS,
        dependencies=[Depends(writable)],
    )
    app.state.parts = parts
    app.state.windows = windows(parts)
    errors.install(app)
    for router in (
        health.router,  # first: the framework builds each route when a request first passes it
        advice.router,  # asked most often
        accounts.router,
        recipients.router,
        touches.router,
        rules.router,
        calendar.router,
        pairing.router,
        leaving.router,
        linking.router,
        pages.router,
        hooks.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=WORTH_ZIPPING, compresslevel=5, exclude_content_types=NOT_ZIPPED)
    return app
