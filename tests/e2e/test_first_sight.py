"""First sight: from the printed link to a banner with one click, and out again without a trace."""

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Backend

pytestmark = pytest.mark.browser


def test_one_click_leads_to_both_mailboxes_a_history_and_a_banner(fresh_backend: Backend, page: Page) -> None:
    page.goto(fresh_backend.sign_in)
    page.get_by_role("button", name=re.compile("sample mailbox", re.IGNORECASE)).click()
    expect(page).to_have_url(re.compile("/accounts"))
    expect(page.locator("article.account[data-state=live]")).to_have_count(2, timeout=60_000)
    page.goto(f"{fresh_backend.url}/history")
    dana = page.locator("a, li, article, tr", has_text="dana@northwind.example").first
    expect(dana).to_contain_text("3 unanswered")
    page.goto(f"{fresh_backend.url}/try")
    page.get_by_text("Dana Reyes").click()
    banner = page.locator("aftertouch-banner")
    expect(banner).to_have_attribute("data-level", re.compile("caution|hold"))


def test_leaving_the_sample_leaves_nothing(fresh_backend: Backend, page: Page) -> None:
    page.goto(fresh_backend.sign_in)
    page.get_by_role("button", name=re.compile("sample mailbox", re.IGNORECASE)).click()
    expect(page.locator("article.account[data-state=live]")).to_have_count(2, timeout=60_000)
    page.goto(f"{fresh_backend.url}/history?q=dana")
    page.locator(".row .who").click()
    page.get_by_role("button", name="Log it").click()
    page.goto(f"{fresh_backend.url}/accounts")
    page.get_by_role("button", name="Leave the sample").dblclick()
    expect(page.locator("article.account")).to_have_count(0)
    with closing(sqlite3.connect(fresh_backend.data_dir / "aftertouch.sqlite3")) as store:
        tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {name for name in tables if store.execute(f"SELECT count(*) FROM {name}").fetchone()[0]}
    of_nobody = {"alembic_version", "provider_budgets"}
    assert held - of_nobody == {"people", "sessions", "sign_in_links"}
    for path in fresh_backend.data_dir.rglob("*"):
        assert not path.is_file() or b"northwind.example" not in path.read_bytes(), path


def test_a_used_sign_in_link_says_how_to_get_another(fresh_backend: Backend, page: Page) -> None:
    page.goto(fresh_backend.sign_in)
    page.context.clear_cookies()
    page.goto(fresh_backend.sign_in)
    expect(page.locator("body")).to_contain_text("aftertouch sign-in")
