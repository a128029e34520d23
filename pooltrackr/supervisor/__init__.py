"""Start the programs of one Pooltrackr on this machine, watch them, stop them in reverse.

`make demo` and the tests with real processes use it; production has systemd or containers. It
never restarts a program in silence: a death is reported with its last log lines, and all stop.
"""

from pooltrackr.supervisor.child import ChildDied, ChildError, NotReady, Program
from pooltrackr.supervisor.stack import Stack
from pooltrackr.supervisor.supervisor import Supervisor

__all__ = ["ChildDied", "ChildError", "NotReady", "Program", "Stack", "Supervisor"]
