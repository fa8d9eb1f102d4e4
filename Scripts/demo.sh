#!/usr/bin/env bash
# Runs slotd's main job from nothing: installs what is missing, builds, starts the daemon with a
# demonstration clinic, and walks through the portal's story with slotctl. The daemon stays up.
#   Scripts/demo.sh            story, then leaves the daemon running
#   Scripts/demo.sh --stop     stops that daemon and removes its data
set -euo pipefail
cd "$(dirname "$0")/.."

data=demo-data
socket=127.0.0.1:50061

stop_daemon() {
    [ -f "$data/slotd.pid" ] || return 0
    local pid
    pid=$(cat "$data/slotd.pid")
    kill "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

if [ "${1:-}" = --stop ]; then
    stop_daemon
    rm -rf "$data"
    exit 0
fi

Scripts/install.sh
echo "building (the first time takes some minutes)" >&2
swift build -c release --product slotd >&2
swift build -c release --product slotctl >&2
bin=$(swift build -c release --show-bin-path)

stop_daemon
rm -rf "$data"
mkdir -p "$data"
nohup "$bin/slotd" serve --data-dir "$data/store" --listen "$socket" \
    >"$data/ready" 2>"$data/log" </dev/null &
daemon=$!
echo "$daemon" >"$data/slotd.pid"
until grep -q 'slotd ready on' "$data/ready"; do
    kill -0 "$daemon" 2>/dev/null || { cat "$data/log" >&2; exit 1; }
    sleep 0.1
done
cat "$data/ready"

export SLOTD_SERVER=$socket SLOTD_ACTOR=${USER:-front-desk}
ctl() { "$bin/slotctl" "$@"; }

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# Shows a command and runs it, as a table.
run() {
    printf '\033[2m$ slotctl'
    printf ' %q' "$@"
    printf '\033[0m\n'
    ctl "$@" -o table
}
# The first column of the first row that a command prints.
first() { ctl "$@" -o tsv | awk -F '\t' 'NR == 1 { print $1 }'; }

say "A clinic: four locations, eleven providers, ten services, three weeks of bookings"
ctl demo load
run location list

spa="Madison Avenue"
ada="Ada Lovelace"
ctl patient create --name "$ada" --ref ada -o tsv >/dev/null

say "1. Find a time, and book it"
slots() { ctl slots find --location "$spa" --service "$1" --date tomorrow --days 6 -o tsv; }
run slots find --location "$spa" --service Botox --date tomorrow --days 3
botox=$(slots Botox | awk -F '\t' 'NR == 1 { print $1 }')
run booking create --patient ref:ada --location "$spa" --service Botox --start "$botox" --ref visit-1

say "2. Check the patient in, and start the procedure from the board: it lands on step 3"
run booking move ref:visit-1 check-in
run procedure start ref:visit-1

say "3. From a patient: it lands on step 2, and the dropdown offers her scheduled bookings"
facial=$(slots HydraFacial | awk -F '\t' 'NR == 1 { print $1 }')
ctl booking create --patient ref:ada --location "$spa" --service HydraFacial --start "$facial" \
    --ref visit-2 -o tsv >/dev/null
run procedure new --patient ref:ada --ref draft-2
run procedure attachable --procedure ref:draft-2
run procedure attach --procedure ref:draft-2 --booking ref:visit-2

say "4. From a booking: patient, booking and type are filled in"
peel=$(slots 'Chemical peel' | awk -F '\t' 'NR == 3 { print $1 }')
ctl booking create --patient ref:ada --location "$spa" --service 'Chemical peel' --start "$peel" \
    --ref visit-3 -o tsv >/dev/null
run procedure new --booking ref:visit-3 --ref draft-3

say "5. A booking created on the spot, and attached in one step"
ctl procedure new --patient ref:ada --ref draft-4 -o tsv >/dev/null
filler=$(slots 'Dermal filler' | awk -F '\t' 'NR == 5 { print $1 }')
run procedure create-and-attach ref:draft-4 --location "$spa" --service 'Dermal filler' \
    --start "$filler" --ref visit-4

say "6. The single page: patient, new booking and type in one call"
laser=$(slots 'Laser hair removal' | awk -F '\t' 'NR == 2 { print $1 }')
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

Scripts/demo.sh --stop ends it and removes its data.
END
