"""`python -m imgrec_lib` is the same as `imgrec`."""

import sys

from imgrec_lib.cli import main

sys.exit(main())
