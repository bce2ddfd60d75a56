"""Several collections in one bot: a chat chooses which one answers, answers name it, and nobody with one sees any of this."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import chat, indexes, settings, strings
from bot.settings import SettingsError
from bot.state import AnswerRecord, State
from bot.views import answers, replies
from bot.views.answers import GivenAnswer
from retrieval import IndexFolderError
from tests.fakes import BARE, EXAMPLES, TALKS, FakeIndex

STORM = "What closed the bridge at dawn?"


@pytest.fixture
def talk() -> chat.Chat:
    return chat.Chat({"harbour": FakeIndex([TALKS]), "weather": FakeIndex([BARE])})


def test_the_first_one_answers_until_another_is_chosen_and_answers_name_it(talk: chat.Chat):
    assert talk.reply(EXAMPLES[0])[0].text.startswith("Collection: harbour\n\n")
    assert talk.reply(STORM)[0].text.startswith(f"Collection: harbour\n\n{strings.NOTHING}")
    assert talk.reply("/collection WEATHER")[0].text.startswith("Collection: weather\n")
    assert "A storm closed the bridge" in talk.reply(STORM)[0].text
    assert talk.reply("“A storm closed the bridge at dawn”")[0].text.startswith("Collection: weather\n\n")
    assert not talk.reply("/start")[0].text.startswith("Collection")


def test_the_choices_are_listed_and_forgotten(talk: chat.Chat):
    talk.reply("/collection weather")
    listed = talk.reply("/collection nowhere")[0].text
    assert listed == f"Collection: weather\n{strings.CHOOSE}\n/collection harbour\n/collection weather"
    talk.reply("/forget")
    assert talk.reply("/collection")[0].text.startswith("Collection: harbour\n")


def test_with_one_collection_there_is_no_such_command_and_no_name():
    alone = chat.Chat({"harbour": FakeIndex()})
    assert alone.reply("/collection")[0].text == strings.UNKNOWN_COMMAND
    assert "Collection" not in alone.reply(EXAMPLES[0])[0].text
    assert "/collection" not in alone.reply("/help")[0].text
    several = chat.Chat({"a": FakeIndex(), "b": FakeIndex()})
    assert "/collection" in several.reply("/help")[0].text


def test_a_choice_outlives_a_restart_and_goes_with_forget(tmp_path: Path):
    state = State(tmp_path)
    state.choose(7, "weather")
    state.choose(8, "weather")
    state.choose(7, "harbour")
    state.close()
    again = State(tmp_path)
    again.move(8, 9)
    assert [again.chosen(number).result() for number in (7, 8, 9)] == ["harbour", None, "weather"]
    again.forget(7)
    assert again.chosen(7).result() is None
    again.close()


def test_a_button_chooses_what_is_served_alone():
    assert replies.chosen("collection:weather", ("harbour", "weather")) == "weather"
    assert replies.chosen("collection:nowhere", ("harbour", "weather")) is None
    assert replies.chosen("page:weather", ("harbour", "weather")) is None


@pytest.mark.parametrize("value", ["ferries,elections", " .ferries , data/elections "])
def test_several_folders_are_called_by_their_last_names(value: str):
    assert list(settings.read({"INDEX_DIR": value}).indexes) == ["ferries", "elections"]


def test_a_folder_whose_name_has_a_comma_is_one(tmp_path: Path):
    (tmp_path / "a,b").mkdir()
    assert settings.read({"INDEX_DIR": str(tmp_path / "a,b")}).indexes == {"a,b": tmp_path / "a,b"}


@pytest.mark.parametrize("value", ["x/news, y/news", f"a, {'b' * 31}"])
def test_collections_that_could_not_be_told_apart_are_refused(value: str):
    with pytest.raises(SettingsError, match="INDEX_DIR: several collections need folders with names of their own"):
        settings.read({"INDEX_DIR": value})


def test_several_must_be_there_and_take_no_folder_of_articles(tmp_path: Path):
    folders = {"a": tmp_path / "a", "b": tmp_path / "b"}
    with pytest.raises(IndexFolderError, match="byline build ARTICLES --index"):
        indexes.load_or_build_all(folders, None, print)
    with pytest.raises(IndexFolderError, match="INDEX_DIR names 2 folders"):
        indexes.load_or_build_all(folders, tmp_path, print)


def test_on_telegram_a_chat_chooses_by_button_and_older_buttons_go_on_working(api, run_bot):
    ana, ben = api.private(api.user("Ana")), api.private(api.user("Ben"))
    bot = run_bot(api, INDEX_DIR="harbour, weather", ADMINS=str(ana.id))
    ana.say(EXAMPLES[0])
    first = ana.wait_message()
    assert first.text.startswith("Collection: harbour\n\n")
    ana.say("/collection")
    choice = ana.wait_message()
    ana.press(choice, "weather")
    assert ana.wait_edit(choice).text.startswith("Collection: weather\n")
    ana.say(STORM)
    assert ana.wait_message().text.startswith("Collection: weather\n\n")
    ana.say("/reload")
    assert ana.wait_message().text == f"Collection: weather\n\n{strings.NO_FOLDER}"
    ben.say(STORM)
    assert ben.wait_message().text.startswith(f"Collection: harbour\n\n{strings.NOTHING}")
    ana.press(first, strings.CONTEXT)
    assert "The ministers met" in ana.wait_edit(first).text
    assert bot.stop() == 0
    run_bot(api, INDEX_DIR="harbour, weather")
    ana.say("/sources")
    assert "bare.txt" in ana.wait_message().text
    ana.say("/forget")
    ana.wait_message()
    ana.say("/collection")
    assert ana.wait_message().text.startswith("Collection: harbour\n")


def test_an_answer_is_looked_for_in_the_collection_that_has_it():
    harbour, weather = FakeIndex([TALKS]), FakeIndex([BARE])
    shown = answers.record(harbour.ask(EXAMPLES[0]))
    assert GivenAnswer(shown, harbour).is_known
    assert not GivenAnswer(shown, weather).is_known
    assert not GivenAnswer(AnswerRecord("nothing", ()), harbour).is_known
