"""The sample mailbox in one click: answers the simulator's consent page in the person's place, over plain HTTP.

Nothing is bypassed: state, PKCE, nonce and codes travel as they do for anybody; only the click on Allow is made here.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from app.services.errors import LinkFailed, WrongInput
from app.services.parts import Parts
from app.store import audit, recipients, restoring
from connectors.contract import Transient

ORDER = ("google", "microsoft")


@dataclass(frozen=True, slots=True)
class Form:
    """A filled-in form: where it goes and what it says."""

    action: str
    fields: tuple[tuple[str, str], ...]


def providers(parts: Parts) -> list[str]:
    """The providers of the sample, in the order they are linked. Raises WrongInput when there is no sample."""
    if not parts.sample:
        raise WrongInput("There is no sample mailbox here: real provider credentials are configured.")
    return [provider for provider in ORDER if provider in parts.connectors]


def forget_people(parts: Parts, person_id: str) -> None:
    """Before the sample is unlinked: everybody its mail knows goes, with what was logged and set right about them."""
    with parts.database.write(durable=True) as tx:
        recipients.forget_met(tx, person_id)


def forget_record(parts: Parts, person_id: str) -> None:
    """After it was unlinked: the record of it goes too, unless something of the person's own is held."""
    with parts.database.write(durable=True) as tx:
        if restoring.is_empty(tx, person_id):
            audit.forget(tx, person_id)
    parts.shelf.forget(person_id)
    parts.database.checkpoint_erasure()


async def consent(parts: Parts, asked: str) -> dict[str, str]:
    """Open the authorization address, press Allow, and return the query the callback would have received.

    Raises LinkFailed when the simulator does not answer as a provider does.
    """
    from connectors.http import Ask, Transport  # a tenth of a second (2026-11) that only the sample pays

    transport = Transport((parts.settings.google_issuer, parts.settings.microsoft_authority))
    try:
        page = await transport.once(Ask("GET", asked))
        form = allow_form(page.body.decode(), asked)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        sent = await transport.once(Ask("POST", form.action, headers, urlencode(form.fields).encode()))
    except Transient as error:
        raise LinkFailed(f"The sample mailbox did not answer. {error}") from error
    finally:
        await transport.close()
    return _callback_query(sent.status, sent.headers.get("location", ""))


def allow_form(html: str, address: str) -> Form:
    """The consent form of a page at `address` with everything as it stands ticked, and Allow pressed."""
    found = LexborHTMLParser(html).css_first("form")
    allow = found.css_first("#allow") if found else None
    if found is None or allow is None:
        raise LinkFailed("The sample mailbox showed no consent page.")
    fields = [_pair(box.attributes) for box in found.css("input[type=hidden], input[checked]")]
    return Form(urljoin(address, found.attributes.get("action") or ""), (*fields, _pair(allow.attributes)))


def _pair(attributes: dict[str, str | None]) -> tuple[str, str]:
    return attributes.get("name") or "", attributes.get("value") or ""


def _callback_query(status: int, location: str) -> dict[str, str]:
    if status not in (302, 303) or not location:
        raise LinkFailed("The sample mailbox did not send you back.")
    return dict(parse_qsl(urlsplit(location).query))
