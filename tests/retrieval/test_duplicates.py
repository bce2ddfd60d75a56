"""The same story is told by shared runs of words, whatever stands around it."""

from __future__ import annotations

import random

from retrieval.duplicates import StoryIndex

WORDS = [f"word{number}" for number in range(400)]
STORY = random.Random(1).choices(WORDS, k=300)
OTHER = random.Random(2).choices(WORDS, k=300)


def test_a_story_is_known_again_with_another_opening_and_without_its_end():
    stories = StoryIndex()
    assert stories.add(1, STORY) == []
    ((share, key),) = stories.add(2, [*OTHER[:20], *STORY[:200]])
    assert key == 1
    # 196 runs of five words in both; 296 in the first, 216 in the second: 196 / (296 + 216 - 196) = 0.62
    assert abs(share - 0.62) < 0.12  # three standard errors of 128 hashes


def test_another_story_in_the_same_words_is_another():
    stories = StoryIndex()
    stories.add(1, STORY)
    assert stories.add(2, OTHER) == []


def test_the_most_alike_comes_first_and_of_equals_the_earlier():
    stories = StoryIndex()
    stories.add(5, STORY[:180])
    stories.add(3, STORY)
    stories.add(4, STORY)
    assert [key for _, key in stories.add(6, STORY)] == [3, 4, 5]


def test_a_text_of_a_few_words_is_like_none():
    stories = StoryIndex()
    assert stories.add(1, ["a", "b"]) == []
    assert stories.add(2, ["a", "b"]) == []


def test_every_version_of_half_a_story_is_found():
    for seed in range(40):  # the lookup by bands misses some that are less alike, none that are as much alike as this
        story = random.Random(seed).choices(WORDS, k=300)
        stories = StoryIndex()
        stories.add(1, story)
        assert [key for _, key in stories.add(2, story[:180])] == [1]
