"""What is wrong with settings. `where` names the place of one: a flag, a variable, a line of a file."""

from collections.abc import Mapping

from batch.core.message import SettingFault
from batch.report.wording.phrases import Words

_OR_DEFAULT = "Set {name} to {takes}, or leave it out. Default: {default}."
_FOR_YOU_ALONE = "Make it yours alone with: chmod 600 {file}"


def words_of(what: SettingFault, facts: Mapping[str, object]) -> Words:
    match what:
        case SettingFault.NOT_FOR_PROGRAMS:
            return Words("{name} is no setting that can be given here.", "docs/settings.md lists them.")
        case SettingFault.UNKNOWN:
            hint = (
                "Did you mean {near[0]}?"
                if facts["near"]
                else "Take {name} out; docs/settings.md lists the settings."
            )
            return Words(
                "{where:start} is not known.",
                "It is a column: write {name} under [defaults]." if facts["is_column"] else hint,
            )
        case SettingFault.NOT_TAKEN:
            value = "a value that cannot be used" if facts["value"] is None else "{value!r}"
            return Words(f"{{where:start}} is {value}, but it takes {{takes}}.", _OR_DEFAULT)
        case SettingFault.EXPLAINED:
            return Words("{where:start}: {why}", _OR_DEFAULT)
        case SettingFault.NO_JSON:
            whole = "Write it in JSON, or as the table [{table}] of classbatch.toml."
            line = "Give each default its own variable, such as {variable}__TIME_ZONE."
            return Words(
                "The variable {variable} cannot be read.", line if facts["table"] == "defaults" else whole
            )
        case SettingFault.NOT_A_TABLE:
            return Words("{where:start} is not a table.", "Write a line [{name}], and name = value below it.")
        case SettingFault.NO_VALUE_MAP:
            return Words(
                "{where:start} is not a table.",
                'Write a line [values.{name}], and "cell" = "meaning" below it.',
            )
        case SettingFault.NO_SUCH_COLUMN:
            return Words("{where:start} is not a column of the timetable.", _meant(facts))
        case SettingFault.NO_COLUMN_FOR_HEADER:
            return Words("{where:start}: {header!r} cannot be {name!r}, which is no column.", _meant(facts))
        case SettingFault.OF_EACH_CLASS:
            return Words(
                "{where:start} cannot be: each class has its own.", "Take {name} out, and fill in its column."
            )
        case SettingFault.NOT_OF_TERM:
            return Words(
                "{where:start} is {value!r}, but it takes {takes}."
                if facts["takes"]
                else "{where:start} is not known.",
                "" if facts["takes"] else "[term] has {known:list and}.",
            )
        case SettingFault.NOT_OF_GRID:
            lacks = facts["name"] == "cell" and not facts["value"]
            named = (
                "{where:start} is {value!r}, but it takes {takes}."
                if facts["takes"]
                else "{where:start} is not known."
            )
            return Words(
                "{where:start} is missing." if lacks else named,
                "It takes {takes}." if lacks else "" if facts["takes"] else "[grid] has {known:list and}.",
            )
        case SettingFault.NOT_TEXT:
            return Words("{where:start} is not text.", 'Write it as in a cell of the timetable: "{example}".')
        case SettingFault.NO_SUCH_CELL:
            return Words("{where:start}, {issue.value!r}, {issue.message}.", "{issue.column}: {issue.hint}")
        case SettingFault.NO_ACCOUNT:
            known = "There are: {known:list and}." if facts["known"] else "There are none yet."
            return Words(
                "There are no settings for an account called {name}.",
                f"Write them under [accounts.{{name}}] in classbatch.toml. {known}",
            )
        case SettingFault.NO_KEYS_OF_ACCOUNT:
            return Words(
                "The account {name} has no {missing:list and no} of its own.",
                "Write {missing:list and} under [accounts.{name}]; keys from elsewhere are those of another account.",
            )
        case SettingFault.NO_SETTINGS_OF_FOLDER:
            known = "There are: {known:list and}." if facts["known"] else "There are none yet."
            return Words(
                "There are no settings for a folder called {name}.",
                f"Write them under [folders.{{name}}] in classbatch.toml. {known}",
            )
        case SettingFault.BAD_ACCOUNT_NAME:
            return Words(
                "{where:start} cannot be called so.",
                "Take letters, digits, - and _ for the name, and not {taken:list or}.",
            )
        case SettingFault.SAME_FOR_ALL:
            return Words(
                "{name} cannot stand under {where}: it is the same for all accounts.",
                "Move the line with {name} to the top of the file, before the first [...].",
            )
        case SettingFault.NOT_OF_A_FOLDER:
            return Words(
                "{name} cannot stand under {where}: there stands how the files of that folder are read.",
                "Move the line with {name} to the top of the file, before the first [...], or to an account of its own.",
            )
        case SettingFault.NO_KEYS:
            return Words(
                "There is no {missing:list and no} to sign in to WizIQ with.",
                "Set the variables {variables:list and}; "
                "WizIQ shows your keys on the API settings page of your account.",
            )
        case SettingFault.TWO_SECRET_KEYS:
            return Words("{where:start} is set, and {other} too.", "Leave one of them out.")
        case SettingFault.SENT_ASTRAY:
            return Words(
                "{where:start} would send your keys to {url}, and {key} comes from elsewhere.",
                "If that is where they belong, set the variable {variable} to it, or name the file with --config.",
            )
        case SettingFault.CLOSED_SECRET:
            return Words(
                "The file of the secret key, {file}, cannot be read: {why}.",
                "Set secret_key_file to a file that you may read.",
            )
        case SettingFault.OPEN_SECRET:
            return Words(
                "Other users of this machine may open the file of the secret key, {file}.", _FOR_YOU_ALONE
            )
        case SettingFault.ODD_SECRET:
            return Words(
                "The file of the secret key, {file}, holds something else than one key.",
                "Put the secret key in it, on one line, and nothing else.",
            )
        case SettingFault.NO_FILE:
            return Words("There is no settings file {file}.", "Check the path after --config.")
        case SettingFault.CLOSED_FILE:
            return Words(
                "The settings file {file} cannot be read: {why}.", "Give --config a file that you may read."
            )
        case SettingFault.OPEN_FILE:
            return Words(
                "The settings file {file} holds {secrets:list and}, and other users of this machine may open it.",
                _FOR_YOU_ALONE,
            )
        case SettingFault.PLANTED_FILE:
            return _planted(facts)
        case SettingFault.NOT_UTF8:
            return Words("The settings file {file} is not UTF-8 text.", "Save it as UTF-8.")
        case SettingFault.NOT_TOML:
            return Words(
                "The settings file {file} is not valid TOML: {why}.",
                'Write each setting on a line as name = value, text in double quotes: sheet = "Autumn".',
            )
        case SettingFault.NO_CERTIFICATES:
            return Words(
                "The file {file}, named by the setting ca_file, cannot be read as certificates: {why}.",
                "Name a PEM file there, which starts with -----BEGIN CERTIFICATE-----.",
            )
        case SettingFault.NO_HOME:
            return Words("It is not known which directory is your home.", "Set the variable HOME to it.")


def _meant(facts: Mapping[str, object]) -> str:
    return "Did you mean {near[0]}?" if facts["near"] else "These are: {names:list and}."


def _planted(facts: Mapping[str, object]) -> Words:
    it = "its folder" if facts["is_folder"] else "it"
    why = f"{it} belongs to another user" if facts["is_anothers"] else f"other users may change {it}"
    if facts["is_folder"]:
        mend = "Work in a folder that is yours alone" + (
            "" if facts["is_anothers"] else " (chmod go-w {path})"
        )
    elif facts["is_anothers"]:
        mend = "If you trust what it says, make it yours alone with: cp {file} mine && mv mine {file}"
    else:
        mend = "If you trust what it says: chmod go-w {file}"
    return Words(
        f"The settings file {{file}} decides where your keys go, and {why}. It is not used.",
        f"{mend}; or name the file with --config {{file}}; or move it away.",
    )
