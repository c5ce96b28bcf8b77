"""A statement that is done for many values: as one function of the session, in one trip to the server.

The driver's `executemany` costs this process more than everything else that a commit does.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import psycopg

from batch.journal.database import Values
from batch.journal.postgresql.dialect import in_postgresql

_PARAMETER = re.compile(r"%\((\w+)\)s")
_TYPES = b"SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'many'"
#: One after the other, as if each were a statement of its own: what the first has written the second sees.
_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}(many_values json) RETURNS bigint LANGUAGE plpgsql AS $many$
#variable_conflict use_column
DECLARE
  many_given record;
  many_touched bigint;
  many_together bigint := 0;
BEGIN
  FOR many_given IN SELECT {columns} FROM json_array_elements(many_values) AS many_element (each) LOOP
    {statement};
    GET DIAGNOSTICS many_touched = ROW_COUNT;
    many_together := many_together + many_touched;
  END LOOP;
  RETURN many_together;
END $many$
"""


class Many:
    """A statement's function: gone when the session ends, or the transaction that made it is rolled back."""

    def __init__(self, name: str, parameters: Sequence[str]) -> None:
        self._call = f"SELECT {name}(%s)".encode()
        self._parameters = parameters  #: in the order that the function reads them

    @classmethod
    def made(cls, connection: "psycopg.Connection[Any]", statement: str, number: int) -> Self:
        """Make it, under this number."""
        text = in_postgresql(statement)
        parameters = tuple(dict.fromkeys(_PARAMETER.findall(text)))
        numbered = _with(text, {name: f"${place}" for place, name in enumerate(parameters, 1)})
        # Of the types that the server finds for them by itself.
        connection.execute(f"PREPARE many AS {numbered}".encode())
        ((types,),) = connection.execute(_TYPES).fetchall()
        connection.execute(b"DEALLOCATE many")
        columns = ", ".join(
            f"CAST(many_element.each ->> {place} AS {kind}) AS {name}"
            for place, (name, kind) in enumerate(zip(parameters, types, strict=True))
        )
        of_each = _with(text, {name: f"many_given.{name}" for name in parameters})
        name = f"pg_temp.many_{number}"
        connection.execute(_FUNCTION.format(name=name, columns=columns, statement=of_each).encode())
        return cls(name, parameters)

    def run(self, connection: "psycopg.Connection[Any]", values: Iterable[Values]) -> int:
        """Return how many records it touched, all in all."""
        given = json.dumps([[each[name] for name in self._parameters] for each in values])
        ((touched,),) = connection.execute(self._call, (given,)).fetchall()
        return int(touched)


def _with(text: str, instead: Mapping[str, str]) -> str:
    return _PARAMETER.sub(lambda found: instead[found[1]], text).replace("%%", "%")
