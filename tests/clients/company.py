"""A company's login on a real socket: an OpenID provider of a few lines, whose answers a test can bend."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT = ("finegrain", "client-secret")


@dataclass
class Company:
    """Vouches for whoever comes, as ``claims`` say; ``configuration`` and ``status`` bend what it answers."""

    claims: dict[str, Any] = field(default_factory=dict)
    configuration: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}))
    signing_key: RSAKey | None = None
    status: int = 200
    url: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def approve(self, address: str) -> dict[str, str]:
        """Do what a browser and its user do at the address; give the query with which the browser comes back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, path: str, body: str, basic: str) -> tuple[int, dict[str, Any]]:
        """Answer one request."""
        if path == "/.well-known/openid-configuration":
            urls = {name: f"{self.url}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return self.status, {"issuer": self.url, **urls, **self.configuration}
        if path == "/jwks_uri":
            return self.status, {"keys": [self.key.as_dict(private=False)]}
        form = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        )
        known = base64.b64encode(":".join(CLIENT).encode()).decode()
        if asked is None or asked["code_challenge"] != challenge or basic != f"Basic {known}":
            return 400, {"error": "invalid_grant"}
        return self.status, {"access_token": "x", "token_type": "Bearer", "id_token": self._token(asked["nonce"])}

    def _token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT[0], "sub": "42", "iat": now, "exp": now + 300, "nonce": nonce, **self.claims}
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signing_key or self.key)


def serving(company: Company) -> Iterator[Company]:
    """Serve a company's login on a free port until the generator is closed."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            status, answer = company.answer(urlsplit(self.path).path, body, self.headers.get("authorization", ""))
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _answer  # noqa: N815 - the library's names

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    company.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield company
    server.shutdown()
    server.server_close()
    thread.join()
