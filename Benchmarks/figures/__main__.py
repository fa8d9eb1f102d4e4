"""First figures: slotd beside a gRPC C++ echo server and PostgreSQL, in one run.

    python3 Benchmarks/figures [--runs N] [--seconds S] [--name NAME]

Needs nothing but Python's standard library and the packages that Benchmarks/README.md names.
Subjects take turns, A B C A B C, so that whatever else the machine does falls on all of them; what
is reported is the median of the turns. Writes NAME.json (everything measured) and NAME.md (the table)
to Benchmarks/Results, and ends with 1 when a floor is missed.
"""

import argparse
import datetime
import json
import pathlib
import sys
import tempfile

import environment
import measure
import report
import servers

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
RESULTS = REPOSITORY / "Benchmarks" / "Results"


def arguments():
    parser = argparse.ArgumentParser(prog="figures", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="turns of each subject")
    parser.add_argument("--seconds", type=int, default=3, help="measured seconds of a turn")
    parser.add_argument("--warm-up", type=int, default=1, help="seconds before each of them")
    parser.add_argument("--name", help="of the two files; default: DATE-first-figures")
    parser.add_argument("--no-build", action="store_true", help="take the programs as they are")
    parser.add_argument("--build-path", type=pathlib.Path, default=REPOSITORY / ".build",
                        help="where swift build puts its products")
    parser.add_argument("--output", type=pathlib.Path, default=RESULTS, help="where results go")
    return parser.parse_args()


def main():
    options = arguments()
    environment.require_two_cores()
    programs = servers.Programs(REPOSITORY, options.build_path)
    # /var/tmp and not /tmp, which may be memory: a commit must reach a disk.
    with tempfile.TemporaryDirectory(prefix="slotd-figures-", dir="/var/tmp") as scratch:
        scratch = pathlib.Path(scratch)
        # PostgreSQL's own user must pass through.
        scratch.chmod(0o755)
        programs.build(scratch, skip_swift=options.no_build)
        results = {
            "schema": 1,
            "date": datetime.date.today().isoformat(),
            "environment": environment.describe(REPOSITORY, scratch),
            "parameters": {"runs": options.runs, "seconds": options.seconds,
                           "warm_up": options.warm_up},
            "find_slots": measure.find_slots(programs, scratch, options),
            "create_booking": measure.create_booking(programs, scratch, options),
        }
    results["verdicts"] = report.verdicts(results)
    name = options.name or f"{results['date']}-first-figures"
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    text = report.markdown(results)
    (options.output / f"{name}.md").write_text(text)
    print(text)
    return 0 if all(verdict["met"] for verdict in results["verdicts"]) else 1


if __name__ == "__main__":
    sys.exit(main())
