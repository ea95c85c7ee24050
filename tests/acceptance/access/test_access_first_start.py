"""The first start prints a link which lets in whoever started the server, once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator

FINEGRAIN = str(Path(sys.executable).with_name("finegrain"))
PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
HIDDEN_KEY = re.compile(r'name="key" value="([^"]+)"')


@contextmanager
def served(home: Path) -> Iterator[dict[str, Any]]:
    """Serve a workspace by the command; give what it says first."""
    command = [FINEGRAIN, "--home", str(home), "serve", "--port", "0", "--no-open", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.stdout.close()
        assert process.wait(timeout=60) == 0


def follow(said: dict[str, Any], **fields: str) -> httpx.Response:
    """Open the link and send its form; give the answer to the form."""
    with httpx.Client(base_url=said["url"], timeout=30) as browser:
        page = browser.get(said["login"])
        assert page.status_code == 200
        found = HIDDEN_KEY.search(page.text)
        assert found
        answer = browser.post(httpx.URL(said["login"]).path, data={"key": found[1], **fields})
        if answer.status_code == 303:
            assert browser.get("/").status_code == 200
        return answer


def test_new_workspace_gets_its_first_administrator(tmp_path: Path) -> None:
    with served(tmp_path / "shop") as said:
        assert "/login/setup?key=" in said["login"]
        assert follow(said, name="Ann", password="short").status_code == 400  # noqa: S106 - refused
        assert follow(said, name="Ann", password=PASSWORD).status_code == 303
        assert httpx.get(said["login"]).status_code == 401
    with served(tmp_path / "shop") as said:
        assert said["login"] is None
        assert httpx.get(said["url"], headers={"accept": "text/html"}).headers["location"] == "/login"


def test_demo_shop_logs_in_by_its_link(tmp_path: Path) -> None:
    command = [FINEGRAIN, "--home", str(tmp_path / "shop"), "demo", "--people", "20", "--days", "20"]
    subprocess.run(command, capture_output=True, check=True)
    for _start in range(2):
        with served(tmp_path / "shop") as said:
            assert follow(said).status_code == 303
            assert httpx.get(said["login"]).status_code == 401
    with fg.open(tmp_path / "shop") as workspace:
        assert [(user.name, user.role) for user in workspace.access.users.all()] == [("demo", "admin")]
