"""How much is tried. A quick run tries little of everything; the variables named here make it a long one.

docs/how-tested.md says how long ones went.
"""

import os


def _variable(name: str, quick: int) -> int:
    return int(os.environ.get(name, quick))


#: Histories that the simulation plays; of each kind of trouble a twelfth of that.
SEEDS = _variable("CLASSBATCH_SEEDS", 120)
#: Of these, so many are played with the journals in PostgreSQL, too.
POSTGRES_SEEDS = _variable("CLASSBATCH_POSTGRES_SEEDS", 3)
#: Of each fault of the matrix. Above 1, every list that is bent is tried, too, in every situation.
TRIALS = _variable("CLASSBATCH_TRIALS", 1)
#: At each point at which a run is killed.
KILLS = _variable("CLASSBATCH_KILLS", 1)
#: Of the timetable that two runs send at once.
LOCK_ROWS = _variable("CLASSBATCH_LOCK_ROWS", 100)
#: Of each property.
EXAMPLES = _variable("CLASSBATCH_EXAMPLES", 40)
