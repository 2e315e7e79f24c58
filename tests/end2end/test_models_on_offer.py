"""`mneme models`: what each would do here, and a file from an address after its host's word was shown."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.end2end.command_line import Mneme
from tests.made_models import tiny_llama

COMMIT = "0123456789abcdef" * 2 + "89abcdef"


class Host(ThreadingHTTPServer):
    """Publishes one model the way Hugging Face does, hash and revision in its headers."""

    def __init__(self, content: bytes, sha256: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.content, self.sha256 = content, sha256
        self.got: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/org/model/resolve/main/offered.gguf"


class _Answers(BaseHTTPRequestHandler):
    server: Host

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("X-Linked-ETag", f'"{self.server.sha256}"')
        self.send_header("X-Linked-Size", str(len(self.server.content)))
        self.end_headers()

    def do_GET(self) -> None:
        self.server.got.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def mneme(tmp_path: Path) -> Mneme:
    return Mneme(tmp_path / "profile")


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return tiny_llama(tmp_path / "made.gguf").read_bytes()


def serving(host: Host) -> Iterator[Host]:
    with host:
        thread = threading.Thread(target=host.serve_forever)
        thread.start()
        yield host
        host.shutdown()
        thread.join()


@pytest.fixture
def host(content: bytes) -> Iterator[Host]:
    yield from serving(Host(content, hashlib.sha256(content).hexdigest()))


def test_every_offer_says_what_it_would_do_here_and_one_or_none_is_recommended(mneme: Mneme) -> None:
    listed = mneme.run("models", "list", "--json").one()
    assert len(listed["offers"]) >= 8
    for offer in listed["offers"]:
        assert offer["fit"] in ("fits", "streams", "slow", "cannot")
        assert (offer["first_word_s"] is None) == (offer["tokens_per_s"] == 0)
    assert listed["machine"]["measured"] is True
    best = listed["recommended"]
    assert best["name"] in {offer["name"] for offer in listed["offers"]} or "answers without one" in best["sentence"]
    shown = mneme.run("models").out
    assert "tokens/s" in shown
    assert "For this machine" in shown or "answers without one" in " ".join(shown.split())


def test_a_file_from_an_address_is_fetched_after_its_hosts_word_was_shown_and_agreed_to(
    mneme: Mneme, host: Host
) -> None:
    unasked = mneme.run("models", "download", host.address, code=1)
    assert host.sha256 in unasked.err
    assert COMMIT in unasked.err
    assert host.got == []
    fetched = mneme.run("--yes", "models", "download", host.address, "--json").last()
    assert [(one["name"], one["sha256"]) for one in fetched["models"]] == [("offered.gguf", host.sha256)]
    assert host.got == [f"/org/model/resolve/{COMMIT}/offered.gguf"]
    assert fetched["left"] == []


def test_what_is_not_what_the_host_published_is_thrown_away(mneme: Mneme, content: bytes) -> None:
    for lying in serving(Host(content, "0" * 64)):
        refused = mneme.run("--yes", "models", "download", lying.address, code=1)
        assert "SHA-256 differs" in " ".join(refused.err.split())
    assert mneme.run("models", "list", "--json").one()["models"] == []


def test_a_host_that_is_not_there_is_said_plainly(mneme: Mneme) -> None:
    refused = mneme.run("models", "download", "http://127.0.0.1:9/m.gguf", code=1)
    assert "cannot be reached" in refused.err
    assert "online" in refused.err


def test_what_is_left_of_a_download_is_listed_and_discarded(mneme: Mneme) -> None:
    mneme.run("models", "list", "--json")
    folder = mneme.profile / "models" / "incoming"
    folder.mkdir(parents=True)
    (folder / "big.gguf.part").write_bytes(bytes(2048))
    assert "big.gguf.part" in mneme.run("models", "list").out
    assert mneme.run("models", "discard", "big.gguf.part", "--json").one()["left"] == []
    assert list(folder.iterdir()) == []
