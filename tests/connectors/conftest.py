"""Lets the shared contract's assertions explain themselves like those of any test."""

import pytest

pytest.register_assert_rewrite(
    "tests.connectors.contract_suite", "tests.connectors.linking_contract", "tests.connectors.stage"
)
