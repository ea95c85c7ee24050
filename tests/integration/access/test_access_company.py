"""The company's own login against an OpenID provider on a real socket: whom it vouches for, and what is not believed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from joserfc.jwk import RSAKey
from tests.clients.company import CLIENT, Company, serving

import finegrain as fg
from finegrain.access.company import SECRET, CompanyLogin
from finegrain.access.errors import CompanyLoginError, LoginFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finegrain.access.company import Identity
    from finegrain.workspace import Workspace

BACK = "http://127.0.0.1:8000/login/company/back"


@pytest.fixture
def company() -> Iterator[Company]:
    """A company's login that vouches for Ann."""
    yield from serving(Company(claims={"email": "ann@shop.example", "email_verified": True}))


@pytest.fixture
def workspace(tmp_path: Path, company: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace that trusts it."""
    monkeypatch.delenv("FINEGRAIN_OIDC_CLIENT_SECRET", raising=False)
    with fg.open(tmp_path / "shop", oidc_issuer=company.url, oidc_client_id=CLIENT[0]) as workspace:
        workspace.access.vault.put(SECRET, CLIENT[1])
        yield workspace


def vouched(workspace: Workspace, company: Company) -> Identity:
    """Go through the whole flow."""
    login = workspace.access.company()
    assert isinstance(login, CompanyLogin)
    url, pending = login.begin(BACK)
    return login.finish(pending, company.approve(url))


def test_company_vouches_for_a_subject_with_a_verified_address(workspace: Workspace, company: Company) -> None:
    identity = vouched(workspace, company)
    assert (identity.subject, identity.email) == (f"{company.url} 42", "ann@shop.example")


def test_without_an_issuer_there_is_no_company_login(tmp_path: Path) -> None:
    with fg.open(tmp_path / "other") as other:
        assert other.access.company() is None


@pytest.mark.parametrize(
    "bend",
    [
        lambda company: company.claims.update(iss="https://other.example"),
        lambda company: company.claims.update(aud="somebody-else"),
        lambda company: company.claims.update(exp=int(time.time()) - 120),
        lambda company: company.claims.update(nonce="another"),
        lambda company: company.claims.update(sub=None),
        lambda company: setattr(company, "signing_key", RSAKey.generate_key(2048, {"kid": "1"})),
        lambda company: setattr(company, "status", 500),
        lambda company: company.configuration.update(issuer="https://other.example"),
        lambda company: company.configuration.update(jwks_uri="file:///etc/passwd"),
    ],
)
def test_what_does_not_hold_is_not_believed(workspace: Workspace, company: Company, bend: Callable[[Company], object]) -> None:
    bend(company)
    with pytest.raises(CompanyLoginError):
        vouched(workspace, company)


@pytest.mark.parametrize("query", [{}, {"state": "x", "code": "code-0"}, {"error": "access_denied"}, {"code": "code-0"}])
def test_answer_to_another_login_is_refused(workspace: Workspace, company: Company, query: dict[str, str]) -> None:
    login = workspace.access.company()
    assert login is not None
    url, pending = login.begin(BACK)
    company.approve(url)
    with pytest.raises(CompanyLoginError):
        login.finish(pending, query)


def test_code_is_good_once(workspace: Workspace, company: Company) -> None:
    login = workspace.access.company()
    assert login is not None
    url, pending = login.begin(BACK)
    query = company.approve(url)
    login.finish(pending, query)
    with pytest.raises(CompanyLoginError):
        login.finish(pending, query)


def test_user_named_like_the_verified_address_is_bound_at_the_first_login(workspace: Workspace, company: Company) -> None:
    workspace.access.users.add("Ann@shop.example", "operator")
    assert workspace.access.login.by_company(vouched(workspace, company), "").user.role == "operator"
    company.claims["email"] = "renamed@shop.example"
    assert workspace.access.login.by_company(vouched(workspace, company), "").user.name == "Ann@shop.example"


def test_stranger_gets_in_only_with_the_role_set_for_strangers(workspace: Workspace, company: Company) -> None:
    with pytest.raises(LoginFailedError):
        workspace.access.login.by_company(vouched(workspace, company), "")
    assert workspace.access.login.by_company(vouched(workspace, company), "viewer").user.role == "viewer"
    workspace.access.users.set_enabled("ann@shop.example", enabled=False)
    with pytest.raises(LoginFailedError):
        workspace.access.login.by_company(vouched(workspace, company), "viewer")


def test_unverified_address_binds_nobody(workspace: Workspace, company: Company) -> None:
    workspace.access.users.add("ann@shop.example", "admin")
    company.claims["email_verified"] = False
    with pytest.raises(LoginFailedError):
        workspace.access.login.by_company(vouched(workspace, company), "viewer")
