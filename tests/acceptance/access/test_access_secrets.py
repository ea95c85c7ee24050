"""Nothing secret in what a server writes, shows and keeps: canaries are planted everywhere, and looked for everywhere."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.clients.collector import Client, Server
from tests.clients.logins import log_in, token

import finegrain as fg

if TYPE_CHECKING:
    from finegrain.collect.sources.contract import NewKey

PASSWORD, WRONG, SMTP = "canary-password-one", "canary-password-two", "canary-smtp-secret"
CLIENT_SECRET = "canary-client-secret"  # noqa: S105 - likewise


def plant(home: Path) -> tuple[NewKey, list[str]]:
    """Put every kind of secret into a workspace; give a source's key, and all keys that were given out."""
    with fg.open(home, create=True) as workspace:
        workspace.access.users.add("Ann", "admin", password=PASSWORD)
        source = workspace.sources.add("web", "segment")
        secret, _uri = workspace.access.login.begin_second_factor(workspace.access.users.get("Ann").id)
        workspace.access.vault.put("smtp", SMTP)
        given = [source.key, token(workspace, "query:read"), log_in(workspace, "viewer"), secret]
        return source, given


def post_login(server: Server, password: str) -> int:
    """Send the login form; give the status."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    form = {"content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", urlencode({"name": "Ann", "password": password}), form)
    status = connection.getresponse().status
    connection.close()
    return status


def test_no_secret_is_logged_shown_among_processes_or_kept_in_clear(tmp_path: Path) -> None:
    home = tmp_path / "shop"
    environment = {"FINEGRAIN_LOG_LEVEL": "debug", "FINEGRAIN_OIDC_CLIENT_SECRET": CLIENT_SECRET}
    source, given = plant(home)
    server = Server(home, source.key, environment)
    server.start()
    client = Client(server, source.key)
    assert (post_login(server, WRONG), post_login(server, PASSWORD)) == (401, 303)
    assert client.batch("m1").status == 200
    assert client.send("/v1/batch", b"{", Authorization=f"Bearer {given[1]}").status in {400, 401}
    assert server.process is not None
    shown = Path(f"/proc/{server.process.pid}/cmdline").read_bytes() if sys.platform == "linux" else b""
    written = (server.stop() + subprocess.run(["ps", "axww"], capture_output=True, text=True, check=True).stdout).encode()
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "secret.key")
    for hidden in (PASSWORD, WRONG, SMTP, CLIENT_SECRET, *given):
        assert hidden.encode() not in shown + written + kept, hidden[:12]


def test_server_that_others_can_reach_needs_a_user(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    finegrain = str(Path(sys.executable).with_name("finegrain"))
    command = [finegrain, "--lang", "en", "--home", str(tmp_path / "shop"), "serve", "--host", "0.0.0.0", "--port", str(port)]  # noqa: S104 - refused
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("The server would listen on 0.0.0.0, which others can reach, and there is no user yet.")
