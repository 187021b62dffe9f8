"""Turns the scenes of the sample into RFC 5322 messages, with quotes, signatures and the parts machines add."""

from email.message import EmailMessage
from hashlib import sha256

from connectors.simulator.mime import head, message_id
from connectors.simulator.sample_quotes import (
    Quoted,
    forwarded,
    forwarded_html,
    html_quote,
    paragraphs,
    text_quote,
    wrapped,
)
from connectors.simulator.sample_reports import (
    Original,
    add_calendar,
    calendar_text,
    delivery_report,
    head_lines,
    read_report,
)
from connectors.simulator.sample_scenes import HOME, Scene

CV = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Writer:
    """Writes scenes in order, so that an answer can quote what it answers. `plot` holds every scene by key."""

    def __init__(self, plot: dict[str, Scene]) -> None:
        self.plot = plot
        self.written: dict[str, bytes] = {}

    def write(self, scene: Scene) -> bytes:
        makers = {"delivery-report": self._delivery_report, "read-report": self._read_report}
        raw = makers.get(scene.form, self._letter)(scene)
        self.written[scene.key] = raw
        return raw

    def id_of(self, key: str) -> str:
        scene = self.plot[key]
        return message_id(f"{key}:{scene.at:%Y%m%d}", scene.sender.address.partition("@")[2])

    def _references(self, scene: Scene) -> list[str]:
        """The whole line of ancestors, oldest first."""
        line: list[str] = []
        key = scene.answers
        while key and len(line) < 20:
            line.insert(0, self.id_of(key))
            key = self.plot[key].answers
        return line

    def _headers(self, scene: Scene) -> dict[str, str]:
        headers = {"Message-ID": self.id_of(scene.key), **scene.headers}
        line = self._references(scene)
        if line:
            headers |= {"In-Reply-To": line[-1], "References": " ".join(line)}
        for name, people in (("Cc", scene.cc), ("Bcc", scene.bcc)):
            if people:
                headers[name] = ", ".join(f"{person.name} <{person.address}>" for person in people)
        return headers

    def _letter(self, scene: Scene) -> bytes:
        to = [person.pair for person in scene.to]
        letter = head(scene.sender.pair, to, scene.subject, scene.at, headers=self._headers(scene))
        text, html = self._bodies(scene)
        letter.set_content(text)
        if scene.style != "none" or scene.headers:
            letter.add_alternative(f"<html><body>{html}</body></html>", subtype="html")
        if scene.starts:
            add_calendar(letter, self._calendar(scene), "REPLY" if scene.form == "acceptance" else "REQUEST")
        if scene.attachment:
            letter.add_attachment(CV, "application", "pdf", filename=scene.attachment)
        return with_boundaries(letter, scene.key)

    def _bodies(self, scene: Scene) -> tuple[str, str]:
        style = scene.style or scene.sender.style
        own = self._own_words(scene, style)
        html = paragraphs(own)
        if style == "gmail":
            own = wrapped(own)
        below = self._quoted(scene.answers) if scene.answers and style != "none" else None
        if below is None:
            return own + "\n", html
        if scene.form == "forward":
            return own + forwarded(below), html + forwarded_html(below)
        return own + text_quote(style, below), html + html_quote(style, below)

    @staticmethod
    def _own_words(scene: Scene, style: str) -> str:
        signature = scene.sender.signature if scene.style != "none" else ""
        mark = "" if style == "outlook" else "-- \n"
        return f"{scene.text}\n\n{mark}{signature}" if signature else scene.text

    def _quoted(self, key: str) -> Quoted:
        scene = self.plot[key]
        sender, at = scene.sender, scene.at.astimezone(HOME)
        to = ", ".join(f"{person.name} <{person.address}>" for person in scene.to)
        text, html = self._bodies(scene)
        return Quoted(sender.name, sender.address, to, scene.subject, at, text.strip(), html)

    def _calendar(self, scene: Scene) -> str:
        assert scene.starts
        sender, guest = scene.sender.pair, scene.to[0].pair
        if scene.form == "acceptance":
            return calendar_text("REPLY", scene.starts, scene.subject, organiser=guest, guest=sender)
        return calendar_text("REQUEST", scene.starts, scene.subject, organiser=sender, guest=guest)

    def _original(self, scene: Scene) -> Original:
        about = self.plot[scene.about]
        return Original(self.written[about.key], self.id_of(about.key), about.to[0].address)

    def _delivery_report(self, scene: Scene) -> bytes:
        about = self.plot[scene.about]
        lines = head_lines(scene.sender.pair, about.sender.pair, scene.subject, scene.at, self.id_of(scene.key))
        reply = {"In-Reply-To": self.id_of(about.key), "References": self.id_of(about.key)}
        return delivery_report(self._original(scene), scene.diagnosis, head=lines | reply)

    def _read_report(self, scene: Scene) -> bytes:
        about = self.plot[scene.about]
        lines = head_lines(scene.sender.pair, about.sender.pair, scene.subject, scene.at, self.id_of(scene.key))
        return read_report(self._original(scene), scene.sender.pair, head=lines)


def with_boundaries(letter: EmailMessage, key: str) -> bytes:
    """The message with boundaries made from its key, so that the same scene always gives the same bytes."""
    mark = sha256(key.encode()).hexdigest()[:20]
    nested = [part for part in letter.walk() if part.is_multipart()]
    for number, part in enumerate(nested):
        part.set_boundary(f"=_{mark}_{number}")
    return letter.as_bytes()
