#!/usr/bin/env bash
# Runs slotd's main job from nothing: installs what is missing, builds, starts the daemon with a
# demonstration clinic, and walks through the portal's story with slotctl. The daemon stays up.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat <<'END'
Scripts/demo.sh [--port PORT] [--data DIR] [--stop]

Builds slotd, starts it with a demonstration clinic, and walks through the portal's story. The
daemon stays up. What an earlier run left is ended and removed first.

  --port PORT  where it listens on 127.0.0.1 (SLOTD_DEMO_PORT; default 50061, or any free one when
               that is taken; 0: any free one)
  --data DIR   where its data and its log are (SLOTD_DEMO_DATA; default demo-data)
  --stop       only end the daemon of an earlier run, and remove its data
  --help       this text

With SLOTD_BIN=DIR nothing is installed or built: slotd and slotctl are taken from there.
END
}

data=${SLOTD_DEMO_DATA:-demo-data}
port=${SLOTD_DEMO_PORT:-}
only_stop=
while [ $# -gt 0 ]; do
    case $1 in
        --port) port=${2:?--port needs a number}; shift ;;
        --data) data=${2:?--data needs a directory}; shift ;;
        --stop) only_stop=1 ;;
        --help | -h) usage; exit 0 ;;
        *) echo "demo.sh: unknown argument $1" >&2; usage >&2; exit 64 ;;
    esac
    shift
done

# Ends the daemon of an earlier run and removes its data. The number in the file may be another
# process's by now, and the directory somebody's own.
stop_daemon() {
    [ -e "$data" ] || return 0
    if [ ! -f "$data/slotd.pid" ]; then
        echo "demo.sh: $data is not the demo's: remove it, or name another with --data" >&2
        exit 1
    fi
    local pid program
    pid=$(cat "$data/slotd.pid")
    program=$(readlink "/proc/${pid:-none}/exe" 2>/dev/null || true)
    # The link of a program that was built anew ends with " (deleted)".
    case ${program% (deleted)} in
        */slotd)
            if tr '\0' '\n' <"/proc/$pid/cmdline" | grep -Fqx "$data/store"; then
                kill "$pid" 2>/dev/null || true
                while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
            fi ;;
    esac
    rm -rf "$data"
}

stop_daemon
[ -z "$only_stop" ] || exit 0

if [ -n "${SLOTD_BIN:-}" ]; then
    bin=$SLOTD_BIN
else
    Scripts/install.sh
    echo "building (the first time takes some minutes)" >&2
    SLOTD_REVISION=$(git describe --always --dirty 2>/dev/null || echo unknown)
    export SLOTD_REVISION
    swift build -c release --product slotd >&2
    swift build -c release --product slotctl >&2
    bin=$(swift build -c release --show-bin-path)
fi

# Starts the daemon on a port and waits until it serves; fails when it ends before.
start_daemon() {
    : >"$data/ready"
    nohup "$bin/slotd" serve --data-dir "$data/store" --listen "127.0.0.1:$1" \
        >"$data/ready" 2>"$data/log" </dev/null &
    daemon=$!
    echo "$daemon" >"$data/slotd.pid"
    until grep -q 'slotd ready on' "$data/ready"; do
        kill -0 "$daemon" 2>/dev/null || return 1
        sleep 0.1
    done
}

mkdir -p "$data"
if ! start_daemon "${port:-50061}"; then
    # The port of the examples is wished for, not needed.
    if [ -n "$port" ] || ! grep -q 'another process uses this address' "$data/log" \
        || ! start_daemon 0; then
        grep -v '^{' "$data/log" >&2
        rm -rf "$data"
        exit 1
    fi
    echo "port 50061 is taken; taking another" >&2
fi
cat "$data/ready"
socket=$(sed -n 's/^slotd ready on //p' "$data/ready")

unset SLOTD_ORG SLOTD_ROLE SLOTD_LOCATION SLOTD_OUTPUT SLOTD_CONTEXT SLOTD_TIMEOUT
export SLOTD_SERVER=$socket SLOTD_ACTOR=${USER:-front-desk} SLOTCTL_CONFIG=$data/slotctl.yaml
ctl() { "$bin/slotctl" "$@"; }

strong='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    strong=$'\033[1m' dim=$'\033[2m' plain=$'\033[0m'
fi
say() { printf '\n%s%s%s\n' "$strong" "$*" "$plain"; }
# Shows a command and runs it, as a table.
run() {
    printf '%s$ slotctl' "$dim"
    printf ' %q' "$@"
    printf '%s\n' "$plain"
    ctl "$@" -o table
}
# The start in the row of that number of the free times of the next week, or in the last row.
slot() {
    local start
    start=$(ctl slots find --location "$spa" --service "$1" --date tomorrow --days 7 -o tsv \
        | awk -F '\t' -v row="$2" 'NR <= row { start = $1 } END { print start }')
    [ -n "$start" ] || { echo "demo.sh: no free time for $1 in the next week" >&2; return 1; }
    echo "$start"
}

say "A clinic: four locations, eleven providers, ten services, three weeks of bookings"
ctl demo load
run location list

spa="Madison Avenue"
ada="Ada Lovelace"
ctl patient create --name "$ada" --ref ada -o tsv >/dev/null

say "1. Find a time, and book it"
run slots find --location "$spa" --service Botox --date tomorrow --days 7
botox=$(slot Botox 1)
run booking create --patient ref:ada --location "$spa" --service Botox --start "$botox" --ref visit-1

say "2. Check the patient in, and start the procedure from the board: it lands on step 3"
run booking move ref:visit-1 check-in
run procedure start ref:visit-1

say "3. From a patient: it lands on step 2, and the dropdown offers her scheduled bookings"
facial=$(slot HydraFacial 1)
ctl booking create --patient ref:ada --location "$spa" --service HydraFacial --start "$facial" \
    --ref visit-2 -o tsv >/dev/null
run procedure new --patient ref:ada --ref draft-2
run procedure attachable --procedure ref:draft-2
run procedure attach --procedure ref:draft-2 --booking ref:visit-2

say "4. From a booking: patient, booking and type are filled in"
peel=$(slot 'Chemical peel' 3)
ctl booking create --patient ref:ada --location "$spa" --service 'Chemical peel' --start "$peel" \
    --ref visit-3 -o tsv >/dev/null
run procedure new --booking ref:visit-3 --ref draft-3

say "5. A booking created on the spot, and attached in one step"
ctl procedure new --patient ref:ada --ref draft-4 -o tsv >/dev/null
filler=$(slot 'Dermal filler' 5)
run procedure create-and-attach ref:draft-4 --location "$spa" --service 'Dermal filler' \
    --start "$filler" --ref visit-4

say "6. The single page: patient, new booking and type in one call"
laser=$(slot 'Laser hair removal' 2)
run procedure submit --patient ref:ada --location "$spa" --service 'Laser hair removal' \
    --start "$laser" --type 'Laser hair removal, one area' --procedure-ref form-5 --ref visit-5

say "7. The board of the day of her first visit"
run board show --location "$spa" --date "${botox%%T*}"

cat <<END

slotd keeps running (process $daemon, data in $data/, log in $data/log). Try:

  export SLOTD_SERVER=$socket PATH="$bin:\$PATH"
  slotctl board --location "$spa"
  slotctl slots find --location "River North" --service Consultation
  slotctl procedure attach                # asks for everything: type "lov", pick, attach
  slotctl booking list --patient ref:ada
  slotctl --help

Scripts/demo.sh --stop$([ "$data" = demo-data ] || printf ' --data %q' "$data") ends it and removes its data.
END
