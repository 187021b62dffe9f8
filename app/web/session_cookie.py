"""The session cookie: out of reach for scripts and for other sites' writes, and tied to this host where there is https.

With https its name begins with `__Host-`: browsers then take it only from this very host, encrypted and for every path
(RFC 6265bis section 4.1.3). One's own machine is served without https, where browsers refuse that prefix.
"""

from datetime import timedelta

from fastapi import Response
from fastapi.security import APIKeyCookie
from starlette.requests import HTTPConnection

from app.settings import Settings

COOKIE = "aftertouch_session"


def cookie_name(settings: Settings) -> str:
    return f"__Host-{COOKIE}" if _encrypted(settings) else COOKIE


def keep_session(answer: Response, settings: Settings, session: str, life: timedelta) -> None:
    """Give the browser its session token; the cookie is kept for `life`."""
    answer.set_cookie(
        cookie_name(settings),
        session,
        max_age=int(life.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=_encrypted(settings),
    )


def forget_session(answer: Response, settings: Settings) -> None:
    """Take the token back, and what pages of ours kept in this browser.

    Cookies are not cleared by the same header: those of another program on this machine would go too.
    """
    answer.headers["clear-site-data"] = '"storage"'
    answer.delete_cookie(cookie_name(settings), path="/", httponly=True, samesite="lax", secure=_encrypted(settings))


def session_in(request: HTTPConnection) -> str | None:
    """The session token this browser came with."""
    return request.cookies.get(cookie_name(request.app.state.parts.settings))


class SessionCookie(APIKeyCookie):
    """Reads the session token for a route and describes it in the API's document."""

    def __init__(self) -> None:
        super().__init__(
            name=COOKIE,
            scheme_name="session",
            description=f"Set by the sign-in link, over https as `__Host-{COOKIE}`; writes need our own Origin.",
            auto_error=False,
        )

    async def __call__(self, request: HTTPConnection) -> str | None:
        return session_in(request)


def _encrypted(settings: Settings) -> bool:
    return settings.base.scheme == "https"
