"""Does a line state something? Yes, when it has a finite verb; it alone knows English verbs.

No grammar, only a lexicon and the word before: "the talks stalled" states, "the stalled talks" does not. Where a form
may be a noun or a participle, what precedes it decides. In doubt a line is taken to state something, because leaving
a statement out is worse than showing a caption.
"""

from __future__ import annotations

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

_PLACE = re.compile(r"[,(] ?(?:far |second from |third from )?(?:left|right|cent(?:re|er))\b[,)]?")

_CERTAIN = _set(
    "is are was were am has have had does did do will would can could may might must shall should cannot isn't "
    "aren't wasn't weren't hasn't haven't hadn't doesn't didn't don't won't wouldn't can't couldn't mustn't "
    "shouldn't ain't it's that's he's she's there's here's what's who's let's i'm we're they're you're i've we've "
    "they've you've i'll we'll they'll he'll she'll it'll you'll i'd we'd they'd he'd she'd you'd won't said says "
    "told went became began knew saw took gave came ran wrote spoke fell rose grew threw drew blew flew chose broke "
    "drove rode froze shook stole wore tore swore sang sank sprang swam drank rang ate beat"
)
_IRREGULAR = _set(
    "left lost won met sent spent built held kept felt led fed fled bred sped paid laid made sold thought brought "
    "bought caught taught sought fought found bound stood understood got forgot shot sat lit hit struck stuck hung "
    "dug swept slept wept dealt meant heard lent bent shut cut put set let cast cost burst quit spread broadcast "
    "forecast overtook withdrew undertook mistook forgave overcame arose awoke lay hid bit slid withheld upheld "
    "overthrew"
)
_REGULAR = _set(
    "accept accuse achieve acknowledge act add address admit adopt advance advise affect agree aim alert allege "
    "allow alter amend announce annex answer appeal appear apply appoint approach approve argue arm arrest arrive "
    "ask assert assess assign assist assume assure attack attend attract authorize avoid await award back balance "
    "ban bar base battle become begin believe belong bend benefit bid blame block boast bomb boost borrow bring "
    "broaden build burn buy call calculate campaign cancel capture care carry cause celebrate challenge change "
    "charge chase check cheer choose cite claim clash clear climb close collapse collect combine come comment "
    "commit compare compete complain complete comply condemn conduct confirm confront consider consist constitute "
    "contain continue contribute control convene convict cool cope correct cost count cover crack crash create "
    "criticize cross cry cut cuts damage dash deal debate decide declare decline defeat defend define delay deliver "
    "demand demonstrate deny depart depend deploy describe deserve design destroy detail detain determine develop "
    "die differ direct disagree disappear disclose discover discuss dismiss displace disrupt divide dominate donate "
    "double doubt draw dream drift drive drop earn ease echo edge elect embrace emerge emphasize employ enable "
    "encourage end endorse endure enforce engage enjoy ensure enter erupt escape establish estimate evacuate exceed "
    "exclude exist expand expect explain explode explore expose express extend face fade fail fall favor fear "
    "feature feel fight file fill find finish fire fit fix flee flood flow follow forbid force forge form free fuel "
    "fund gain gather generate get give go grab grant grow guarantee guard guide halt hand handle happen hear help "
    "hide highlight hike hire hit hold hope host identify ignore impose improve include increase indicate inform "
    "injure insist inspect inspire install intend intensify intercept introduce invade invest investigate invite "
    "involve issue join jump justify keep kick kill know lack land lash last laugh launch lay lead leak lean learn "
    "leave lie lift like limit line link list live look loom lose love lower maintain make manage march mark matter "
    "mean measure meet mention miss mobilize move mull name narrow near need negotiate nominate note notice observe "
    "obtain occupy occur offer open operate oppose order oust outline overturn owe own pass pause pay persuade pick "
    "place plan play plead pledge plunge point pose postpone pour praise predict prefer prepare present press "
    "prevent probe produce promise promote prompt propose prosecute protect protest prove provide provoke publish "
    "pull punish purchase pursue push put question race raid raise rally reach react read reassess rebuff recall "
    "receive recognize recommend record recover reduce refer reflect refuse regain reinforce reject relate release "
    "rely remain remember remind remove renew repeat repel replace reply report represent request require rescue "
    "resign resist resolve respond rest restore result resume retain retire retreat return reunite reveal reverse "
    "review revive rise risk rock roll rule reward run rush sack sail save say scale score scramble search secure see seek "
    "seem seize sell send sentence separate serve set settle shape share shed shift show shrink shut sign signal "
    "sit slam slap slash slide slip slow soar solve sound spark speak spend spill split stage stalk stall stand "
    "start state stay steal step stir stop store storm stress strike struggle study submit succeed sue suffer "
    "suggest summon supply support surge surpass surprise surrender surround survive suspect suspend sweep take "
    "talk target teach tell tend test testify thank think threaten throw tie tighten top topple touch trace track "
    "trade train transfer transform travel treat trigger try turn unite unveil update uphold urge use vary veto vie "
    "view visit vote vow wait walk want warn wash watch weaken weigh welcome widen win withdraw wonder work worry "
    "wound write yield sow reset dig brace bury crush feed forecast pack park plant rain ring sleep smile tour wave "
    "wear bake boil simmer stir whisk"
)
_DETERMINERS = _set(
    "the a an this these those his her its their our my your of in on at for from with by to into over under "
    "about after before between against amid as and or no some any many more most several few all both two three "
    "four five six seven eight nine ten new old big small other latest former"
)
_MANY = _set("People Police Children Men Women Crowds")
_PRONOUNS = _set("i we they you who that which")


def _third(verb: str) -> str:
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in "aeiou" else verb + "s"


_BASE = frozenset(_REGULAR)
_THIRD = frozenset(_third(verb) for verb in _REGULAR)


def states(text: str) -> bool:
    """Is there a finite verb in this English line of at most a few hundred characters?"""
    words = _WORD.findall(_PLACE.sub(" ", text.replace("’", "'")))
    if len(words) < 3:
        return False
    titled = sum(word[0].isupper() for word in words) > 0.6 * len(words)
    many = _plural(words[0].lower()) or words[0] in _MANY
    previous = ""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        small = word.islower() or titled
        if _finite(word.lower(), previous, small=small) or (
            many and small and _base(word.lower(), previous, following.lower())
        ):
            return True
        known = word.lower() in _DETERMINERS or word.lower() in _PRONOUNS
        previous = word.lower() if small or known else "Name"
    return False


def _finite(word: str, previous: str, *, small: bool) -> bool:
    if word in _CERTAIN or word.endswith(("n't", "'re", "'ve", "'ll")):
        return word != "may" or small
    if not previous or not small or previous in _DETERMINERS or previous.endswith("'s"):
        return False
    if word in _THIRD or word in _IRREGULAR or (word.endswith("ed") and len(word) > 4):
        return True
    return word in _BASE and (previous in _PRONOUNS or _plural(previous))


def _base(word: str, previous: str, following: str) -> bool:
    """ "Rescuers in a lifeboat reach the …": several who do, and something that it is done to."""
    return word in _BASE and bool(previous) and previous not in _DETERMINERS and following in _DETERMINERS


def _plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word != "Name"
