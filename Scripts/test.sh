#!/usr/bin/env bash
# Runs every test and check there is, on a machine that has nothing but a Swift toolchain: installs
# what is missing, then format, protos, the Swift tests, and the Python tests against real processes.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install.sh test

python=.venv/bin/python
if ! cmp -s Tests/Python/requirements.txt .venv/requirements.txt; then
    python3 -m venv .venv
    "$python" -m pip install --quiet --disable-pip-version-check -r Tests/Python/requirements.txt
    cp Tests/Python/requirements.txt .venv/requirements.txt
fi

step() { printf '\n== %s\n' "$*"; }

step "format"
git ls-files '*.swift' | grep -v /Generated/ | xargs swift format lint --strict
.venv/bin/ruff check --quiet .

step "protos"
.venv/bin/buf lint Proto
.venv/bin/buf format --diff --exit-code Proto
Scripts/generate-protos.sh --check

step "Swift tests"
# By product: --build-tests would build every tool of the packages, protoc and Abseil among them,
# which takes longer than all of slotd.
for product in slotdPackageTests slotd slotctl slotload searchspeed InteropServer EchoServer; do
    swift build --product "$product"
done
swift test --skip-build

step "Python tests"
SLOTD_BIN=$(swift build --show-bin-path)
export SLOTD_BIN
"$python" -m pytest -q Tests/Python

step "demo"
place=$(mktemp -d)
trap 'SLOTD_DEMO_DATA=$place/data Scripts/demo.sh --stop; rm -rf "$place"' EXIT
Scripts/demo.sh --port 0 --data "$place/data" >"$place/story" || { cat "$place/story"; exit 1; }
tail -n 3 "$place/story"
