#!/bin/sh
# Create the demo shop unless it is there, and open the console.  Usage: run.sh SHOP HOST PORT
set -eu
cd "$(dirname "$0")/.."
shop=$1 host=$2 port=$3

# A demo that was interrupted is taken up again.
if [ ! -e "$shop" ] || [ -e "$shop/.demo-unfinished" ]; then
    mkdir -p -m 700 "$shop"
    touch "$shop/.demo-unfinished"
    .venv/bin/finegrain --home "$shop" demo
    rm -f "$shop/.demo-unfinished"
fi
exec .venv/bin/finegrain --home "$shop" serve --host "$host" --port "$port"
