#!/bin/sh
# See to it that a PostgreSQL is there for the tests of the ops store: install Debian's package when it is missing and permitted.
set -eu

if command -v initdb >/dev/null 2>&1; then exit 0; fi
for programs in /usr/lib/postgresql/*/bin; do
    if [ -x "$programs/initdb" ]; then exit 0; fi
done

if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then sudo=""; elif sudo -n true 2>/dev/null; then sudo="sudo -n"; else sudo="none"; fi
    if [ "$sudo" != none ]; then
        echo "Installing postgresql …"
        $sudo apt-get update -q >/dev/null 2>&1 || true
        # The package starts a server of its own on the usual port, which nobody asked for.
        $sudo mkdir -p /etc/postgresql-common
        [ -e /etc/postgresql-common/createcluster.conf ] ||
            echo "create_main_cluster = false" | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
        if $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql >/dev/null 2>&1; then
            exit 0
        fi
    fi
fi
echo "No PostgreSQL was found and it may not be installed from here: its tests are skipped; install postgresql to run them." >&2
