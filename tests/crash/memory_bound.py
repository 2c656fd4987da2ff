#!/usr/bin/env python3
"""Peak of parent and children together (PSS) during a load: at most the quota and 64 MiB, whatever the size of the input.

Arguments: megabytes of input, quota in MiB. Prints the peak.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import measure  # noqa: E402

COMMAND = os.environ["FOREBAY_COMMAND"]
MIB = 1 << 20


def main():
    megabytes, quota = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        source = pathlib.Path(name) / "input.txt"
        rows = measure.write_rows(source, megabytes)
        command = [COMMAND, "load", str(source), "-o", str(pathlib.Path(name) / "out.h5"), "--memory", f"{quota}M",
                   "--dtype", "chr:S10,pos:i4,pct:f4,c:i4,t:i4", "--json"]
        peak = samples = 0
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            while True:
                peak = max(peak, measure.pss_of_family(process.pid))
                samples += 1
                try:
                    process.wait(0.01)
                    break
                except subprocess.TimeoutExpired:
                    pass
            assert process.returncode == 0, process.returncode
            assert json.load(process.stdout)["rows"] == rows
        print(f"{megabytes} MB, quota {quota} MiB: peak PSS {peak / MIB:.1f} MiB in {samples} samples")
        assert samples > 3, "the load was too short to be measured"
        assert peak <= (quota + 64) * MIB, "the load took more memory than promised"


main()
