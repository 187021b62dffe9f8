"""The Outlook connector against the simulator: the contract, and what only Graph does."""

from tests.connectors.contract_suite import ConnectorContract


class TestOutlook(ConnectorContract):
    provider = "microsoft"
    api_calls = r"graph GET "
    token_calls = "microsoft-identity POST"
    revocable = False
