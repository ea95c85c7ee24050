#!/bin/sh
# Pin all requirements with hashes, for every system, without any index address.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip --disable-pip-version-check install --quiet uv

compile() {
    .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --no-config "$@"
}
compile ${UPGRADE:+--upgrade} pyproject.toml --group build --output-file requirements.txt
compile ${UPGRADE:+--upgrade} pyproject.toml --group build --group dev --constraint requirements.txt --output-file requirements-dev.txt
