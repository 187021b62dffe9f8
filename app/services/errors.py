"""What a service may refuse, each with a sentence for the person. The web turns them into status codes."""


class Refused(Exception):
    """Base of all refusals; the message is for the person and says what to do next."""


class NotFound(Refused):
    """There is no such thing, or it is not yours."""


class NotSignedIn(Refused):
    """No session and no valid device token."""


class OutOfScope(Refused):
    """This device's token may not do that; `scope` is the word it lacks."""

    def __init__(self, scope: str, words: str) -> None:
        super().__init__(
            f"This device may not {words}. Do it in Aftertouch's own pages, or with a token from: aftertouch device add"
        )
        self.scope = scope


class LinkNotOurs(Refused):
    """A callback with a state we did not give out, gave to someone else, or have seen before."""


class LinkFailed(Refused):
    """The provider flow ended without a grant; nothing was stored."""


class ProviderMissing(Refused):
    """No credentials are configured for this provider."""


class WrongInput(Refused):
    """Understood, but it cannot be."""


class Conflict(Refused):
    """It was changed or undone meanwhile."""


class TooManyAttempts(Refused):
    """Knocked too often; `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"Too many attempts from here. Wait {wait} seconds, then try again.")
        self.wait = wait


class PairingPending(Refused):
    """RFC 8628 errors; `code` is authorization_pending, slow_down, expired_token or access_denied."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
