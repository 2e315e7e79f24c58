"""WhatsApp, Telegram, Signal, Slack and Discord, as they export a chat."""

import json
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

LTR = "\u200e"
THIN = "\u202f"

WHATSAPP_STAMPS = {
    "en-US, iPhone": "[3/15/24, 2:05:09\u202fPM] ",
    "en-US, Android": "3/15/24, 2:05\u202fPM - ",
    "en-GB": "15/03/2024, 14:05 - ",
    "de, Android": "15.03.24, 14:05 - ",
    "de, iPhone": "[15.03.24, 14:05:09] ",
    "fr, Android": "15/03/2024 à 14:05 - ",
    "fr, iPhone": "[15/03/2024 14:05:09] ",
    "es, Android": "15/3/24, 14:05 - ",
    "es, 12 hours": "15/3/24, 2:05 p.\u00a0m. - ",
    "it": "15/03/24, 14:05 - ",
    "pt-BR": "15/03/2024 14:05 - ",
    "nl": "15-03-2024 14:05 - ",
    "tr": "15.03.2024 14:05 - ",
    "tr, 12 hours": "15.03.2024 ÖS 2:05 - ",
    "ru": "15.03.2024, 14:05 - ",
    "pl": "15.03.2024, 14:05 - ",
    "ja, Android": "2024/03/15 14:05 - ",
    "ja, 12 hours": "2024/03/15 午後2:05 - ",
    "ar, Latin digits": "15/3/2024، 2:05 م - ",
    "ar, Arabic digits": "[١٥\u200f/٣\u200f/٢٠٢٤، ٢:٠٥:٠٩\u00a0م] ",
    "hi": "15/03/24, 2:05 pm - ",
    "ko": "2024. 3. 15. 오후 2:05 - ",
    "zh": "2024/3/15 下午2:05 - ",
    "sv": "2024-03-15 14:05 - ",
    "fi": "15.3.2024 klo 14.05 - ",
    "hu": "2024. 03. 15. 14:05 - ",
    "bg": "15.03.24 г., 14:05 - ",
    "th": "15/3/2567 14:05 - ",
}
"""One moment, 15 March 2024 at 14:05, as phones of these languages write it.

After https://github.com/starkdmi/whats_json (its README and patterns), https://docs.rs/chatpack (parsing/whatsapp.rs)
and https://github.com/mlomb/chat-analytics (pipeline/parse/parsers/WhatsApp.ts).
"""

WHATSAPP_WORDS = {
    "en": ("<Media omitted>", "This message was deleted", "<This message was edited>"),
    "de": ("<Medien ausgeschlossen>", "Diese Nachricht wurde gelöscht.", "<Diese Nachricht wurde bearbeitet.>"),
    "fr": ("<Médias omis>", "Ce message a été supprimé", "<Ce message a été modifié>"),
    "es": ("<Multimedia omitido>", "Se eliminó este mensaje.", "<Se editó este mensaje.>"),
    "it": ("<Media omessi>", "Questo messaggio è stato eliminato", "<Questo messaggio è stato modificato>"),
    "pt-BR": ("<Mídia oculta>", "Mensagem apagada", "<Mensagem editada>"),
    "nl": ("<Media weggelaten>", "Dit bericht is verwijderd", "<Dit bericht is bewerkt>"),
    "tr": ("<Medya dahil edilmedi>", "Bu mesaj silindi", "<Bu mesaj düzenlendi>"),
    "ru": ("<Без медиафайлов>", "Данное сообщение удалено", "<Сообщение изменено>"),
    "pl": ("<pliki pominięto>", "Ta wiadomość została usunięta", "<Wiadomość została zmieniona>"),
    "ja": ("<メディアは含まれていません>", "このメッセージは削除されました", "<このメッセージは編集されました>"),
    "ar": ("<تم استبعاد الوسائط>", "تم حذف هذه الرسالة", "<تم تعديل هذه الرسالة>"),
}
"""(left out, deleted, edited). After https://github.com/mlomb/chat-analytics (WhatsApp.ts, `Patterns`)."""


def whatsapp_android() -> str:
    """A chat with one person in English (UK); the layout as described at https://github.com/starkdmi/whats_json."""
    return "\n".join(
        [
            "28/03/2024, 18:01 - Messages and calls are end-to-end encrypted. No one outside of this chat can read "
            "or listen to them. Tap to learn more.",
            "28/03/2024, 18:01 - Dana Miller: Is the boiler still leaking?",
            "28/03/2024, 18:03 - Kim Berg: Less than yesterday.",
            "The plumber said: Tuesday at nine.",
            "",
            "He needs the key.",
            "28/03/2024, 18:04 - Dana Miller: IMG-20240328-WA0003.jpg (file attached)",
            "that is the valve",
            "28/03/2024, 18:05 - Kim Berg: <Media omitted>",
            "28/03/2024, 18:06 - Kim Berg: This message was deleted",
            "29/03/2024, 07:40 - Kim Berg: I pay the 84 euros. <This message was edited>",
            "29/03/2024, 07:41 - Dana Miller: null",
            "29/03/2024, 07:44 - Dana Miller changed their phone number. Tap to message or add the new number.",
            "",
        ]
    )


def whatsapp_iphone() -> str:
    """A group in English (US) from an iPhone: brackets, seconds, marks before what WhatsApp says itself.

    After the format notes of https://github.com/eFrane/whatsapphistory and https://rdrr.io/cran/WhatsR/man/parse_ios.html.
    """
    return "\r\n".join(
        [
            f"[2/3/24, 9:12:01{THIN}AM] Choir: {LTR}Messages and calls are end-to-end encrypted.",
            f"[2/3/24, 9:12:01{THIN}AM] Ada: {LTR}Ada created this group",
            f"[2/3/24, 9:13:40{THIN}AM] Ada: We sing on 11 May in St Mary's.",
            f"{LTR}[2/3/24, 9:14:02{THIN}AM] Ben: {LTR}<attached: 00000004-PHOTO-2024-02-03-09-14-02.jpg>",
            f"{LTR}[2/3/24, 9:15:10{THIN}AM] ~{THIN}Cleo: Score.pdf • {LTR}12 pages "
            f"{LTR}<attached: 00000005-Score.pdf>",
            f"{LTR}[2/3/24, 9:16:00{THIN}AM] Ben: {LTR}image omitted",
            f"[2/13/24, 11:59:59{THIN}PM] Ben: Who brings the keyboard?",
            f"[2/14/24, 12:00:05{THIN}AM] ~{THIN}Cleo: {LTR}POLL:",
            "Who brings the keyboard?",
            "OPTION: Ada (2 votes)",
            f"[2/14/24, 12:05:00{THIN}AM] Ben: {LTR}You deleted this message.",
            f"[2/14/24, 12:06:00{THIN}AM] Ada: {LTR}Missed voice call",
            "",
        ]
    )


def whatsapp_zip(path: Path) -> Path:
    """The download of an iPhone: `_chat.txt` and its media in a zip that is called after the chat."""
    with ZipFile(path / "WhatsApp Chat - Choir.zip", "w", ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", whatsapp_iphone())
        archive.writestr("00000004-PHOTO-2024-02-03-09-14-02.jpg", b"\xff\xd8\xff\xe0 not really")
        archive.writestr("00000005-Score.pdf", b"%PDF-1.4 not really")
    return path / "WhatsApp Chat - Choir.zip"


def telegram_chat() -> str:
    """`result.json` of one chat. After the description of Telegram Desktop's export in the package tg-parser 1.0.0

    (docs/TELEGRAM_FORMAT.md) and https://github.com/mlomb/chat-analytics (Telegram.d.ts).
    """
    return json.dumps(
        {
            "name": "Ivana Petrova",
            "type": "personal_chat",
            "id": 4242,
            "messages": [
                {"id": 1, "type": "service", "date": "2025-01-15T09:00:00", "date_unixtime": "1736931600",
                 "actor": "Ivana Petrova", "actor_id": "user4242", "action": "phone_call", "text": "",
                 "text_entities": []},
                {"id": 2, "type": "message", "date": "2025-01-15T10:30:00", "date_unixtime": "1736937000",
                 "from": "Ivana Petrova", "from_id": "user4242",
                 "text": ["The draft is at ", {"type": "text_link", "text": "the wiki", "href": "https://wiki.example/d"},
                          ", read it by ", {"type": "bold", "text": "Friday"}, "."],
                 "text_entities": [{"type": "plain", "text": "The draft is at "}]},
                {"id": 3, "type": "message", "date": "2025-01-15T10:31:00", "date_unixtime": "1736937060",
                 "edited": "2025-01-15T10:35:00", "edited_unixtime": "1736937300", "from": "Kim", "from_id": "user777",
                 "reply_to_message_id": 2, "text": "I will.", "text_entities": []},
                {"id": 4, "type": "message", "date": "2025-01-15T10:40:00", "date_unixtime": "1736937600",
                 "from": "Ivana Petrova", "from_id": "user4242", "forwarded_from": "Olaf",
                 "file": "files/budget.xlsx", "file_name": "budget.xlsx", "mime_type": "application/vnd.ms-excel",
                 "text": "These are the numbers.", "text_entities": []},
                {"id": 5, "type": "message", "date": "2025-01-15T10:41:00", "date_unixtime": "1736937660",
                 "from": "Kim", "from_id": "user777", "file": "(File not included. Change data exporting settings "
                 "to download.)", "media_type": "sticker", "sticker_emoji": "👍", "text": "", "text_entities": []},
                {"id": 6, "type": "message", "date": "2025-01-15T10:42:00", "date_unixtime": "1736937720",
                 "from": None, "from_id": "user99", "text": "still here", "text_entities": []},
            ],
        },
        ensure_ascii=False,
        indent=1,
    )  # fmt: skip


def telegram_account() -> str:
    """`result.json` of a whole account: the same chats in `chats.list`, those left in `left_chats.list`."""
    chat = json.loads(telegram_chat())
    message = {"id": 1, "type": "message", "date": "2025-02-01T08:00:00", "date_unixtime": "1738396800", "text": "The "
               "bus leaves at eight.", "from": "Olaf", "from_id": "user5", "text_entities": []}  # fmt: skip
    group = {"name": "Hiking", "type": "private_group", "id": 99, "messages": [message]}
    mine = {
        **message,
        "id": 2,
        "from": "Kim",
        "from_id": "user777",
        "text": "I am there.",
        "date_unixtime": "1738396860",
    }
    saved = {"type": "saved_messages", "id": 777, "messages": [mine]}
    account = {
        "about": "Here is the data you requested. Remember: Telegram is ad free, it doesn't use your data.",
        "personal_information": {"user_id": 777, "first_name": "Kim", "last_name": "Berg"},
        "chats": {"about": "This page lists all chats from this export.", "list": [chat, group, saved]},
        "left_chats": {"about": "This page lists all supergroups you left.", "list": [{**group, "id": 100}]},
    }
    return json.dumps(account, ensure_ascii=False, indent=1)


def signal_export() -> str:
    """`main.jsonl` of Signal's own export: the frames of Signal-Desktop's protos/Backups.proto as JSON lines.

    That numbers of 64 bits are text there is from https://github.com/bepaald/signalbackup-tools/issues/382.
    """
    frames: list[object] = [
        {"version": "1", "backupTimeMs": "1760000000000", "currentAppVersion": "Android 8.10.2"},
        {"account": {"givenName": "Kim", "familyName": "Berg", "username": "kim.01"}},
        {"recipient": {"id": "1", "self": {"avatarColor": "A130"}}},
        {"recipient": {"id": "2", "contact": {"aci": "YWRhYWRhYWRhYWRhYWRhYQ==", "e164": "4915550001111",
                                               "profileGivenName": "Ada", "systemGivenName": "Ada",
                                               "systemFamilyName": "Vogel"}}},
        {"recipient": {"id": "3", "group": {"masterKey": "AA==", "snapshot": {"title": {"title": "Garden"}}}}},
        {"recipient": {"id": "4", "releaseNotes": {}}},
        {"chat": {"id": "10", "recipientId": "2", "expireTimerVersion": 1}},
        {"chat": {"id": "11", "recipientId": "3", "expireTimerVersion": 1}},
        {"chatItem": {"chatId": "10", "authorId": "2", "dateSent": "1757000000000", "incoming":
                      {"dateReceived": "1757000000100", "read": True},
                      "standardMessage": {"text": {"body": "The seeds are in the blue box."}, "reactions": []}}},
        {"chatItem": {"chatId": "10", "authorId": "1", "dateSent": "1757000060000", "outgoing":
                      {"sendStatus": [], "dateReceived": "1757000060000"},
                      "standardMessage": {"quote": {"targetSentTimestamp": "1757000000000", "authorId": "2",
                                                    "text": {"body": "The seeds are in the blue box."}},
                                          "text": {"body": "Found them."},
                                          "attachments": [{"pointer": {"contentType": "application/pdf",
                                                                       "fileName": "plan.pdf"}}]}}},
        {"chatItem": {"chatId": "11", "authorId": "1", "dateSent": "1757000120000", "outgoing": {},
                      "standardMessage": {"text": {"body": "\ufffc waters on Sunday.", "bodyRanges": [
                          {"start": 0, "length": 1, "mentionAci": "YWRhYWRhYWRhYWRhYWRhYQ=="}]}}}},
        {"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1757000180000", "directionless": {},
                      "updateMessage": {"simpleUpdate": {"type": "JOINED_SIGNAL"}}}},
        {"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1757000240000", "incoming": {},
                      "remoteDeletedMessage": {}}},
        {"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1757000300000", "incoming": {},
                      "stickerMessage": {"sticker": {"packId": "AA=="}}}},
        {"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1757000360000", "incoming": {},
                      "poll": {"question": "Peas or beans?", "options": [{"option": "Peas"}, {"option": "Beans"}]}}},
    ]  # fmt: skip
    return "\n".join(json.dumps(frame, ensure_ascii=False) for frame in frames) + "\n"


def signal_cli() -> str:
    """Lines of `signal-cli -o json receive`: https://github.com/AsamK/signal-cli, man/signal-cli-jsonrpc.5.adoc."""
    base = {"source": "+4915550001111", "sourceNumber": "+4915550001111", "sourceUuid": "aaaa", "sourceName": "Ada",
            "sourceDevice": 1}  # fmt: skip
    mine = {"source": "+4915550002222", "sourceNumber": "+4915550002222", "sourceName": "Kim", "sourceDevice": 2}
    lines: list[dict[str, object]] = [
        {**base, "timestamp": 1757000000000, "dataMessage": {"timestamp": 1757000000000, "message": "The seeds came.",
                                                              "expiresInSeconds": 0}},
        {**base, "timestamp": 1757000050000, "receiptMessage": {"when": 1757000050000, "isRead": True}},
        {**mine, "timestamp": 1757000060000, "syncMessage": {"sentMessage": {
            "destination": "+4915550001111", "destinationNumber": "+4915550001111", "timestamp": 1757000060000,
            "message": "Good.", "attachments": [{"contentType": "image/png", "filename": "box.png", "id": "1"}]}}},
        {**base, "timestamp": 1757000090000, "dataMessage": {"timestamp": 1757000090000, "message": "Sunday?",
         "groupInfo": {"groupId": "R2FyZGVu", "groupName": "Garden"}}},
        {**base, "timestamp": 1757000120000, "typingMessage": {"action": "STARTED"}},
    ]  # fmt: skip
    return "\n".join(json.dumps({"envelope": one, "account": "+4915550002222"}) for one in lines) + "\n"


def slack() -> dict[str, str]:
    """The files of a Slack export, as https://slack.com/help/articles/220556107 describes them."""
    people = [
        {"id": "U01DANA", "name": "dana", "real_name": "Dana Miller", "profile": {"display_name": "Dana", "real_name":
         "Dana Miller", "email": "dana@example.org"}},
        {"id": "U02KIM", "name": "kim", "profile": {"display_name": "", "real_name": "Kim Berg"}},
        {"id": "U03ADA", "name": "ada", "deleted": True, "profile": {"display_name": "ada", "real_name": "Ada"}},
    ]  # fmt: skip
    general = [
        {"type": "message", "subtype": "channel_join", "user": "U01DANA", "ts": "1710500000.000100",
         "text": "<@U01DANA> has joined the channel"},
        {"type": "message", "user": "U01DANA", "ts": "1710500100.000200", "thread_ts": "1710500100.000200",
         "reply_count": 1, "text": "<@U02KIM> the offer &amp; the plan are in <#C01GEN|general>, see "
         "<https://example.org/plan|the plan>"},
        {"type": "message", "user": "U02KIM", "ts": "1710500200.000300", "thread_ts": "1710500100.000200",
         "parent_user_id": "U01DANA", "text": "I sign on Monday.",
         "edited": {"user": "U02KIM", "ts": "1710500260.000000"},
         "files": [{"id": "F1", "name": "offer.pdf", "mimetype": "application/pdf"}]},
        {"type": "message", "subtype": "bot_message", "username": "builds", "bot_id": "B1", "ts": "1710500300.000400",
         "text": "", "attachments": [{"title": "Build 481", "text": "failed on main", "fallback": "Build 481 failed"}]},
        {"type": "message", "user": "USLACKBOT", "subtype": "tombstone", "ts": "1710500400.000500",
         "text": "This message was deleted."},
    ]  # fmt: skip
    direct = [{"type": "message", "user": "U03ADA", "ts": "1710600000.000100", "text": "Lunch at one?"}]
    later = [{"type": "message", "user": "U01DANA", "ts": "1710600100.000100", "text": "The server moves tonight."}]
    files = {
        "users.json": people,
        "channels.json": [{"id": "C01GEN", "name": "general", "members": ["U01DANA", "U02KIM"]}],
        "groups.json": [],
        "dms.json": [{"id": "D01X", "members": ["U02KIM", "U03ADA"]}],
        "mpims.json": [],
        "integration_logs.json": [],
        "general/2024-03-15.json": general,
        "general/2024-03-16.json": later,
        "D01X/2024-03-16.json": direct,
    }
    return {name: json.dumps(content, indent=4) for name, content in files.items()}


def slack_zip(path: Path) -> Path:
    """The download: one zip."""
    with ZipFile(path / "Halden Slack export Mar 15 2024 - Mar 16 2024.zip", "w", ZIP_DEFLATED) as archive:
        for name, content in slack().items():
            archive.writestr(name, content)
    return path / "Halden Slack export Mar 15 2024 - Mar 16 2024.zip"


def discord() -> str:
    """A channel as DiscordChatExporter writes it: its JsonMessageWriter.cs, and the notes on that format at

    https://github.com/slatinsky/DiscordChatExporter-frontend.
    """

    def message(id: str, name: str, content: str, at: str, **more: object) -> dict[str, object]:
        author: dict[str, object] = {
            "id": f"9{len(name)}", "name": name.lower(), "discriminator": "0000", "nickname": name, "color": None,
            "isBot": False, "roles": [], "avatarUrl": "https://cdn.example/a.png",
        }  # fmt: skip
        return {"id": id, "type": "Default", "timestamp": at, "timestampEdited": None, "callEndedTimestamp": None,
                "isPinned": False, "content": content, "author": author, "attachments": [], "embeds": [],
                "stickers": [], "reactions": [], "mentions": []} | more  # fmt: skip

    return json.dumps(
        {
            "guild": {"id": "100", "name": "Rowing club", "iconUrl": "https://cdn.example/i.png"},
            "channel": {"id": "200", "type": "GuildTextChat", "categoryId": "300", "category": "Text", "name": "boats",
                        "topic": None},
            "dateRange": {"after": None, "before": None},
            "exportedAt": "2024-03-20T10:00:00+00:00",
            "messages": [
                message("1", "Dana", "@Kim joined.", "2024-03-15T14:05:09.123+01:00", type="GuildMemberJoin"),
                message("2", "Dana", "The red boat has a leak.", "2024-03-15T14:06:09.5+01:00",
                        attachments=[{"id": "7", "url": "https://cdn.example/leak.jpg", "fileName": "leak.jpg",
                                      "fileSizeBytes": 12}]),
                message("3", "Kim", "I will fix it on Saturday.", "2024-03-15T15:00:00+01:00", type="Reply",
                        timestampEdited="2024-03-15T15:01:00+01:00",
                        reference={"messageId": "2", "channelId": "200", "guildId": "100"}),
                message("4", "Kim", "", "2024-03-15T15:02:00+01:00",
                        embeds=[{"title": "Boat repair", "description": "Resin and cloth.", "fields": [], "url": "x"}]),
                message("5", "Kim", "", "2024-03-15T15:03:00+01:00"),
            ],
            "messageCount": 5,
        },
        indent=2,
    )  # fmt: skip


def discord_package() -> dict[str, str]:
    """Discord's own download: as the package discord-data reads it, and as

    https://github.com/Androz2091/discord-data-package-explorer read it so (JSON since 2024, CSV before).
    """
    written = [
        {"ID": 1100000000000000002, "Timestamp": "2024-03-15 13:06:09", "Contents": "The red boat leaks.",
         "Attachments": "https://cdn.discordapp.com/attachments/1/2/leak.jpg?ex=1"},
        {"ID": 1100000000000000001, "Timestamp": "2024-03-15 13:05:09", "Contents": "", "Attachments": ""},
    ]  # fmt: skip
    return {
        "Account/user.json": json.dumps({"id": "1", "username": "kim", "global_name": "Kim"}),
        "Messages/index.json": json.dumps(
            {"100000000000000001": "boats in Rowing club", "100000000000000002": "Direct Message with dana#0"}
        ),
        "Messages/c100000000000000001/channel.json": json.dumps(
            {
                "id": "100000000000000001",
                "type": "GUILD_TEXT",
                "name": "boats",
                "guild": {"id": "1", "name": "Rowing club"},
            }
        ),
        "Messages/c100000000000000001/messages.json": json.dumps(written),
        "Messages/c100000000000000002/channel.json": json.dumps(
            {"id": "100000000000000002", "type": "DM", "recipients": ["1", "2"]}
        ),
        "Messages/c100000000000000002/messages.csv": "ID,Timestamp,Contents,Attachments\n"
        '1100000000000000005,2021-01-02 03:04:05.123000+00:00,"Bring the ""old"" oars,\nplease.",\n',
    }


def signal_chats() -> dict[str, str]:
    """Two chats by signal-export: https://github.com/carderne/signal-export, sigexport/models.py (`Message`)."""
    message = {"date": "2024-03-15T14:05:09", "sender": "Ada Vogel", "body": "The seeds came.", "quote": "",
               "sticker": None, "reactions": [["Me", "👍"]], "attachments": [], "deleted": False, "call": False,
               "missed": False}  # fmt: skip
    mine = message | {"sender": "Me", "body": "Good.", "attachments": [{"name": "box.png", "path": "media/box.png"}]}
    gone = message | {"body": "", "deleted": True}
    return {
        "Ada Vogel/data.json": "".join(json.dumps(one) + "\n" for one in (message, mine, gone)),
        "Ada Vogel/chat.md": "[2024-03-15 14:05:09] Ada Vogel: The seeds came.\n",
        "Garden/data.json": json.dumps(message | {"body": "Sunday?"}) + "\n",
    }


def packed(path: Path, files: dict[str, str]) -> Path:
    """These files in a zip."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
