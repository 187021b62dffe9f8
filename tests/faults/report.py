"""The table of faults at the end of a run: number, what was injected, and whether everything held."""

import pytest

ELSEWHERE = {
    43: "an evil web page, a stolen pairing code, a revoked device: tests/security, tests/web/test_border.py",
    44: "the backend is down or slow while composing: tests/e2e, extension/tests",
    45: "the extension is suspended, the mail page changes: tests/e2e, extension/tests",
    46: "one person's token on another's ids: tests/security, tests/store/test_scope.py",
}


def told(terminalreporter: pytest.TerminalReporter) -> list[str]:
    """One line for each fault a run injected; the four that need a browser or a stranger are tested elsewhere."""
    lines = {}
    for outcome, word in (("passed", "pass"), ("failed", "FAIL"), ("error", "FAIL")):
        for report in terminalreporter.getreports(outcome):
            noted = dict(getattr(report, "user_properties", ()))
            if "fault" in noted and (report.when == "call" or word == "FAIL"):
                lines[(int(str(noted["fault"])), report.nodeid)] = f"F{noted['fault']:<3}{noted['words']:.<104} {word}"
    if lines:
        lines |= {(number, ""): f"F{number:<3}{words}" for number, words in ELSEWHERE.items()}
    return [line for _, line in sorted(lines.items())]
