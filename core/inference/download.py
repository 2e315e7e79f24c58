"""Fetches a model file over https when the person asks: resumed, cancellable, its hash computed on the way."""

import hashlib
import ipaddress
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol
from urllib.parse import unquote, urljoin, urlsplit

from core.errors import BadInput, Cancelled, DiskFull, ModelProblem

if TYPE_CHECKING:
    import httpx

_CHUNK = 2**18
_MOST_BYTES = 500 * 2**30
_MOST_REDIRECTS = 6
_GOES_ON, _NOTHING_MORE = 206, 416
_TRY_AGAIN = "What has come so far is kept; try again to go on."
_UNREACHED = "The server cannot be reached."
_REVISION = re.compile(r"/resolve/[^/]+/")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A finished download; `catalog.add` takes it into the profile."""

    path: Path
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a host says of a file before it is fetched. It is the host's word: shown, and the person asked."""

    url: str
    """With the revision pinned, where the host names one."""
    file: str
    bytes: int
    sha256: str
    """Empty when the host publishes none."""
    revision: str
    """The commit that the address meant just now; empty when the host names none."""


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


def fetch(
    url: str,
    folder: Path,
    file: str,
    *,
    sha256: str = "",
    size: int = 0,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Fetched:
    """Download `url` into `folder` as `<file>.fetched`, going on where an earlier try stopped.

    https only (http for this machine's own address), also after redirects. `progress` gets (bytes done, bytes in
    all, 0 when not known). With `sha256` anything else is thrown away and refused; with `size` (bytes) a file of
    another size is refused before any of it is read. BadInput (the address), ModelProblem (network, wrong file),
    DiskFull, Cancelled.
    """
    import httpx

    if Path(file).name != file or not file:
        raise BadInput("This is not a file's name.", "Give a name without folders.")
    part = folder / f"{file}.part"
    whole = folder / f"{file}.fetched"
    try:
        _begin_anew_if_other(folder, file, sha256 or url, anyway=not sha256)
        if whole.is_file():
            whole.replace(part)
        if size and part.is_file() and part.stat().st_size > size:
            part.unlink()
        digest = _receive(url, part, size, progress, cancelled)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise ModelProblem(_UNREACHED, f"See whether this machine is online. {_TRY_AGAIN}") from error
    except httpx.HTTPError as error:
        raise ModelProblem("The download was interrupted.", _TRY_AGAIN) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise BadInput("This is not an address.", "Give one that begins with https://.") from error
    except OSError as error:
        raise ModelProblem("The download could not be written.", "Check the disk and try again.") from error
    finally:
        if not part.exists():
            _note_of(folder, file).unlink(missing_ok=True)
    if sha256 and digest != sha256.lower():
        for left in (part, _note_of(folder, file)):
            left.unlink(missing_ok=True)
        raise ModelProblem(
            "What was downloaded is not the published file (its SHA-256 differs). It was thrown away.",
            "Try again, or choose another model.",
        )
    _note_of(folder, file).unlink(missing_ok=True)
    done = part.replace(whole)
    return Fetched(path=done, sha256=digest, bytes=done.stat().st_size)


def _note_of(folder: Path, file: str) -> Path:
    """Says whose beginning a part is."""
    return folder / f".{file}.of"


def _begin_anew_if_other(folder: Path, file: str, promised: str, *, anyway: bool) -> None:
    """Two files of one name are never joined: throw away a part of another, or (`anyway`) of one that is not known."""
    note = _note_of(folder, file)
    known = note.read_text("utf-8") if note.is_file() else ""
    if (known or anyway) and known != promised:
        for old in (folder / f"{file}.part", folder / f"{file}.fetched"):
            old.unlink(missing_ok=True)
    note.write_text(promised, "utf-8")
    note.chmod(0o600)


def published(url: str) -> Published:
    """Ask a host what it publishes of a file: size, SHA-256, revision. No byte of the file is fetched.

    Hugging Face answers with `X-Linked-ETag` (the SHA-256 of its LFS pointer), `X-Linked-Size` and `X-Repo-Commit`
    beside the redirect to where the bytes lie; of another host only the size is known. BadInput, ModelProblem.
    """
    import httpx

    _check_address(url)
    try:
        with httpx.Client(timeout=30.0, follow_redirects=False) as client:
            said = client.head(url, headers={"Accept-Encoding": "identity", "User-Agent": "mneme"})
    except httpx.HTTPError as error:
        raise ModelProblem(_UNREACHED, "See whether this machine is online, then try again.") from error
    except (httpx.InvalidURL, ValueError) as error:
        raise BadInput("This is not an address.", "Give one that begins with https://.") from error
    if not (said.is_success or said.is_redirect):
        raise ModelProblem(f"The server refused the file ({said.status_code}).", "Check the address.")
    tag = said.headers.get("x-linked-etag", "").strip('W/"')
    commit = said.headers.get("x-repo-commit", "")
    size = said.headers.get("x-linked-size") or (said.headers.get("content-length") if said.is_success else "")
    return Published(
        url=_REVISION.sub(f"/resolve/{commit}/", url, count=1) if _COMMIT.fullmatch(commit) else url,
        file=Path(unquote(urlsplit(url).path)).name,
        bytes=int(size) if size and size.isdigit() else 0,
        sha256=tag if _SHA256.fullmatch(tag) else "",
        revision=commit if _COMMIT.fullmatch(commit) else "",
    )


def _receive(
    url: str,
    part: Path,
    size: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> str:
    """Append to the part what it lacks, or begin again; returns the SHA-256 of the whole."""
    import httpx

    digest = hashlib.sha256()
    have = _read_again(part, digest)
    with httpx.Client(timeout=30.0, follow_redirects=False) as client:
        response = _open(client, url, have)
        try:
            if response.status_code == _NOTHING_MORE and have:
                return digest.hexdigest()
            resumed = response.status_code == _GOES_ON
            if resumed and not _goes_on_at(response, have):
                raise ModelProblem("The server went on at another place.", "Delete the download and try again.")
            if not resumed:
                have, digest = 0, hashlib.sha256()
            total = have + int(response.headers.get("content-length", 0))
            _check_room(part.parent, total, have, size)
            with part.open("ab" if resumed else "wb") as file:
                part.chmod(0o600)
                _copy(response, file, digest, have, total, size or _MOST_BYTES, progress, cancelled)
        finally:
            response.close()
    return digest.hexdigest()


def _open(client: "httpx.Client", url: str, have: int) -> "httpx.Response":
    """Follow redirects by hand, so that each address is checked."""
    headers = {"Accept-Encoding": "identity", "User-Agent": "mneme"}
    if have:
        headers["Range"] = f"bytes={have}-"
    for _ in range(_MOST_REDIRECTS):
        _check_address(url)
        response = client.send(client.build_request("GET", url, headers=headers), stream=True)
        if not response.is_redirect:
            break
        url = urljoin(url, response.headers.get("location", ""))
        response.close()
    else:
        raise ModelProblem("The server sends from address to address without end.", "Try another address.")
    wanted = response.is_success or response.status_code == _NOTHING_MORE
    if not wanted:
        response.close()
        raise ModelProblem(f"The server refused the file ({response.status_code}).", "Check the address.")
    return response


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_this_machine(parts.hostname or ""):
        return
    raise BadInput("Models are downloaded over https only.", "Give an address that begins with https://.")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _goes_on_at(response: "httpx.Response", have: int) -> bool:
    return str(response.headers.get("content-range", "")).startswith(f"bytes {have}-")


def _read_again(part: Path, digest: _Hash) -> int:
    """Hash what an earlier try left; returns its length."""
    have = 0
    if part.is_file():
        with part.open("rb") as file:
            while data := file.read(_CHUNK):
                digest.update(data)
                have += len(data)
    return have


def _check_room(folder: Path, total: int, have: int, size: int) -> None:
    if total > have and size and total != size:
        raise ModelProblem(
            f"The server's file has {total} bytes and not the {size} that are published. Nothing was fetched.",
            "Choose another model, or try later.",
        )
    if total > (size or _MOST_BYTES):
        raise ModelProblem("The file is larger than it should be.", "Check the address.")
    if shutil.disk_usage(folder).free < total - have:
        raise DiskFull("There is not enough room for this model.", f"It needs {total // 2**20} MB.")


def _copy(
    response: "httpx.Response",
    file: IO[bytes],
    digest: _Hash,
    have: int,
    total: int,
    most_bytes: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    for data in response.iter_bytes(_CHUNK):
        if cancelled and cancelled():
            raise Cancelled("The download")
        have += len(data)
        if have > most_bytes:
            raise ModelProblem("The file is larger than it should be.", "Check the address.")
        file.write(data)
        digest.update(data)
        if progress:
            progress(have, total)
    if total > have:
        raise ModelProblem("The download was cut short.", _TRY_AGAIN)
