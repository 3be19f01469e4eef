"""What pages on Blogger need of a reader: their marks, captions in brackets, who signs a story."""

import pytest
from reading import MEDIA_UJI, page_of, reading_of

from crawler.glance import is_longer
from crawler.lines import Line, without_pointed
from crawler.metadata import read_metadata
from crawler.rules import Rules, is_noise
from crawler.tree import parsed

URL = "https://media-uji.example/2024/10/camat-diperiksa.html"
LEAD = "Bawaslu memeriksa seorang camat yang diduga tidak netral dalam pilkada kabupaten itu."
MORE = "Camat itu hadir di kampanye pasangan calon dan mengajak warga memilih calon bupati."
TEXT = f"<p>{LEAD}</p><p>{MORE}</p>"
STAMP = "<abbr class='published' title='{}'>18.31</abbr>"
COMMENTS = "<link rel='alternate' href='https://media-uji.example/feeds/{}/comments/default'/>"


def story(text: str = TEXT, *, head: str = "", foot: str = "") -> str:
    return (
        f"<html><head><title>Camat Diperiksa Bawaslu Kabupaten</title>{head}</head><body>"
        "<h1 class='post-title'>Camat Diperiksa Bawaslu Kabupaten</h1>"
        f"<div class='post-body entry-content'>{text}</div>{foot}</body></html>"
    )


# the date and the number of a post


def test_date_of_hatom_is_the_publication() -> None:
    foot = STAMP.format("2024-10-15T18:31:00+07:00")
    found = reading_of(page_of(story(foot=foot), URL)).article.published_at
    assert found is not None
    assert found.isoformat() == "2024-10-15T11:31:00+00:00"


def test_dates_of_several_stories_are_nobodys() -> None:
    stamps = ("2024-10-15T18:31:00+07:00", "2024-10-11T09:00:00+07:00")
    foot = "".join(map(STAMP.format, stamps))
    assert read_metadata(parsed(story(foot=foot)), URL).published == ()


BLOG, POST = "<meta content='{}' itemprop='blogId'/>", "<meta content='{}' itemprop='postId'/>"
NUMBERS = {
    "feed of comments": (COMMENTS.format(815), "blogger:815"),
    "microdata": (BLOG.format(42) + POST.format(815), "blogger:815"),
    "both": (COMMENTS.format(815) + BLOG.format(42) + POST.format(815), "blogger:815"),
    "several": (BLOG.format(42) + POST.format(815) + POST.format(816), ""),
    "no blog": (POST.format(815), ""),
    "feed of all posts": ("<link rel='alternate' href='/feeds/posts/default'/>", ""),
}


@pytest.mark.parametrize(("marks", "number"), NUMBERS.values(), ids=NUMBERS)
def test_number_of_a_post_is_read_where_all_marks_agree(marks: str, number: str) -> None:
    assert reading_of(page_of(story(head=marks), URL)).platform_id == number


# captions, pointers


@pytest.mark.parametrize(
    "line",
    [
        "[Foto : Ketua Bawaslu saat memberi keterangan]",
        "[Foto: Istimewa]",
        "[Ilustrasi]",
        "[Dok. Jurnaljawapes.com]",
        "(Foto : Istimewa)",
    ],
)
def test_caption_in_brackets_is_no_text(line: str) -> None:
    assert is_noise(line, rules=Rules())


@pytest.mark.parametrize(
    "line",
    [
        "[Foto] itu beredar luas, kata Ketua Bawaslu kepada wartawan.",
        "Foto bersama itu diambil sebelum masa kampanye.",
        "“[Ilustrasi] semacam itu tidak perlu,” katanya.",
    ],
)
def test_sentence_about_a_photo_is_text(line: str) -> None:
    assert not is_noise(line, rules=Rules())


def _link(text: str) -> Line:
    return Line(text, link_characters=len(text))


def test_links_under_a_pointer_go_with_it() -> None:
    lines = [Line("A."), Line("Baca Juga :"), _link("Debat Digelar"), _link("Hujan"), Line("B.")]
    assert without_pointed(lines) == [Line("A."), Line("B.")]


def test_link_without_a_pointer_stays() -> None:
    lines = [Line("A."), _link("Surat edaran itu"), Line("B.")]
    assert without_pointed(lines) == lines


# who wrote it

ACCOUNT = (
    "<script type='application/ld+json'>"
    '{"@type": "BlogPosting", "author": {"@type": "Person", "name": "Jumali Pratikno"}}</script>'
)


@pytest.mark.parametrize(("signed", "byline"), [(True, "Rachmat"), (False, "Jumali Pratikno")])
def test_name_in_brackets_goes_before_the_account_where_rules_say_so(
    signed: bool, byline: str
) -> None:
    page = page_of(story(f"{TEXT}<p>(Rachmat)</p>", head=ACCOUNT), URL)
    article = reading_of(page, rules=Rules(signed=signed)).article
    assert article.byline == byline
    assert "Rachmat" not in article.text


def test_account_is_named_where_nobody_signs() -> None:
    page = page_of(story(head=ACCOUNT), URL)
    assert reading_of(page, rules=Rules(signed=True)).article.byline == "Jumali Pratikno"


@pytest.mark.parametrize("place", ["Pasuruan", "Kota Batu", "Probolinggo"])
def test_place_stands_before_the_masthead(place: str) -> None:
    text = f"<p><b>{place} | Media-uji.example.com - </b>{LEAD}</p><p>{MORE}</p>"
    assert reading_of(page_of(story(text), URL), outlet=MEDIA_UJI).article.dateline == place


# is the feed's content whole


LONG = "".join(
    f"<p>Kalimat nomor {n} menceritakan jalannya rapat di balai desa.</p>" for n in range(9)
)


def test_page_of_the_same_text_is_no_longer() -> None:
    page = story(f"{LONG}<div>12 kali berita ini telah dibaca</div>")
    assert not is_longer(page, LONG, Rules())


def test_page_that_goes_on_is_longer() -> None:
    assert is_longer(story(LONG), LONG[: len(LONG) // 4], Rules())


def test_page_without_a_known_text_may_be_longer() -> None:
    assert is_longer("<html><body><p>Halaman lain</p></body></html>", LONG, Rules())
