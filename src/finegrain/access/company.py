"""The company's own login by OpenID Connect (OpenID Connect Core 1.0, code flow, with PKCE after RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from finegrain.access.errors import CompanyLoginError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from finegrain.clock import Clock
    from finegrain.settings import Settings

SECRET = "company login"  # noqa: S105 - the name of one
"""Name of the client secret in the vault."""

SCOPE = "openid profile email"
TIMEOUT_S = 10.0
_LEEWAY_S = 60
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class Pending(NamedTuple):
    """A login that was begun: what the answer must fit, kept in the browser's own session."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


@dataclass(frozen=True)
class Identity:
    """Whom the company vouches for.

    Attributes:
        subject: issuer and subject, joined by a blank; never given to somebody else.
        email: verified by the company; empty where it is not.
    """

    subject: str
    email: str


class CompanyLogin:
    """Sends browsers to the company's login, and checks what they come back with.

    Args:
        settings: issuer and client id.
        client_secret: of this client; empty for a public one.
        clock: where the time comes from.
    """

    def __init__(self, settings: Settings, client_secret: str, clock: Clock) -> None:
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client_id = settings.oidc_client_id
        self._client_secret = client_secret
        self._clock = clock

    def begin(self, redirect_uri: str) -> tuple[str, Pending]:
        """Give the address to which the browser is sent, and what to keep until it comes back.

        Raises:
            CompanyLoginError: the company's login does not answer, or not as the standard says.
        """
        pending = Pending(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), redirect_uri)
        with self._client() as client:
            endpoint = self._metadata(client)["authorization_endpoint"]
        query = urlencode({
            "response_type": "code", "client_id": self._client_id, "redirect_uri": redirect_uri, "scope": SCOPE,
            "state": pending.state, "nonce": pending.nonce,
            "code_challenge": _challenge(pending.verifier), "code_challenge_method": "S256",
        })  # fmt: skip
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}", pending

    def finish(self, pending: Pending, query: Mapping[str, str]) -> Identity:
        """Give whom the company vouches for.

        Args:
            pending: what ``begin`` gave for this browser.
            query: of the address to which the browser came back.

        Raises:
            CompanyLoginError: it said no, or what it says does not hold.
        """
        if "error" in query:
            raise CompanyLoginError(reason=query.get("error_description") or query["error"])
        if not secrets.compare_digest(query.get("state", "").encode(), pending.state.encode()) or not query.get("code"):
            raise CompanyLoginError(reason=Phrase("the answer does not belong to this browser's login"))
        with self._client() as client:
            metadata = self._metadata(client)
            answer = self._exchange(client, metadata["token_endpoint"], query["code"], pending)
            keys = self._ask(lambda: client.get(metadata["jwks_uri"]))
        claims = self._claims(str(answer.get("id_token", "")), keys, pending.nonce)
        email = claims.get("email", "") if claims.get("email_verified") is True else ""
        return Identity(f"{self._issuer} {claims['sub']}", str(email))

    def _client(self) -> httpx.Client:
        import httpx

        return httpx.Client(timeout=TIMEOUT_S, headers={"accept": "application/json"})

    def _metadata(self, client: httpx.Client) -> dict[str, Any]:
        metadata = self._ask(lambda: client.get(f"{self._issuer}/.well-known/openid-configuration"))
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer or not all(_is_web(metadata.get(name)) for name in wanted):
            raise CompanyLoginError(reason=Phrase("its configuration names another issuer, or no addresses"))
        return metadata

    def _exchange(self, client: httpx.Client, endpoint: str, code: str, pending: Pending) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": pending.redirect_uri,
            "code_verifier": pending.verifier,
        }
        if self._client_secret:
            basic = (quote(self._client_id, safe=""), quote(self._client_secret, safe=""))  # RFC 6749, 2.3.1
            return self._ask(lambda: client.post(endpoint, data=form, auth=basic))
        return self._ask(lambda: client.post(endpoint, data={**form, "client_id": self._client_id}))

    def _ask(self, ask: Callable[[], httpx.Response]) -> dict[str, Any]:
        import httpx

        try:
            answer = ask().raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, json.JSONDecodeError) as error:
            raise CompanyLoginError(reason=str(error).partition("\n")[0]) from error
        if not isinstance(answer, dict):
            raise CompanyLoginError(reason=Phrase("its answer is no JSON object"))
        return answer

    def _claims(self, id_token: str, keys: dict[str, Any], nonce: str) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        needed: jwt.ClaimsOption = {"essential": True}
        now = int(self._clock.now().timestamp())
        rules = jwt.JWTClaimsRegistry(now=now, leeway=_LEEWAY_S, exp=needed, iat=needed, sub=needed)
        try:
            claims = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims  # type: ignore[arg-type]
            rules.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise CompanyLoginError(reason=Phrase("its identity token does not hold: {problem}", problem=error)) from error
        ours = (str(claims.get("iss", "")).rstrip("/"), claims.get("nonce")) == (self._issuer, nonce)
        if not ours or self._client_id not in _listed(claims.get("aud")):
            raise CompanyLoginError(reason=Phrase("its identity token is for another login"))
        return claims


def _listed(audience: object) -> list[object]:
    return audience if isinstance(audience, list) else [audience]


def _is_web(url: object) -> bool:
    return isinstance(url, str) and urlsplit(url).scheme in {"http", "https"}


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
