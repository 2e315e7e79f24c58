"""What programs for chats write around messages in further languages, and times as they stand in East Asia. Pure."""

import re

from core.pattern import Pattern

EDITED = (
    r"edytowan[aoey]\w*|zmieniono|изменено|ред\.|отредактировано|düzenlendi|編集済み|已编辑|已編輯|수정됨"
    r"|upraveno|redigert"
)
"""Beside a message that was changed."""
AROUND = (
    r"inoltrat[oa]|encaminhad[oa]|przekazano(?: dalej)?|переслано(?: от .*)?|пересланное сообщение"
    r"|iletildi|doorgestuurd"
    r"|letto|consegnato|inviato|le[íi]do|entregado|enviado|visto|distribué|lida|lido|entregue|enviada|przeczytan[oe]"
    r"|dostarczono|wyświetlono(?: .{1,20})?|wysłano|прочитано|доставлено|отправлено|просмотрено|görüldü"
    r"|okundu|gönderildi"
    r"|gelezen|bezorgd|verzonden|läst|skickat|既読(?: ?\d{1,3})?|已读(?: ?\d{1,3})?|已讀(?: ?\d{1,3})?"
    r"|已送达|읽음|送信済み"
    r"|(?:\d{1,3} )?(?:neue|ungelesene) nachrichten|(?:\d{1,3} )?nouveaux? messages?|(?:\d{1,3} )?messages? non lus?"
    r"|(?:\d{1,3} )?mensajes? (?:nuevos?|no leídos?|sin leer)|(?:\d{1,3} )?nuovi messaggi"
    r"|(?:\d{1,3} )?messaggi non letti"
    r"|(?:\d{1,3} )?(?:novas )?mensagens(?: novas| não lidas)?|(?:\d{1,3} )?(?:nowe|nieprzeczytane) wiadomości"
    r"|(?:\d{1,3} )?(?:новые|непрочитанные|новых|непрочитанных) сообщени[яй]"
    r"|(?:\d{1,3} )?okunmamış mesaj\w*|yeni mesajlar"
    r"|未読メッセージ|ここから未読|以下未読|以下为新消息|新消息|以下是新消息|新しいメッセージ"
    r"|.{1,40} (?:schreibt|tippt|écrit|está escribiendo|sta scrivendo|está (?:a escrever|digitando)|pisze"
    r"|печатает|yazıyor"
    r"|is aan het typen|skriver|en train d[’']écrire)\s?(?:\.{1,3}|…)?|.{0,20}(?:正在输入|正在輸入|入力中).{0,6}"
    r"|antworten|répondre|responder|rispondi|odpowiedz|ответить|yanıtla|beantwoorden|svara|返信(?:する)?|回复|回覆"
    r"|(?:.{1,30} )?(?:replied to|hat auf .{1,30} geantwortet|a répondu à|respondió a|ha risposto a"
    r"|respondeu a)\b.{0,40}"
    r"|(?:replying to|antwort an|en réponse à|respondiendo a|in risposta a|respondendo a|em resposta a"
    r"|w odpowiedzi do) .{1,40}"
    r"|(?:mehr|weniger) anzeigen|voir (?:plus|moins)|ver (?:más|menos|mais)|mostra (?:altro|meno)"
    r"|vedi altro|pokaż więcej"
    r"|показать (?:ещё|еще|больше)|daha fazla(?: göster)?|もっと見る|查看更多|展开"
    r"|(?:\d{1,3} )?(?:odpowiedzi|odpowiedź|ответ(?:а|ов)?|yanıt|risposte|risposta|respostas?|antwoorden|svar)"
    r"|\d{1,3} ?(?:件の返信|条回复|則回覆)"
    r"|(?:(?:questo messaggio è stato|esta mensagem foi) \w+|mensagem apagada|wiadomość usunięta|сообщение удалено)\.?"
    r"|в сети|был[аи]? (?:в сети|недавно).{0,24}|online|çevrimiçi|offline|en línea|dostępn[ya]|aktywn[ya].{0,24}"
)
"""Words that are the program's where they stand alone."""
_ASKED = r"(?:сообщени[ея]|комментарий|ответ|wiadomoś\w*|komentarz|odpowied\w*|mesaj\w*|yanıt|yorum|zpráv\w*|viesti)"
FIELD = (
    rf"(?:(?:на)?писать|введите|напишите|napisz|wpisz|dodaj|bir|napište|kirjoita)?\s?.{{0,14}}{_ASKED}"
    r"(?: (?:yaz\w*|gönder\w*|\S{1,14}))?\s?(?:\.{3}|…)?"
    r"|.{0,12}メッセージ(?:を?(?:入力|送信|書く|作成).{0,10})?|.{0,10}(?:输入|發送|发送|輸入|发)(?:消息"
    r"|訊息|内容).{0,8}|说点什么.{0,4}"
    r"|コメント(?:を|する).{0,10}|메시지.{0,12}|(?:tapez|saisissez|rédigez|écrire) .{0,14}(?:message"
    r"|réponse|commentaire).*"
    r"|(?:type|scrivi|répondre|responder|rispondi|antworten|svara|reply|comment|chat|message"
    r"|say something)\s?(?:\.{3}|…)"
    r"|(?:gib|geben) .{0,16}nachricht.*|(?:escrib\w+|redact\w+|escrev\w+) .{0,14}(?:mensaje|mensagem"
    r"|respuesta|resposta|coment).*"
    r"|(?:frag|frage|demande[rz]?|pregunta|chiedi|pergunte|zapytaj|спросите|stell) .{0,30}"
    r"|(?:say|dis|di|sag) .{0,20}(?:chat|live)?\s?(?:\.{3}|…)|nachricht .{1,30}(?:\.{3}|…)?"
    r"|(?:kommentieren|antworte\w*|schreib\w*) .{0,40}(?:\.{3}|…)|написать.{0,30}"
)
"""In the field where one writes."""
HAPPENED = (
    r"присоединил\w+|покинул\w*|вступил\w*|добавил\w*|изменил\w*|создал\w*|закрепил\w*|вышел|вышла|удалил\w*"
    r"|dołączył\w*|opuścił\w*|dodał\w*|zmienił\w*|utworzył\w*|przypiął|przypięła|usunął|usunęła"
    r"|entrou|saiu|adicionou|alterou|mudou|criou|fixou|removeu|se unió|salió|añadió|agregó|cambió|creó|fijó|eliminó"
    r"|si è unit\w|ha (?:lasciato|aggiunto|modificato|cambiato|creato|fissato|rimosso)"
    r"|a (?:rejoint|quitté|ajouté|modifié|changé|créé|épinglé|retiré|supprimé|renommé)|est parti\w*"
    r"|har (?:gått med|lämnat|lagt till|ändrat)|heeft .{1,40}(?:toegevoegd|verlaten|gewijzigd|aangemaakt)"
)
"""After somebody's name: what a program says of them."""
_SAID_LAST = Pattern(
    r".{2,60}(?:katıldı|ayrıldı|ekledi|değiştirdi|oluşturdu|sabitledi|参加しました|退出しました"
    r"|退会しました|招待しました"
    r"|追加しました|変更しました|加入了群聊|加入群聊|退出了群聊|修改群名为.{0,20}|撤回了一条消息"
    r"|送信を取り消しました|님이 들어왔습니다"
    r"|님이 나갔습니다)[。.]?",
    re.IGNORECASE,
)
_PLACE = (
    r"(?:room|channel|group|conversation|meeting|call|chat|server|team|space|community|raum|kanal|gruppe|besprechung"
    r"|anruf|grupo|sala|canal|conversación|conversa|gruppo|stanza|canale|groupe|salon|conversation|réunion|grup\w*"
    r"|kanał\w*|rozmow\w*|чат\w*|групп\w*|канал\w*|беседу|groep|kanaal|gruppen|kanalen|spotkani\w*)"
)
_CAME_OR_WENT = Pattern(
    rf"\d+ \w+ (?:joined|left|came|entered)\b.*|(?:[^\W\d_]\S*\s+){{1,3}}?(?:(?:has|have|hat|ist|a|ha|se|si)\s+)*"
    rf"(?:joined|left|entered|quit|created|renamed|started|beigetreten|verlassen|betreten|{HAPPENED})"
    rf"(?:\s+\S+){{0,3}}?\s+{_PLACE}\W*"
    rf"|(?:[^\W\d_]\S*\s+){{1,3}}(?:hat|ist)\s+(?:\S+\s+){{0,2}}{_PLACE}\s+(?:beigetreten|verlassen|betreten)\W*",
    re.IGNORECASE,
)
_SPEAKER = frozenset(("i", "we", "you", "he", "she", "they", "ich", "wir", "je", "on", "yo", "io", "eu", "я", "мы"))
YOU = frozenset(
    ("вы", "я", "ty", "ja", "siz", "sen", "ben", "自分", "我", "io", "tu", "eu", "você", "jij", "나", "あなた")
)
"""How the owner is called."""

_DATE = Pattern(r"(?:(\d{4}) ?[年년] ?)?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日号號일]")
_WEEKDAY = Pattern(
    r"[(（]?(?:([月火水木金土日])(?:曜日?|(?=[)）]))|(?:星期|周|週|礼拜)([一二三四五六日天])"
    r"|([월화수목금토일])요일)[)）]?"
)
_HALF_DAY = Pattern(r"(上午|午前|오전|早上|凌晨|清晨)|(下午|午後|오후|晚上|傍晚)|(中午)")
_DAYS = ("月一월", "火二화", "水三수", "木四목", "金五금", "土六토", "日天일")
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORDS = {
    "昨天": "yesterday",
    "昨日": "yesterday",
    "어제": "yesterday",
    "今天": "today",
    "今日": "today",
    "오늘": "today",
}
_EAST = Pattern(r"[年月日号號昨今上下午早晚凌清傍中周週星礼오어년월화수목금토일]")


def said_last(words: str) -> bool:
    """Whether a line ends as those do that say who came or went, where the verb stands last."""
    return _SAID_LAST.compiled.fullmatch(words.strip()) is not None


def came_or_went(words: str) -> bool:
    """Whether a whole line says of somebody that they came into what is shown, or left it, as programs do."""
    if words.split(" ", 1)[0].casefold() in _SPEAKER:
        return False
    return _CAME_OR_WENT.compiled.fullmatch(words.strip()) is not None


def western(words: str) -> str:
    """A time of East Asia as it would stand in English: `昨天 下午3:05` is `yesterday 3:05 pm`; others as they are."""
    if _EAST.search(words) is None:
        return words
    text = words
    for word, meant in _WORDS.items():
        text = text.replace(word, f"{meant} ")
    dated = _DATE.search(text)
    if dated is not None:
        day = f"{dated[1]}-{dated[2]}-{dated[3]}" if dated[1] else f"{dated[3]} {_month(int(dated[2]))}"
        text = f"{text[: dated.start()]} {day} {text[dated.end() :]}"
    weekday = _WEEKDAY.search(text)
    if weekday is not None:
        sign = weekday[1] or weekday[2] or weekday[3]
        meant = next(name for signs, name in zip(_DAYS, _ENGLISH, strict=True) if sign in signs)
        text = f"{text[: weekday.start()]} {'' if dated else meant} {text[weekday.end() :]}"
    half = _HALF_DAY.search(text)
    if half is not None:
        text = f"{text[: half.start()]} {text[half.end() :]} {'am' if half[1] else 'pm'}"
    return " ".join(text.split())


def _month(number: int) -> str:
    names = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    return names[number - 1] if 1 <= number <= len(names) else "?"
