"""How Chromium is started: without the windows of its own that it would keep beside each page."""

from __future__ import annotations

# Of two lists Chromium takes the last, so that Playwright's is named again.
_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
_SUGGESTIONS = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
"""What drops down from the address bar is two pages of their own, which took a second of processor time for each window."""

ARGUMENTS = ["--no-sandbox", f"--disable-features={','.join((*_PLAYWRIGHT, *_SUGGESTIONS))}"]
