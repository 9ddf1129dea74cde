"""Every advice that a message gives is followed by a test, and none is followed that is gone."""

from tests.messages.advice import followed, given


def test_every_advice_is_followed():
    known = followed()
    missing = [
        f"{place}: {text}"
        for place, text in given().items()
        if not any(words in text for words in known)
    ]
    assert not missing, "\n".join(
        ['no test has the mark `@pytest.mark.follows("words of the message")` for', *missing]
    )


def test_what_is_followed_is_still_advised():
    texts = list(given().values())
    assert [words for words in followed() if not any(words in text for text in texts)] == []
