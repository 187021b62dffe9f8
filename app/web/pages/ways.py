"""Where a form leads after it was done: back to a page, with one word that the page turns into a sentence."""

from urllib.parse import urlencode

from fastapi.responses import RedirectResponse


def then(path: str, *, at: str = "", **query: str) -> RedirectResponse:
    """Redirect with 303, so that reloading the page repeats nothing."""
    asked = f"?{urlencode({name: value for name, value in query.items() if value})}" if any(query.values()) else ""
    return RedirectResponse(f"{path}{asked}{at and f'#{at}'}", 303)
