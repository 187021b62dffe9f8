"""The table of faults at the end of a run: number, what was injected, and whether everything held."""

import pytest

from tests.threats import line_of, outcomes_of

WIDTH = 104
ELSEWHERE: dict[int, dict[str, tuple[str, ...]]] = {
    43: {
        "an evil page: simple POST and GET, beacons": (
            "tests/e2e/test_attacks.py::test_a_page_of_another_origin_reads_and_changes_nothing",
            "tests/web/test_api.py::test_pages_of_other_sites_are_refused_even_with_a_session",
        ),
        "an evil page without an origin": ("tests/e2e/test_attacks.py::test_a_page_without_an_origin_is_refused",),
        "a host name that is bound to this machine later": (
            "tests/e2e/test_attacks.py::test_a_name_that_is_bound_to_this_machine_later_serves_nothing",
            "tests/web/test_api.py::test_a_foreign_host_is_not_served",
        ),
        "a pairing code is stolen or guessed": (
            "tests/store/test_pairing_and_sign_in.py::test_an_approved_code_is_claimed_once",
            "tests/web/test_devices_page.py::test_after_five_wrong_codes_not_even_the_right_one_opens_for_five_minutes",
            "tests/web/test_attempts.py::test_wrong_device_codes_are_counted_and_one_under_way_may_ask_on",
        ),
        "a revoked device asks on": ("tests/web/test_devices_page.py::test_a_removed_device_can_ask_nothing_any_more",),
        "a device asks for what it may not": (
            "tests/security/test_scopes.py::test_a_token_without_the_scope_of_a_route_is_refused_there_and_changes_nothing",
        ),
    },
    44: {
        "the backend is down while composing": (
            "tests/e2e/test_extension_failing.py::test_a_failing_backend_leaves_the_compose_working_and_is_asked_once_per_change",
        ),
        "the backend refuses, breaks or is slow": (
            "tests/e2e/test_extension_banner.py::test_an_answer_that_cannot_be_read_is_told_and_mail_goes_on",
            "tests/e2e/test_extension_harm.py::test_send_is_the_pages_alone",
            "tests/e2e/test_extension_failing.py::test_a_failing_backend_leaves_the_compose_working_and_is_asked_once_per_change",
        ),
    },
    45: {
        "the extension's worker is put away while it asks": (
            "tests/e2e/test_extension_suspended.py::test_a_worker_put_away_while_it_asks_leaves_the_compose_alone",
        ),
        "the worker is put away while a call is being logged": (
            "tests/e2e/test_extension_suspended.py::test_a_call_on_its_way_when_the_worker_is_put_away_is_logged_once",
            "tests/web/test_api.py::test_the_same_key_logs_a_call_once",
        ),
        "the extension is reloaded under the page": (
            "tests/e2e/test_extension_harm.py::test_a_reloaded_extension_leaves_the_page_clean",
        ),
        "the mail page changes under the extension": (
            "tests/e2e/test_extension_banner.py::test_a_page_that_keeps_removing_it_gets_it_above_the_page",
            "tests/e2e/test_extension_own_pages.py::test_a_site_is_switched_off_and_its_readings_are_counted_without_names",
        ),
    },
    46: {
        "one person's browser or token on another's ids": (
            "tests/security/test_tenants.py::test_no_request_of_one_person_shows_or_changes_what_is_anothers",
            "tests/web/test_nothing_of_others.py::*",
        ),
        "two people link the same mailbox": (
            "tests/store/test_leaving.py::test_nobody_sees_or_changes_what_is_anothers",
            "tests/store/test_scope.py::*",
        ),
    },
}
"""Faults that need a browser or a stranger, with the tests that inject them: by number, what is injected and where."""


def told(terminalreporter: pytest.TerminalReporter) -> list[str]:
    """One line for each fault a run injected."""
    lines = {}
    for outcome, word in (("passed", "pass"), ("failed", "FAIL"), ("error", "FAIL")):
        for report in terminalreporter.getreports(outcome):
            noted = dict(getattr(report, "user_properties", ()))
            if "fault" in noted and (report.when == "call" or word == "FAIL"):
                line = f"F{noted['fault']:<3}{noted['words']:.<{WIDTH}} {word}"
                lines[(int(str(noted["fault"])), report.nodeid)] = line
    return [line for _, line in sorted((lines | _elsewhere(terminalreporter)).items())]


def _elsewhere(terminalreporter: pytest.TerminalReporter) -> dict[tuple[int, str], str]:
    outcomes = outcomes_of(terminalreporter)
    rows = ((number, words, tests) for number, injected in ELSEWHERE.items() for words, tests in injected.items())
    return {
        (number, words): line
        for number, words, tests in rows
        if (line := line_of(f"F{number}", words, tests, outcomes, WIDTH))
    }
