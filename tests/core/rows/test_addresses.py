"""One address is read out of what a mail program puts around it; two, or a note beside one, are a question."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batch.core.rows.addresses import is_address, presenters_address
from batch.core.rows.problems import Fault, Problem

ANA, BEN = "ana.diaz@school.example", "ben.okafor@school.example"
O_NEIL = "o'neil@school.example"

READ = {
    "an address": ANA,
    "a name before it": f"Ana Diaz <{ANA}>",
    "a name in quotation marks": f'"Diaz, Ana" <{ANA}>',
    "a name with an accent": f"Añá Díaz <{ANA}>",
    "the address as its own name": f"{ANA} <{ANA}>",
    "the same one twice": f"{ANA}; {ANA.upper()}",
    "pointed brackets": f"<{ANA}>",
    "a link": f"mailto:{ANA}",
    "a link in capitals": f"MAILTO:{ANA}",
    "a name and a link": f"Ana Diaz <mailto:{ANA}>",
    "a semicolon behind it": f"{ANA};",
    "a comma and a space behind it": f"{ANA}, ",
    "a semicolon in front": f"; {ANA}",
    "a full stop behind it": f"{ANA}.",
    "round brackets": f"({ANA})",
    "curly quotation marks": f"\u201c{ANA}\u201d",
}


@pytest.mark.parametrize("typed", READ.values(), ids=READ)
def test_one_address_is_read(typed: str) -> None:
    found = presenters_address(typed)
    assert isinstance(found, str)
    assert found.casefold() == ANA


SEVERAL = {
    "a semicolon between": f"{ANA}; {BEN}",
    "a comma between": f"{ANA}, {BEN}",
    "a comma and no space": f"{ANA},{BEN}",
    "a slash between": f"{ANA}/{BEN}",
    "a slash with spaces": f"{ANA} / {BEN}",
    "a word between": f"{ANA} and {BEN}",
    "a space between": f"{ANA} {BEN}",
    "a line break between": f"{ANA}\n{BEN}",
    "names before each": f"Ana Diaz <{ANA}>, Ben Okafor <{BEN}>",
    "links": f"mailto:{ANA};mailto:{BEN}",
}


@pytest.mark.parametrize("typed", SEVERAL.values(), ids=SEVERAL)
def test_of_several_addresses_none_is_chosen(typed: str) -> None:
    assert presenters_address(typed) == Fault(Problem.SEVERAL_ADDRESSES, {"addresses": (ANA, BEN)})


OFFERED = {
    "a note behind it": f"{ANA} (cover: Okafor)",
    "a note in front": f"until May {ANA}",
    "a name without brackets": f"Ana Diaz {ANA}",
    "another name behind it": f"{ANA} (Ana Diaz)",
}


@pytest.mark.parametrize("typed", OFFERED.values(), ids=OFFERED)
def test_an_address_with_more_beside_it_is_offered(typed: str) -> None:
    assert presenters_address(typed) == Fault(Problem.NOT_AN_EMAIL, {"example": ANA})


SIGNS = {
    "a curly apostrophe": ("o\u2019neil@school.example", "\u2019", O_NEIL),
    "a dash of a word processor": ("ana\u2013maria@school.example", "\u2013", "ana-maria@school.example"),
    "an at sign of another keyboard": ("ana.diaz\uff20school.example", "\uff20", ANA),
}


@pytest.mark.parametrize(("typed", "sign", "meant"), SIGNS.values(), ids=SIGNS)
def test_a_sign_that_looks_like_another_is_named(typed: str, sign: str, meant: str) -> None:
    fault = presenters_address(typed)
    assert fault == Fault(Problem.NO_SIGN_OF_ADDRESSES, {"sign": sign, "example": meant})


def test_a_letter_that_no_address_has_is_named_and_no_other_is_put_in_its_place() -> None:
    assert presenters_address("josé@school.example") == Fault(Problem.NO_SIGN_OF_ADDRESSES, {"sign": "é"})


@pytest.mark.parametrize(
    "typed", ["Diaz, Ana", "Ana Diaz", "n@", "@school.example", "ana@school", "a@b@c.example", "x" * 5_000]
)
def test_a_name_is_no_address(typed: str) -> None:
    assert presenters_address(typed) == Fault(Problem.NOT_AN_EMAIL)


@example(["a", "mailto:", ANA])
@example(["/", "mailto:", ANA])
@given(st.lists(st.sampled_from([*"ab@.<>;,/ '\"():", "mailto:", ANA, BEN, "é"]), max_size=12))
def test_what_is_read_is_an_address_that_stands_in_the_cell_and_the_only_one(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = presenters_address(text)
    if isinstance(found, str):
        assert is_address(found)
        assert found in text
        rest = re.sub(re.escape(found), "", text, flags=re.IGNORECASE)
        assert "@" not in rest
        assert "é" not in rest or "<" in rest, "only a name before pointed brackets has letters"
