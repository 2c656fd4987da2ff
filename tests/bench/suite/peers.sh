#!/bin/sh
# peers.sh FOLDER: brings the tools that the benchmarks compare with: Debian's, and those of the Python index into a virtual
# environment there. What cannot be had is left out, and `make bench` names it.
set -u
sh "$(dirname "$0")/../../../cmake/deps.sh" bench || echo "peers.sh: some peers are missing" >&2
[ -x "$1/bin/python" ] || /usr/bin/python3 -m venv --system-site-packages "$1" || exit 1
# pyarrow 18 and later want a newer numpy than Debian 12 has.
"$1/bin/python" -m pip install -q polars duckdb "pyarrow<18" || echo "peers.sh: polars, DuckDB or pyarrow is missing" >&2
exit 0
