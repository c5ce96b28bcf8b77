-- What the journal's statements call, and PostgreSQL has under other names: as SQLite has it, over JSON in texts.

CREATE FUNCTION classbatch.json_each(document TEXT) RETURNS TABLE (key TEXT, value TEXT)
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF json_typeof(document::json) = 'array' THEN
    RETURN QUERY SELECT CAST(each.ordinality - 1 AS TEXT), each.value
      FROM json_array_elements_text(document::json) WITH ORDINALITY AS each (value, ordinality);
  ELSE
    RETURN QUERY SELECT each.key, each.value FROM json_each_text(document::json) AS each;
  END IF;
END $$;

-- A path is always $.name here.
CREATE FUNCTION classbatch.json_extract(document TEXT, path TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE AS $$ SELECT document::json ->> substr(path, 3) $$;
