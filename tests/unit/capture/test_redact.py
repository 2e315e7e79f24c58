"""Secrets masked: a labelled corpus with its misses printed, and what must hold for any text."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capture.person_checks import luhn
from core.capture.redact import find, page_text, redact, redact_page
from core.memory import WordBox
from tests.unit.capture.secrets_corpus import LOOK_ALIKES, SECRETS


@pytest.mark.parametrize(("name", "text", "secret"), SECRETS, ids=range(len(SECRETS)))
def test_a_secret_is_masked_under_its_class(name: str, text: str, secret: str) -> None:
    masked = redact(text)
    assert secret not in masked.text
    assert f"[masked: {name}]" in masked.text


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_looks_like_a_secret_is_left_alone(text: str) -> None:
    assert redact(text).text == text


def test_the_rates_on_the_corpus_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    missed = [text for _, text, secret in SECRETS if secret in redact(text).text]
    wrong = [text for text in LOOK_ALIKES if redact(text).count]
    with capsys.disabled():
        sys.stdout.write(
            f"\nredaction: {len(SECRETS) - len(missed)} of {len(SECRETS)} secrets masked, "
            f"{len(wrong)} of {len(LOOK_ALIKES)} look-alikes masked wrongly\n"
        )
    assert (missed, wrong) == ([], [])


def _with_check(digits: str) -> str:
    return next(digits + last for last in "0123456789" if luhn(digits + last))


cards = st.from_regex(r"4[0-9]{14}", fullmatch=True).filter(lambda d: len(set(d)) > 1).map(_with_check)
around = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Nd", "No", "Nl", "Cf", "Mn")), max_size=12)


@given(cards, st.sampled_from([" ", "-", "", "\u00a0", "–", ".", "\u2009"]), around, around)
def test_no_digit_of_a_card_survives_in_any_surroundings(card: str, by: str, before: str, after: str) -> None:
    text = f"{before} {by.join(card[n : n + 4] for n in range(0, 16, 4))} {after}"
    masked = redact(text)
    assert masked.count >= 1
    assert not any(character.isdigit() for character in masked.text)


@settings(max_examples=300)
@given(st.text(max_size=200))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text


@given(st.lists(st.sampled_from([text for _, text, _ in SECRETS] + list(LOOK_ALIKES)), max_size=5))
def test_what_is_outside_the_spans_stays_as_it_was(parts: list[str]) -> None:
    text = "\n\n".join(parts)
    masked = redact(text)
    rebuilt, last = "", 0
    for span in masked.spans:
        assert last <= span.begin < span.end <= len(text)
        rebuilt += text[last : span.begin] + f"[masked: {span.name}]"
        last = span.end
    assert rebuilt + text[last:] == masked.text
    assert masked.count == len(masked.spans)


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "a",
        "-",
        "eyJ",
        "password:",
        "word ",
        "AB12 ",
        "code 1",
        "http://",
        "a:b",
        "abcd\n",
        "BEGIN ",
        "A1 ",
        "sk-",
    ],
)
@pytest.mark.timeout(60)
def test_long_repetitive_text_does_not_hang_the_masks(piece: str) -> None:
    assert find(piece * (200_000 // len(piece))) == find(piece * (200_000 // len(piece)))


def _line(text: str, top: int) -> tuple[WordBox, ...]:
    words, left = [], 10
    for word in text.split():
        words.append(WordBox(text=word, left=left, top=top, width=8 * len(word), height=14))
        left += 8 * len(word) + 8
    return tuple(words)


def test_every_box_of_a_masked_secret_is_filled_and_the_others_are_not() -> None:
    lines = (_line("pay with 4111 1111 1111 1111 today", 10), _line("Dear neighbour", 30))
    page = redact_page(lines)
    assert page.text == "pay with [masked: card] today\nDear neighbour"
    assert page.text == page_text(page.lines)
    assert (page.count, page.classes) == (1, ("card",))
    hidden = [word for word in lines[0] if word.text.isdigit()]
    assert len(page.fill) == len(hidden) == 4
    for word, rect in zip(hidden, page.fill, strict=True):
        assert rect.left < word.left
        assert rect.right > word.left + word.width


def test_a_secret_over_two_lines_of_a_picture_is_filled_on_both() -> None:
    page = redact_page((_line("IBAN: DE89 3704 0044", 10), _line("0532 0130 00 thanks", 30)))
    assert page.text == "IBAN: [masked: account]\nthanks"
    assert {rect.top for rect in page.fill} == {8, 28}


def test_a_page_without_words_has_no_secrets() -> None:
    assert redact_page(()).text == ""
    assert redact_page(((), _line("a b", 5))).text == "a b"


SHOPPING = "milk eggs honey wheat garlic celery mustard kiwi nuts fish soy pollen shrimp coat sofa lamp"
PHRASE = "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic"


def test_twelve_words_are_a_seed_phrase_only_where_they_are_of_a_wallets_list() -> None:
    assert redact(SHOPPING).count == 0
    assert redact(PHRASE).text == "[masked: seed phrase]"
    assert redact(f"Words: {PHRASE}.\nKeep them.").text == "Words: [masked: seed phrase].\nKeep them."


@pytest.mark.parametrize(
    "read",
    [
        PHRASE.replace("drill", "drlll"),
        PHRASE.replace("grab", "gra8").replace("gra8", "grob"),
        PHRASE.replace("cruise elder", "cruiseelder"),
        PHRASE.replace("ozone", "0zone").replace("0zone", "czone").replace("picnic", "picnlc"),
        PHRASE.replace(" ", "\n"),
        PHRASE.title().replace(" ", ", "),
    ],
    ids=["a wrong sign", "another", "two run together", "two wrong signs", "a column", "with commas"],
)
def test_a_seed_phrase_that_was_misread_is_masked(read: str) -> None:
    left = redact(read).text
    assert not set(PHRASE.split()) & set(left.casefold().replace(",", " ").split())


@pytest.mark.parametrize(
    "phrase",
    [
        "ábaco abdomen abeja abierto abogado abono aborto abrazo abrir abuelo abuso acabar",
        "abaco abdomen abeja abierto abogado abono aborto abrazo abrir abuelo abuso acabar",
        "あいこくしん あいさつ あいだ あおぞら あかちゃん あきる あけがた あける あこがれる あさい あさひ あしあと",
        "的 一 是 在 不 了 有 和 人 这 中 大",
    ],
    ids=["Spanish", "without accents", "Japanese", "Chinese"],
)
def test_seed_phrases_in_other_languages_are_masked(phrase: str) -> None:
    assert redact(phrase).text == "[masked: seed phrase]"


SPOKEN_OF = [
    ("Gebruik 482913 als uw verificatiecode", "482913"),
    ("Melden Sie sich mit 551902 an (10 Min. gültig)", "551902"),
    ("Pour confirmer votre adresse, tapez KX82QP91 dans la fenêtre", "KX82QP91"),
    ("ho ricevuto 551902, prova con questo", "551902"),
    ("551902 es tu código de Wallapop", "551902"),
    ("Votre mot de passe jetable : 7KQ2PX, valable 10 minutes", "7KQ2PX"),
    ("Votre code est K4T, valable jusqu'à 18h40", "K4T"),
    ("Code d'activation du compteur : K4TX 82PQ 7LMN", "K4TX 82PQ 7LMN"),
    ("Il tuo codice: 49 24. Non darlo a nessuno", "49 24"),
    ("Zweiter Faktor von Hand, Schlüssel:\nKRSXG5CTMVRXEZLUKRSXG5A2", "KRSXG5CTMVRXEZLUKRSXG5A2"),
    ("das WLAN Passwort hier ist linsenSuppe88 übrigens", "linsenSuppe88"),
    ("¿la contraseña del NAS? es Dalia#1919", "Dalia#1919"),
    ("log in met gebruikersnaam gast en wachtwoord haven-lamp-63", "haven-lamp-63"),
    ("Mot de passe Comptabilité : Tiroir!47boite", "Tiroir!47boite"),
    ("wifi: butterbrot-12 (das Passwort)", "butterbrot-12"),
    ("passordet til gjestenettet er Kanelbolle23", "Kanelbolle23"),
    ("bcp db.dbo.t out f -S srv -U sa -P Hefter(9)Kiste", "Hefter(9)Kiste"),
    ("connect(host='db', password='zimt.Kessel')", "zimt.Kessel"),
    ("TikTok: [8863] enter these digits to log in", "8863"),
    ("Your Signal registration number is 614-162 - do not give it away", "614-162"),
    ("We sent a c0de to +1 ••• 18\n[8] [9] [1] [9] [2] [8]\nResend in 0:28", "[9] [1] [9]"),
    ("Authenticator\n\nForge\n445 965\n\nMailhaus\n984 715\n", "984 715"),
    ("sie haben mir grad 482913 per sms geschickt, tipp ein", "482913"),
    ("mi è arrivato 482913, mettilo subito", "482913"),
    ("Zur Bestätigung bitte 482913 eingeben", "482913"),
    ("A: what's the code?\nB: 482913", "482913"),
    ("Your Notebin temporary login is public-harvest-danger-betray.", "harvest-danger"),
    ("to unzip use grapevine_31_b as password", "grapevine_31_b"),
    ("Secr3t!x is the new password", "Secr3t!x"),
    ("Password (shown)\nRye&Spelt-404\nHide", "Rye&Spelt-404"),
    (
        "name,url,username,password\nForum,https://f.test,mika,w3ll-BOOT\nShop,https://s.test,mika,9turnips!",
        "9turnips!",
    ),
    ("| service | user | password |\n|---|---|---|\n| nas | bob | Secr3t!x |", "Secr3t!x"),
    ("WLAN-Netzwerkschlüssel (WPA2)\n7874 9142 3223 2388 6215\nZugang", "3223 2388"),
    ("digicode : 8564A, 3e étage gauche", "8564A"),
    ("door code for the flat: 4829", "4829"),
    ("Passw0rd: maple-Otter-42", "maple-Otter-42"),
    ("パスワードはowl_77xxです", "owl_77xx"),
    ("xfreerdp /u:bob /p:Secr3t!x /v:host", "Secr3t!x"),
    ("wallet private key 0x" + "9a5c" * 16 + " keep it safe", "9a5c9a5c"),
    ("der API-Schlüssel vom Wetterdienst ist 8965ba5e396a9d70aa5d98c7976d7539, trag ihn ein", "8965ba5e"),
]


@pytest.mark.parametrize(("text", "secret"), SPOKEN_OF)
def test_what_several_words_or_its_place_speak_for_is_masked(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text).text


@pytest.mark.parametrize(
    "text",
    [
        "Your parcel will be at locker 482913 from 3 pm, no code needed",
        "INFO verification code sent to user 448120 (attempt 1)",
        "code = randint(100000, 999999)\nsend(phone, f'Your code is {code}')",
        "I pushed the code at 11:08, revision 99120",
        "In 2021 the district counted 318 442 inhabitants",
        "Product code 482913 is out of stock, version code: 842015, procedure code 94010",
        '{"token_type": "bearer", "expires_in": 3600}',
        "room 402, the building code was written in 1998",
        "Password: almeno 8 caratteri\nWachtwoord: minimaal 10 tekens",
        "usage: sync [--user NAME] [--password PASSWORD] [--port 8443] SRC",
        "curl -u USERNAME:PASSWORD https://api.example.test/v1",
        "Termin 14.11.26-18.11.26, Zimmer 204-07-1180 im Plan",
        "name,password_changed\nmika,2026-01-04",
        "NetworkManager: dhcp4, accessible/telling_child.py",
        "sha256: " + "9a5c" * 16,
        "mysql://root:••••@db/shop, postgres://USER:PASS@HOST/db, redis://:${REDIS_PASSWORD}@cache:6379",
        "DB_PASSWORD=CHANGE_ME_PLEASE\nPASSWORD=votre_mot_de_passe\nOLDPWD=/root",
        "NACE-code 62010, pin 1204 on the map is the lake, pin 482 too",
        "buy: apple, bread, butter, cheese, rice, corn, garlic, onion, lemon, olive, coffee und dazu noch jam",
        "PASS: x86-64 relax\nPASS: ld-elf/eh1\nFAIL: i386-2 mem",
        "Copyright 1996-2019 of the source code; the RFC2253 parser, error code; PR c++/104025",
        "Use 8080 as your default port, use 65536 as the code size",
        "| dense | 1214 | none | 8192 | 1 | 2.29 | 475 | 526 | 3718 | 93.2 |",
        "cputimes(user=3961.46, nice=169.729, system=2.15)",
        "To keep blanks, pass `blanks=True1`.",
        "password hint? it's a dog. connect(user=name, password=pw)",
    ],
)
def test_what_only_stands_near_such_words_is_left_alone(text: str) -> None:
    assert redact(text).text == text
