"""One place under the names that news give its government: Russia, the Russians, Moscow, the Kremlin.

General knowledge, no more than is needed to see that "What does Moscow say?" asks for the words of "Russian officials".
Words are in lower case, without dots.
"""

from __future__ import annotations

_PLACES = (
    "russia russian russians moscow kremlin", "ukraine ukrainian ukrainians kyiv kiev",
    "us usa america american americans washington", "uk britain british britons london",
    "china chinese beijing", "germany german germans berlin", "france french paris elysée elysee",
    "poland polish poles warsaw", "belarus belarusian belarusians minsk", "israel israeli israelis jerusalem",
    "palestine palestinian palestinians ramallah", "iran iranian iranians tehran", "iraq iraqi iraqis baghdad",
    "syria syrian syrians damascus", "turkey türkiye turkish turks ankara", "india indian indians delhi",
    "pakistan pakistani pakistanis islamabad", "japan japanese tokyo", "italy italian italians rome",
    "spain spanish spaniards madrid", "portugal portuguese lisbon", "greece greek greeks athens",
    "hungary hungarian hungarians budapest", "romania romanian romanians bucharest", "serbia serbian serbs belgrade",
    "austria austrian austrians vienna", "switzerland swiss bern", "netherlands dutch hague",
    "belgium belgian belgians", "sweden swedish swedes stockholm", "norway norwegian norwegians oslo",
    "denmark danish danes copenhagen", "finland finnish finns helsinki", "estonia estonian estonians tallinn",
    "latvia latvian latvians riga", "lithuania lithuanian lithuanians vilnius", "georgia georgian georgians tbilisi",
    "armenia armenian armenians yerevan", "azerbaijan azerbaijani azerbaijanis baku", "egypt egyptian egyptians cairo",
    "qatar qatari qataris doha", "australia australian australians canberra", "canada canadian canadians ottawa",
    "mexico mexican mexicans", "brazil brazilian brazilians brasília brasilia", "ireland irish dublin",
    "argentina argentine argentines", "venezuela venezuelan venezuelans caracas", "cuba cuban cubans havana",
    "nigeria nigerian nigerians abuja", "kenya kenyan kenyans nairobi", "ethiopia ethiopian ethiopians",
    "taiwan taiwanese taipei", "afghanistan afghan afghans kabul", "libya libyan libyans tripoli",
)  # fmt: skip
_SAME = {word: group for line in _PLACES for group in [frozenset(line.split())] for word in group}


def names_of(word: str) -> frozenset[str]:
    """All names of the place that a word names; the word itself where it names none."""
    return _SAME.get(word) or frozenset([word])
