"""Every way a provider may refuse ends in a state that says why, since when, and what comes next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.services.account_states import failed_state, grant_ends, pushes_are_silent, standing
from app.settings import Settings
from app.store.accounts import Account
from app.store.sync_jobs import Watch
from connectors import contract
from connectors.contract import ConnectorError
from connectors.gmail import errors as gmail
from connectors.http import Answer
from connectors.outlook import errors as outlook
from tests.world import World

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
STATES = {
    "needs_relink", "missing_permission", "admin_blocked", "misconfigured", "throttled", "degraded", "catching_up",
}  # fmt: skip
SETTLED_WITHIN = {"NotThere", "NotOffered", "Stale", "BadRequest", "StartOver", "SlowPage"}
"""Errors a connector settles itself; should one slip out, it is "degraded"."""

ACCOUNT = Account(
    id="1", person_id="1", provider="google", subject="s", address="ana@example.com", state="live", state_reason="",
    next_action="", state_since=NOW, linked_at=NOW, scopes=frozenset(), progress_done=None, progress_total=None,
    newest_message_at=NOW, covered_since=None, as_of=NOW, deep_at=None, granted_at=NOW,
)  # fmt: skip


def every_error() -> list[type[ConnectorError]]:
    found, left = [], [ConnectorError]
    while left:
        kind = left.pop()
        found.append(kind)
        left += kind.__subclasses__()
    return sorted(set(found), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_state_a_cause_and_a_next_action(kind: type[ConnectorError]) -> None:
    state = failed_state(kind("What the provider said.", reason="word"), NOW)
    assert state.name in STATES
    assert state.reason == "What the provider said."
    assert state.next_action
    assert kind.__module__ == contract.__name__ or kind.__name__ in SETTLED_WITHIN | {"TooLarge"}


def google(status: int, reason: str) -> ConnectorError | None:
    body = f'{{"error":{{"errors":[{{"reason":"{reason}"}}]}}}}'.encode()
    return gmail.refusal(Answer(status, {}, body))


def graph(status: int, code: str) -> ConnectorError | None:
    return outlook.refusal(Answer(status, {}, f'{{"error":{{"code":"{code}"}}}}'.encode()))


def sign_in(error: str, *numbers: int) -> ConnectorError:
    return outlook.sign_in_refusal({"error": error, "error_codes": list(numbers)})


REFUSALS = [
    (google(403, "insufficientPermissions"), "missing_permission", "not allowed"),
    (google(403, "domainPolicy"), "admin_blocked", "administrator"),
    (google(403, "accessNotConfigured"), "misconfigured", "switched off"),
    (google(403, "forbidden"), "missing_permission", "refuses"),
    (google(403, "dailyLimitExceeded"), "throttled", "daily"),
    (google(403, "rateLimitExceeded"), "throttled", "slow down"),
    (google(403, "userRateLimitExceeded"), "throttled", "slow down"),
    (google(403, "quotaExceeded"), "throttled", "slow down"),
    (google(429, "rateLimitExceeded"), "throttled", "slow down"),
    (google(400, "failedPrecondition"), "catching_up", "no mailbox"),
    (google(503, "backendError"), "catching_up", "trouble"),
    (gmail.token_refusal("invalid_grant"), "needs_relink", "link it again"),
    (gmail.token_refusal("invalid_rapt"), "needs_relink", "organisation"),
    (gmail.token_refusal("invalid_client"), "misconfigured", "client id"),
    (gmail.token_refusal("unauthorized_client"), "misconfigured", "client id"),
    (gmail.token_refusal("admin_policy_enforced"), "admin_blocked", "administrator"),
    (gmail.token_refusal("temporarily_unavailable"), "catching_up", "trouble"),
    (graph(403, "ErrorAccessDenied"), "missing_permission", "not allowed"),
    (graph(404, "MailboxNotEnabledForRESTAPI"), "admin_blocked", "cannot be read"),
    (graph(503, "ErrorMailboxMoveInProgress"), "catching_up", "moved"),
    (graph(429, "ApplicationThrottled"), "throttled", "slow down"),
    (graph(503, "ServiceNotAvailable"), "catching_up", "trouble"),
    (sign_in("invalid_grant", 50173), "needs_relink", "password"),
    (sign_in("interaction_required", 50076), "needs_relink", "second factor"),
    (sign_in("interaction_required", 50079), "needs_relink", "second factor"),
    (sign_in("invalid_grant", 700082), "needs_relink", "not used"),
    (sign_in("invalid_grant", 70043), "needs_relink", "organisation"),
    (sign_in("invalid_grant", 65001), "needs_relink", "withdrawn"),
    (sign_in("invalid_grant"), "needs_relink", "new sign-in"),
    (sign_in("invalid_client", 7000222), "misconfigured", "secret"),
    (sign_in("invalid_client", 7000215), "misconfigured", "secret"),
    (sign_in("unauthorized_client", 700016), "misconfigured", "app"),
    (sign_in("consent_required", 90094), "admin_blocked", "administrator"),
    (sign_in("temporarily_unavailable"), "catching_up", "trouble"),
]


@pytest.mark.parametrize(("error", "state", "cause"), REFUSALS, ids=lambda one: str(one)[:40])
def test_what_a_provider_answers_becomes_this_state_for_this_cause(
    error: ConnectorError | None, state: str, cause: str
) -> None:
    assert error is not None
    told = failed_state(error, NOW)
    assert told.name == state
    assert cause in told.reason
    assert told.next_action


def test_a_permission_of_a_project_in_testing_ends_as_google_says_or_after_seven_days() -> None:
    said = replace(ACCOUNT, expires_at=NOW + timedelta(days=5))
    testing = Settings(google_in_testing=True)
    assert grant_ends(said, Settings()) == NOW + timedelta(days=5)
    assert grant_ends(ACCOUNT, testing) == NOW + timedelta(days=7)
    assert grant_ends(ACCOUNT, Settings()) is None
    assert grant_ends(replace(ACCOUNT, provider="microsoft"), testing) is None


def test_the_last_day_of_a_permission_is_announced_and_its_end_explained() -> None:
    ends = replace(ACCOUNT, expires_at=NOW + timedelta(days=7))
    assert not standing(ends, Watch(), Settings(), NOW + timedelta(days=5))
    soon = standing(ends, Watch(), Settings(), NOW + timedelta(days=6, hours=1))
    assert "ends Nov 29" in soon.reason
    assert "Link again" in soon.next_action
    dead = gmail.token_refusal("invalid_grant")
    over = failed_state(dead, NOW + timedelta(days=7), ends=ends.expires_at)
    assert (over.name, "seven days" in over.reason) == ("needs_relink", True)
    assert "seven days" not in failed_state(dead, NOW + timedelta(days=3), ends=ends.expires_at).reason


async def test_the_end_of_a_permission_is_told_with_the_account_and_a_new_link_moves_it(world: World) -> None:
    await world.control("faults", name="testing_mode")
    await world.link("google")
    await world.sync()
    [account] = world.accounts()
    assert account.expires_at is not None
    assert timedelta(days=6, hours=23) < account.expires_at - world.clock() <= timedelta(days=7)
    world.clock.advance(days=8)
    await world.sync()
    [dead] = world.accounts()
    assert dead.state == "needs_relink"
    assert "seven days" in dead.state_reason
    await world.link("google")
    await world.sync()
    [again] = world.accounts()
    assert again.state == "live"
    assert again.expires_at is not None
    assert again.expires_at > world.clock() + timedelta(days=6)


QUIET = Watch(since=NOW, until=NOW + timedelta(days=7), due_at=NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("watch", "newest", "hours", "silent"),
    [
        (Watch(), 40, 72, False),
        (QUIET, 40, 47, False),
        (QUIET, 40, 49, True),
        (QUIET, 0, 100, False),
        (replace(QUIET, pushed_at=NOW + timedelta(hours=41)), 40, 49, False),
        (replace(QUIET, pushed_at=NOW + timedelta(hours=41)), 60, 90, True),
        (replace(QUIET, until=NOW + timedelta(hours=5)), 0, 6, True),
    ],
    ids=["never watched", "too early", "mail but no push", "no mail either", "a push", "none since", "lapsed"],
)
def test_pushes_are_called_silent_only_when_mail_came_without_them(
    watch: Watch, newest: int, hours: int, silent: bool
) -> None:
    assert pushes_are_silent(watch, NOW + timedelta(hours=newest), NOW + timedelta(hours=hours)) is silent
