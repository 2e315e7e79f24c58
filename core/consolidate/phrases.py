"""The phrases by which people state facts, and what a value must look like to be believed."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.dates.words import CALENDAR
from core.pattern import Pattern


def words(text: str, by: str | None = None) -> frozenset[str]:
    """A set of words written as one text."""
    return frozenset(text.split(by))


NAME = r"[A-Z][\w'’.-]*(?:\s+(?:(?:de|da|do|la|le|van|von|der|den|of|the|del|al)\s+)*[A-Z0-9][\w'’.-]*){0,3}"
PERSON = r"(?:(?:Dr|Mr|Mrs|Ms|Prof)\.?\s+)?[A-Z][\w'’-]+(?:\s+(?:(?:de|da|van|von|der)\s+)?[A-Z][\w'’-]+){0,2}"
TAIL = (
    r"(?=\s*(?:$|[,;.!(–—]|\b(?:now|these|this|since|for|with|near|in|on|at|last|two|three"
    r"|a|and|but|by|from|again|too|because|where|to|over|right|just|already|recently"
    r"|originally|who|than|so|when|today|yesterday|tonight|next|earlier|after|before|while|permanently|together)\b))"
)
NO_PLACE = words(
    "plan generation accounting marketing sales engineering finance legal support design zoom slack teams kubernetes "
    "exciting interesting version phase stage word excel poverty "
    "mars moon narnia hogwarts heaven hell paradise i god christ lorem love chaos hope fear peace denial"
)
MONTH_OR_DAY = Pattern(rf"^(?:{'|'.join(sorted(CALENDAR))})\b", re.IGNORECASE)
NOBODY = words(
    "summer winter spring autumn work production support plan marketing sales engineering design paris team company "
    "school development service server website music art science nature water money love hope "
    "i you he she it we they this that there everyone everybody someone somebody anyone "
    "nobody people who what the a an my your his her our their its one all both some many "
    "most mum mom dad today tomorrow yesterday yes no ok and but so if when life time work "
    "me myself user assistant system home god nothing everything something hi hey thanks just still also then now here"
)
KIN = (
    "wife|husband|partner|girlfriend|boyfriend|fiancée?|sister|brother|mother|father|mum"
    "|mom|dad|son|daughter|aunt|uncle"
    "|cousin|nephew|niece|grandmother|grandfather|grandma|grandpa|kid|child|friend|best friend|roommate|flatmate"
    "|neighbou?r|colleague|boss|manager|landlord|landlady|dentist|doctor|gp|therapist|lawyer|accountant|teacher|tutor"
    "|coach|trainer|vet|hairdresser|supervisor|advisor|mentor|assistant|cleaner|nanny|babysitter|stepmother|stepfather"
)
PETS = "dog|cat|puppy|kitten|horse|parrot|hamster|rabbit|turtle|bird"
NUMBERED = (
    "flight number|shoe size|size|rent|salary|passport number|licence plate|license plate|plate number|customer number"
    "|account number|member number|room number|booking number|booking reference|order number|student number|tax id|iban"
    "|zip code|postcode|height|weight|blood type|seat"
)
CALLED = "wifi network|wifi|network|company|band|team|school|book|blog|website|podcast|channel|project|boat|shop"
LANGUAGES = (
    "english|german|french|spanish|portuguese|italian|dutch|swedish|norwegian|danish|finnish|polish|czech|russian"
    "|ukrainian|turkish|greek|arabic|hebrew|hindi|urdu|bengali|tamil|chinese|mandarin|cantonese|japanese|korean|thai"
    "|vietnamese|hungarian|romanian|bulgarian|croatian|serbian|catalan|welsh|irish|latin|esperanto|swahili"
)
DIETS = "vegetarian|vegan|pescatarian|coeliac|celiac|lactose intolerant|diabetic|gluten[- ]free"

INSTRUMENTS = (
    "piano|guitar|violin|cello|viola|bass|double bass|drums|flute|clarinet|oboe|trumpet|trombone|saxophone|sax|harp"
    "|accordion|organ|ukulele|banjo|mandolin|recorder|harmonica|keyboard|bagpipes|chess|tennis|football|basketball"
    "|volleyball|badminton|golf|hockey|rugby|cricket|handball|squash"
)
CLAUSE_END = r"(?=\s*(?:$|[,;.!(]|\b(?:and|but|now|already|aged|so)\b))"
NO_NAME = words(
    f"{LANGUAGES}|american|british|canadian|mexican|brazilian|australian|austrian|belgian|swiss|indian|pakistani|african"
    "|asian|european|scottish|nigerian|kenyan|egyptian|israeli|iranian|iraqi|syrian|lebanese|filipino|indonesian"
    "|malaysian|argentinian|chilean|colombian|peruvian|cuban|estonian|latvian|lithuanian|slovak|slovenian|albanian"
    "|catholic|protestant|christian|jewish|muslim|hindu|buddhist|sikh|vegan|vegetarian|labrador|siamese|persian|poodle"
    "|beagle|chief|senior|junior|head|god|jesus|sick|ok|fine|great",
    "|",
)
"""What looks like a name beside "is" and is none."""


def place(value: str) -> bool:
    """Whether it can be a place one lives in."""
    return value.split()[0].lower() not in NO_PLACE and not MONTH_OR_DAY.match(value)


def employer(value: str) -> bool:
    """Whether it can be where someone works."""
    return not MONTH_OR_DAY.match(value) and value.lower() not in {"i", "home", "night", "work"}


DAY_NAME = Pattern(r"\b(?:today|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b", re.IGNORECASE)


def liked(value: str) -> bool:
    """Whether it is a thing or an activity one can like, rather than a part of a longer thought."""
    parts = value.lower().split()
    bad = words(
        "it this that these those "
        "myself yourself himself herself themselves ourselves them him her you your yours his hers my mine "
        "our ours their how "
        "what when where why who to the a an being having going getting seeing hearing knowing "
        "not no one ones everything anything something nothing everyone all both so very more "
        "most much lots working doing making using trying helping talking every each some any "
        "thinking learning spending taking finding giving sharing looking"
    )
    late = {"you", "your", "it", "this", "that", "me", "my", "his", "her", "their", "them", "him", "our", "us", "one"}
    if not 0 < len(parts) <= 3 or DAY_NAME.search(value) or parts[0].endswith("ly"):
        return False
    return parts[0].strip(",") not in bad and not late & set(parts)


def thing(value: str) -> bool:
    """Whether it names a thing rather than beginning a clause."""
    parts = value.lower().split()
    bad = words("when that how to the it this what not still always so too very my your being getting going in on at")
    return 0 < len(parts) <= 6 and (parts[0] not in bad or (parts[0] == "the" and len(parts) < 4))


def contact(value: str) -> bool:
    """Whether it has the digits of a telephone number."""
    digits = re.sub(r"\D", "", value)
    return len(digits) >= 7 and len(set(digits)) > 2


def anything(value: str) -> bool:
    """Every value."""
    return bool(value)


def postal(value: str) -> bool:
    """Whether it has a number and a name, as an address does."""
    return bool(re.search(r"\d", value)) and bool(re.search(r"[A-Z][a-z]{2,}", value)) and len(value) <= 90


@dataclass(frozen=True, slots=True)
class Rule:
    """An attribute, how it is said, and what its value must look like."""

    attribute: str
    pattern: Pattern
    fits: Callable[[str], bool]


def rule(attribute: str, pattern: str, fits: Callable[[str], bool] = anything) -> Rule:
    """A rule whose pattern names its `value`."""
    return Rule(attribute, Pattern(pattern), fits)


WE = r"^(?:I|we|We|i)\s+(?:(?:just|now|also|recently|finally|actually|currently|still|really|have|both)\s+)*"
IM = r"^(?:I'm|I am|i'm|We're|we're|We are)\s+(?:(?:just|now|also|currently|still|actually|really)\s+)*"
IVE = r"^(?:I've|I have|We've|We have)\s+(?:(?:just|now|recently|finally|already|also)\s+)*"
MY = r"^(?i:my|our)\s+(?:(?:new|current|own|only)\s+)?"
IS = r"(?:'s\s+name)?\s+(?:is|are)\s+(?:now\s+)?(?:called\s+|named\s+)?"
LIKE_END = r"(?=\s*(?:$|[,;!.(]|\b(?:the most|a lot|so much|very much|too|now|together|lately|these days)\b))"
JOB = (
    r"(?:an?|the)\s+(?!(?:guest|member|friend|bridesmaid|volunteer|speaker|fan|participant|customer|tester|joke|backup"
    r"|charm|treat|dream|example|favou?r|team|replacement|last|human)\b)"
    r"(?P<value>(?:[\w-]+\s+){0,2}?[\w-]+)(?=\s*(?:$|[,;.!]|\b(?:at|for|in|with|and|since|here|now)\b))"
)
WORKPLACE = (
    rf"(?:the\s+)?(?P<value>{NAME}|(?<=the\s)(?:[a-z]+\s){{0,2}}(?:library|hospital"
    rf"|university|school|council|bank|bakery|museum|post office|airport|factory|town hall"
    rf"|clinic))"
)
DISLIKES = Pattern(
    rf"^I\s+(?:really\s+)?(?:don't|do not|can't|cannot)\s+(?:really\s+)?(?:like|stand"
    rf"|enjoy)\s+(?P<value>[\w' -]+?){LIKE_END}"
)
DOES_NOT = Pattern(
    r"^I\s+(?:don't|do not|never)\s+(?P<verb>eat|drink)\s+(?P<value>(?!(?:it|that|this|and|or|but"
    r"|much|any|a|the|enough|out|at|in|before|after|there|here|too"
    r"|well)\b)[a-z]+(?:\s(?!at|in|on|after|before|when|so|and|or|any)[a-z]+)?)(?=\s*(?:$"
    r"|[,.!;]|and\b|at all|any ?more))"
)

RULES: tuple[Rule, ...] = (
    rule(
        "lives in",
        WE + rf"(?:live\s+in|moved\s+to|relocated\s+to)\s+(?P<value>{NAME})(?!\s+and\s+[A-Z]){TAIL}",
        place,
    ),
    rule("lives in", IVE + rf"lived\s+in\s+(?P<value>{NAME})(?=\s+(?:for|since|all my life)\b)", place),
    rule("lives in", IVE + rf"(?:moved|relocated)\s+to\s+(?P<value>{NAME}){TAIL}", place),
    rule("lives in", IM + rf"(?:living|based)\s+in\s+(?P<value>{NAME}){TAIL}", place),
    rule("works at", WE + rf"(?:work|started working|started work)\s+(?:at|for)\s+{WORKPLACE}{TAIL}", employer),
    rule("works at", IM + rf"(?:working|employed)\s+(?:at|for|by)\s+{WORKPLACE}{TAIL}", employer),
    rule(
        "works at",
        WE + rf"(?:got|started|landed|took)\s+an?\s+(?:new\s+)?job\s+(?:at|with)\s+{WORKPLACE}{TAIL}",
        employer,
    ),
    rule("works at", WE + rf"joined\s+(?P<value>{NAME})\s+as\s+{JOB.replace('?P<value>', '')}", employer),
    rule("works as", WE + rf"joined\s+{NAME.replace('?P<value>', '')}\s+as\s+{JOB}"),
    rule("works as", WE + rf"(?:work|started working)\s+as\s+{JOB}"),
    rule("works at", WE + rf"work\s+as\s+an?\s+[\w -]+?\s+(?:at|for)\s+{WORKPLACE}{TAIL}", employer),
    rule("works as", IM + rf"an?\s+(?P<value>(?:[a-z-]+\s+){{0,2}}[a-z-]+)\s+(?:at|for)\s+(?=[A-Z]){NAME}"),
    rule("works at", IM + rf"an?\s+(?:[a-z-]+\s+){{0,2}}[a-z-]+\s+(?:at|for)\s+(?P<value>{NAME}){TAIL}", employer),
    rule("birthday", MY + r"birthday\s+is\s+(?P<value>.+)$"),
    rule("birthday", r"^I\s+was\s+born\s+(?P<value>on\s+.+)$"),
    rule("born in", rf"^I\s+was\s+born\s+in\s+(?P<value>{NAME}){TAIL}", place),
    rule(
        "phone",
        MY + r"(?:phone|mobile|cell|telephone|number|phone number|mobile number|cell number)(?:"
        r"\s+number)?\s+is\s+(?:now\s+)?(?P<value>\+?[\d][\d\s()/.-]{5,18}\d)\s*$",
        contact,
    ),
    rule("email", MY + r"(?:e-?mail)(?:\s+address)?\s+is\s+(?:now\s+)?(?P<value>[\w.+-]+@[\w-]+\.[\w.-]*\w)"),
    rule(
        "email",
        r"^(?i:you can reach me|reach me|write to me|mail me|email me)\s+(?:at|under)"
        r"\s+(?P<value>[\w.+-]+@[\w-]+\.[\w.-]*\w)",
    ),
    rule("address", MY + r"(?:home\s+|postal\s+|work\s+)?address\s+is\s+(?:now\s+)?(?P<value>[^@]+)$", postal),
    rule("name", rf"^(?i:my)\s+(?:full\s+)?name\s+is\s+(?P<value>{PERSON})(?=\s*(?:$|[,.;!]))"),
    rule(
        "allergic to",
        IM + r"(?:(?:very|severely|badly|also)\s+)?allergic\s+to"
        r"\s+(?P<value>[a-z][a-z' -]*?(?:,\s[a-z ]+?)*(?:,?\s+and\s+[a-z ]+)?)(?=\s*(?:$"
        r"|[.;!(]|\bso\b))",
    ),
    rule("allergic to", r"^I\s+have\s+an?\s+(?:severe\s+|bad\s+)?(?P<value>[a-z]+)\s+allergy"),
    rule(
        "likes",
        WE + rf"(?:(?:absolutely|totally|always)\s+)*(?:love|like|enjoy|adore)\s+(?P<value>[\w'& -]+?){LIKE_END}",
        liked,
    ),
    rule("likes", IM + rf"a\s+(?:big|huge|great)\s+fan\s+of\s+(?P<value>[\w'& -]+?){LIKE_END}", liked),
    rule("dislikes", WE + rf"(?:hate|detest|dislike|loathe)\s+(?P<value>[\w'& -]+?){LIKE_END}", liked),
    rule("prefers", WE + r"prefer\s+(?P<value>[\w' -]+?)(?=\s*(?:$|[,;.!]|\b(?:to|over|rather)\b))", liked),
    rule("diet", IM + rf"(?:an?\s+)?(?P<value>{DIETS})\b"),
    rule(
        "speaks",
        WE + rf"speak\s+(?:fluent\s+|a little\s+|some"
        rf"\s+)?(?P<value>(?i:{LANGUAGES})(?:,\s*(?i:{LANGUAGES}))*(?:,?\s+and\s+(?:some"
        rf"\s+)?(?i:{LANGUAGES}))?)(?=\s*(?:$|[,;.!(]|\b(?:and|but|at|now|fluently|well|too|a)\b))",
    ),
    rule("comes from", IM + rf"(?:originally\s+)?from\s+(?P<value>{NAME}){TAIL}", place),
    rule("grew up in", rf"^I\s+grew\s+up\s+in\s+(?P<value>{NAME}){TAIL}", place),
    rule(
        "studies",
        r"^(?:I|I'm|I am)\s+(?:(?:currently|now)\s+)?study(?:ing)?\s+(?P<value>(?!hard|late"
        r"|alone|abroad|every|all|more|less|for|at|in|with|a\b|the|my)[a-z]+(?:\s(?:science"
        r"|engineering|history|studies|law|arts|design))?)(?=\s*(?:$|[,.;!]|\b(?:at|in)\b))",
    ),
    rule(
        "plays",
        r"^I\s+play\s+(?:the\s+)?(?P<value>(?:(?:electric|bass|classical|acoustic)\s)?(?:"
        + INSTRUMENTS
        + r"))(?=\s*(?:$|[,.;!]"
        r"|\b(?:in|and|at|since)\b))",
    ),
    rule("engaged to", rf"^(?:I\s+got|I'm|I am)\s+engaged\s+to\s+(?P<value>{PERSON}){TAIL}"),
    rule("married to", rf"^(?:I\s+got|I'm|I am)\s+married\s+to\s+(?P<value>{PERSON}){TAIL}"),
    rule("drives", r"^I\s+drive\s+an?\s+(?P<value>(?:[a-z]+\s)?[A-Z][\w-]+(?:\s[A-Z0-9][\w-]*)?)" + CLAUSE_END),
    rule(
        "children",
        WE + r"(?:have\s+|got\s+)?(?P<value>one|two|three|four|five|six|\d)\s+(?:kids|children|kid|child)" + CLAUSE_END,
    ),
    rule("cats", r"^(?:I|We)\s+have\s+(?P<value>one|two|three|four|five|\d)\s+cats?" + CLAUSE_END),
    rule("dogs", r"^(?:I|We)\s+have\s+(?P<value>one|two|three|four|five|\d)\s+dogs?" + CLAUSE_END),
)
FAVOURITE = Pattern(
    MY + r"(?P<what>favou?rite\s+(?!part|thing|bit|time|moment|memory)[a-z]+(?:\s[a-z]+)?)\s+is\s+(?P<value>[^,;]+)$"
)
ROLE = Pattern(MY + rf"(?P<what>{KIN}|{PETS})(?:{IS})(?P<value>{PERSON})(?=\s*(?:$|[,.;!]|\band\b|\bnow\b))")
ROLE_NAMED = Pattern(MY + rf"(?P<what>{KIN}|{PETS}),?\s+(?P<value>[A-Z][\w'-]+),?\s+(?=[a-z]+)")
NUMBER = Pattern(
    MY + rf"(?P<what>{NUMBERED})\s+is\s+(?:now\s+)?(?P<value>(?=[^,;]*[\d])[^,;]{{1,40}}"
    rf"|(?i:small|medium|large|extra large|xs|xl|m|s|l))(?=\s*$|\s+by the way)"
)
THING = Pattern(
    MY + r"(?P<what>car|bike|phone|laptop)\s+is\s+(?:now\s+)?an?\s+(?P<value>(?:[a-z]+\s)?[A-Z][\w-]+(?:\s[\w-]+)?)\s*$"
)
NAMED = Pattern(MY + rf"(?P<what>{CALLED})\s+is\s+(?:called|named)\s+(?P<value>[A-Z0-9][^,;]{{1,40}})$")
OTHER = Pattern(
    rf"^(?:(?P<kin>(?i:my)\s+(?:{KIN}))(?:,?\s+(?P<called>[A-Z][\w'-]+),?)?"
    rf"|(?P<name>[A-Z][\w-]+(?:\s[A-Z][\w'-]+)?))\s+"
    rf"(?:(?:now|just|recently|also|currently)\s+)*(?:(?P<lives>lives\s+in|moved\s+to|has"
    rf"\s+moved\s+to)|(?P<works>works\s+(?:at|for))|(?P<as>works\s+as\s+an?))\s+"
)
BIRTHDAY_OF = Pattern(r"^(?P<name>[A-Z][\w-]+)'s\s+birthday\s+is\s+(?P<value>.+)$")
AMOUNT = (
    r"(?P<value>(?:[€$£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:€|£|\$|euros?|dollars?|pounds?|bucks"
    r"|EUR|USD|GBP|CHF|francs?|kr(?:onor|oner)?))(?![\w])(?!\s+worth))"
)
COSTS = Pattern(
    MY + r"(?P<what>(?!favou?rite\b)(?:[a-z-]+\s){0,4}?[a-z-]+)\s+(?:is|costs|comes to)\s+(?:now\s+)?"
    rf"{AMOUNT}(?:\s+(?:a|per|each)\s+(?:day|week|month|year))?(?=\s*(?:$|[,;.!]|\bnow\b|\bfrom\b|\bso\b))"
)
OWES = Pattern(
    rf"^(?:(?:I)\s+(?:still\s+)?owe\s+(?P<to>you|{PERSON})|(?P<who>[Yy]ou|{PERSON})"
    rf"\s+(?:still\s+)?owes?\s+me)\s+{AMOUNT}"
)
