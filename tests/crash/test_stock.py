#!/usr/bin/env python3
"""The harness sees what stock HDF5 loses: a harness that finds nothing there would prove nothing about us."""

import re
import subprocess
import sys


def main(explore):
    for writer in ("stock", "stock-earliest", "stock-swmr"):
        command = [explore, "--writer", writer, "--power", "100", "--table"]
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
        (counts,) = re.findall(rf"^\| {writer} \| all \| (.*) \|$", output, re.M)
        kill_right, kill_unreadable, *_, = counts.split(" | ")
        power = [int(count) for count in counts.split(" | ")[4:8]]
        print(f"{writer}: {counts}")
        assert int(kill_right) > 0 and int(kill_unreadable) > 0, output
        assert power[0] > 0 and power[1] > 0 and power[3] > 0, output


if __name__ == "__main__":
    main(sys.argv[1])
    sys.exit(0)
