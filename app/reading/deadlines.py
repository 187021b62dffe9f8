"""The day until which an offer of theirs stands."""

import re
from collections.abc import Sequence
from datetime import date

from app.reading.received.sentences import Sentence
from app.reading.received.spans import Today

_ANSWER_BY = re.compile(
    r"\b(?:let (?:me|us) know|respond|response|reply|answer|decide|decision|sign(?:ed)?|accept(?:ed|ance)?|confirm\w*"
    r"|hear (?:back )?from you|valid|expires?|expiry|stands|open until|deadline|get back to (?:me|us)"
    r"|gilt|gultig|ruckmeldung|zusage|bescheid|entscheid\w*|unterschrieben|valida|vigente|responder|respuesta|firmar)\b"
)
_OFFERS = re.compile(
    r"\b(?:(?:job|the|our|this|your|my|written|formal) offer|offer letter|contract|vertrag|vertragsangebot|contrato"
    r"|(?:unser|das|ihr) angebot|(?:nuestra|la|esta) oferta"
    r"|offer(?:ing)? you (?:the|a|this|our) (?:[\w-]+ ){0,3}?(?:role|position|job|post|place|contract))\b"
)
_OFFERED = ("offer", "contract", "vertrag", "contrato", "angebot", "oferta")
"""One of these stands in whatever the pattern above finds."""


def offer_deadline(said: Sequence[Sentence], today: Today, *, offers: bool = False) -> date | None:
    """The first day named, from today on, by which they want an answer to their offer; None when there is none.

    `offers` says that the letter is known to make one; else its words decide.
    """
    if not offers and not any(_offers(sentence.folded) for sentence in said):
        return None
    for sentence in said:
        if _ANSWER_BY.search(sentence.folded):
            for dated in sentence.dates(today):
                interval = dated.interval(today.day)
                if interval and interval[1] >= today.day:
                    return interval[1]
    return None


def _offers(folded: str) -> bool:
    return any(word in folded for word in _OFFERED) and _OFFERS.search(folded) is not None
