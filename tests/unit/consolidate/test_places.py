"""What a window shows: the same thing under all its spellings, and nothing that is only passed through."""

import pytest

from core.consolidate.places import bare_title, beginning, file_in, place_of, step_of

PAGE = "https://moor.example/2025/butter"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        f"{PAGE}/",
        f"{PAGE}#top",
        f"{PAGE}?utm_source=mail&fbclid=1",
        f"{PAGE}?sessionid=77",
        "https://MOOR.example/2025/butter",
    ],
)
def test_an_address_is_one_however_one_came_there(url: str) -> None:
    place = place_of("Firefox", "Bog butter — Mozilla Firefox", url)
    assert place is not None
    assert (place.key, place.title) == (PAGE, "Bog butter")


def test_what_tells_pages_apart_stays_in_the_address() -> None:
    one = place_of("b", "A thread", "https://forum.example/view?id=7&page=2")
    other = place_of("b", "A thread", "https://forum.example/view?page=2&id=8")
    routed = place_of("b", "A view", "https://app.example/#/doc/12")
    assert one is not None
    assert other is not None
    assert routed is not None
    assert one.key == "https://forum.example/view?id=7&page=2"
    assert other.key == "https://forum.example/view?id=8&page=2"
    assert beginning(one) == "https://forum.example/view"
    assert routed.key == "https://app.example#/doc/12"


def test_no_name_or_password_of_an_address_is_kept() -> None:
    place = place_of("b", "A shelf", "https://me:hunter2@shelf.example/books?token=abc&access_token=x")
    assert place is not None
    assert place.key == "https://shelf.example/books"


def test_a_file_is_known_by_its_path_and_without_one_by_its_name() -> None:
    by_path = place_of("Sheets", "*budget 25.ods - Sheets", "file:///home/o/Club/budget%2025.ods")
    by_name = place_of("soffice.bin", "*budget 25.ods — LibreOffice Calc", "")
    assert by_path is not None
    assert by_name is not None
    assert (by_path.key, by_path.title) == ("file:///home/o/Club/budget 25.ods", "budget 25.ods")
    assert by_name.key == by_name.title == "budget 25.ods"


@pytest.mark.parametrize(
    "window", ["backup.sh", "Settings - Sound", "#general - Chat", "v2.0", "moor.example", "Import - a.ods"]
)
def test_a_title_without_a_document_names_no_place(window: str) -> None:
    assert file_in(window) == ""
    assert place_of("Some program", window, "") is None


def test_a_page_without_an_address_is_known_by_its_title_in_a_browser_only() -> None:
    page = place_of("Navigator", "How peat keeps butter — Mozilla Firefox", "")
    assert page is not None
    assert page.key == "How peat keeps butter"
    assert place_of("Navigator", "New Tab — Mozilla Firefox", "") is None
    assert place_of("Player", "How peat keeps butter - Player", "") is None


@pytest.mark.parametrize(
    ("window", "url"),
    [
        ("New Tab", "about:newtab"),
        ("Log in - Bank", "https://bank.example/account/step2"),
        ("Willkommen", "https://bank.example/login"),
        ("Anmelden - Bank", "https://bank.example/x"),
        ("peat butter - Findit Search", "https://findit.example/web"),
        ("peat butter", "https://findit.example/?q=peat+butter"),
        ("404 - Not found", "https://moor.example/gone"),
        ("Problem loading page", "https://moor.example/today"),
        ("Your cart (2) - Shop", "https://shop.example/c"),
        ("Inbox (3) - me@post.example - Post", "https://post.example/u/0"),
        ("Moor magazine", "https://moor.example/"),
        ("Einstellungen", "https://app.example/x"),
    ],
)
def test_what_is_only_passed_through_is_no_place(window: str, url: str) -> None:
    assert place_of("Browser", window, url) is None


@pytest.mark.parametrize(
    "window",
    [
        "Searching for peat - Moor",
        "500 kinds of moss",
        "The history of settings",
        "A home for bees",
        "Login design, a study",
    ],
)
def test_words_inside_a_title_do_not_make_a_page_a_passage(window: str) -> None:
    assert place_of("Browser", window, "https://moor.example/a/b") is not None


def test_a_program_takes_its_name_off_the_title_and_leaves_the_rest() -> None:
    assert bare_title("Code", "lexer.py - Code (/home/o/src)") == "lexer.py"
    assert bare_title("firefox-esr", "Bog - butter — Mozilla Firefox") == "Bog - butter"
    assert bare_title("Chat", "Notes - on peat") == "Notes - on peat"


def test_a_step_is_the_same_whatever_number_stands_in_it() -> None:
    assert step_of("Sheets", "Week 14 - Sheets") == step_of("Sheets", "*Week 15 - Sheets")
    assert step_of("Sheets", "Week 14 - Sheets") != step_of("Sheets", "Month 14 - Sheets")
