"""Set-up snippets: the code that points a vendor's SDK at this server, ready to paste."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from finegrain.collect.sources.errors import BadOriginError
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.collect.wire.contract import WireFormat

Sdk = Literal["web", "python", "node", "mini-program", "curl"]
"""Where the sender runs."""

SDKS: tuple[Sdk, ...] = get_args(Sdk)
PLACEHOLDER = "YOUR_WRITE_KEY"
"""What stands for the key where it is not known: keys are kept as hashes only."""

_FOLDER = Path(__file__).parent / "templates"
_SERVER = re.compile(r"(https?)://([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?")
_LANGUAGES: dict[Sdk, str] = {
    "web": "html", "python": "python", "node": "javascript", "mini-program": "javascript", "curl": "shell",
}  # fmt: skip

_HOST_FILE = N_(
    "Put it before the end of <head>. You may host the file yourself: take the path after /npm/ from that npm package."
)
_ALLOW_DOMAIN = N_("In the mini-program's settings, add this server to the request domains; it must speak HTTPS.")
_FLUSH = N_("The last line sends what still waits: a short program that ends without it loses its last events.")
_PACKAGES: dict[tuple[WireFormat, Sdk], tuple[str, str]] = {
    ("segment", "web"): ("analytics.js", _HOST_FILE),
    ("segment", "python"): ("segment-analytics-python", _FLUSH),
    ("segment", "node"): ("@segment/analytics-node", _FLUSH),
    ("segment", "mini-program"): ("wx.request", _ALLOW_DOMAIN),
    ("segment", "curl"): ("curl", N_("One event, to try it out. 200 means that it is stored.")),
    ("sensors", "web"): ("sa-sdk-javascript", _HOST_FILE),
    ("sensors", "python"): ("SensorsAnalyticsSDK", _FLUSH),
    ("sensors", "node"): ("sa-sdk-node", N_("What cannot be sent waits in the file salog.db in the folder cachePath.")),
    ("sensors", "mini-program"): ("sa-sdk-miniprogram", _ALLOW_DOMAIN),
    ("sensors", "curl"): ("curl", N_("One event, to try it out. 200 means that it is stored.")),
    ("posthog", "web"): ("posthog-js", _HOST_FILE),
    ("posthog", "python"): ("posthog", _FLUSH),
    ("posthog", "node"): ("posthog-node", _FLUSH),
    ("posthog", "mini-program"): ("wx.request", _ALLOW_DOMAIN),
    ("posthog", "curl"): ("curl", N_("One event, to try it out. 200 means that it is stored.")),
}
_INSTALL: dict[Sdk, str] = {"python": "pip install {package}", "node": "npm install {package}"}


@dataclass(frozen=True)
class Snippet:
    """The code that makes one SDK send to this server.

    Attributes:
        sdk: where the sender runs.
        package: the vendor's name of the SDK.
        install: the command that installs it; empty where there is nothing to install.
        language: of the code: html, python, javascript or shell.
        code: whole and runnable; it sends one person and one event to try out.
        note: an English text marked for translation that says what else to mind.
    """

    sdk: Sdk
    package: str
    install: str
    language: str
    code: str
    note: str

    def to_dict(self) -> dict[str, Any]:
        """Give the snippet as the JSON object that the CLI prints, its note in the reader's language."""
        return {
            "sdk": self.sdk,
            "package": self.package,
            "install": self.install,
            "language": self.language,
            "code": self.code,
            "note": _(self.note),
        }


def snippet(format: WireFormat, sdk: Sdk, *, url: str, key: str = PLACEHOLDER) -> Snippet:  # noqa: A002 - its name
    """Give the snippet for an SDK of the vendor of ``format``.

    Args:
        format: of the source.
        sdk: where the sender runs.
        url: the server's address as the sender reaches it: scheme, host and port, such as ``https://collect.shop.example``.
        key: the write key of the source.

    Raises:
        BadOriginError: ``url`` is not such an address.
    """
    found = _SERVER.fullmatch(url.strip().rstrip("/"))
    if found is None:
        raise BadOriginError(origin=url)
    package, note = _PACKAGES[format, sdk]
    values = {"URL": found[0], "SCHEME": found[1], "HOST": found[0].partition("://")[2], "KEY": key}
    code = (_FOLDER / format / f"{sdk}.txt").read_text(encoding="utf-8")
    filled = re.sub("<<([A-Z]+)>>", lambda match: values[match[1]], code)
    install = _INSTALL.get(sdk, "").format(package=package)
    return Snippet(sdk, package, install, _LANGUAGES[sdk], filled, note)
