"""The program of a child that runs a loader written in Python: _child.py LIBRARY MODULE:FUNCTION --forebay-child.

It is started by its path and not by ``-m``, since the new process need not find the package where the host found it.
"""

import os
import sys

if __name__ == "__main__":
    os.environ["FOREBAY_LIBRARY"] = sys.argv[1]
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

    from forebay import _custom

    _custom.run()
