"""Whether a sentence invites the person to write again, which "feel free to ask" and "we will reach out" do not."""

import re

from app.reading.received.sentences import Sentence

_THEY_WILL = re.compile(
    r"\b(?:we|i|they|he|she|someone|somebody|team|hr|who|colleague|recruiter|manager|office|panel|board|school"
    r"|agency|and)(?: all)?"
    r"(?:'ll|'d|'m|'re| will| would| should| shall| can| could| plan| hope| aim| expect| want| intend| am| are| is|'s)"
    r"(?: \w+){0,5} ?$"
)
_STILL_TO_SEND = re.compile(
    r"\b(?:have not|haven't|hasn't|has not|did not|didn't|don't|do not|nothing|no) (?:yet )?"
    r"(?:hear|heard|get|got|receive|rung|called|phoned|written|been in touch|come|arrived|has reached|reached|reaches)"
    r"|\bheard nothing"
)
_HELP = re.compile(
    r"\b(?:questions?|anything|assistance|help|clarification|(?:further|more) information|details|"
    r"ruckfragen|fragen|duda|dudas)\b"
)


def invites(sentence: Sentence) -> bool:
    """Whether one of its invitations is meant for the person and is not merely an offer of help."""
    if "invites_contact" not in sentence.kinds:
        return False
    folded = sentence.folded
    if _HELP.search(folded) and not awaits_news(folded):
        return False
    return any(not theirs_to_do(folded[:start]) for start, _ in sentence.spots("invites_contact"))


def theirs_to_do(before: str) -> bool:
    """Whether the words before a phrase say that they themselves will do it."""
    return _THEY_WILL.search(before) is not None


def awaits_news(folded: str) -> bool:
    """ "If you have not heard from us": the invitation holds from the end of that time."""
    return _STILL_TO_SEND.search(folded) is not None
