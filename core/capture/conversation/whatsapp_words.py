"""What WhatsApp itself says inside an exported chat, in the languages it is exported in."""

import re

MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks of writing direction: before dates, names and WhatsApp's own words."""
LTR = "\u200e"

_PM = r"p\.? ?m\.?|PM|م|午後|下午|오후|ÖS|μμ|μ\.μ\.|ب\.ظ\.?|nm\.?|अपराह्न|ip\.?|du|odp\.?|вечера|дня"
_AM = r"a\.? ?m\.?|AM|ص|午前|上午|오전|ÖÖ|πμ|π\.μ\.|ق\.ظ\.?|vm\.?|पूर्वाह्न|ap\.?|de|dop\.?|утра|ночи"
HALF = rf"(?:{_PM}|{_AM})"
"""The half of the day of a 12-hour clock, before or after it."""
_IS_PM = re.compile(rf"(?:{_PM})", re.IGNORECASE)

NAMES_OF_CHATS = re.compile(
    r"(?:WhatsApp[ _-]Chat[ _](?:with|mit|-|met|con|с|z)|Chat[ _](?:de[ _])?WhatsApp[ _](?:con|de)|"
    r"Conversa[ _]d?n?o[ _]WhatsApp[ _]com|Discussion[ _]WhatsApp[ _]avec|WhatsApp-chat[ _]met|"
    r"Чат[ _]WhatsApp[ _]с(?:[ _]контактом)?|Czat[ _]WhatsApp[ _]z|Rozmowa[ _]WhatsApp[ _]z|"
    r"WhatsApp[ _](?:ile[ _])?Sohbeti?(?:[ _]-)?|WhatsAppチャット[ _]?-?|محادثة[ _]واتساب[ _]مع)[ _]?",
    re.IGNORECASE,
)
"""How the exported file is called before the other's name."""

_DELETED = re.compile(
    r"(?:this message was deleted|you deleted this message|message deleted|"
    r"diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|"
    r"ce message a été supprimé|vous avez supprimé ce message|"
    r"se eliminó este mensaje|eliminaste este mensaje|este mensaje fue eliminado|"
    r"questo messaggio è stato eliminato|hai eliminato questo messaggio|"
    r"mensagem apagada|você apagou esta mensagem|esta mensagem foi apagada|"
    r"dit bericht (?:is|werd) verwijderd|(?:je|u) hebt dit bericht verwijderd|"
    r"bu mesaj silindi|bu mesajı sildiniz|"
    r"(?:данное|это) сообщение удалено|вы удалили (?:данное|это) сообщение|"
    r"(?:ta )?wiadomość została usunięta|usunięto tę wiadomość|usunąłeś tę wiadomość|"
    r"このメッセージは削除されました|(?:あなたは)?このメッセージを削除しました|"
    r"تم حذف هذه الرسالة|لقد حذفت هذه الرسالة|حذفت هذه الرسالة)[.。]?",
    re.IGNORECASE,
)
_EDITED = re.compile(
    r"\s*<(?:this message was edited|diese nachricht wurde bearbeitet\.?|ce message a été modifié|"
    r"se editó este mensaje\.?|questo messaggio è stato modificato|mensagem editada|esta mensagem foi editada|"
    r"dit bericht (?:is|werd) bewerkt|bu mesaj düzenlendi|(?:данное|это) сообщение изменено|сообщение изменено|"
    r"(?:ta )?wiadomość została (?:edytowana|zmieniona)|edytowano tę wiadomość|"
    r"このメッセージは編集されました|تم تعديل هذه الرسالة)>\s*$",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(
    r"(?:(?:image|video|audio|sticker|gif|document|contact card|voice message|video note|media) omitted|"
    r"(?:bild|video|audio|sticker|gif|dokument|kontaktkarte|medien?) (?:weggelassen|ausgeschlossen)|"
    r"(?:image|vidéo|audio|sticker|gif|document|fiche contact)s? (?:absente?|omise?|non incluse?)|"
    r"(?:imagen|v[ií]deo|audio|sticker|gif|documento|tarjeta de contacto) omitid[oa]|"
    r"(?:immagine|video|audio|sticker|gif|documento|scheda contatto) (?:omess[oa]|esclus[oa]|non inclus[oa])|"
    r"(?:imagem|vídeo|áudio|figurinha|gif|documento|cartão do contato) (?:ocultad[oa]|omitid[oa])|"
    r"(?:afbeelding|video|audio|sticker|gif|document|contactkaart) weggelaten|"
    r"(?:görüntü|video|ses|çıkartma|gif|belge|kişi kartı) dahil edilmedi|"
    r"(?:изображение|видео|аудио|аудиофайл|стикер|gif|документ|контакт) (?:не добавлен|отсутствует|пропущен)[оа]?|"
    r"(?:obraz|wideo|audio|naklejka|gif|dokument|wizytówka)(?: został[aoy]?)? pominięt[aeoy]|"
    r"pominięto (?:obraz|wideo|dźwięk|naklejkę|gif|dokument)|"
    r"(?:画像|動画|音声メッセージ|音声|スタンプ|gif|文書|連絡先カード)は?(?:省略されました|含まれていません)|"
    r"(?:الصورة|الفيديو|الصوت|الملصق|المستند) غير مشمول[ة]?|"
    r"تم استبعاد (?:الصورة|الفيديو|الوسائط|الملصق|المستند))[.。]?",
    re.IGNORECASE,
)
_ATTACHED_IOS = re.compile(r"<[^<>:]{2,25}[::]\s?(?P<file>[^<>\n]+\.\w{1,5})>")
_ATTACHED_ANDROID = re.compile(r"^(?P<file>\S[^\n]{0,200}\.\w{1,5}) \([^()\n]{3,40}\)$")
_IN_BRACKETS = re.compile(r"<[^<>\n]{3,60}>")
_KEPT = re.compile(r"https?://|^[^\s:]{3,12}:\s*\n", re.IGNORECASE)
"""After a mark: a place or a poll, which somebody did say."""


def is_afternoon(half: str) -> bool:
    """Whether this names the second half of the day."""
    return bool(_IS_PM.fullmatch(half.strip()))


def parted(raw: str) -> tuple[str, list[str], str]:
    """(what was said, names of attached files, why nothing was said) of a message's raw text."""
    own = raw.startswith(LTR)
    text = _EDITED.sub("", MARKS.sub("", raw)).strip()
    files = [found["file"].strip() for found in _ATTACHED_IOS.finditer(text)]
    text = _ATTACHED_IOS.sub("", text).strip()
    first, _, rest = text.partition("\n")
    if found := _ATTACHED_ANDROID.match(first):
        files.append(found["file"])
        text = rest.strip()
    if files:
        return text, files, ""
    if not text or text == "null":
        return "", [], "a message without words"
    if _DELETED.fullmatch(text):
        return "", [], "a message that was deleted"
    if _LEFT_OUT.fullmatch(text.strip("<>")) or _IN_BRACKETS.fullmatch(text):
        return "", [], "a picture or file that was left out of the export"
    if own and not _KEPT.search(text):
        return "", [], "a line of WhatsApp's own (joins, calls, settings)"
    return text, [], ""
