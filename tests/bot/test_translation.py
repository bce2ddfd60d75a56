"""The bot's sentences in other languages: complete, in keeping with the English ones, and never mixed up."""

import asyncio
import re
from dataclasses import replace
from importlib import resources
from string import Formatter

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog

from bot import strings
from bot.translation import TRANSLATED, counted, language_name, speaking, supported, tr
from bot.views import replies
from tests.fakes import BARE, TALKS, TRIAL, FakeIndex

AFTER = re.compile(r"\s*\Z")  # what is put together needs its spaces
KEPT = re.compile(r"/[a-z]+|\b(?:after|before|source|by):|\n\n")  # commands, filters, paragraphs
LIMITS = {  # characters: what Telegram allows, https://core.telegram.org/bots/api
    strings.DESCRIPTION: 512,
    strings.SHORT_DESCRIPTION: 120,
    strings.PROMPT: 64,
    **{what: 256 for _, what in strings.MENU},
    **dict.fromkeys([strings.OLD_BUTTON, strings.THANKS], 200),
    strings.STANDS: 60,  # of those 200, with the next one, which leaves room for the file's name
    strings.TO_CHECK: 70,
}
BUTTONS = [
    strings.OPEN,
    strings.COPY,
    strings.CONTEXT,
    strings.BACK,
    strings.EARLIER,
    strings.LATER,
    strings.OTHERS,
    strings.FEWER,
    strings.PROOF,
    strings.CHECK,
    strings.INLINE_SHORT,
    strings.INLINE_NOTHING,
]
DENIAL = {
    "en": r"\b(?:no|not|nothing|none)\b",
    "de": r"\b(?:nein|nicht|nichts|nie|niemand|kein\w*)\b",
    "es": r"\b(?:no|ni|nada|nadie|nunca|ning[uú]n\w*)\b",
    "ru": r"\b(?:не|ни|нет|ничего|никто|никогда|никак\w*|нельзя)\b",
    "uk": r"\b(?:не|ні|ані|немає|нічого|ніхто|ніколи|ніяк\w*|жод\w+)\b",
}
WIDEST = 40  # characters of a button: ours, for narrow screens


def english() -> set[str | tuple[str, str]]:
    """Every sentence of `bot.strings`; a pair is one that counts."""
    found: set[str | tuple[str, str]] = set()
    for name, value in vars(strings).items():
        if name.isupper():
            if isinstance(value, str):
                found.add(value)
            elif isinstance(value, dict):
                found.update(value.values())
            elif name in {"MENU", "ADMIN_MENU"}:
                found.update(what for _, what in value)
            else:
                found.add(value)
    return found


def catalogue(language: str) -> Catalog:
    with (resources.files("bot") / "locale" / f"{language}.po").open("rb") as file:
        return pofile.read_po(file, locale=language, abort_invalid=True)


def pairs(language: str) -> list[tuple[str, str]]:
    """Each English form beside each of its translations."""
    found = []
    for message in catalogue(language):
        if isinstance(message.id, str):
            found.append((message.id, str(message.string)))
        else:
            one, many, *_ = message.id
            first, *rest = message.string
            found += [(one, first), *((many, form) for form in rest)]
    return [pair for pair in found if pair[0]]


def fields(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def test_sentences_are_found_whatever_shape_they_have_in_the_module():
    sentences = english()
    assert {
        strings.START,
        strings.MENU[0][1],
        strings.FLAGS["name"],
        strings.FACTS["url"],
        strings.ARTICLES,
    } <= sentences
    assert all(isinstance(form, str) for found in sentences for form in ([found] if isinstance(found, str) else found))


@pytest.mark.parametrize("language", TRANSLATED)
class TestEachCatalogue:
    def test_has_every_sentence_and_no_other(self, language):
        assert {message.id for message in catalogue(language) if message.id} == english()

    def test_has_nothing_left_to_do(self, language):
        found = catalogue(language)
        assert [message.id for message in found if message.id and message.fuzzy] == []
        assert list(found.obsolete) == []
        assert [one for one, other in pairs(language) if not other.strip()] == []

    def test_keeps_fields_commands_filters_paragraphs_and_the_space_at_the_end(self, language):
        for one, other in pairs(language):
            assert fields(other) == fields(one)
            assert sorted(KEPT.findall(other)) == sorted(KEPT.findall(one))
            assert AFTER.findall(other)[0] == AFTER.findall(one)[0]

    def test_counts_as_the_language_does(self, language):
        found = catalogue(language)
        forms = {"de": 2, "es": 2, "ru": 3, "uk": 3}[language]
        assert found.num_plurals == forms
        assert {len(message.string) for message in found if isinstance(message.id, tuple)} == {forms}

    def test_stays_within_what_telegram_takes(self, language):
        translations = dict(pairs(language))
        assert [one for one, limit in LIMITS.items() if len(translations[one]) > limit] == []
        assert [one for one in BUTTONS if len(translations[one]) > WIDEST] == []

    def test_denies_only_where_the_english_does(self, language):
        denied = [(one, other) for one, other in pairs(language) if re.search(DENIAL[language], other, re.IGNORECASE)]
        assert [one for one, _ in denied if not re.search(DENIAL["en"], one, re.IGNORECASE)] == []
        assert strings.NOTHING in {one for one, _ in denied}

    def test_is_written_in_the_letters_and_marks_of_its_language(self, language):
        translations = "\n".join(other for _, other in pairs(language)).lower()
        strange = {"de": "[а-я]", "es": "[а-я]", "ru": "[ґєії]", "uk": "[ыэёъ]"}[language]
        assert re.findall(rf"{strange}|\w['`´]\w|\.\.\.|[a-z][а-яёєіїґ]|[а-яёєіїґ][a-z]", translations) == []


@pytest.mark.parametrize(
    ("language", "read"),
    [
        ("en", "0 articles, 1 article, 2 articles, 5 articles, 11 articles, 21 articles, 22 articles, 101 articles"),
        ("de", "0 Artikel, 1 Artikel, 2 Artikel, 5 Artikel, 11 Artikel, 21 Artikel, 22 Artikel, 101 Artikel"),
        (
            "es",
            "0 artículos, 1 artículo, 2 artículos, 5 artículos, 11 artículos, 21 artículos, 22 artículos, 101 artículos",
        ),
        ("ru", "0 статей, 1 статья, 2 статьи, 5 статей, 11 статей, 21 статья, 22 статьи, 101 статья"),
        ("uk", "0 статей, 1 стаття, 2 статті, 5 статей, 11 статей, 21 стаття, 22 статті, 101 стаття"),
    ],
)
def test_articles_are_counted_as_one_says_it(language, read):
    with speaking(language):
        assert ", ".join(counted(strings.ARTICLES, count) for count in (0, 1, 2, 5, 11, 21, 22, 101)) == read


@pytest.mark.parametrize(
    ("language", "many", "one"),
    [
        ("de", "Ich habe 3 Artikel von Harbour Post, The Daily Bell, vom 2031-05-06.", "Ich habe 1 Artikel."),
        ("es", "Tengo 3 artículos de Harbour Post, The Daily Bell, del 2031-05-06.", "Tengo 1 artículo."),
        ("ru", "У меня 3 статьи; источники: Harbour Post, The Daily Bell; дата: 2031-05-06.", "У меня 1 статья."),
        ("uk", "У мене 3 статті; джерела: Harbour Post, The Daily Bell; дата: 2031-05-06.", "У мене 1 стаття."),
    ],
)
def test_what_is_held_reads_as_one_sentence(language, many, one):
    with speaking(language):
        dated = [replace(article, date="2031-05-06") for article in (TALKS, TRIAL, BARE)]
        assert many in replies.start(FakeIndex(dated)).text.split("\n")
        assert one in replies.start(FakeIndex([BARE])).text.split("\n")


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("es-419", "es"),
        ("RU", "ru"),
        ("uk_UA", "uk"),
        ("en-GB", "en"),
        ("pt", "en"),
        ("den", "en"),
        ("../de", "en"),
        ("", "en"),
        (None, "en"),
        (5, "en"),
    ],
)
def test_a_tag_means_its_language_and_english_where_there_is_no_catalogue(tag, language):
    greeting = {"en": strings.THANKS, "de": "Danke.", "es": "Gracias.", "ru": "Спасибо.", "uk": "Дякую."}
    assert supported(tag) == language
    with speaking(tag):
        assert tr(strings.THANKS) == greeting[language]


@pytest.mark.parametrize(("spoken", "name"), [("en", "German"), ("es", "alemán"), ("ru", "немецкий"), (None, "German")])
def test_a_language_is_called_as_the_person_calls_it(spoken: str | None, name: str):
    with speaking(spoken):
        assert language_name("de") == name
        assert language_name("qq") == "qq"


def test_the_language_of_before_comes_back_also_after_a_failure():
    def fail():
        with speaking("ru"):
            raise ZeroDivisionError

    with speaking("de"):
        with pytest.raises(ZeroDivisionError):
            fail()
        assert tr(strings.THANKS) == "Danke."
    assert tr(strings.THANKS) == "Thank you."


def test_tasks_in_different_languages_do_not_disturb_each_other():
    async def talk(language: str | None, turn: asyncio.Barrier) -> list[str]:
        translations = []
        with speaking(language):
            for _ in range(2):
                await turn.wait()  # each has set its language before either says anything
                translations.append(tr(strings.COMMANDS))
        return [*translations, tr(strings.COMMANDS)]

    async def together() -> list[list[str]]:
        turn = asyncio.Barrier(3)
        return await asyncio.gather(*(talk(language, turn) for language in ("de", "uk", None)))

    assert asyncio.run(together()) == [
        ["Befehle:", "Befehle:", "Commands:"],
        ["Команди:", "Команди:", "Commands:"],
        ["Commands:", "Commands:", "Commands:"],
    ]
