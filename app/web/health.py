"""Is the process up, can it work, and what it counts."""

from fastapi import APIRouter, Response, Security
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from app.services import measuring
from app.services.scopes import Scope
from app.web.security import TheParts, on_this_machine_or_signed

router = APIRouter(tags=["operations"])


@router.get("/health")
async def health() -> dict[str, str]:
    return {"status": "up"}


@router.get("/ready")
async def ready(parts: TheParts, response: Response) -> dict[str, bool]:
    """200 when the store answers, its migrations are current and its key is there, else 503."""
    current = parts.database.at_head() and not parts.sealer.why_blind
    response.status_code = 200 if current else 503
    return {"ready": current}


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    dependencies=[Security(on_this_machine_or_signed, scopes=[Scope.METRICS])],
)
async def metrics(parts: TheParts) -> Response:
    """Prometheus text, for this machine's own scraper or for a token that may read them."""
    return Response(measuring.metrics(parts, parts.clock()), media_type=CONTENT_TYPE_LATEST)
