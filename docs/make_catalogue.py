"""Brings the catalogues of texts up to date with the code, and compiles them; run it after changing a text or a translation.

    python docs/make_catalogue.py

A text that is new stands in each catalogue without a translation, one that is gone is taken out. Tests compare
what is committed with fresh ones.

The texts are found by reading the code. One may be put together of constants and of choices between them; what else
is glued into a text is reported, for nobody could translate it.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from batch.core.language import Language
from batch.report.wording.language import DOMAIN

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "batch"
_LOCALES = PACKAGE / "report" / "wording" / "locale"
#: What is called with a text, and which of its arguments are texts: by position, and by name.
_MARKS: Mapping[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "tr": ((0,), ()),
    "tr_later": ((0,), ()),
    "dated": ((1,), ()),
    "Words": (
        (0, 1, 2, 3),
        ("message", "hint", "page", "page_hint", "name", "explained", "next_step", "page_step"),
    ),
    "ApiCode": ((2, 3), ("meaning", "advice", "page_advice")),
    "Column": ((), ("called", "help")),
    "_Kind": ((), ("asks", "why", "example", "button")),
}
#: Texts that are found where they are given, and stand as attributes elsewhere.
_GIVEN_ELSEWHERE = {"meaning", "advice", "page_advice", "called", "help"}
#: Ways to write a fact that have words in them; see `report/wording/phrases.py`.
_WORDY = ("count", "form", "list", "called")
#: Languages number their plural forms: an entry's form number n is the text "n".
FORMS = ("0", "1")


class NoText(Exception):  # noqa: N818 - it is what the caller is told
    """Something in the place of a text that nobody could translate."""


@dataclass(frozen=True, slots=True)
class Module:
    """A file of the package, read."""

    name: str
    tree: ast.Module
    parents: Mapping[ast.AST, ast.AST]
    constants: Mapping[str, ast.expr]
    functions: Mapping[str, ast.FunctionDef]
    imports: Mapping[str, str]  #: name -> the module that it is from


@cache
def module_of(name: str) -> Module:
    path = ROOT / f"{name.replace('.', '/')}.py"
    tree = ast.parse(
        (path if path.exists() else path.with_suffix("") / "__init__.py").read_text(encoding="utf-8")
    )
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    constants: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                constants.update(_pairs(target, node.value))
    return Module(
        name=name,
        tree=tree,
        parents=parents,
        constants=constants,
        functions={node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)},
        imports={
            alias.asname or alias.name: node.module
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        },
    )


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for each, its_value in zip(target.elts, value.elts, strict=True):
            yield from _pairs(each, its_value)


def texts_of(node: ast.expr | None, module: Module) -> list[str]:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of expression
    """Every text that an expression can be.

    Raises:
        NoText: it can be something that does not stand in the code.
    """
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Constant(value=None) | None:
            return []
        case ast.JoinedStr(values=parts):
            return _joined(parts, module)
        case ast.FormattedValue(value=value, format_spec=None, conversion=how) if how in {-1, ord("r")}:
            return [repr(text) if how == ord("r") else text for text in texts_of(value, module)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined([left, right], module)
        case ast.IfExp(body=body, orelse=other):
            return [*texts_of(body, module), *texts_of(other, module)]
        case ast.BoolOp(values=values):
            return [text for value in values for text in texts_of(value, module)]
        case ast.Call(func=ast.Name(id="tr_later"), args=[text]):
            return texts_of(text, module)
        case ast.Call(func=ast.Attribute(attr="get", value=table), args=[_, *default]):
            given = [text for each in default for text in texts_of(each, module)]
            return [*_of_table(module, table), *given]
        case ast.Call(func=ast.Name(id=name)) if name in module.functions:
            returns = [each for each in ast.walk(module.functions[name]) if isinstance(each, ast.Return)]
            return [text for each in returns for text in texts_of(each.value, module)]
        case ast.Subscript(value=ast.Subscript(value=table)) | ast.Subscript(value=table):
            return _of_table(module, table)
        case ast.Attribute(attr=attribute) if attribute in _GIVEN_ELSEWHERE:
            return []
        case ast.Name(id=name):
            return [text for value, of in _values(node, name, module) for text in texts_of(value, of)]
    raise NoText(f"{module.name}, line {node.lineno}: {ast.unparse(node)[:80]}")


def _joined(parts: list[ast.expr], module: Module) -> list[str]:
    return ["".join(chosen) for chosen in product(*(texts_of(part, module) for part in parts))]


def _of_table(module: Module, table: ast.expr) -> list[str]:
    home = module
    if isinstance(table, ast.Name):
        ((table, home),) = _values(table, table.id, module)
    if not isinstance(table, ast.Dict):
        raise NoText(f"{module.name}, line {table.lineno}: this is no table of texts")
    texts = []
    for value in table.values:
        found = value.elts if isinstance(value, ast.Tuple) else [value]
        texts += [text for each in found for text in texts_of(each, home)]
    return texts


def _values(use: ast.Name, name: str, module: Module) -> Iterator[tuple[ast.expr, Module]]:
    """What a name may stand for where it is used: what was given to it before, in its case of a `match` or outside of any."""
    within = _around(use, module)
    function = next((each for each in within if isinstance(each, ast.FunctionDef)), None)
    case = next((each for each in within if isinstance(each, ast.match_case)), None)
    found = []
    for node in ast.walk(function) if function is not None else ():
        if isinstance(node, ast.Assign) and node.end_lineno is not None and node.end_lineno < use.lineno:
            inside = next((each for each in _around(node, module) if isinstance(each, ast.match_case)), None)
            if inside in {None, case}:
                found += [
                    (value, module)
                    for target in node.targets
                    for each, value in _pairs(target, node.value)
                    if each == name
                ]
    if not found and function is not None and name in (names := [each.arg for each in function.args.args]):
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == function.name
            ):
                by_name = [each.value for each in node.keywords if each.arg == name]
                found += [(each, module) for each in [*node.args[names.index(name) :][:1], *by_name]]
    if not found and name in module.constants:
        found = [(module.constants[name], module)]
    elif not found and name in module.imports:
        home = module_of(module.imports[name])
        found = [(home.constants[name], home)] if name in home.constants else []
    if not found:
        raise NoText(f"{module.name}, line {use.lineno}: {name} is not known here")
    yield from found


def _around(node: ast.AST, module: Module) -> list[ast.AST]:
    found = []
    while (parent := module.parents.get(node)) is not None:
        found.append(parent)
        node = parent
    return found


def has_words(text: str) -> bool:
    """Whether there is something in a template to translate, besides its facts."""
    for literal, name, spec, _ in Formatter().parse(text):
        if any(each.isalpha() or each == "?" for each in literal) or (
            name is not None and (spec or "").partition(" ")[0] in _WORDY
        ):
            return True
    return False


def texts_of_code() -> Iterator[tuple[str, str]]:
    """(text, the file that it stands in).

    Raises:
        NoText: what stands in the place of a text is none.
    """
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(ROOT)
        source = path.read_text(encoding="utf-8")
        if not any(f"{mark}(" in source for mark in _MARKS):
            continue
        module = module_of(".".join(where.with_suffix("").parts).removesuffix(".__init__"))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MARKS:
                places, names = _MARKS[node.func.id]
                given = [node.args[place] for place in places if place < len(node.args)]
                given += [each.value for each in node.keywords if each.arg in names]
                for each in given:
                    try:
                        yield from ((text, str(where)) for text in texts_of(each, module))
                    except NoText as error:
                        if not _is_parameter(each, module):
                            wrong.append(str(error))
    if wrong:
        raise NoText("\n".join(wrong))


def _is_parameter(node: ast.expr, module: Module) -> bool:
    """Whether it is what the function around it was called with: the text stands where that is."""
    function = next((each for each in _around(node, module) if isinstance(each, ast.FunctionDef)), None)
    if not isinstance(node, ast.Name) or function is None:
        return False
    return node.id in {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}


def texts_of_templates() -> Iterator[tuple[str, str]]:
    """The same of the page's templates."""
    for path in sorted((PACKAGE / "web" / "templates").glob("*.html")):
        with path.open("rb") as file:
            for line, _, message, _ in babel_extract(file, ["tr"], [], {}):
                text = message[0] if isinstance(message, tuple) else message
                if text is None:
                    raise NoText(f"{path.name}, line {line}: no text")
                yield text, str(path.relative_to(ROOT))


def template() -> Catalog:
    """Every text of the program, without translations."""
    found = Catalog(domain=DOMAIN, fuzzy=False)
    found.add(FORMS, auto_comments=["The number of the plural form: 0, 1, 2."])
    for text, where in (*texts_of_code(), *texts_of_templates()):
        if has_words(text) or re.search("%[AaBb]", text):
            found.add(text, locations=[(where, 0)], flags=())
    return found


def path_of(language: Language, ending: str) -> Path:
    return _LOCALES / language.value / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def read(language: Language) -> Catalog:
    with path_of(language, "po").open("rb") as file:
        return read_po(file, language.value, DOMAIN)


def compiled(catalog: Catalog) -> bytes:
    # Not when it was done: the same texts make the same file.
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def translations() -> tuple[Language, ...]:
    return tuple(each for each in Language if each is not Language.ENGLISH)


def as_written(catalog: Catalog, header: str) -> str:
    """The catalogue as its file has it, under the header of a person."""
    out = BytesIO()
    write_po(out, catalog, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return f"{header.rstrip()}\n\n{out.getvalue().decode()}"


def header_of(language: Language) -> str:
    return path_of(language, "po").read_text(encoding="utf-8").partition("\n\n")[0]


def main() -> None:
    for language in translations():
        if not path_of(language, "po").exists():
            continue
        catalog = read(language)
        catalog.update(template(), no_fuzzy_matching=True)
        path_of(language, "po").write_text(as_written(catalog, header_of(language)), encoding="utf-8")
        path_of(language, "mo").write_bytes(compiled(catalog))
        missing = [message for message in catalog if message.id and not all(strings_of(message))]
        sys.stderr.write(f"{language}: {len(catalog)} texts, {len(missing)} to translate\n")


def strings_of(message: Message) -> tuple[str, ...]:
    found = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
    return tuple(map(str, found))


if __name__ == "__main__":
    main()
