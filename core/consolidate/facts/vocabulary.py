"""The words that rules about facts are made of: names, kin, things one has, work, languages, and what is no name."""

import re

from core.dates.words import CALENDAR
from core.pattern import Pattern


def words(text: str, by: str | None = None) -> frozenset[str]:
    """A set of words written as one text."""
    return frozenset(text.split(by))


_CAPITAL = "A-ZÀ-ÖØ-ÞĀĆČĎĐĒĚĞĪİĹĽŁŃŇŌŐŘŚŞŠŢŤŪŮŰŹŻŽ"
CAPITAL = f"[{_CAPITAL}]"
NAME = (
    rf"{CAPITAL}[\w'’.-]*(?:\s+(?:(?:de|da|do|la|le|van|von|der|den|of|the|del|al|am|an|&)\s+)*"
    rf"[{_CAPITAL}0-9][\w'’.-]*){{0,3}}"
)
PERSON = (
    r"(?:(?:mr|mrs|ms|dr)\.?\s+[a-z][\w'’-]+|"
    rf"(?:(?:Dr|Mr|Mrs|Ms|Prof|Frau|Herr)\.?\s+)?{CAPITAL}[\w'’-]+"
    rf"(?:\s+(?:(?:de|da|van|von|der)\s+)?{CAPITAL}[\w'’-]+){{0,2}})"
)
TAIL = (
    r"(?=\s*(?:$|[,;:.!(–—]|\s-\s|\b(?:now|these|this|since|for|with|near|in|on|at|last|two|three"
    r"|a|and|but|by|from|again|too|because|where|to|over|right|just|already|recently|full|part"
    r"|originally|who|than|so|when|today|yesterday|tonight|next|earlier|after|before|while|permanently|together"
    r"|as|until|until|instead|anyway|officially|finally|if|about|around|back|during|every|most|under|up|which)\b))"
)
MONTH_OR_DAY = Pattern(r"^(?:" + "|".join(sorted(CALENDAR)) + r")\b", re.IGNORECASE)
NOBODY = words(
    "summer winter spring autumn work production support plan marketing sales engineering design paris team company "
    "school development service server website music art science nature water money love hope "
    "i you he she it we they this that there everyone everybody someone somebody anyone "
    "nobody people who what the a an my your his her our their its one all both some many "
    "most mum mom dad today tomorrow yesterday yes no ok and but so if when life time work "
    "me myself user assistant system home god nothing everything something hi hey thanks just still also then now "
    "here "
    "each another other others anybody whoever every mine yours ours hers theirs those these dinner lunch "
    "breakfast brunch meeting appointment flight train dear sir madam customer client member admin guest anonymous "
    "germany france spain italy england scotland wales ireland portugal brazil argentina poland norway sweden "
    "denmark "
    "finland austria switzerland belgium netherlands croatia turkey greece chelsea arsenal barcelona bayern juventus "
    "newsletter mailer noreply no-reply notification notifications info bot marketing shop store promo offers digest "
    "alerts "
    "billing updates reminder webmaster postmaster "
    "wi-fi wifi excel coffee pizza gravity karma destiny insomnia gin wine sleep chocolate bezos musk "
    "unknown python java linux windows google microsoft apple amazon netflix alexa siri"
)
"""What stands where a person would and is none, or none in particular."""
KIN = (
    "wife|husband|partner|girlfriend|boyfriend|fiancée?|fiancé|sister|brother|mother|father|mum"
    "|mom|dad|son|daughter|aunt|uncle|twin sister|twin brother|older sister|younger sister|older brother"
    "|younger brother|little sister|little brother|big sister|big brother|half[- ]sister|half[- ]brother"
    "|parents|grandparents|in-laws|kids|children|cousin|nephew|niece|grandmother|grandfather|grandma|grandpa"
    "|granddaughter|grandson|gran|nan|kid|child|friend"
    "|best friend|roommate|flatmate|housemate|mother-in-law|father-in-law|sister-in-law|brother-in-law"
    "|neighbou?r|colleague|co-?worker|boss|manager|line manager|team lead|landlord|landlady|dentist|doctor|gp"
    "|therapist|physio|physiotherapist|optician|midwife|pediatrician|paediatrician|psychologist|counsellor|godmother"
    "|godfather|godson|goddaughter|lawyer|solicitor|accountant|tax adviser|tax advisor|teacher|tutor|piano teacher"
    "|coach|trainer|personal trainer|vet|hairdresser|barber|supervisor|adviser|advisor|mentor|assistant|cleaner|nanny"
    "|babysitter|childminder|stepmother|stepfather|stepson|stepdaughter|stepsister|stepbrother|ex|ex-husband|ex-wife"
    "|business partner|plumber|electrician|mechanic|gardener|music teacher|driving instructor|caseworker|lodger"
    "|tenant"
)
PETS = "dog|cat|puppy|kitten|horse|pony|parrot|hamster|rabbit|turtle|tortoise|bird|budgie|guinea pig|goldfish|snake"
LANGUAGES = (
    "english|german|french|spanish|portuguese|italian|dutch|swedish|norwegian|danish|finnish|polish|czech|russian"
    "|ukrainian|turkish|greek|arabic|hebrew|hindi|urdu|bengali|tamil|chinese|mandarin|cantonese|japanese|korean|thai"
    "|vietnamese|hungarian|romanian|bulgarian|croatian|serbian|catalan|welsh|irish|latin|esperanto|swahili|icelandic"
    "|basque|slovak|slovenian|estonian|latvian|lithuanian|albanian|farsi|persian|malay|indonesian|tagalog"
)
DIETS = "vegetarian|vegan|pescatarian|pescetarian|teetotal"
INTOLERANCES = "coeliac|celiac|lactose[- ]intolerant|gluten[- ]intolerant|diabetic|gluten[- ]free|dairy[- ]free"
INSTRUMENTS = (
    "piano|guitar|violin|cello|viola|bass|double bass|drums|flute|clarinet|oboe|trumpet|trombone|saxophone|sax|harp"
    "|accordion|organ|ukulele|banjo|mandolin|recorder|harmonica|keyboard|bagpipes|chess|tennis|football|basketball"
    "|volleyball|badminton|golf|hockey|rugby|cricket|handball|squash|padel|bassoon|tuba|french horn|fiddle|bridge"
)
JOB_WORDS = (
    "accountant|actor|actress|analyst|animator|archaeologist|architect|archivist|artist|assistant|baker|barista"
    "|barber"
    "|biologist|bookkeeper|bookseller|brewer|bricklayer|builder|butcher|caretaker|carer|carpenter|cashier|chef"
    "|chemist"
    "|cleaner|clerk|coach|composer|consultant|controller|cook|coordinator|copywriter|counsellor|courier|curator"
    "|dancer|dentist|designer|developer|dietitian|director|doctor|driver|economist|editor|electrician|engineer|farmer"
    "|firefighter|florist|freelancer|gardener|geologist|glazier|hairdresser|historian|illustrator|interpreter|janitor"
    "|jeweller|joiner|journalist|judge|lab technician|lawyer|lecturer|librarian|locksmith|machinist|manager|mason"
    "|mechanic|mathematician|midwife|musician|nanny|notary|nurse|officer|optician|optometrist|painter|paralegal"
    "|paramedic|pharmacist|photographer|physicist|physiotherapist|pianist|pilot|planner|plumber|policeman|postman"
    "|potter|principal|producer|professor|programmer|proofreader|psychiatrist|psychologist|radiographer|radiologist"
    "|ranger|realtor|receptionist|recruiter|reporter|researcher|roofer|sailor|scientist|sculptor|secretary"
    "|security guard|seamstress|shop assistant|singer|social worker|soldier|solicitor|statistician|student|supervisor"
    "|surgeon|surveyor|tailor|teacher|technician|therapist|trainee|trainer|translator|tutor|vet|veterinarian|waiter"
    "|waitress|warden|web designer|welder|writer|zookeeper|apprentice|attorney|auditor|ceo|cto|cfo|lead|head chef"
    "|ux designer|product owner|scrum master|data scientist|beekeeper|luthier|sommelier|conductor|foreman"
    "|estate agent"
    "|travel agent|flight attendant|train driver|bus driver|tram driver|anaesthetist|cardiologist|dermatologist"
)
OCCUPATION = rf"(?:(?:[a-z-]+|[A-Z]{{2,3}})\s){{0,3}}?(?:{JOB_WORDS})"
"""Words that are a job whatever stands around them."""
NO_NAME = words(
    f"{LANGUAGES}|american|british|canadian|mexican|brazilian|australian|austrian|belgian|swiss|indian|pakistani"
    f"|african"
    "|asian|european|scottish|nigerian|kenyan|egyptian|israeli|iranian|iraqi|syrian|lebanese|filipino|indonesian"
    "|malaysian|argentinian|chilean|colombian|peruvian|cuban|estonian|latvian|lithuanian|slovak|slovenian|albanian"
    "|catholic|protestant|christian|jewish|muslim|hindu|buddhist|sikh|vegan|vegetarian|labrador|siamese|persian"
    "|poodle"
    "|beagle|chief|senior|junior|head|god|jesus|sick|ok|fine|great|satan|batman|superman|bond|montoya|inigo montoya"
    "|rockefeller|romeo|juliet|sherlock|hamlet|santa|hitler|yoda",
    "|",
)
"""What looks like a name beside "is" and is none."""
NO_PLACE = words(
    "plan generation accounting marketing sales engineering finance legal support design zoom slack teams kubernetes "
    "exciting interesting version phase stage word excel poverty dark mode windows linux python signal whatsapp "
    "gmail "
    "outlook notion trello jira github netflix spotify youtube twitter facebook instagram tiktok reddit discord ikea "
    "lidl "
    "aldi amazon google apple mac android chrome firefox safari german english french spanish "
    "mars moon narnia hogwarts heaven hell paradise i god christ lorem love chaos hope fear peace denial"
)
STREET = (
    r"(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive|Court|Close|Square|Place|Terrace|Yard|Way|Crescent|Row|Gardens"
    r"|Hill|Mews|Quay|Boulevard|Blvd|Walk|Grove|Parade|Wharf|Alley|Passage)\b|\b\w+(?:stra(?:ß|ss)e|str\.|gasse|weg"
    r"|allee|platz|ring|ufer|damm|gaten|gatan|vej|laan|straat|gracht|lände)\b|\b(?:Rua|Rue|Calle|Via|Avenida|Praça"
    r"|Plaza|Piazza|Boulevard|Avenue|Place|Carrer|Ulica)\s+(?:d[aeo]s?\s+|du\s+|de\s+l[ao]s?\s+|del\s+)?[A-Z]"
)
"""Words that make a name one of a street."""
