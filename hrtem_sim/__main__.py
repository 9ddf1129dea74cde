"""`python -m hrtem_sim`: the command line, where no script is on the path."""

import sys

from hrtem_sim.cli import main

sys.exit(main())
