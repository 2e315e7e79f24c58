"""Opens an archive of Mneme's without Mneme: `python open_archive.py FILE [--to FOLDER] [--passphrase-file F]`.

Needs Python 3.11 and `pip install cryptography argon2-cffi`. Lists what is inside, or writes it into a
new folder. The format is described in docs/archive-format.md.
"""
# ruff: noqa: D102, D103 - it is to stay under a hundred lines

import argparse
import getpass
import hashlib
import io
import json
import os
import re
import struct
import sys
import zipfile
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HEADER = struct.Struct(">8sHBBIIII16s")
SAFE = re.compile(r"[a-z]+\.jsonl|manifest\.json|media/[0-9a-z]{26}(\.small)?\.webp")


class Decrypted(io.RawIOBase):
    """The zip inside: chunk n is AES-256-GCM, nonce = n (11 bytes) + 1 for the last chunk, AAD = hash of header."""

    def __init__(self, file, passphrase):
        raw = file.read(HEADER.size)
        _, version, cipher, kdf, memory, passes, lanes, self.chunk, salt = HEADER.unpack(raw)
        if (version, cipher, kdf) != (1, 1, 1) or memory * passes > 2**23 or lanes > 16 or self.chunk != 65536:
            raise SystemExit("This archive was made by a later Mneme, or not by Mneme.")
        key = hash_secret_raw(passphrase.encode(), salt, passes, memory, lanes, 32, Type.ID)
        self.file, self.cipher, self.aad, self.at = file, AESGCM(key), hashlib.sha256(raw).digest(), 0
        body = file.seek(0, io.SEEK_END) - HEADER.size
        self.chunks = max(1, -(-body // (self.chunk + 16)))
        self.size = body - 16 * self.chunks

    def part(self, n):
        self.file.seek(HEADER.size + n * (self.chunk + 16))
        nonce = n.to_bytes(11, "big") + bytes([n == self.chunks - 1])
        try:
            return self.cipher.decrypt(nonce, self.file.read(self.chunk + 16), self.aad)
        except (InvalidTag, ValueError):
            raise SystemExit("The passphrase is wrong, or the archive was changed.") from None

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def tell(self):
        return self.at

    def readinto(self, buffer):
        if self.at >= self.size:
            return 0
        n, offset = divmod(self.at, self.chunk)
        data = self.part(n)[offset : offset + len(buffer)]
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("file", type=Path)
    words.add_argument("--to", type=Path, help="a new folder for what is inside")
    words.add_argument("--passphrase-file", type=Path)
    asked = words.parse_args()
    with asked.file.open("rb") as file:
        inside = file
        if file.read(8) == b"MNEMEARC":
            file.seek(0)
            given = asked.passphrase_file
            passphrase = given.read_text("utf-8").rstrip("\r\n") if given else getpass.getpass("Passphrase: ")
            inside = io.BufferedReader(Decrypted(file, passphrase), 65536)
        with zipfile.ZipFile(inside) as archive:
            names = [name for name in archive.namelist() if SAFE.fullmatch(name)]
            for name, facts in json.loads(archive.read("manifest.json"))["tables"].items():
                if hashlib.sha256(archive.read(f"{name}.jsonl")).hexdigest() != facts["sha256"]:
                    raise SystemExit(f"{name}.jsonl is not what the manifest says.")
            for name in names:
                print(f"{archive.getinfo(name).file_size:>12}  {name}")
                if asked.to:
                    os.umask(0o077)
                    (asked.to / name).parent.mkdir(parents=True, exist_ok=True)
                    (asked.to / name).write_bytes(archive.read(name))


if __name__ == "__main__":
    sys.exit(main())
