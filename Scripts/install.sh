#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that slotd is built with; with `test`, also what the tests
# need. Asks for nothing and does nothing where they are there already.
set -euo pipefail

# SwiftPM fetches dependencies with git over TLS and links with binutils; the compiler's C++ headers
# are g++'s. A toolchain that was unpacked by hand brings none of them.
packages=(git ca-certificates binutils g++ pkg-config libnghttp2-dev libsqlite3-dev zlib1g-dev tzdata)
if [ "${1:-}" = test ]; then
    packages+=(protobuf-compiler libprotobuf-dev python3-venv python3-pip nghttp2-client curl
               mandoc)
fi

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' \
        || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing ${missing[*]}" >&2
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq >&2
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
