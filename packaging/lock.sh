#!/usr/bin/env sh
# Pins every dependency with its hashes for all platforms. Needs `uv` (a development tool, not a dependency).
set -eu
cd "$(dirname "$0")"
uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-header requirements.in -o requirements.lock
uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-header -c requirements.lock requirements-dev.in -o requirements-dev.lock
