"""Persons' numbers: the samples that states publish are masked, one digit off they are left alone."""

import pytest

from core.capture.redact import redact

SAMPLES = (
    ("Steuer-ID: ", "86095742719"),
    ("DNI ", "12345678Z"),
    ("NIE ", "X1234567L"),
    ("AHV-Nr. ", "756.9217.0769.85"),
    ("BSN ", "111222333"),
    ("My SIN is ", "046 454 286"),
    ("PESEL ", "44051401359"),
    ("codice fiscale ", "RSSMRA85T10A562S"),
    ("rijksregisternummer ", "85.07.30-033.28"),
    ("henkilötunnus ", "131052-308T"),
    ("NIF ", "123456789"),
    ("PPS number ", "1234567T"),
    ("Aadhaar ", "9999 4105 7058"),
    ("身份证 ", "11010519491231002X"),
    ("TC kimlik ", "10000000146"),
    ("NHS number ", "943 476 5919"),
    ("TFN ", "123 456 782"),
    ("OIB ", "69435151530"),
    ("CPF ", "529.982.247-25"),
    ("personnummer ", "811218-9876"),
    ("mi RUT es ", "12.345.678-5"),
    ("CUIL ", "20-12345678-6"),
    ("cédula ", "2.345.678-3"),
    ("isikukood ", "37605030299"),
    ("asmens kodas ", "33309240064"),
    ("ЕГН ", "7523169263"),
    ("JMBG ", "0101006500006"),
    ("kennitala ", "1201743399"),
    ("СНИЛС ", "112-233-445 95"),
    ("ИНН ", "500100732259"),
    ("NRIC ", "S1234567D"),
)


@pytest.mark.parametrize(("named", "number"), SAMPLES, ids=[named.strip() for named, _ in SAMPLES])
def test_a_published_sample_is_masked_and_one_digit_off_it_is_left(named: str, number: str) -> None:
    assert redact(f"{named}{number}").text == f"{named}[masked: number]"
    place = max(place for place, sign in enumerate(number[:-1]) if sign.isdigit())
    off = f"{named}{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"
    assert redact(off).text == off


def test_a_number_that_needs_its_name_is_left_without_it() -> None:
    for text in ("order 44051401359 has shipped", "part 111222333", "10000000146 rows"):
        assert redact(text).count == 0
