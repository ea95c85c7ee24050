#!/bin/sh
# Make .venv and install the pinned requirements and this package into it.  Usage: install.sh requirements[-dev].txt
set -eu
cd "$(dirname "$0")/.."
pins=$1

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python \
        "$HOME"/.pyenv/versions/3.1[1-9]*/bin/python3; do
        if command -v "$candidate" >/dev/null 2>&1 && fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "finegrain needs Python 3.11 or newer, and none was found: install it, or name one with PYTHON=/path/to/python3." >&2
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

make_venv() {
    rm -rf .venv
    if "$1" -m venv .venv >.venv.log 2>&1; then
        rm -f .venv.log
        return
    fi
    # Debian ships Python without ensurepip; its package brings it.
    if grep -q ensurepip .venv.log && command -v apt-get >/dev/null 2>&1; then
        version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        as_root apt-get install -y -q "python$version-venv" >/dev/null 2>&1 || true
        rm -rf .venv
    fi
    if ! "$1" -m venv .venv >.venv.log 2>&1; then
        tail -n 5 .venv.log >&2
        echo "$1 cannot make a virtual environment: install its venv package (Debian, Ubuntu: apt-get install python3-venv)." >&2
        rm -rf .venv .venv.log
        return 1
    fi
    rm -f .venv.log
}

fits .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv "$(find_python)"

echo "Installing $pins into .venv (a minute or two the first time) …"
pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }
# The pins are complete. Asked to resolve, pip takes the newest release of whatever a package names with an extra.
pip install -qq --no-deps --require-hashes --requirement "$pins"
# The build backend is among the pins, so nothing is fetched without a hash.
pip install -qq --no-build-isolation --no-deps --editable .

touch .venv/.installed
case $pins in *-dev.txt) touch .venv/.installed-dev ;; esac
