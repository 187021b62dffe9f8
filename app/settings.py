"""Settings: one frozen value read once from the environment (or a .env file). No other file reads the environment."""

import os
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_data_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SettingsError(Exception):
    """The settings are unusable; `lines` says why, one setting a line."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


def _provider_address(value: str) -> str:
    address = _web_address(value)
    if urlsplit(address).scheme == "http" and urlsplit(address).hostname not in LOOPBACK:
        raise ValueError("plain http is accepted only for a loopback address; use https")
    return address


def _time_zone(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is not an IANA time zone such as Europe/Berlin") from error
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
ProviderAddress = Annotated[str, AfterValidator(_provider_address)]


class Settings(BaseSettings):
    """Every name here is AFTERTOUCH_<NAME> in the environment; the README lists them all."""

    model_config = SettingsConfigDict(
        env_prefix="AFTERTOUCH_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("aftertouch", appauthor=False))
    database_url: str | None = None
    base_url: WebAddress = "http://127.0.0.1:8025"
    google_client_id: str | None = None
    google_client_secret: SecretStr | None = None
    google_issuer: ProviderAddress = "https://accounts.google.com"
    gmail_url: ProviderAddress = "https://gmail.googleapis.com"
    google_push_topic: str = ""
    google_push_account: str = ""
    google_in_testing: bool = False
    microsoft_client_id: str | None = None
    microsoft_client_secret: SecretStr | None = None
    microsoft_authority: ProviderAddress = "https://login.microsoftonline.com/common"
    graph_url: ProviderAddress = "https://graph.microsoft.com/v1.0"
    sign_in: Literal["link", "provider"] = "link"
    poll_seconds: int = Field(60, ge=1, le=86_400)
    backfill_days: int = Field(365, ge=1, le=3_650)
    retention_months: int = Field(18, ge=1, le=120)
    traces_url: WebAddress | None = None
    metrics_token: Annotated[SecretStr | None, Field(min_length=32)] = None
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    time_zone: Annotated[str | None, AfterValidator(_time_zone)] = None
    simulator: Literal["auto", "on", "off"] = "auto"
    ssl_cert_file: Path | None = Field(None, validation_alias="SSL_CERT_FILE")

    @model_validator(mode="after")
    def _pairs_are_whole(self) -> Self:
        for provider in ("google", "microsoft"):
            given = [getattr(self, f"{provider}_client_{part}") for part in ("id", "secret")]
            if any(given) and not all(given):
                raise ValueError(
                    f"AFTERTOUCH_{provider.upper()}_CLIENT_ID and AFTERTOUCH_{provider.upper()}_CLIENT_SECRET "
                    "belong together; one of them is missing"
                )
        return self

    @model_validator(mode="after")
    def _nothing_is_read_only_to_be_deleted(self) -> Self:
        if self.backfill_days > self.retention_months * 30:
            raise ValueError(
                f"AFTERTOUCH_BACKFILL_DAYS: {self.backfill_days} days reach further back than "
                f"AFTERTOUCH_RETENTION_MONTHS keeps ({self.retention_months} months); raise that as well"
            )
        return self

    @property
    def base(self) -> SplitResult:
        return urlsplit(self.base_url)

    @property
    def hosted(self) -> bool:
        """Whether many people share this server, each signing in with their provider."""
        return self.sign_in == "provider"

    @property
    def has_google(self) -> bool:
        return self.google_client_id is not None

    @property
    def has_microsoft(self) -> bool:
        return self.microsoft_client_id is not None

    @property
    def simulates(self) -> bool:
        """Whether the built-in provider simulator stands in for Google and Microsoft."""
        if self.simulator == "auto":
            return not (self.has_google or self.has_microsoft)
        return self.simulator == "on"

    @property
    def sqlite_url(self) -> str:
        return f"sqlite:///{self.data_dir / 'aftertouch.sqlite3'}"


def read_settings() -> Settings:
    """Settings from the environment and `.env`. Raises SettingsError with one clear line per fault."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError([_line(fault) for fault in error.errors()]) from None


def _line(fault: object) -> str:
    assert isinstance(fault, dict)
    words = str(fault["msg"]).removeprefix("Value error, ")
    place = [str(part) for part in fault["loc"]]
    if not place:
        return words
    name = place[0] if place[0] == "SSL_CERT_FILE" else f"AFTERTOUCH_{place[0].upper()}"
    return f"{name}: {words} (it is {os.environ.get(name, fault.get('input'))!r})"
