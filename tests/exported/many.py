"""Exports of any length: each text a message, a minute after the one before, by Dana and Kim in turn."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

BEGINS = datetime(2024, 3, 13, 9, 0, tzinfo=UTC)
PEOPLE = ("Dana", "Kim")


def _messages(texts: Sequence[str]) -> Iterator[tuple[int, str, datetime, str]]:
    for number, text in enumerate(texts):
        yield number, PEOPLE[number % 2], BEGINS + timedelta(minutes=number), text


def whatsapp(texts: Sequence[str]) -> bytes:
    """An Android phone's, in German."""
    return "".join(f"{at:%d.%m.%y, %H:%M} - {who}: {text}\n" for _, who, at, text in _messages(texts)).encode()


def whatsapp_iphone(texts: Sequence[str]) -> bytes:
    """An iPhone's, in English (US)."""
    rows = [f"[{at:%m/%d/%y, %I:%M:%S}\u202f{at:%p}] {who}: {text}\r\n" for _, who, at, text in _messages(texts)]
    return "".join(rows).encode()


def _telegram(texts: Sequence[str], id: int = 1, name: str = "Dana") -> dict[str, object]:
    messages = [
        {
            "id": number,
            "type": "message",
            "date": f"{at:%Y-%m-%dT%H:%M:%S}",
            "date_unixtime": str(int(at.timestamp())),
            "from": who,
            "from_id": f"user{1 + number % 2}",
            "text": text,
            "text_entities": [],
        }
        for number, who, at, text in _messages(texts)
    ]
    return {"name": name, "type": "personal_chat", "id": id, "messages": messages}


def telegram(texts: Sequence[str]) -> bytes:
    """One chat."""
    return json.dumps(_telegram(texts), indent=1).encode()


def telegram_account(texts: Sequence[str]) -> bytes:
    """An account with two chats."""
    half = 6
    chats = [_telegram(texts[:half], 1, "Dana"), _telegram(texts[half:], 2, "Ada")]
    account = {
        "about": "Here is the data you requested. Telegram ...",
        "personal_information": {"user_id": 2, "first_name": "Kim"},
        "chats": {"about": "This page lists all chats.", "list": chats},
    }
    return json.dumps(account, indent=1).encode()


def signal(texts: Sequence[str]) -> bytes:
    """Signal's own export."""
    frames: list[object] = [
        {"version": "1", "backupTimeMs": "1760000000000"},
        {"account": {"givenName": "Kim"}},
        {"recipient": {"id": "1", "self": {}}},
        {"recipient": {"id": "2", "contact": {"systemGivenName": "Dana"}}},
        {"chat": {"id": "10", "recipientId": "2"}},
    ]
    for number, _, at, text in _messages(texts):
        way: dict[str, object] = {"outgoing": {}} if number % 2 else {"incoming": {}}
        item = {"chatId": "10", "authorId": str(2 - number % 2), "dateSent": str(int(at.timestamp() * 1000))}
        frames.append({"chatItem": item | way | {"standardMessage": {"text": {"body": text}}}})
    return "".join(json.dumps(frame) + "\n" for frame in frames).encode()


def signal_cli(texts: Sequence[str]) -> bytes:
    """What signal-cli receives."""
    rows: list[object] = []
    for _, who, at, text in _messages(texts):
        stamp = int(at.timestamp() * 1000)
        message = {"timestamp": stamp, "message": text}
        rows.append({"envelope": {"sourceNumber": f"+{len(who)}", "sourceName": who, "dataMessage": message}})
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def discord(texts: Sequence[str]) -> bytes:
    """A channel by DiscordChatExporter."""
    messages = [
        {
            "id": str(number + 1),
            "type": "Default",
            "timestamp": at.isoformat(),
            "content": text,
            "author": {"id": who, "name": who, "nickname": who},
            "attachments": [],
            "embeds": [],
        }
        for number, who, at, text in _messages(texts)
    ]
    channel = {"id": "2", "type": "GuildTextChat", "name": "boats"}
    return json.dumps(
        {"guild": {"id": "1", "name": "Club"}, "channel": channel, "messages": messages}, indent=2
    ).encode()


def slack(texts: Sequence[str]) -> bytes:
    """A zip with two days of one channel."""
    people = [{"id": f"U{who}", "name": who, "profile": {"display_name": who}} for who in PEOPLE]
    days: list[list[object]] = [[], []]
    for number, who, at, text in _messages(texts):
        days[2 * number // len(texts)].append(
            {"type": "message", "user": f"U{who}", "text": text, "ts": f"{at.timestamp():.6f}"}
        )
    files = {"users.json": json.dumps(people), "channels.json": json.dumps([{"id": "C1", "name": "general"}])}
    files |= {f"general/2024-03-{13 + at}.json": json.dumps(day, indent=4) for at, day in enumerate(days)}
    return _zipped(files)


def discord_package(texts: Sequence[str]) -> bytes:
    """Discord's own download: one channel."""
    written = [
        {"ID": number + 1, "Timestamp": f"{at:%Y-%m-%d %H:%M:%S}", "Contents": text, "Attachments": ""}
        for number, _, at, text in _messages(texts)
    ]
    channel = {"id": "100000000000000001", "name": "boats", "guild": {"name": "Club"}}
    return _zipped(
        {
            "Messages/index.json": json.dumps({"100000000000000001": "boats in Club"}),
            "Messages/c100000000000000001/channel.json": json.dumps(channel),
            "Messages/c100000000000000001/messages.json": json.dumps(written),
        }
    )


def signal_chats(texts: Sequence[str]) -> bytes:
    """One chat by signal-export."""
    base = {"quote": "", "sticker": None, "reactions": [], "attachments": []}
    rows = [{"date": at.isoformat(), "sender": who, "body": text, **base} for _, who, at, text in _messages(texts)]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _zipped(files: dict[str, str]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _clock(at: datetime, mark: str) -> str:
    seconds = (at - BEGINS).total_seconds()
    return f"{int(seconds // 3600):02}:{int(seconds // 60 % 60):02}:{int(seconds % 60):02}{mark}000"


def zoom(texts: Sequence[str]) -> bytes:
    """A WebVTT transcript."""
    cues = [
        f"{number + 1}\n{_clock(at, '.')} --> {_clock(at + timedelta(seconds=5), '.')}\n{who}: {text}\n"
        for number, who, at, text in _messages(texts)
    ]
    return "\n".join(["WEBVTT\n", *cues]).encode()


def teams(texts: Sequence[str]) -> bytes:
    """WebVTT with voice tags."""
    cues = [
        f"{_clock(at, '.')} --> {_clock(at + timedelta(seconds=5), '.')}\n<v {who}>{text}</v>\n"
        for _, who, at, text in _messages(texts)
    ]
    return "\n".join(["WEBVTT\n", *cues]).encode()


def srt(texts: Sequence[str]) -> bytes:
    """SubRip."""
    cues = [
        f"{number + 1}\n{_clock(at, ',')} --> {_clock(at + timedelta(seconds=5), ',')}\n{who}: {text}\n"
        for number, who, at, text in _messages(texts)
    ]
    return "\n".join(cues).encode()


def mbox(texts: Sequence[str]) -> bytes:
    """A mailbox with one thread."""
    return b"".join(
        f"From {who.lower()}@example.org {at:%a %b %d %H:%M:%S %Y}\n".encode() + _mail(number, who, at, text) + b"\n"
        for number, who, at, text in _messages(texts)
    )


def _mail(number: int, who: str, at: datetime, text: str) -> bytes:
    heads = [f"Message-ID: <{number}@example.org>", f"Date: {format_datetime(at)}", f"From: {who} <{who}@example.org>"]
    heads += ["To: Ada <ada@example.org>", "Subject: Re: boats", "Content-Type: text/plain; charset=utf-8"]
    if number:
        heads.append(f"In-Reply-To: <{number - 1}@example.org>\nReferences: <0@example.org>")
    return ("\n".join(heads) + f"\n\n{text}\n").encode()


def eml(texts: Sequence[str]) -> bytes:
    """One mail of many lines."""
    return _mail(0, "Dana", BEGINS, "\n".join(texts)).replace(b"\n", b"\r\n")


MADE: dict[str, Callable[[Sequence[str]], bytes]] = {
    "WhatsApp Chat with Dana.txt": whatsapp,
    "_chat.txt": whatsapp_iphone,
    "result.json": telegram,
    "account.json": telegram_account,
    "main.jsonl": signal,
    "received.jsonl": signal_cli,
    "Club - boats.json": discord,
    "Club Slack export.zip": slack,
    "package.zip": discord_package,
    "Dana.json": signal_chats,
    "GMT20240313-090000_Recording.vtt": zoom,
    "Meeting-20240313_090000.vtt": teams,
    "Talk 2024-03-13.srt": srt,
    "All mail.mbox": mbox,
    "boats.eml": eml,
}
"""How each is made, by the name of the file it comes in."""
