"""F1 to F42, F47 and F48: each fault is injected, and what must come of it is checked against the invariants."""

import pytest

from tests.faults import faults_by_crash, faults_of_grants, faults_of_mail, faults_of_providers, faults_of_push
from tests.faults.invariants import Checker
from tests.faults.rig import Rig
from tests.faults.table import FAULTS, Fault

__all__ = ["faults_by_crash", "faults_of_grants", "faults_of_mail", "faults_of_providers", "faults_of_push"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"F{fault.number}-{fault.name}")
async def test_it_holds_when(fault: Fault, rig: Rig, record_property: pytest.FixtureRequest) -> None:
    record_property("fault", fault.number)  # type: ignore[operator]
    record_property("words", fault.words)  # type: ignore[operator]
    checker = Checker(rig)
    await fault.inject(rig, checker)
    assert await checker.check(settled=fault.settles) == []
