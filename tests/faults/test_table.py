"""F1 to F42, F47 and F48: each fault is injected, and what must come of it is checked against the invariants."""

import pytest
from _pytest.mark import ParameterSet

from tests.faults import faults_by_crash, faults_of_grants, faults_of_mail, faults_of_providers, faults_of_push
from tests.faults.invariants import Checker
from tests.faults.rig import Rig
from tests.faults.table import FAULTS, Fault

__all__ = ["faults_by_crash", "faults_of_grants", "faults_of_mail", "faults_of_providers", "faults_of_push"]


def param(fault: Fault) -> ParameterSet:
    marks = [pytest.mark.postgres] if fault.postgres else []
    return pytest.param(fault, id=f"F{fault.number}-{fault.name}", marks=marks)


@pytest.mark.parametrize("fault", [param(fault) for fault in FAULTS])
async def test_it_holds_when(fault: Fault, rig: Rig, record_property: pytest.FixtureRequest) -> None:
    record_property("fault", fault.number)  # type: ignore[operator]
    record_property("words", fault.words)  # type: ignore[operator]
    checker = Checker(rig)
    await fault.inject(rig, checker)
    assert await checker.check(settled=fault.settles) == []
