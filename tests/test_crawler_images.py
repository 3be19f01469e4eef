"""Which addresses are one image, which of them is fetched, what bytes are an image, what is due."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.types import LeadImage, Page
from crawler.demo.photos import photo
from crawler.image_answers import image_type, judge
from crawler.images import LONGEST, image_key, is_due, largest
from crawler.metadata import read_metadata
from crawler.tree import parsed

NOW = datetime(2026, 9, 10, 18, 30, tzinfo=UTC)
LIMIT = 5_000
UPLOADS = "https://media-uji.example/wp-content/uploads/2026/09"
BLOG = "https://blogger.googleusercontent.com/img/b/R29vZ2xl/AVvXsEh1"
PNG = photo("camat")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9"/></svg>'

# -- one image -----------------------------------------------------------------------------

SAME = {
    "WordPress's size": (f"{UPLOADS}/camat.jpg", f"{UPLOADS}/camat-150x150.jpg"),
    "WordPress's scaled": (f"{UPLOADS}/camat.jpg", f"{UPLOADS}/camat-scaled.jpg"),
    "Jetpack": (
        f"{UPLOADS}/camat.jpg",
        "https://i0.wp.com/media-uji.example/wp-content/uploads/2026/09/camat.jpg?w=640&ssl=1",
    ),
    "Jetpack's shards": (
        "https://i0.wp.com/media-uji.example/a/camat.jpg?fit=1200%2C675&ssl=1",
        "https://i2.wp.com/media-uji.example/a/camat.jpg?resize=300%2C200",
    ),
    "Blogger's folder": (f"{BLOG}/s1600/camat.jpg", f"{BLOG}/w640-h360/camat.jpg"),
    "Blogger's crop": (f"{BLOG}/s320/camat.jpg", f"{BLOG}/w1200-h630-p-k-no-nu/camat.jpg"),
    "Blogger's suffix": (f"{BLOG}=s1600", f"{BLOG}=w640-h360"),
    "no suffix": (BLOG, f"{BLOG}=s0"),
    "Blogspot's shards": (
        "https://1.bp.blogspot.com/-aB/X/s400/camat.jpg",
        "https://4.bp.blogspot.com/-aB/X/s1600/camat.jpg",
    ),
    "Tribun's shards": (
        "https://asset-2.tstatic.net/pontianak/foto/bank/images/camat.jpg",
        "https://asset-1.tstatic.net/pontianak/foto/bank/images/camat.jpg",
    ),
    "numbered shards": ("https://cdn2.tstatic.net/camat.jpg", "https://cdn.tstatic.net/camat.jpg"),
    "scheme and www": (f"{UPLOADS}/camat.jpg", f"{UPLOADS}/camat.jpg".replace("s://", "://www.")),
    "width": (f"{UPLOADS}/camat.jpg", f"{UPLOADS}/camat.jpg?width=700&quality=80"),
    "size as folder": (
        "https://asset.example.net/crops/780x390/camat.jpg",
        "https://asset.example.net/crops/320x180/camat.jpg",
    ),
    "fragment": (f"{UPLOADS}/camat.jpg", f"{UPLOADS}/camat.jpg#utama"),
}
OTHER = {
    "another file": (f"{UPLOADS}/camat.jpg", f"{UPLOADS}/camat-2.jpg"),
    "another month": (f"{UPLOADS}/camat.jpg", f"{UPLOADS}/camat.jpg".replace("/09/", "/08/")),
    "another host": (f"{UPLOADS}/camat.jpg", f"{UPLOADS}/camat.jpg".replace("media", "kabar")),
    "another id": (f"{UPLOADS}/foto.php?id=1", f"{UPLOADS}/foto.php?id=2"),
    "Blogger, another one": (f"{BLOG}=s1600", f"{BLOG}x=s1600"),
    "no Google host": ("https://media-uji.example/s1600/a.jpg", "https://media-uji.example/a.jpg"),
    "numbered outlets": ("https://kabar1.example.net/a.jpg", "https://kabar2.example.net/a.jpg"),
    "two names of one network": ("https://img1.example/a.jpg", "https://img2.example/a.jpg"),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_sizes_and_copies_are_one_image(pair: tuple[str, str]) -> None:
    assert image_key(pair[0]) == image_key(pair[1])


@pytest.mark.parametrize("pair", OTHER.values(), ids=OTHER)
def test_other_images_stay_apart(pair: tuple[str, str]) -> None:
    assert image_key(pair[0]) != image_key(pair[1])


LARGEST = {
    "original before a size": (f"{UPLOADS}/camat-300x200.jpg", f"{UPLOADS}/camat.jpg", 1),
    "scaled before a size": (f"{UPLOADS}/camat-1024x683.jpg", f"{UPLOADS}/camat-scaled.jpg", 1),
    "original before scaled": (f"{UPLOADS}/camat.jpg", f"{UPLOADS}/camat-scaled.jpg", 0),
    "larger size": (f"{BLOG}/s320/camat.jpg", f"{BLOG}/s1600/camat.jpg", 1),
    "original of Google": (f"{BLOG}=w1200-h630", f"{BLOG}=s0", 1),
    "own host before Jetpack": (
        "https://i0.wp.com/media-uji.example/a/camat.jpg",
        "https://media-uji.example/a/camat.jpg",
        1,
    ),
    "https": ("http://media-uji.example/camat.jpg", "https://media-uji.example/camat.jpg", 1),
    "the best source's image": (f"{UPLOADS}/camat-300x200.jpg", f"{UPLOADS}/logo.png", 0),
}


@pytest.mark.parametrize("case", LARGEST.values(), ids=LARGEST)
def test_largest_form_of_the_first_image_is_taken(case: tuple[str, str, int]) -> None:
    assert largest(case[:2]) == case[case[2]]


def test_no_address_is_no_image() -> None:
    assert largest([]) == ""


def test_page_that_offers_a_thumbnail_and_the_original_names_the_original() -> None:
    html = (
        '<html><head><script type="application/ld+json">{"@type": "NewsArticle", "headline": "A",'
        f'"image": ["{UPLOADS}/camat-150x150.jpg", "{UPLOADS}/camat-768x432.jpg"]}}</script>'
        f'<meta property="og:image" content="{UPLOADS}/camat.jpg">'
        f'<meta name="twitter:image" content="{UPLOADS}/logo.png"></head><body></body></html>'
    )
    assert read_metadata(parsed(html), "https://media-uji.example/a/").image_url == (
        f"{UPLOADS}/camat.jpg"
    )


ADDRESSES = st.one_of(
    st.text(max_size=60),
    st.builds(
        "https://{}.{}/{}".format,
        st.sampled_from(["i0", "asset-2", "1.bp", "www", "[::1", "img9"]),
        st.sampled_from(["wp.com", "tstatic.net", "blogspot.com", "example", "ggpht.com"]),
        st.text("abs01x-=/?&.%2w", max_size=30),
    ),
)


@given(ADDRESSES)
@example("https://i0.wp.com/[")
@example("https://i0.wp.com/i0.wp.com/i0.wp.com/a.jpg")
def test_any_address_has_a_key(address: str) -> None:
    assert image_key(address) == image_key(address)
    assert largest([address]) == address


@given(st.lists(ADDRESSES, min_size=1, max_size=6))
def test_largest_is_a_form_of_the_first(addresses: list[str]) -> None:
    chosen = largest(addresses)
    assert chosen in addresses
    assert image_key(chosen) == image_key(addresses[0])


@given(st.integers(10, 9999), st.integers(10, 9999), st.sampled_from(["jpg", "jpeg", "png"]))
def test_every_size_of_wordpress_is_the_same_image(width: int, height: int, kind: str) -> None:
    assert image_key(f"{UPLOADS}/a-{width}x{height}.{kind}") == image_key(f"{UPLOADS}/a.{kind}")


# -- bytes ---------------------------------------------------------------------------------

TYPES = {
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "image/png": PNG,
    "image/gif": b"GIF89a\x01\x00",
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "image/avif": b"\0\0\0\x1cftypavif\0\0",
    "image/heic": b"\0\0\0\x1cftypheic\0\0",
    "image/tiff": b"II*\0\x08\0",
    "image/bmp": b"BM\x9a\0\0\0\0\0\0\0\x1a",
    "image/x-icon": b"\0\0\x01\0\x01\0",
    "image/jxl": b"\xff\x0a\xfa\x7f",
    "image/svg+xml": SVG,
}
NO_IMAGES = {
    "empty": b"",
    "HTML": b"<!DOCTYPE html><html><title>Login</title></html>",
    "HTML with a drawing in it": b"<!DOCTYPE html><html><body>" + SVG + b"</body></html>",
    "PDF": b"%PDF-1.4\n",
    "video": b"\0\0\0\x1cftypmp42\0\0",
    "sound": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "text": b"BM adalah singkatan dari bahasa Melayu",
}


@pytest.mark.parametrize("name", TYPES)
def test_first_bytes_tell_the_type(name: str) -> None:
    assert image_type(TYPES[name]) == name


@pytest.mark.parametrize("body", NO_IMAGES.values(), ids=NO_IMAGES)
def test_other_bytes_are_no_image(body: bytes) -> None:
    assert image_type(body) == ""


DRAWN = {
    "declaration": b'<?xml version="1.0" encoding="UTF-8"?>\n',
    "comment": b"<!-- gambar -->\n<!-- a > b -->",
    "doctype": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [<!ENTITY a "b">]>',
    "byte order mark": b"\xef\xbb\xbf \n",
}


@pytest.mark.parametrize("before", DRAWN.values(), ids=DRAWN)
def test_drawing_is_an_image_whatever_stands_before_it(before: bytes) -> None:
    assert image_type(before + SVG) == "image/svg+xml"


@given(st.binary(max_size=200) | st.text("<!->svg \n?xml", max_size=60).map(str.encode))
def test_any_bytes_have_a_type_or_none(body: bytes) -> None:
    assert image_type(body) == "" or image_type(body).startswith("image/")


def page(body: bytes = PNG, **values: object) -> Page:
    made: dict[str, object] = {
        "url": f"{UPLOADS}/camat.jpg",
        "status": 200,
        "body": body,
        "fetched_at": NOW,
        "headers": ((b"Content-Type", b"image/jpeg"),),
    }
    return Page(**(made | values))  # type: ignore[arg-type]


LENGTH = ((b"Content-Length", b"7000"),)
ENDLESS = ((b"Content-Length", b"9" * 40),)
GZIP = ((b"Content-Encoding", b"gzip"),)
CHALLENGE = b"<html><title>Just a moment...</title></html>"
ANSWERS = {
    "an image": (page(), "kept", len(PNG)),
    "a gzipped drawing": (page(gzip.compress(SVG), headers=GZIP), "kept", 0),
    "not found": (page(b"", status=404), "missing", 0),
    "gone": (page(PNG, status=410), "missing", 0),
    "HTML called an image": (page(NO_IMAGES["HTML"]), "not-an-image", 0),
    "nothing": (page(b""), "not-an-image", 0),
    "a gzipped bomb": (page(gzip.compress(SVG + bytes(99_999)), headers=GZIP), "not-an-image", 0),
    "announced too large": (page(b"", truncated="length", headers=LENGTH), "too-large", 7000),
    "grown too large": (page(bytes(LIMIT), truncated="length"), "too-large", LIMIT + 1),
    "a lie about its length": (page(b"", truncated="length", headers=ENDLESS), "too-large", 5001),
    "too large in a recording": (page(PNG + bytes(LIMIT)), "too-large", len(PNG) + LIMIT),
    "cut": (page(PNG[:50], truncated="disconnect"), "error", 0),
    "an error": (page(PNG, status=503), "error", 0),
    "forbidden": (page(b"", status=403), "error", 0),
    "a challenge": (page(CHALLENGE), "error", 0),
    "nowhere": (page(b"", status=302), "error", 0),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_is_called_what_it_is(name: str) -> None:
    answered, outcome, size = ANSWERS[name]
    told = judge([answered], limit=LIMIT)
    assert (told.outcome, bool(told.detail)) == (outcome, outcome != "kept")
    assert told.bytes == size or (not size and outcome == "kept")


def test_last_answer_of_a_chain_counts() -> None:
    moved = page(b"", status=301)
    assert judge([moved, page()], limit=LIMIT).media_type == "image/png"


# -- due -----------------------------------------------------------------------------------

URL = f"{UPLOADS}/camat.jpg"


def known(outcome: str, *, url: str = URL, hours: float = 24, **values: object) -> LeadImage:
    made: dict[str, object] = {
        "story_id": "a",
        "url": url,
        "outcome": outcome,
        "fetched_at": NOW - timedelta(hours=hours),
    }
    return LeadImage(**(made | values))  # type: ignore[arg-type]


DUE = {
    "never asked": ([], True),
    "kept": ([known("kept")], False),
    "kept in another size": ([known("kept", url=f"{UPLOADS}/camat-150x150.jpg")], False),
    "another one is kept": ([known("kept", url=f"{UPLOADS}/lurah.jpg")], True),
    "another size was missing": ([known("missing", url=f"{UPLOADS}/camat-9x16.jpg")], True),
    "missing": ([known("missing")], False),
    "no image": ([known("not-an-image")], False),
    "refused": ([known("refused")], False),
    "failed last night": ([known("error")], True),
    "failed an hour ago": ([known("error", hours=1)], False),
    "failed twice": ([known("error", tries=2)], True),
    "failed three times": ([known("error", tries=3)], False),
    "too large": ([known("too-large", bytes=LIMIT + 1)], False),
    "too large for the limit of that day": ([known("too-large", bytes=LIMIT)], True),
    "the fifth": ([known("kept", url=f"{UPLOADS}/{n}.jpg") for n in range(4)], True),
    "another one every time": ([known("kept", url=f"{UPLOADS}/{n}.jpg") for n in range(5)], False),
}


@pytest.mark.parametrize("case", DUE.values(), ids=DUE)
def test_image_is_asked_for_when_it_may_be_had(case: tuple[list[LeadImage], bool]) -> None:
    before, expected = case
    assert is_due(URL, before, limit=LIMIT, now=NOW) is expected


def test_endless_address_is_no_image() -> None:
    address = f"https://media-uji.example/{'a' * LONGEST}.jpg"
    assert not is_due(address, [], limit=LIMIT, now=NOW)
