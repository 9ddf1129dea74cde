"""`python -m seg_train`: the command line, where no script is on the path."""

import sys

from seg_train.cli import main

sys.exit(main())
