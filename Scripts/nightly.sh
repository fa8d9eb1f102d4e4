#!/bin/sh
# Asks the search oracle a million questions, with optimization: for a night's run.
#
#   Scripts/nightly.sh              a million starts tried, ten thousand lists compared
#   Scripts/nightly.sh 100000       fewer
#
# A failure names its seed; SLOTD_ORACLE_SEED=SEED swift test --filter Availability replays it.
set -eu
cd "$(dirname "$0")/.."
SLOTD_ORACLE_QUESTIONS="${1:-1000000}"
export SLOTD_ORACLE_QUESTIONS
exec swift test -c release -Xswiftc -enable-testing --filter Availability
