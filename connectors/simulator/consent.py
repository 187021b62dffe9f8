"""The consent page of either provider, the person's answer, and the way back to the application."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response

from connectors.simulator.grants import Asked
from connectors.simulator.mailbox import Mailbox

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem}"
    "fieldset{border:1px solid #bbb;border-radius:.5rem;margin:1rem 0}label{display:block;padding:.3rem 0}"
    "button{font:inherit;padding:.5rem 1.2rem;margin-right:.6rem}.note{color:#555}"
)


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows: `scopes` are (scope, plain words, may be unticked)."""

    brand: str
    action: str
    ticket: str
    mailboxes: list[Mailbox]
    scopes: list[tuple[str, str, bool]]
    login_hint: str = ""


def consent_page(page: Page) -> HTMLResponse:
    """Radio buttons `#account-<n>`, check boxes `#scope-<n>`, buttons `#allow` and `#deny`."""
    hinted = [box.address for box in page.mailboxes].index(page.login_hint) if _has(page) else 0
    accounts = "".join(
        f'<label><input type="radio" name="account" id="account-{n}" value="{escape(box.address)}"'
        f"{' checked' if n == hinted else ''}> {escape(box.name)} &lt;{escape(box.address)}&gt;</label>"
        for n, box in enumerate(page.mailboxes)
    )
    scopes = "".join(_scope(n, *entry) for n, entry in enumerate(page.scopes))
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{page.brand} (simulated)</title>'
        f'<style>{STYLE}</style></head><body><main><h1>{page.brand}</h1><p class="note">Simulated sign-in. '
        f"Nothing here reaches {page.brand}; the mailboxes are invented.</p>"
        f'<form method="post" action="{escape(page.action)}">'
        f'<input type="hidden" name="ticket" value="{escape(page.ticket)}">'
        f"<fieldset><legend>Choose an account</legend>{accounts}</fieldset>"
        f"<fieldset><legend>Aftertouch asks to</legend>{scopes}</fieldset>"
        '<button id="allow" name="answer" value="allow">Allow</button>'
        '<button id="deny" name="answer" value="deny">Cancel</button></form></main></body></html>',
        headers={"Cache-Control": "no-store"},
    )


def _has(page: Page) -> bool:
    return any(box.address == page.login_hint for box in page.mailboxes)


def _scope(number: int, scope: str, words: str, optional: bool) -> str:
    if not optional:
        return f"<p>{escape(words)}</p>"
    return (
        f'<label><input type="checkbox" name="scope" id="scope-{number}" value="{escape(scope)}" checked> '
        f"{escape(words)}</label>"
    )


def mistake(brand: str, code: str, why: str) -> HTMLResponse:
    """An error the person sees; with a wrong client or redirect URI nothing may be redirected (RFC 6749 4.1.2.1)."""
    text = f"<!doctype html><title>{brand}: error</title><h1>{escape(code)}</h1><p>{escape(why)}</p>"
    return HTMLResponse(text, status_code=400)


def back(asked: Asked, answer: dict[str, str]) -> Response:
    """The answer on its way to the application, by query or by a form that posts itself."""
    fields = {**answer, **({"state": asked.state} if asked.state else {})}
    if asked.response_mode != "form_post":
        joint = "&" if "?" in asked.redirect_uri else "?"
        return RedirectResponse(f"{asked.redirect_uri}{joint}{urlencode(fields)}", status_code=302)
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    return HTMLResponse(
        f'<!doctype html><body onload="document.forms[0].submit()"><form method="post" '
        f'action="{escape(asked.redirect_uri)}">{inputs}<button>Continue</button></form>'
    )
