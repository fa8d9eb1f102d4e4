#!/usr/bin/env bash
# Asks the search oracle a million questions, with optimization: for a night's run.
#
#   Scripts/nightly.sh              a million starts tried, ten thousand lists compared a property
#   Scripts/nightly.sh 100000       fewer
#
# Builds in .build-nightly, beside other builds. Prints how many questions each property was asked,
# in how many worlds of which seeds, and what was found; every world in which something was found
# is replayed by SLOTD_ORACLE_SEED=SEED swift test --filter Availability.
set -euo pipefail
cd "$(dirname "$0")/.."

build=(-c release --scratch-path .build-nightly -Xswiftc -enable-testing)
log=.build-nightly/oracle.log
swift build "${build[@]}" --product slotdPackageTests

SLOTD_ORACLE_QUESTIONS=${1:-1000000}
export SLOTD_ORACLE_QUESTIONS
began=$(date +%s)
outcome=passed
swift test --skip-build "${build[@]}" --filter Availability >"$log" 2>&1 || outcome=FAILED

awk -F '|' -v outcome="$outcome" -v seconds="$(($(date +%s) - began))" '
    sub(/^.*oracle\|/, "oracle|") {
        if (!($2 in asked)) { order[++properties] = $2; kind[$2] = $3 }
        asked[$2] += $4
        worlds[$2] += $5
        all += $4
        seeds[$2] = seeds[$2] (seeds[$2] == "" ? "" : ", ") $6
    }
    END {
        for (i = 1; i <= properties; i++) {
            name = order[i]
            printf "%-26s %8d %s in %6d worlds: seeds %s\n",
                name, asked[name], kind[name], worlds[name], seeds[name]
        }
        printf "%d questions in %d s: %s\n", all, seconds, outcome
    }' <(grep -a 'oracle|' "$log" | sort)

if [[ $outcome == FAILED ]]; then
    echo "worlds in which something was found:"
    grep -aoE 'seed [0-9]+' "$log" | sort -u || true
    echo "the whole story is in $log"
    exit 1
fi
