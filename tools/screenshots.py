"""Take the pictures of the console in ``docs/images``: every page, in both languages and both themes, over a demo shop.

``python -m tools.screenshots [PAGE …]`` takes all pages, or those named.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from tools.traffic import traffic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
UNTIL = "2026-06-30"
LOCALES = {"zh": "zh-CN", "en": "en-US"}
THEMES = ("light", "dark")
BOARDS = {"zh": "店铺周报", "en": "The shop this week"}
SEGMENTS = {"zh": "值得挽回的常客", "en": "Regulars worth winning back"}
DAYS_OF_HISTORY = 60
CARDS = ("trends", "funnel", "retention", "distribution")
COOKIE = "finegrain_session"
SIZE = {"width": 1440, "height": 960}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ORDERS = "订单号,会员号,下单时间,实付金额,商品名称,订单状态\n" + "".join(
    f"T{number:05},m{number % 37:03},2026-06-{number % 28 + 1:02} {number % 12 + 9:02}:{number % 60:02},"
    f"{number * 7 % 400 + 19}.90,"
    f"{('咖啡豆', '手冲壶', '滤纸', '马克杯')[number % 4]},{'已退款' if number % 19 == 0 else '已完成'}\n"
    for number in range(1, 400)
)


class Shot(NamedTuple):
    """One page: where it is, whether a file is uploaded there first, and whether it is taken while events come in."""

    path: str
    upload: bool = False
    busy: bool = False


@contextmanager
def demo_shop() -> Iterator[tuple[str, Path]]:
    """Make a demo shop in a folder of its own and serve it; give its address and its folder."""
    finegrain = str(Path(sys.executable).with_name("finegrain"))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "shop"
        subprocess.run([finegrain, "--home", str(home), "demo", "--until", UNTIL], check=True)
        person, key, boards = richest(home), source_key(home), dashboards(home)
        audience(home)
        (home / "session").write_text(logged_in(home), encoding="ascii")
        command = [finegrain, "--home", str(home), "--lang", "en", "serve", "--port", "0", "--no-open"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                line = server.stdout.readline() if server.stdout else ""
                (home / "person").write_text(str(person), encoding="ascii")
                (home / "source").write_text(key, encoding="ascii")
                (home / "boards").write_text(json.dumps(boards), encoding="ascii")
                yield re.findall(r"https?://[^/;\s]+", line)[0], home
            finally:
                server.terminate()


def logged_in(home: Path) -> str:
    """Make an administrator, and give the key of a session."""
    import finegrain

    with finegrain.open(home) as workspace:
        access = workspace.access
        if "admin" not in {user.name for user in access.users.all()}:
            access.users.add("admin", "admin")
        return access.login.by_link(access.login.make_link("admin")).key


def richest(home: Path) -> int:
    """Give the person with the greatest revenue: somebody whose page is full."""
    import finegrain

    with finegrain.open(home) as workspace:
        return workspace.directory.search(as_of=workspace.as_of(), sort="revenue", per_page=1).rows[0].person_id


def source_key(home: Path) -> str:
    """Make a source for the shop's web site, and one that nobody sends to yet; give the key of the first."""
    import finegrain

    with finegrain.open(home) as workspace:
        workspace.sources.add("mini-program", "sensors")
        return workspace.sources.add("web-shop", "segment", allowed_origins=["https://shop.example"]).key


def dashboards(home: Path) -> dict[str, int]:
    """Make a dashboard with a card of each of the first kinds, in each language; give its id by language."""
    import finegrain
    from finegrain.console.pages.analysis.catalogue import Catalogue
    from finegrain.console.pages.analysis.forms.presets import presets
    from finegrain.i18n import speaking

    made = {}
    with finegrain.open(home) as workspace:
        catalogue = Catalogue(workspace).read()
        for language, name in BOARDS.items():
            made[language] = workspace.dashboards.make(name).id
            with speaking(language):
                for kind in CARDS:
                    first = presets(kind, catalogue)[0]
                    workspace.dashboards.add(made[language], first.name, kind, first.query)
    return made


def audience(home: Path) -> None:
    """Keep a segment of nested conditions in each language, and compute the history of tiers and segments."""
    import finegrain

    r = finegrain.rule
    regulars = r.orders("purchases", at_least=3) & r.orders("days_since_last_purchase", between=(30, 120))
    worth = r.tier("value/high", "value/mid") | (r.orders("revenue", at_least=500) & r.did("Product Viewed", last_days=30))
    with finegrain.open(home) as workspace:
        for name in SEGMENTS.values():
            workspace.segments.save_rule(name, regulars & worth & ~r.messages("delivered", last_days=7))
        today = workspace.zone.day_of(workspace.as_of() - timedelta(seconds=1))
        workspace.history.fill(today - timedelta(days=DAYS_OF_HISTORY), today - timedelta(days=1))


def shots(home: Path, language: str) -> dict[str, Shot]:
    """Give the pages to take in a language, by name."""
    person = (home / "person").read_text(encoding="ascii")
    board = json.loads((home / "boards").read_text(encoding="ascii"))[language]
    return {
        "overview": Shot("/"),
        "tiers": Shot("/tiers/rfm"),
        "tier-history": Shot("/tiers/lifecycle/history"),
        "segments": Shot("/segments"),
        "segment-edit": Shot(f"/segments/{quote(SEGMENTS[language])}/edit"),
        "segment": Shot(f"/segments/{quote(SEGMENTS[language])}"),
        "goals": Shot("/goals"),
        "people": Shot("/people"),
        "analysis": Shot("/analysis"),
        "trends": Shot("/analysis/trends"),
        "funnel": Shot("/analysis/funnel"),
        "retention": Shot("/analysis/retention"),
        "paths": Shot("/analysis/paths"),
        "process": Shot("/analysis/process"),
        "churn": Shot("/analysis/churn"),
        "dashboard": Shot(f"/dashboards/{board}"),
        "person": Shot(f"/people/{person}"),
        "import": Shot("/import", upload=True),
        "users": Shot("/settings/users"),
        "audit": Shot("/settings/audit"),
        "source": Shot("/data/sources/web-shop", busy=True),
        "sources": Shot("/data/sources", busy=True),
        "live": Shot("/data/live", busy=True),
        "health": Shot("/data/health", busy=True),
    }


def take(browser: Browser, url: str, key: str, shot: Shot, *, locale: str, dark: bool, target: Path) -> None:
    """Open a page in a new browser with the session ``key`` and take its picture."""
    context = browser.new_context(locale=locale, viewport=SIZE, device_scale_factor=1)  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": key, "url": url}])
    page = context.new_page()
    page.goto(url + shot.path)
    page.wait_for_selector("h1")
    if dark:
        page.locator("button", has_text="dark_mode").click()
        page.wait_for_selector("body.body--dark")
    if shot.upload:
        file = {"name": "orders.csv", "mimeType": "text/csv", "buffer": ORDERS.encode()}
        page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]
        page.wait_for_url("**/import/upload/**")
    settle(page)
    page.screenshot(path=target)
    context.close()


def take_all(browser: Browser, url: str, home: Path, names: list[str], *, busy: bool) -> None:
    """Take the pictures of all pages, or of those named, in both languages and themes."""
    key = (home / "session").read_text(encoding="ascii")
    for language, theme in product(LOCALES, THEMES):
        for name, shot in shots(home, language).items():
            if shot.busy == busy and (not names or name in names):
                target = IMAGES / f"{name}-{language}-{theme}.png"
                take(browser, url, key, shot, locale=LOCALES[language], dark=theme == "dark", target=target)
                print(target.relative_to(ROOT), flush=True)


def settle(page: Page) -> None:
    """Wait until nothing on the page is loading or moving."""
    page.wait_for_selector("h1")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1_000)
    page.wait_for_function("document.querySelectorAll('.q-skeleton, .q-spinner, .fg-skeleton, .fg-busy').length === 0")
    page.wait_for_timeout(1_500)


def main(names: list[str]) -> int:
    """Take the pictures; give the exit code."""
    from playwright.sync_api import sync_playwright

    executable = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if executable is None:
        print("No Chromium was found: install chromium.", file=sys.stderr)
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo_shop() as (url, home), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        take_all(browser, url, home, names, busy=False)
        # Events of today end the shop's past: before they come, figures are as of its last day.
        with traffic(url, (home / "source").read_text(encoding="ascii")):
            take_all(browser, url, home, names, busy=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
