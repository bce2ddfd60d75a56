"""Which language a line is in, as far as its commonest words tell; enough to see a footer that is not the article's."""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
_COMMON = {
    "en": "the of and to in is was that for it with as on by at from he be this are his have had not but they which were "
    "her she or an we will has their its been said would who you what all about there after says when your our",
    "de": "der die das und ist nicht ein eine einer eines dem den des im von zu mit auf für sich auch es wird war sind "
    "bei nach aus wie hat haben noch werden über uns ihr sie wir aber oder durch zum zur sein hier mehr lesen jetzt",
    "es": "el los las una del que en por con para su se es al lo como más pero sus le ya este esta sobre entre fue ha "
    "también hasta hay donde quien desde todo nos durante todos uno ni contra otros lee quieres tu otra",
    "fr": "le les des une du est et dans que qui pour pas sur au par plus avec ce sont il elle ont aux cette ses mais "
    "comme nous vous leur été sa même deux aussi être fait lire votre notre",
    "it": "il gli della che di è per una del con non sono si da come dei nel alla più anche ha le questo dal delle ma al "
    "nella leggi tutti nostra",
    "pt": "os uma do da em que não para com por mais dos das como ao seu sua foi são ele tem nos já também pelo pela até "
    "você leia nosso",
    "nl": "het een van en dat niet op te zijn voor met die aan er om hij ook als bij maar nog uit naar dan over worden "
    "lees onze meer",
    "pl": "się nie na że jest do to jak po ale przez od tak był dla już są jego oraz więcej czytaj",
    "tr": "ve bir bu için ile olarak da de daha çok olan gibi sonra kadar haber devamı",
    "sv": "och att det som en på är av för med den till inte om ett han har de var från vi kan läs",
}
_OWNER: dict[str, set[str]] = {}
for _code, _words in _COMMON.items():
    for _word in _words.split():
        _OWNER.setdefault(_word, set()).add(_code)
_SCRIPTS = (("ru", "\u0400", "\u04ff"), ("ar", "\u0600", "\u06ff"), ("he", "\u0590", "\u05ff"), ("el", "\u0370", "\u03ff"),
            ("zh", "\u3040", "\u9fff"), ("ko", "\uac00", "\ud7af"), ("hi", "\u0900", "\u097f"))  # fmt: skip
_NOT_LATIN = re.compile("[\u0370-\u1cff\u3040-\ud7af]")
_SAMPLE = 20_000  # characters that are enough to tell a whole text's language


def votes(text: str) -> Counter[str]:
    """How many of the text's words are among the commonest of each language."""
    return Counter(code for word in _WORD.findall(text.lower()) for code in _OWNER.get(word, ()))


def language(text: str) -> str | None:
    """The two-letter code of the language whose common words (or whose script) prevail in the text, or `None`."""
    text = text[:_SAMPLE]
    if _NOT_LATIN.search(text) and (script := _script(text)):
        return script
    best = votes(text).most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def _script(text: str) -> str | None:
    letters = [char for char in text if char.isalpha()]
    for code, first, last in _SCRIPTS:
        if sum(first <= letter <= last for letter in letters) * 2 > len(letters):
            return code
    return None


def foreign(line: str, home: str | None) -> bool:
    """Is this line in another language than `home`? In doubt it is not."""
    told = votes(line)
    here = told.pop(home, 0) if home else 0
    other = language(line)
    if other and other not in _COMMON:
        return home in _COMMON
    return home is not None and max(told.values(), default=0) >= 2 + 2 * here
