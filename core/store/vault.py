"""The only sqlcipher3: the encrypted file opened, written by one, read by many, every error turned into ours."""

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Protocol, cast

import sqlcipher3.dbapi2 as sqlcipher
from sqlite_utils import Database

from core.errors import (
    DamagedVault,
    DiskFull,
    Interrupted,
    Missing,
    NewerVault,
    Problem,
    UnsafeProfile,
    VaultProblem,
    WrongKey,
)
from core.paths import ProfilePaths
from core.store import faults
from core.store.counter import Counter, Mark, Reading, seal, unseal
from core.store.migrations import MIGRATIONS, NEWEST

OLDEST_SQLITE = (3, 51, 3)
"""Before it, a reset of the log could lose a commit."""
KEY_BYTES = 32
READERS = 4
_DRAIN_S = 5.0
_PLAIN_HEADER = b"SQLite format 3\x00"

# sqlite-utils' traps on this connection: `alter=True`, `drop(ignore=True)` and `query("... RETURNING")` wait for the
# standard sqlite3's errors; `db.commit()`, `db.rollback()`, `db.begin()` and `executescript()` outside a transaction
# end or start one behind our back. Everything else joins the open transaction (its `atomic()` becomes a savepoint).


class BadStatement(Exception):
    """A bug, not a problem: SQL that the schema does not allow."""


class Witness(Protocol):
    """A second place for the newest mark, outside the profile's folder (the OS keyring)."""

    def recall(self) -> bytes | None:
        """What was last kept, or None; never raises."""

    def keep(self, sealed: bytes) -> None:
        """Keeps it if it can; never raises."""


def as_problem(error: sqlcipher.Error) -> Exception:
    """Our exception for one of SQLite's. The message of the original never reaches a person."""
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith("SQLITE_FULL"):
        return DiskFull("The disk is full.", "Nothing was lost; free some space and save again.")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DamagedVault(
            "The vault is damaged.", "Restore the last backup: `mneme backup list`, `mneme backup restore`."
        )
    if name.startswith("SQLITE_INTERRUPT"):
        return Interrupted()
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return VaultProblem("The vault is busy.", "Another program holds its file open; try again.")
    if name.startswith(
        ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_PROTOCOL")
    ):
        return VaultProblem(
            "The vault's file cannot be read or written.",
            "Check that its disk is there and can be written to.",
        )
    if name.startswith(("SQLITE_NOMEM", "SQLITE_TOOBIG")):
        return VaultProblem("That is too large to keep.", "Split it into smaller pieces.")
    return BadStatement(str(error))


@contextmanager
def translated() -> Iterator[None]:
    """Turns SQLite's exceptions into ours."""
    try:
        yield
    except sqlcipher.Error as error:
        raise as_problem(error) from error


def check_library() -> None:
    """Refuses a library that would write in clear or lose a commit. Raises Missing."""
    if tuple(sqlcipher.sqlite_version_info) < OLDEST_SQLITE:
        raise Missing(
            f"SQLite {sqlcipher.sqlite_version} can lose a save.",
            "Install sqlcipher3 with SQLite 3.51.3 or later.",
        )


def check_file(path: Path) -> None:
    """Refuses what cannot be a vault, before any library reads it. Raises UnsafeProfile, DamagedVault, Missing."""
    if path.is_symlink():
        raise UnsafeProfile(
            "The vault is a symbolic link.", f"Put the vault itself at {path.name} in the profile."
        )
    try:
        with path.open("rb") as file:
            head = file.read(len(_PLAIN_HEADER))
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise Missing("There is no vault here.", "Restore a backup, or make a new profile.") from None
    except OSError as error:
        raise VaultProblem(
            "The vault's file cannot be read.", "Check its disk and its permissions."
        ) from error
    if head == _PLAIN_HEADER:
        raise UnsafeProfile(
            "An unencrypted database lies in the vault's place.", "Mneme did not write it; restore a backup."
        )
    if size < 1024:
        raise DamagedVault("The vault is empty or cut off.", "Restore the last backup: `mneme backup list`.")


def connect(path: Path, key: bytes, *, mode: str = "rw") -> sqlcipher.Connection:
    """A keyed connection in autocommit. `mode`: rw, ro, or `ro&immutable=1`. Raises WrongKey and other Problems."""
    if len(key) != KEY_BYTES:
        raise WrongKey("The key has the wrong length.", "Unlock with the passphrase or the recovery key.")
    with translated():
        conn = sqlcipher.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=5.0,
            cached_statements=256,
        )
    try:
        conn.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if not conn.execute("PRAGMA cipher_version").fetchone():
            raise Missing(
                "This SQLite cannot encrypt.", "Reinstall Mneme: its sqlcipher3 library was replaced."
            )
        for pragma in ("temp_store=MEMORY", "mmap_size=0", "foreign_keys=OFF", "trusted_schema=OFF"):
            conn.execute(f"PRAGMA {pragma}")
        conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.Error as error:
        conn.close()
        if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
            raise WrongKey(
                "The key does not open this vault.", "Check the passphrase or the recovery key."
            ) from error
        raise as_problem(error) from error
    except Missing:
        conn.close()
        raise
    return conn


class _Reader:
    """One pooled read-only connection."""

    def __init__(self, conn: sqlcipher.Connection) -> None:
        self.conn = conn
        self.db = _wrapped(conn)


def _wrapped(conn: sqlcipher.Connection) -> Database:
    return Database(conn, recursive_triggers=False, execute_plugins=False)


class Vault:
    """The open vault of one profile. Only the host has one; usable from any thread."""

    def __init__(
        self,
        paths: ProfilePaths,
        key: bytes,
        conn: sqlcipher.Connection,
        *,
        read_only: bool,
        clock: Callable[[], float],
        witness: Witness | None,
    ) -> None:
        self.paths = paths
        self.read_only = read_only
        self._key = key
        self._conn = conn
        self._db = _wrapped(conn)
        self._clock = clock
        self._witness = witness
        self._notices: list[str] = []
        self._writing = threading.RLock()
        self._depth = 0
        self._gate = threading.Condition()
        self._idle: list[_Reader] = []
        self._busy: set[_Reader] = set()
        self._draining = False
        self._closed = False
        self._here = threading.local()
        self._secret = b""
        self._mark = Mark(commits=0, settled=0, at=0.0)
        self._counter: Counter | None = None

    # -- opening and closing

    @classmethod
    def create(
        cls,
        paths: ProfilePaths,
        key: bytes,
        *,
        clock: Callable[[], float] = time.time,
        witness: Witness | None = None,
    ) -> "Vault":
        """A new encrypted file with the newest schema. `key`: 32 random bytes. Raises VaultProblem if one is there."""
        check_library()
        if len(key) != KEY_BYTES:
            raise WrongKey("The key has the wrong length.", "It must be 32 random bytes.")
        try:
            os.close(os.open(paths.vault, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            raise VaultProblem(
                "There is a vault here already.", "Open it, or choose another folder."
            ) from None
        except OSError as error:
            raise VaultProblem(
                "The vault cannot be written there.", "Check the folder and its disk."
            ) from error
        return cls._started(paths, key, connect(paths.vault, key), False, clock, witness)

    @classmethod
    def open(
        cls,
        paths: ProfilePaths,
        key: bytes,
        *,
        read_only: bool = False,
        clock: Callable[[], float] = time.time,
        witness: Witness | None = None,
    ) -> "Vault":
        """Opens it and brings an older schema up to date (never when `read_only`).

        `clock` gives POSIX seconds for the sentences about lost saves. Raises Missing, UnsafeProfile, DamagedVault,
        WrongKey and, unless `read_only`, NewerVault.
        """
        check_library()
        check_file(paths.vault)
        conn = connect(paths.vault, key, mode="ro" if read_only else "rw")
        return cls._started(paths, key, conn, read_only, clock, witness)

    @classmethod
    def _started(
        cls,
        paths: ProfilePaths,
        key: bytes,
        conn: sqlcipher.Connection,
        read_only: bool,
        clock: Callable[[], float],
        witness: Witness | None,
    ) -> "Vault":
        vault = cls(paths, key, conn, read_only=read_only, clock=clock, witness=witness)
        try:
            with translated():
                vault._start()
        except (Problem, BadStatement):
            conn.close()
            raise
        return vault

    def _start(self) -> None:
        conn = self._conn
        have = int(conn.execute("PRAGMA user_version").fetchone()[0])
        if have > NEWEST and not self.read_only:
            raise NewerVault(
                f"This vault was written by a later Mneme (its schema is {have}, this one knows {NEWEST}).",
                "Update Mneme; until then it can only be read.",
            )
        if self.read_only:
            conn.execute("PRAGMA query_only=ON")
        else:
            if conn.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
                raise VaultProblem(
                    "The vault's log cannot be kept here.", "Move the profile to a local disk."
                )
            for pragma in ("synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON", "secure_delete=ON"):
                conn.execute(f"PRAGMA {pragma}")
            self._migrate(have)
        self._read_meta()

    def _migrate(self, have: int) -> None:
        for migration in MIGRATIONS:
            if migration.number <= have:
                continue
            faults.at(f"migration {migration.number} begins")
            self._conn.execute("BEGIN IMMEDIATE")
            for number, statement in enumerate(migration.statements):
                self._conn.execute(statement)
                faults.at(f"migration {migration.number} statement {number}")
            self._conn.execute(f"PRAGMA user_version = {migration.number}")
            faults.at(f"migration {migration.number} before commit")
            self._conn.execute("COMMIT")
            faults.at(f"migration {migration.number} after commit")

    def _read_meta(self) -> None:
        meta = dict(
            self._conn.execute("SELECT key, value FROM meta WHERE key IN ('secret', 'commits', 'committed')")
        )
        new = "secret" not in meta
        if new:
            if self.read_only:
                raise DamagedVault("The vault was never finished.", "Open it once so that it can be written.")
            meta = {"secret": token_bytes(KEY_BYTES), "commits": 0, "committed": self._clock()}
            self._conn.execute("BEGIN IMMEDIATE")
            self._conn.executemany("INSERT INTO meta(key, value) VALUES (?, ?)", list(meta.items()))
            self._conn.execute("COMMIT")
        self._secret = bytes(meta["secret"])
        self._mark = Mark(commits=int(meta["commits"]), settled=0, at=float(meta["committed"]))
        self._counter = Counter(self.paths.counter, self.derived_key("commit counter"))
        if new:
            self._renew_counter()
        else:
            self._compare(self._read_counter())

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for the person about what opening (or a later save) found."""
        return tuple(self._notices)

    @property
    def schema(self) -> int:
        """The number of the schema in the file."""
        with self.read() as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])

    @property
    def commits(self) -> int:
        """How many commits the vault has seen."""
        return self._mark.commits

    def derived_key(self, purpose: str) -> bytes:
        """32 bytes for one purpose (HKDF-SHA256, RFC 5869). From a secret inside the vault: survives a new key."""
        pseudorandom = hmac.new(b"mneme vault", self._secret, hashlib.sha256).digest()
        return hmac.new(pseudorandom, purpose.encode() + b"\x01", hashlib.sha256).digest()

    def close(self) -> None:
        """Settles the log, closes every connection and drops the key. Waits for running reads, then interrupts them."""
        with self._writing:
            if self._closed:
                return
            if self._depth:
                raise RuntimeError("a vault is not closed inside a write")
            try:
                if not self.read_only:
                    self.checkpoint()
            except Problem:
                self._notices.append("The log could not be settled; nothing is lost, the next start does it.")
            with self._gate:
                self._closed = True
                self._drain()
                for reader in self._idle:
                    reader.conn.close()
                self._idle.clear()
            if self._counter is not None:
                self._counter.close()
            self._conn.close()
            self._key = b""
            self._secret = b""

    # -- writing

    @contextmanager
    def write(self) -> Generator[Database, None, None]:
        """One transaction, durable when the block ends; rolled back whole on any exception.

        Serial over all threads. A write inside a write joins it (an exception undoes the inner part alone).
        Raises DiskFull, DamagedVault, VaultProblem; RuntimeError inside a read of the same thread.
        """
        if getattr(self._here, "reader", None) is not None:
            raise RuntimeError("a write inside a read of the same thread would wait for itself")
        with self._writing, translated():
            self._check_open(writing=True)
            if self._depth:
                with self._db.atomic():
                    yield self._db
                return
            faults.at("before begin")
            self._conn.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                faults.at("after begin")
                before = self._conn.total_changes
                yield self._db
                if not self._conn.in_transaction:
                    raise RuntimeError("the transaction was ended inside the write")
                mark = self._bumped() if self._conn.total_changes != before else None
                faults.at("before commit")
                self._conn.execute("COMMIT")
            except BaseException:
                if self._conn.in_transaction:
                    self._conn.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0
            faults.at("after commit")
            if mark is not None:
                self._mark = mark
                self._write_counter()

    def _bumped(self) -> Mark:
        at = self._clock()
        self._conn.execute("UPDATE meta SET value = ? WHERE key = 'committed'", (at,))
        row = self._conn.execute(
            "UPDATE meta SET value = value + 1 WHERE key = 'commits' RETURNING value"
        ).fetchall()
        return Mark(commits=int(row[0][0]), settled=self._mark.settled, at=at)

    # -- reading

    @contextmanager
    def read(self) -> Generator[Database, None, None]:
        """A consistent snapshot, from any thread; short, and used up inside the block (rows are lazy).

        A read inside a read of the same thread shares its snapshot; inside a write it sees what was written.
        Raises Interrupted when a forget needs the log: ask again. Raises Locked-like VaultProblem when closed.
        """
        outer = cast(_Reader | None, getattr(self._here, "reader", None))
        if outer is not None:
            with translated():
                yield outer.db
            return
        if self._depth and self._writing.acquire(blocking=False):
            try:
                with translated():
                    yield self._db
            finally:
                self._writing.release()
            return
        reader = self._borrow()
        self._here.reader = reader
        try:
            with translated():
                reader.conn.execute("BEGIN")
                yield reader.db
        finally:
            self._here.reader = None
            self._give_back(reader)

    def _borrow(self) -> _Reader:
        with self._gate:
            while not self._closed and (self._draining or len(self._busy) >= READERS):
                self._gate.wait()
            self._check_open(writing=False)
            reader = self._idle.pop() if self._idle else self._new_reader()
            self._busy.add(reader)
            return reader

    def _new_reader(self) -> _Reader:
        conn = connect(self.paths.vault, self._key, mode="ro" if self.read_only else "rw")
        conn.execute("PRAGMA query_only=ON")
        return _Reader(conn)

    def _give_back(self, reader: _Reader) -> None:
        with self._gate:
            self._busy.discard(reader)
            try:
                if reader.conn.in_transaction:
                    reader.conn.execute("ROLLBACK")
                self._idle.append(reader)
            except sqlcipher.Error:
                reader.conn.close()
            self._gate.notify_all()

    def interrupt_readers(self) -> None:
        """Stops every running read: each raises Interrupted."""
        with self._gate:
            for reader in self._busy:
                reader.conn.interrupt()

    def _drain(self) -> None:
        """With the gate held: waits until no read runs, interrupting those that go on. Raises VaultProblem."""
        until = time.monotonic() + _DRAIN_S
        while self._busy:
            if time.monotonic() > until:
                raise VaultProblem("A search does not end.", "Try again in a moment.")
            self._gate.wait(0.05)
            for reader in self._busy:
                reader.conn.interrupt()

    # -- upkeep

    def checkpoint(self) -> None:
        """Empties the log into the file (`wal_checkpoint(TRUNCATE)`): new reads wait, running ones are interrupted.

        Raises VaultProblem when a read does not end or the file cannot be written.
        """
        with self._writing, self._alone(), translated():
            faults.at("before checkpoint")
            busy = self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                raise VaultProblem(
                    "The vault's log cannot be emptied.", "Another program holds its file open."
                )
            faults.at("after checkpoint")
            if self._mark.settled != self._mark.commits:
                self._mark = Mark(commits=self._mark.commits, settled=self._mark.commits, at=self._mark.at)
                self._write_counter()
        if self._witness is not None:
            self._witness.keep(seal(self.derived_key("commit counter"), self._mark))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """With the writer's lock held: no reader runs inside the block."""
        self._check_open(writing=True)
        if self._depth or getattr(self._here, "reader", None) is not None:
            raise RuntimeError("not inside a write or a read")
        with self._gate:
            self._draining = True
            try:
                self._drain()
            except BaseException:
                self._draining = False
                self._gate.notify_all()
                raise
        try:
            yield
        finally:
            with self._gate:
                self._draining = False
                self._gate.notify_all()

    def _check_open(self, *, writing: bool) -> None:
        if self._closed:
            raise VaultProblem("The vault is closed.", "Unlock Mneme first.")
        if writing and self.read_only:
            raise VaultProblem("The vault is open for reading only.", "Update Mneme, or restore a backup.")

    # -- the commit counter

    def _read_counter(self) -> Reading:
        assert self._counter is not None
        try:
            return self._counter.read()
        except OSError:
            return Reading(mark=None, whole=False)

    def _compare(self, reading: Reading) -> None:
        """Tells what the counters outside say against the vault, then brings them in line with it."""
        here = self._mark
        seen = reading.mark
        kept = self._witness.recall() if self._witness is not None else None
        witnessed = unseal(self.derived_key("commit counter"), kept) if kept else None
        newest = max(
            (mark for mark in (seen, witnessed) if mark is not None), key=lambda m: m.commits, default=None
        )
        if newest is not None and newest.commits > here.commits:
            if here.commits < newest.settled:
                self._notices.append(
                    f"An older copy of the vault was put back: it ends {self._said(here.at)}, "
                    f"{newest.commits - here.commits} later saves are not in it."
                )
            else:
                self._notices.append(f"Saves after {self._said(here.at)} are missing.")
        elif reading.missing:
            self._notices.append("The commit counter was missing; it has been made anew.")
        elif not reading.whole:
            self._notices.append("The commit counter was damaged; it has been made anew.")
        elif seen is not None and here.commits - seen.commits > 1:
            self._notices.append("The commit counter was older than the vault; it has been made anew.")
        settled = min(newest.settled, here.commits) if newest is not None else 0
        self._mark = Mark(commits=here.commits, settled=settled, at=here.at)
        if not self.read_only and (not reading.whole or seen is None or seen.commits != here.commits):
            self._renew_counter()

    def _said(self, at: float) -> str:
        """A moment in the machine's local time; with its date when that is not today."""
        then = datetime.fromtimestamp(at, UTC).astimezone()
        today = datetime.fromtimestamp(self._clock(), UTC).astimezone().date()
        return f"{then:%H:%M}" if then.date() == today else f"{then:%H:%M} on {then:%Y-%m-%d}"

    def _write_counter(self) -> None:
        assert self._counter is not None
        try:
            self._counter.write(self._mark)
        except OSError:
            self._counter_failed()

    def _renew_counter(self) -> None:
        assert self._counter is not None
        try:
            self._counter.renew(self._mark)
        except OSError:
            self._counter_failed()

    def _counter_failed(self) -> None:
        """What was committed is kept, so a counter that cannot be written is told and never raised."""
        sentence = "The commit counter cannot be written: lost saves could not be noticed."
        if sentence not in self._notices:
            self._notices.append(sentence)
