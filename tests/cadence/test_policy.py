"""Every number of the etiquette says where it comes from, and stands in one place."""

import ast
import re
from pathlib import Path

import pytest

import app.cadence
from app.cadence.rules.book import RULES

CADENCE = Path(app.cadence.__file__).parent
SOURCE = re.compile(
    r"\b(?:19|20)\d\d\b|practice|measured|simulation|surveys?|coaches|stage medians|CandE|CollegeMsg|email-Eu|"
    r"Glassdoor|Ask a Manager|climbtheladder|Boomerang|RFC|Hold letters|worldmetrics|sales data|sketch",
    re.IGNORECASE,
)
COUNTING_ITSELF = {-1, 0, 1, 2, 60, 100, 3600, 86400}


def _stated() -> dict[str, str]:
    """Each constant of the policy with the text beside it; a structure's own text counts where it names sources."""
    body = ast.parse((CADENCE / "policy.py").read_text()).body
    told = {}
    for place, node in enumerate(body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        after = body[place + 1] if place + 1 < len(body) else None
        beside = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        within = " ".join(
            text.value for text in ast.walk(node) if isinstance(text, ast.Constant) and isinstance(text.value, str)
        )
        told[node.target.id] = f"{beside} {within}"
    return told


NUMBERS = _stated()


@pytest.mark.parametrize("name", [name for name in NUMBERS if name not in ("SHARED_DOMAINS", "READ_LANGUAGES")])
def test_a_number_of_the_policy_names_its_source(name: str) -> None:
    assert SOURCE.search(NUMBERS[name]), NUMBERS[name]


def test_there_are_as_many_as_the_policy_has() -> None:
    assert len(NUMBERS) > 60


def test_no_rule_holds_a_threshold_of_its_own() -> None:
    found = {
        f"{path.name}:{node.lineno}: {node.value}"
        for path in (CADENCE / "rules").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in COUNTING_ITSELF
    }
    ranks = {str(rule.rank) for rule in RULES}
    assert {each for each in found if each.rsplit(": ", 1)[1] not in ranks} == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_tells_why_and_from_where(rule) -> None:
    assert len(rule.why) > 20
    assert SOURCE.search(rule.source)
    assert rule.levels
