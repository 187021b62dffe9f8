"""People somebody is pointed to by name: "please contact my colleague Omar Haddad"."""

import re

_ROLE = r"(?:colleagues?|assistant|manager|recruiter|kolleg(?:e|in|en)|compañer[oa])"
_NAME = r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Herrn?|Frau|Sr|Sra)\.? )?([A-ZÀ-Þ][\w'’-]{1,30}(?: [A-ZÀ-Þ][\w'’-]{1,30})?)"
_POINTS = re.compile(
    r"\b(?i:contact|reach out to|reach|write to|email|mail|speak (?:to|with)|talk to|ask|call|get in touch with|turn to"
    rf"|in touch with|copied in|cc'?ing|looping in|copying|(?:my|our|meine[rn]?|mi|nuestr[oa]) {_ROLE},?"
    r"|wenden sie sich(?: bitte)? an|kontaktieren sie|contact(?:ar|e)(?: con)?(?: a)?|escrib(?:ir|a)(?: a)?"
    r"|dirigirse a)"
    rf"(?i: (?:my|our|the|meine[nr]?|mi|nuestr[oa]))?(?i: {_ROLE},?)? {_NAME}"
)
_NO_NAMES = frozenset(
    re.findall(
        r"\w+",
        "hr the our us me you your it this that please reception human people talent recruiting monday tuesday "
        "wednesday thursday friday saturday sunday january february march april may june july august september "
        "october november december sie uns mich den die das ihn",
    )
)


def people_in(text: str) -> list[str]:
    """The names pointed to, as written, without titles and doubles, in order; at most two words each."""
    found = (match[1] for match in _POINTS.finditer(text[:4000]))
    return list(dict.fromkeys(name for name in found if name.split()[0].lower() not in _NO_NAMES))
