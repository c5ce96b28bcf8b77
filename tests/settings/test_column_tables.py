"""What the settings say about headers and cells: checked before a file is read."""

from pathlib import Path

import pytest

from tests.settings.test_resolve import complaint, load, write_config


def test_tables_speak_of_headers_and_cells(tmp_path: Path) -> None:
    write_config(
        tmp_path,
        "[columns]\nLehrkraft = 'presenter_email'\nRaum = ''\nKurs = 'title'\n"
        "[values.duration]\n'a double' = 90\n[values.create_recording]\nja = true\n"
        "[values.start_time]\nP3 = '10:15-11:00'\n",
    )
    settings = load(tmp_path, {"columns": {"Kurs": "", "Fach": "title"}})
    assert settings.columns == {"Lehrkraft": "presenter_email", "Raum": "", "Kurs": "", "Fach": "title"}
    assert settings.values == {
        "duration": {"a double": "90"},
        "create_recording": {"ja": "yes"},
        "start_time": {"P3": "10:15-11:00"},
    }


BAD_TABLES = {
    "a header for no column": (
        {"CLASSBATCH_COLUMNS": '{"Teacher": "presenter_mail"}'},
        ["CLASSBATCH_COLUMNS: 'Teacher' cannot be 'presenter_mail'", "Did you mean presenter_email?"],
    ),
    "headers that cannot be read": ({"CLASSBATCH_COLUMNS": "{"}, ["CLASSBATCH_COLUMNS cannot be read"]),
    "a map of an unknown column": (
        {"CLASSBATCH_VALUES": '{"teacher": {"Dr. Rao": "rao@school.example"}}'},
        ["CLASSBATCH_VALUES__TEACHER is not a column", "These are: title, start_time"],
    ),
    "a map to what no cell could be": (
        {"CLASSBATCH_VALUES": '{"presenter_email": {"Dr. Rao": "rao"}}'},
        ["CLASSBATCH_VALUES__PRESENTER_EMAIL, 'Dr. Rao', 'rao', is not an e-mail address."],
    ),
    "a map that is no table": (
        {"CLASSBATCH_VALUES": '{"duration": 5}'},
        ["CLASSBATCH_VALUES__DURATION is not a table", "Write a line [values.duration]"],
    ),
}


@pytest.mark.parametrize(("variables", "parts"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_a_table_that_means_nothing_is_told(
    variables: dict[str, str], parts: list[str], tmp_path: Path
) -> None:
    said = complaint(tmp_path, **variables)
    assert [part for part in parts if part not in said] == []
