"""Sentences of other languages end where they end: ordinals, abbreviations in front of names, units."""

from __future__ import annotations

import pytest

from retrieval.text import sentences


@pytest.mark.parametrize(
    "drawn",
    [
        "Er ist seit dem 1. FC Ardell verfallen.|Die 2. Bundesliga begann am 3. Juni.|Am 4. Mai endet sie.",
        "Das kostet 12 Mio. Euro.|Der Rat will 5 Mrd. Euro.|Sie kam um 3.|Dann ging sie.",
        "El Sr. García y la Dra. López llegaron al núm. 5.|Nadie los esperaba.",
        "Llegó de EE. UU. el martes.|La Srta. Ruiz lo vio.",
        "В г. Ардел живёт 12 тыс. человек.|На ул. Ленина дом 5.|Об этом сообщил проф. А. С. Юрьев.",
        "Это было в 2022 г.|Потом всё изменилось, и т. д.|Мост открыли.",
        "У м. Київ на вул. Хрещатик зібралися люди.|Їх було 12 тис. осіб.",
        "It happened at 3.|Then he left on the 4.|A man died.",
        "He finished 1.|FC Ardell came second.",
        "I like Nr. 5.|M. Dupont agrees with MM. Durand et Petit.",
    ],
)
def test_a_sentence_ends_where_the_bar_is(drawn: str):
    text = drawn.replace("|", " ")
    assert [text[start:end] for start, end in sentences.split(text)] == drawn.split("|")
