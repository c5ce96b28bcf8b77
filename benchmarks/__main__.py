"""Measures the work in rounds, each beside its floor, and prints a table.

    python -m benchmarks [NAME ...] [--rounds 5] [--scale 1.0]

Without names: everything but the cases of a million, in under 15 minutes on two cores.
"""

import argparse
import sys
from statistics import median

from benchmarks.cases import CASES, Figure


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("names", nargs="*", choices=[*CASES, []], metavar="NAME", help=", ".join(CASES))
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--scale", type=float, default=1.0, help="of the usual number of rows")
    arguments = asked.parse_args()
    names = arguments.names or [name for name, case in CASES.items() if not case.by_name_only]
    print("| work | goal | median | of the rounds | the last round |")
    print("| --- | ---: | ---: | --- | --- |")
    for name in names:
        case, found = CASES[name], dict[str, list[Figure]]()
        for _ in range(arguments.rounds):
            for figure in case.run(max(10, int(case.rows * arguments.scale))):
                found.setdefault(figure.work, []).append(figure)
        for work, figures in found.items():
            values = sorted(figure.value for figure in figures)
            rounds = f"{values[0]:.2f} to {values[-1]:.2f}"
            goal = case.must.get(work, "")
            print(f"| {work} | {goal} | {median(values):.2f} | {rounds} | {figures[-1].detail} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
