#!/bin/sh
# Install the vendors' clients for Node, at pinned versions, for the tests that drive them; do nothing when they are there.
set -eu
cd "$(dirname "$0")/../tests/clients/node"

if [ -e node_modules/.installed ] && cmp -s package-lock.json node_modules/.installed; then exit 0; fi
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "No Node with npm was found: the tests of the clients for Node are skipped; install nodejs and npm to run them." >&2
    exit 0
fi
echo "Installing the clients for Node …"
if npm ci --omit=dev --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null; then
    cp package-lock.json node_modules/.installed
else
    echo "The clients for Node could not be installed: their tests are skipped." >&2
fi
