"""Which addresses become links, and what is read of them."""

import pytest

from bot.message import Run
from bot.views.buttons import address


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("https://www.example.com/a-b/2022?x=1&y=%20#z", "example.com"),
        ("http://news.example.co.uk", "news.example.co.uk"),
        ("https://example.com:8443/x", "example.com:8443"),
        ("https://example.com/#:~:text=a%2Cb", "example.com"),
    ],
)
def test_a_web_address_is_a_link_as_it_stands_and_shows_its_host(url, label):
    assert address(url) == Run(label, "link", url)


def test_letters_outside_ascii_are_encoded_host_and_path_apart():
    assert address("https://bücher.example/straße?q=ü%20x") == Run(
        "xn--bcher-kva.example", "link", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC%20x"
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "tg://resolve?domain=x",
        "ftp://example.com/x",
        "https://user:pass@example.com/",
        "https://example.com@evil.example/",
        "https://exa\x00mple.com/",
        "https://example.com/a\u202eb\u0085",
        "https://example.com/a b",
        "https://example.com/\\evil.example",
        'https://example.com/"onclick=x',
        "https://example.com:port/",
        "https://[::1/",
        "https://",
        "//example.com/x",
        "example.com/x",
        "https://example.com/" + "x" * 2048,
        "https://" + "ü" * 80 + ".example/",
    ],
)
def test_what_is_no_safe_web_address_is_shown_in_a_style_that_telegram_makes_no_link_of(url):
    assert address(url) == Run(url, "code")
