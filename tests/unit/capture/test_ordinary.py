"""What stands on screens on a day at work and was taken for a secret once; and forms of secrets that were missed."""

import pytest

from core.capture.redact import redact

ORDINARY = (
    "Building code 2021 requires two exits.",
    "SMS: Your package 482913 is ready for pickup at shop 12.",
    "Flight code LH2034 terminal 2",
    "Project code: PX-4821",
    "Style code 482-913",
    "The exam code is 4821.",
    "Batch code 482913A",
    "Farbcode 4821, Lack RAL 9010",
    "codice articolo 482913",
    "Kod pocztowy 31-042, kod towaru 440872",
    "ürün kodu: 482913",
    "код товара 482913",
    "Reservation code: K7P2MX, check-in 15:00",
    "Airbnb confirmation code HM4X8K2QPA, 2 nights",
    "Bestätigungsnummer: 48219137 (Hotel Alpenblick)",
    "pincode 560001, Bengaluru",
    "PIN: 560 001, Karnataka",
    '{"code": 482913, "message": "not found"}',
    'code=4821 reason="policy violation"',
    "Code    Name\n481021  Garden\n481031  Kitchen",
    "Enter the code we sent to +49 171 ***4821",
    "OTP sent to ******4821",
    "token: ghp_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "api_key: your-api-key-123",
    '"apiKey": process.env.API_KEY_2026,',
    "the public one of the map is pk.eyJ1IjoiZGFuYSIsImEiOiJja2V5MTIzIn0.AbCdEf0123456789AbCdEf",
    "def check_password(self, raw_password): return bcrypt.checkpw(raw_password, self.hash)",
    "cache key user:4821:profile:v2",
    "1. milk\n2. bread\n3. butter\n4. cheese\n5. apple\n6. orange\n7. rice\n8. fish\n9. chicken\n10. onion\n"
    "11. garlic\n12. pepper",
    "The file starts with -----BEGIN PRIVATE KEY----- and must stay on the server",
    "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURkekNDQWwrZ0F3SUJBZ0lFQWdBQXVUQU5CZ2tx",
    "the pass is closed, take the tunnel",
    "Site     User     Role\nrouter   admin1   owner22",
)
MISSED = (
    ("IBAN DE89.3704.0044.0532.0130.00", "DE89.3704.0044.0532.0130.00"),
    ("SSN: 219-09 -9999", "219-09 -9999"),
    ("Social Security Number\n219-0\n9-9999", "219-0\n9-9999"),
    ("44051401359 (PESEL)", "44051401359"),
    ("PESEL 440514\n01359", "440514\n01359"),
    ("PAN card ABCPE1234F on file", "ABCPE1234F"),
    ("Medicare 1EG4-TE5-MK73", "1EG4-TE5-MK73"),
    ("passport no. C01X00T47", "C01X00T47"),
    ("Name         TC Kimlik No\nA. Example   10000000146\nB. Example   10000000146", "10000000146"),
    ("ghp_AbCdEf0123456789 AbCdEf0123456789AbCd", "ghp_AbCdEf0123456789 AbCdEf0123456789AbCd"),
    ("runner: glrt-AbC12dEf G7hIjKlMnOpQ", "glrt-AbC12dEf G7hIjKlMnOpQ"),
    ("eyJhbGciOiJIUzI1NiIsInR5cCI6 IkpXVCJ9.eyJzdWIiOiIxIn0.abcdefghijklmnopqrstuv", "abcdefghijklmnopqrstuv"),
    ("azure openai key 9f8e7d6c5b4a39281706f5e4d3c2b1a0", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
    ("heroku key: 01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdef"),
    ("API_KEY=9f8e7d6c5b4a3928 1706f5e4d3c2b1a0", "9f8e7d6c5b4a3928 1706f5e4d3c2b1a0"),
    ("cfut_AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789", "cfut_AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789"),
    (
        "client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFb3dJQkFBS0NBUUVB",
        "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFb3dJQkFBS0NBUUVB",
    ),
    ("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: X v2\n\nlQVYBGAfIPg34djyVKLPUKEL", "lQVYBGAfIPg34djyVKLPUKEL"),
    ('"private_key": "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG\\n5UbcoHbJz6z8Pot', "5UbcoHbJz6z8Pot"),
    ("Ο κωδικός μιας χρήσης είναι 566141. Μην τον κοινοποιήσετε.", "566141"),
    ("пароль от вайфая ryabina2020", "ryabina2020"),
    ("पासवर्ड: neelibilli7", "neelibilli7"),
    ("wifi密码是 lanmao2024", "lanmao2024"),
    ("The mailbox password was changed to Bramble+Fern31 this morning.", "Bramble+Fern31"),
    ("a senha é Maracuja@22, entra lá", "Maracuja@22"),
    ("Site            User      Password\nrouter          admin     t4pestry!Ten", "t4pestry!Ten"),
    ("whats the wifi again? - sunnyhill4421 all lower case", "sunnyhill4421"),
    ("hey whats ur netflix pw?\nPopcorn_2208", "Popcorn_2208"),
    ("vpn: dana / Bl3uC4t!", "Bl3uC4t!"),
    ("Initialpasswort: Start#4821", "Start#4821"),
    ("Welcome! Network: Attic5G  Key: 7hGx-Qp2m-Lr91", "7hGx-Qp2m-Lr91"),
    ("$config['db_pass'] = 'saltyW4gun';", "saltyW4gun"),
    ("me pide un código... te llegó? sí: 7673", "7673"),
    ("code du portail 73A12", "73A12"),
    ("lockbox is 4821 on the left of the door", "4821"),
    ("the new code for the house is 4471#", "4471#"),
)


@pytest.mark.parametrize("text", ORDINARY)
def test_what_an_ordinary_day_shows_stays_as_it_is(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(("text", "secret"), MISSED)
def test_forms_that_were_missed_are_masked_to_the_last_sign(text: str, secret: str) -> None:
    gone = {place for span in redact(text).spans for place in range(span.begin, span.end)}
    at = text.index(secret)
    while at >= 0:
        assert set(range(at, at + len(secret))) <= gone
        at = text.find(secret, at + 1)


@pytest.mark.parametrize(
    "words", ["sk-", "=ghp_a1 ", "ssn 1 2 ", "1 2 3 4\n", "key 0a ", "wifi? ", "Site User Password\n", "pin 560 001 "]
)
def test_torn_tokens_and_tables_repeated_thousands_of_times_are_read_in_time_that_grows_with_them(words: str) -> None:
    assert len(redact(words * 3000 + "end").text) > 0
