"""Words that tell whether something matters for long: events of a life, papers and money, decisions; and what passes.

English; patterns parted by commas.
"""

import re


def words(alternatives: str) -> re.Pattern[str]:
    """Any of these as whole words; put together by first letters, for `re` else tries each at every word."""
    by_letter: dict[str, list[str]] = {}
    for one in (" ".join(piece.split()) for piece in alternatives.split(",")):
        begins = one[0] if one[0].isalpha() and one[1:2] not in ("?", "*") else ""
        by_letter.setdefault(begins, []).append(one[len(begins) :])
    grouped = "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in sorted(by_letter.items()))
    return re.compile(rf"\b(?:{grouped})\b", re.IGNORECASE)


LIFE = words(
    r"""
    die[sd]?, dying, dead, death, passed away, funeral, buried, born, birth\w*, pregnan\w+, baby, adopt(?:ed|ion),
    engaged, propos(?:ed|al), marr(?:y|ied|iage), wedding, divorced?, separated, broke up, moved?
    (?:in|out|to|into|house), moving (?:to|in|out), diagnos\w+, surgery, operat(?:ed|ion), hospital, cancer,
    tumou?r, benign, malignant, biopsy, scan, x-ray, chemo\w*, stroke, allerg\w+, coeliac, celiac, diabet\w+,
    intoleran\w+, prescri\w+, penicillin, vaccin\w+, blood (?:group|type|pressure), broke (?:his|her|my|their) \w+,
    broken (?:leg|arm|hip|wrist|foot), accident, injur\w+, stolen, theft, burgl\w+, police, graduat\w+, passed,
    failed, exam, degree, diploma, licen[cs]e, certificate, citizenship, visa, passport, permit, asylum, quit,
    resign\w*, fired, laid off, redundan\w+, hired, promot\w+, retir\w+, got the job, new job, (?:job|work) offer,
    bankrupt\w*, forg(?:ave|iven?), apolog\w+, confess\w*, betray\w*, half-?(?:brother|sister), inherit\w*, lost
    (?:my|our|the|his|her)
    """
)
"""What happens to a person: births and deaths, health, love, papers of a citizen, work."""

DEED = words(
    r"""
    contract, lease, rent, mortgage, loan, owes?, owed, borrow\w*, lent, deed, notary, testament, last will,
    insurance, insured, polic(?:y|ies), invoice, refund, tax(?:es)?, penalty, salary, pension, advance, funding,
    grant(?:ed)?, budget, deposit, debts?, fees?, sign(?:ed|ing), approved, accepted, rejected, granted, registered,
    confirm(?:ed|ation), cancel(?:led|ed|lation), terminat\w+, notice period, application, booking, booked,
    reservation, reference, appointment, warrant\w+, guarantee, receipt, certif\w+, password, pin code, account,
    iban, spare key, keys?, alarm, emergency, address, birthday, contact
    """
)
"""Contracts, money, bookings, and what opens doors."""

DECISION = words(
    r"""
    decid\w+, decision, agreed?, agreement, let's go with, we(?:'ll| will| shall)? (?:go with|take|use|leave), my
    vote, voted?, promis\w+, i(?:'ll| will| shall) (?:send|pay|bring|call|never|always), swor\w+, vow\w*, plan is,
    chose, chosen, switched, sold, bought, ordered, paid, took over, takes over, founded, closed down, named
    (?:him|her|it|the), chang(?:ed|ing) (?:my|our|his|her), stop(?:ped)? \w+ing, start(?:ed|s)?
    (?:at|on|as|with|work\w*), gave up, never again, no more, from now on, for good, permanent(?:ly)?
    """
)
"""What was decided, promised, bought, begun or ended."""

LASTING = words(
    r"""
    remember, don't forget, won't forget, never forget, important, must(?:n't)?, always, learn(?:ed|t), lesson,
    afraid of, secret, trick, for the first time, first \w+ (?:ever|at|of), years?, decades?, best \w+ of, idea for,
    how (?:i|we|to), where the, why (?:i|we), whose, (?:is|are|was|were) (?:kept|hidden|stored|behind|under|inside),
    behind the, if (?:anything|something) happens, in case of, doctor, dr, lawyer, surgeon, landlord,
    grand(?:ma|pa|mother|father), max(?:imum)?, minimum, measure\w*, dose, mg, recipe
    """
)
"""What one wants to know again: lessons, places, measures, firsts."""

PASSING = words(
    r"""
    brb, lol, haha\w*, hungry, dinner, lunch, breakfast, snack, soup, croissants?, coffee, tea, tram, train, bus,
    queue, late, minutes?, sec, weather, rain\w*, sunny, warm, cold, tired, bored, ugh, meh, cute, funny, charger,
    battery, phone's, anyone up, where are you, see you, on my way, be right, in ten, what's for, did you see, is
    this thing, sitting, parking, groceries, shopping, supermarket, buy, wash, laundry, dishes, dishwasher, bins?,
    stamps, untitled, test, asdf, copy of
    """
)
"""What is over with the day."""

CHROME = words(
    r"""
    loading, sort by, filter by, sign in, log ?in, log out, skip, zoom, search (?:or|for|results)?, results,
    matches, new tab, notifications?, add to (?:basket|cart), basket, cookies, subscribe, trending, recently,
    showing \d+, page \d+ of, session, volume, screen locked, tap to, click, swipe, drag, menu, settings, toolbar,
    ad in, advert\w*, sponsored, share, save for later, compare, free delivery, fit page
    """
)
"""What programs say about themselves."""
