"""A model is fetched from a server, over a connection that breaks, and only as the file it should be."""

import contextlib
import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.errors import BadInput, Cancelled, ModelProblem
from core.inference.download import fetch, published

CONTENT = bytes(range(256)) * 8192
SHA = hashlib.sha256(CONTENT).hexdigest()
COMMIT = "0123456789abcdef" * 2 + "01234567"


class Server(ThreadingHTTPServer):
    """Says what it was asked for, and misbehaves by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges: list[str] = []
        self.heads: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.server.ranges.append(asked)
        begin = int(asked.removeprefix("bytes=").rstrip("-") or 0) if asked else 0
        match self.path:
            case "/absent":
                self.answer(404)
            case "/around":
                self.answer(302, location="/around")
            case "/elsewhere":
                self.answer(302, location="http://example.invalid/model")
            case "/moved":
                self.answer(302, location="/model")
            case "/lost":
                self.send(200, 0, CONTENT[: len(CONTENT) // 2], len(CONTENT))
            case "/whole":
                self.send(200, 0, CONTENT, len(CONTENT))
            case "/astray":
                self.send(206, 5, CONTENT[5:], len(CONTENT) - 5)
            case _ if begin >= len(CONTENT):
                self.answer(416)
            case _:
                self.send(206 if begin else 200, begin, CONTENT[begin:], len(CONTENT) - begin)

    def do_HEAD(self) -> None:
        self.server.heads.append(self.path)
        match self.path:
            case "/org/model/resolve/main/m.gguf":
                said = {"X_Repo_Commit": COMMIT, "X_Linked_ETag": f'"{SHA}"', "X_Linked_Size": str(len(CONTENT))}
                self.answer(302, location="https://far.example.invalid/blob", **said)
            case "/org/model/resolve/main/odd.gguf":
                self.answer(200, X_Repo_Commit="main", X_Linked_ETag='W/"abc"', X_Linked_Size="many")
            case "/absent":
                self.answer(404)
            case _:
                self.send_response(200)
                self.send_header("Content-Length", str(len(CONTENT)))
                self.end_headers()

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send(self, status: int, begin: int, data: bytes, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        if status == 206:
            self.send_header("Content-Range", f"bytes {begin}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(data)
        if len(data) < length:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/model", "/moved"])
def test_a_file_arrives_with_its_hash(server: Server, tmp_path: Path, path: str) -> None:
    steps: list[tuple[int, int]] = []
    fetched = fetch(server.address + path, tmp_path, "m.gguf", sha256=SHA, progress=lambda *s: steps.append(s))
    assert fetched.path == tmp_path / "m.gguf.fetched"
    assert fetched.path.read_bytes() == CONTENT
    assert (fetched.sha256, fetched.bytes) == (SHA, len(CONTENT))
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert fetched.path.stat().st_mode & 0o777 == 0o600


def test_a_lost_connection_is_gone_on_from(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="interrupted"):
        fetch(server.address + "/lost", tmp_path, "m.gguf", sha256=SHA)
    kept = (tmp_path / "m.gguf.part").stat().st_size
    assert 0 < kept < len(CONTENT)
    assert fetch(server.address + "/model", tmp_path, "m.gguf", sha256=SHA).sha256 == SHA
    assert server.ranges == ["", f"bytes={kept}-"]


def test_cancelling_keeps_what_came_and_going_on_completes_it(server: Server, tmp_path: Path) -> None:
    came: list[int] = []
    with pytest.raises(Cancelled):
        fetch(
            server.address + "/model",
            tmp_path,
            "m.gguf",
            progress=lambda done, _: came.append(done),
            cancelled=lambda: len(came) >= 3,
        )
    assert (tmp_path / "m.gguf.part").stat().st_size == came[-1]
    assert fetch(server.address + "/model", tmp_path, "m.gguf").sha256 == SHA


def test_a_server_that_cannot_go_on_begins_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(CONTENT[:1000])
    assert fetch(server.address + "/whole", tmp_path, "m.gguf", sha256=SHA).bytes == len(CONTENT)


def test_a_part_that_is_whole_already_is_taken(server: Server, tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(CONTENT)
    assert fetch(server.address + "/model", tmp_path, "m.gguf", sha256=SHA).sha256 == SHA


def test_another_file_is_thrown_away(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="SHA-256"):
        fetch(server.address + "/model", tmp_path, "m.gguf", sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_another_file_is_noticed_at_the_end(server: Server, tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(b"x" * 5000)
    with pytest.raises(ModelProblem, match="SHA-256"):
        fetch(server.address + "/model", tmp_path, "m.gguf", sha256=SHA)
    assert fetch(server.address + "/model", tmp_path, "m.gguf", sha256=SHA).sha256 == SHA


@pytest.mark.parametrize("path", ["/absent", "/around"])
def test_a_server_that_has_it_not_is_said(server: Server, tmp_path: Path, path: str) -> None:
    with pytest.raises(ModelProblem):
        fetch(server.address + path, tmp_path, "m.gguf")


def test_a_server_that_goes_on_elsewhere_is_refused(server: Server, tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(CONTENT[:1000])
    with pytest.raises(ModelProblem, match="another place"):
        fetch(server.address + "/astray", tmp_path, "m.gguf")


@pytest.mark.parametrize("size", [1000, len(CONTENT) + 1])
def test_a_file_of_another_size_is_refused_before_it_is_read(server: Server, tmp_path: Path, size: int) -> None:
    with pytest.raises(ModelProblem, match="published"):
        fetch(server.address + "/model", tmp_path, "m.gguf", size=size)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_published_size_is_taken(server: Server, tmp_path: Path) -> None:
    assert fetch(server.address + "/model", tmp_path, "m.gguf", size=len(CONTENT), sha256=SHA).sha256 == SHA


def test_a_part_longer_than_the_file_is_begun_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(CONTENT + b"more")
    assert fetch(server.address + "/model", tmp_path, "m.gguf", size=len(CONTENT), sha256=SHA).sha256 == SHA
    assert server.ranges == [""]


def test_a_download_that_was_finished_and_not_added_is_taken_as_it_is(server: Server, tmp_path: Path) -> None:
    (tmp_path / "m.gguf.fetched").write_bytes(CONTENT)
    assert fetch(server.address + "/model", tmp_path, "m.gguf", size=len(CONTENT), sha256=SHA).sha256 == SHA
    assert server.ranges == [f"bytes={len(CONTENT)}-"]


def test_a_server_that_cannot_be_reached_is_said_plainly_and_what_came_is_kept(tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(CONTENT[:1000])
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        nobody.listen(0)
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    (tmp_path / ".m.gguf.of").write_text(f"{address}/m", "utf-8")
    for ask in (lambda: fetch(f"{address}/m", tmp_path, "m.gguf"), lambda: published(f"{address}/m")):
        with pytest.raises(ModelProblem, match="cannot be reached") as refused:
            ask()
        assert "online" in refused.value.remedy
    assert (tmp_path / "m.gguf.part").stat().st_size == 1000


def test_what_a_host_publishes_is_asked_without_fetching_anything(server: Server) -> None:
    found = published(server.address + "/org/model/resolve/main/m.gguf")
    assert (found.sha256, found.bytes, found.revision) == (SHA, len(CONTENT), COMMIT)
    assert found.url == f"{server.address}/org/model/resolve/{COMMIT}/m.gguf"
    assert found.file == "m.gguf"
    assert server.heads == ["/org/model/resolve/main/m.gguf"]
    assert server.ranges == []


@pytest.mark.parametrize("path", ["/plain.gguf", "/org/model/resolve/main/odd.gguf"])
def test_a_host_that_publishes_no_hash_is_not_believed_to(server: Server, path: str) -> None:
    found = published(server.address + path)
    assert (found.sha256, found.revision) == ("", "")
    assert found.url == server.address + path


def test_what_a_host_refuses_is_said(server: Server) -> None:
    with pytest.raises(ModelProblem, match="404"):
        published(server.address + "/absent")
    with pytest.raises(BadInput):
        published("http://example.invalid/m")


@pytest.mark.parametrize(
    "url", ["http://example.invalid/m", "ftp://127.0.0.1/m", "file:///etc/passwd", "m", "https://", "http://[", ""]
)
def test_only_https_is_asked(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadInput):
        fetch(url, tmp_path, "m.gguf")


def test_a_redirect_away_from_https_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        fetch(server.address + "/elsewhere", tmp_path, "m.gguf")


@pytest.mark.parametrize("name", ["../m.gguf", "a/b", "", "/m"])
def test_a_name_with_folders_is_refused(server: Server, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput):
        fetch(server.address + "/model", tmp_path, name)


def test_two_files_of_one_name_are_never_joined(server: Server, tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(b"the beginning of another" * 10)
    (tmp_path / ".m.gguf.of").write_text("https://elsewhere.example/m.gguf", "utf-8")
    found = fetch(server.address + "/m", tmp_path, "m.gguf")
    assert found.path.read_bytes() == CONTENT
    assert sorted(one.name for one in tmp_path.iterdir()) == ["m.gguf.fetched"]
