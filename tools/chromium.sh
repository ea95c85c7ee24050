#!/bin/sh
# See to it that a Chromium is there for the browser tests: install Debian's package when it is missing and permitted.
set -eu

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done

wanted="chromium fonts-noto-cjk"
if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then sudo=""; elif sudo -n true 2>/dev/null; then sudo="sudo -n"; else sudo="none"; fi
    if [ "$sudo" != none ]; then
        echo "Installing $wanted …"
        $sudo apt-get update -q >/dev/null 2>&1 || true
        # shellcheck disable=SC2086
        if $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $wanted >/dev/null 2>&1; then
            exit 0
        fi
    fi
fi
echo "No Chromium was found and it may not be installed from here: the browser tests are skipped; install chromium to run them." >&2
