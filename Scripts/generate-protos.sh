#!/usr/bin/env bash
# Compiles Proto/ into Swift: messages by swift-protobuf's protoc-gen-swift, the method table and the
# reflection descriptors by Scripts/protoc-gen-slotd. The output is committed.
#   Scripts/generate-protos.sh           writes it
#   Scripts/generate-protos.sh --check   fails when the committed output is not what would be written
set -euo pipefail
cd "$(dirname "$0")/.."

command -v protoc >/dev/null || { echo "protoc is missing: apt-get install protobuf-compiler" >&2; exit 1; }
plugins=.build-protoc
swift build --package-path Scripts/protoc-gen-slotd --scratch-path "$plugins" >&2
bin=$(swift build --package-path Scripts/protoc-gen-slotd --scratch-path "$plugins" --show-bin-path)

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# messages VISIBILITY FOLDER FILE... : one folder of messages
messages() {
    local visibility=$1 folder=$2
    shift 2
    mkdir -p "$out/$folder"
    protoc -IProto --plugin="$bin/protoc-gen-swift" \
        --swift_opt=Visibility="$visibility",FileNaming=PathToUnderscores,UseAccessLevelOnImports=true \
        --swift_out="$out/$folder" "$@"
}

messages Public Sources/SlotdAPI/Generated Proto/slotd/v1/*.proto Proto/google/rpc/*.proto
compgen -G "Proto/slotd/journal/v1/*.proto" >/dev/null && messages Internal Sources/Storage/Generated Proto/slotd/journal/v1/*.proto
if [ -d Proto/grpc ]; then
    messages Internal Sources/RPC/Generated $(find Proto/grpc/health Proto/grpc/reflection -name '*.proto')
    if [ -d Proto/grpc/testing ]; then
        messages Internal Tests/InteropServer/Generated Proto/grpc/testing/*.proto
    fi
fi
protoc -IProto --plugin="$bin/protoc-gen-slotd" \
    --slotd_out="$out/Sources/SlotdAPI/Generated" Proto/slotd/v1/*.proto

status=0
while read -r folder; do
    if [ "${1:-}" = --check ]; then
        diff -r "$out/$folder" "$folder" || status=1
    else
        rm -rf "$folder" && mkdir -p "$folder" && cp "$out/$folder"/* "$folder"/
    fi
done < <(cd "$out" && find . -type d -name Generated | sed 's|^\./||')
[ $status -eq 0 ] || echo "The committed output is stale: run Scripts/generate-protos.sh" >&2
exit $status
