"""What each class carries, and no list shows: some accounts find a class by it.

A class is then known for certain that nothing else tells from another one, as lessons of
several teachers at one time where the list names no presenters. Nothing that is not found
by it is called absent: whether an account keeps it is undocumented.
"""

from hashlib import sha256

#: The parameter of `create` that it is sent under, and the filter of `get_data` that it is asked for by.
PARAMETER = "course_id"

#: Of so many classes that are known to be there it is tried whether they are found.
MOST_PROOFS = 2
#: So many classes are asked for in one look-up.
MOST_ASKED = 50


def stamp_of(journal: str, fingerprint: str) -> str:
    """What the class of a row carries.

    Args:
        journal: the journal's own name.
        fingerprint: of the class; "": of none that there can be.
    """
    return f"{journal}-{sha256(fingerprint.encode()).hexdigest()[:16]}"
