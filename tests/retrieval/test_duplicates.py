"""The same story is told by shared runs of words, whatever stands around it."""

from __future__ import annotations

import itertools
import random

import numpy as np

from retrieval.duplicates import likeness, signature, stories

WORDS = [f"word{number}" for number in range(400)]
STORY = random.Random(1).choices(WORDS, k=300)
OTHER = random.Random(2).choices(WORDS, k=300)


def of(*texts: list[str]) -> list[int]:
    return stories(np.array([signature(words) for words in texts]))


def test_a_story_is_known_again_with_another_opening_and_without_its_end():
    cut = [*OTHER[:20], *STORY[:200]]
    assert of(STORY, cut) == [0, 0]
    # 196 runs of five words in both; 296 in the first, 216 in the second: 196 / (296 + 216 - 196) = 0.62
    (share,) = likeness(signature(STORY), np.array([signature(cut)]))
    assert abs(share - 0.62) < 0.12  # three standard errors of 128 hashes


def test_another_story_in_the_same_words_is_another():
    assert of(STORY, OTHER) == [0, 1]


def test_a_text_of_a_few_words_is_like_none():
    assert of(["a", "b"], ["a", "b"], STORY) == [0, 1, 2]


def test_every_version_of_half_a_story_is_found():
    for seed in range(40):  # the lookup by bands misses some that are less alike, none that are as much alike as this
        story = random.Random(seed).choices(WORDS, k=300)
        assert of(story, story[:180]) == [0, 0]


def test_versions_that_are_alike_by_way_of_another_are_one_story_in_any_order():
    versions = [STORY[:180], STORY[60:240], STORY[120:300], OTHER]  # the first shares a fifth with the third
    for order in itertools.permutations(range(4)):
        firsts = of(*(versions[at] for at in order))
        groups = {frozenset(order[at] for at in range(4) if firsts[at] == first) for first in firsts}
        assert groups == {frozenset({0, 1, 2}), frozenset({3})}


def test_many_copies_are_one_story():
    assert of(*[STORY] * 300, OTHER, *[STORY] * 300) == [*[0] * 300, 300, *[0] * 300]


def test_no_texts_have_no_stories():
    assert stories(np.zeros((0, 128), np.uint32)) == []
