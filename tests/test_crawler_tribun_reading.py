"""Pages of the Tribun Network as an editor reads them, and whose stories they say they are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import FETCHED_AT, as_json, outlet_and_rules, page_of, reading_of

from archive.types import Article, Outlet, Page
from crawler.datelines import dateline_of
from crawler.demo import NIGHTS, NewsroomConfig
from crawler.demo.editions import Edition, edition
from crawler.demo.nights import Post, evenings
from crawler.demo.reply import Asked
from crawler.demo.tribun import tribun_answer
from crawler.demo.tribun_sites import TRIBUN
from crawler.extract import extract
from crawler.names import Names
from crawler.paging import part_urls, story_start
from crawler.sources import is_said, source_of
from crawler.tribun_rules import TRIBUN_RULES

CONFIG = NewsroomConfig(today=date(2026, 9, 10))
AFTER = datetime(2026, 9, 20, tzinfo=UTC)
GENUINE = Path(__file__).parents[2] / "shared" / "pages" / "tribunnews_2020-05-04_pendidikan.html"
PAGES = Path(__file__).parent / "pages"
PLACE = (
    "https://www.tribunnews.com/pendidikan/2020/05/04/jawaban-soal-apa-dampak-negatif-jika-"
    "menunda-pekerjaan-belajar-dari-rumah-sma-di-tvri"
)
PONTIANAK = Names(outlet_and_rules("tribun-pontianak")[0])
MAKASSAR = Names(outlet_and_rules("tribun-makassar")[0])


def shown(slug: str, night: int = 1) -> Edition:
    site = next(site for site in TRIBUN if site.outlet.slug == slug)
    return edition(site, CONFIG, night, moments=evenings(CONFIG.today))


def fetched(url: str, of: Edition, *, views: int = 0) -> Page:
    parts = urlsplit(url)
    asked = Asked(host=parts.netloc, path=parts.path, query=parts.query, views=views)
    reply = tribun_answer(of, asked, CONFIG)
    assert reply.status == 200
    headers = tuple((name.encode(), value.encode()) for name, value in reply.headers)
    return Page(url=url, status=200, body=reply.body, headers=headers, fetched_at=AFTER)


def read(*pages: Page, of: Edition) -> Article:
    return extract(pages, rules=TRIBUN_RULES, outlet=of.site.outlet).article


def in_parts(url: str, of: Edition, *, views: int = 0) -> list[Page]:
    first = fetched(url, of, views=views)
    further = part_urls(first.body.decode(), url)
    return [first, *(fetched(part, of, views=views) for part in further)]


def stories_of(slug: str, night: int) -> Iterator[tuple[str, Post]]:
    live = shown(slug, night).live
    return ((f"{shown(slug, night).site.outlet.url}{post.path}", post) for post in live)


def said(article: Article) -> tuple[object, ...]:
    return (
        article.headline,
        article.text,
        article.byline,
        article.editor,
        article.published_at,
        article.source,
    )


def true(post: Post) -> tuple[object, ...]:
    text = f"{post.dateline} - " + "\n\n".join(post.paragraphs)
    return (post.headline, text, post.byline, post.editor, post.published_at, post.source)


# the newsroom's pages


@pytest.mark.parametrize("night", range(1, NIGHTS + 1))
@pytest.mark.parametrize("slug", [site.outlet.slug for site in TRIBUN])
def test_every_story_reads_as_it_was_written(slug: str, night: int) -> None:
    of = shown(slug, night)
    read_as = {url: said(read(*in_parts(url, of), of=of)) for url, _ in stories_of(slug, night)}
    assert read_as == {url: true(post) for url, post in stories_of(slug, night)}


@pytest.mark.parametrize("slug", [site.outlet.slug for site in TRIBUN])
def test_page_by_page_all_at_once_and_amp_are_one_text(slug: str) -> None:
    of = shown(slug)
    amp = of.site.outlet.url.replace("www.", "m.") + "/amp"
    for url, post in ((url, post) for url, post in stories_of(slug, 1) if len(post.pages) > 1):
        whole = said(read(fetched(f"{url}?page=all", of), of=of))
        assert said(read(*in_parts(url, of), of=of)) == whole
        assert said(read(fetched(amp + post.path, of), of=of)) == whole
        assert len(in_parts(url, of)) == len(post.pages)


def test_a_later_visit_to_the_same_story_is_the_same_article() -> None:
    of = shown("tribun-pontianak")
    for url, _ in stories_of("tribun-pontianak", 1):
        first, later = (read(*in_parts(url, of, views=views), of=of) for views in (1, 40))
        assert first == later


@pytest.mark.parametrize("number", [2, 3])
def test_a_later_part_leads_back_to_the_start_of_its_story(number: int) -> None:
    of = shown("tribunnews")
    url = next(url for url, post in stories_of("tribunnews", 1) if len(post.pages) == 3)
    page = fetched(f"{url}?page={number}", of)
    assert story_start(page.body.decode(), page.url) == url


def test_printed_dates_are_of_the_editions_zone() -> None:
    of = shown("tribun-makassar")
    url = next(url for url, _ in stories_of("tribun-makassar", 1) if "asn-pemprov" in url)
    article = read(fetched(url, of), of=of)
    assert article.published_text == "Rabu, 9 September 2026 00:35 WITA"
    assert article.published_at == datetime(2026, 9, 8, 16, 35, tzinfo=UTC)
    assert article.published_zone == "Asia/Makassar"


def test_a_kicker_is_no_headline_and_the_tags_are_those_printed() -> None:
    of = shown("tribun-pontianak")
    url = next(url for url, _ in stories_of("tribun-pontianak", 1) if "bawaslu-mempawah" in url)
    article = read(fetched(url, of), of=of)
    assert article.headline == "Bawaslu Mempawah Periksa Kabid yang Hadiri Syukuran Calon"
    assert article.tags == ("netralitas asn", "bawaslu mempawah")
    assert article.section == "Mempawah"
    assert article.image_url.startswith("https://asset-2.tstatic.net/pontianak/foto/bank/images/")


def test_a_last_part_that_links_to_the_first_alone_leads_there() -> None:
    html = (PAGES / "tribun-pontianak" / "2026-07-24-dua-pegawai-samsat.2.html").read_text("utf-8")
    url = (
        "https://pontianak.tribunnews.com/2026/07/24/"
        "dua-pegawai-samsat-sintang-diperiksa-karena-bagikan-kaus-calon-bupati"
    )
    assert story_start(html, f"{url}?page=2") == url
    assert part_urls(html, f"{url}?page=2") == (f"{url}?page=2",)


# a genuine page


@pytest.mark.skipif(not GENUINE.exists(), reason="the genuine page lies beside the project only")
def test_the_genuine_page_of_2020_reads_as_an_editor_reads_it() -> None:
    outlet, rules = outlet_and_rules("tribunnews")
    page = page_of(GENUINE.read_bytes(), PLACE)
    known = as_json(reading_of(page, outlet=outlet, rules=rules))
    text = known.pop("text")
    assert text[0].startswith("TRIBUNNEWS.COM - Berikut ini jawaban soal 'menurutmu apa dampak")
    assert [len(line.split()) for line in text] == [22, 6, 10, 6, 6, 32, 15, 1, 8, 4]
    assert text[-1] == "Salah satunya adalah depresi."
    assert known == {
        "headline": "Jawaban Soal Apa Dampak Negatif Jika Menunda Pekerjaan, Belajar dari Rumah "
        "SMA di TVRI",
        "byline": "Muhammad Renald Shiftanto",
        "editor": "Sri Juliati",
        "dateline": "",
        "published_text": "Senin, 4 Mei 2020 04:25 WIB",
        "published_at": "2020-05-03T21:25:13+00:00",
        "published_zone": "Asia/Jakarta",
        "modified_at": "2020-05-03T21:25:13+00:00",
        "section": "Pendidikan",
        "tags": [
            "jawaban soal",
            "Jawaban Soal TVRI",
            "Belajar dari RUmah SMA",
            "belajar dari rumah",
            "TVRI",
        ],
        "image_url": "https://cdn2.tstatic.net/tribunnews/foto/bank/images/"
        "belajar-dari-rumah-990932567.jpg",
        "language": "id",
        "source": "TribunSolo.com",
        "canonical": PLACE,
        "platform_id": "",
    }


@pytest.mark.skipif(not GENUINE.exists(), reason="the genuine page lies beside the project only")
def test_the_genuine_page_leads_to_its_three_further_parts() -> None:
    html = GENUINE.read_text(encoding="utf-8")
    assert part_urls(html, PLACE) == tuple(f"{PLACE}?page={number}" for number in (2, 3, 4))
    assert story_start(html, f"{PLACE}?page=3") == PLACE


# whose story it is


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Sumber: TribunSolo.com", "TribunSolo.com"),
        ("Sumber : Tribun Jateng", "Tribun Jateng"),
        ("(Sumber: Kompas.com)", "Kompas.com"),
        ("Sumber: kompas.com/regional", "kompas.com/regional"),
        ("Sumber berita: Antara", "Antara"),
        ("Sumber: LKBN Antara", "LKBN Antara"),
        ("Sumber: Banjarmasin Post", "Banjarmasin Post"),
        ("Sumber: bali.tribunnews.com.", "bali.tribunnews.com"),
        (
            "Artikel ini telah tayang di TribunJatim.com dengan judul Camat Diperiksa",
            "TribunJatim.com",
        ),
        ("Berita ini sudah tayang di Tribun Solo.", "Tribun Solo"),
    ],
)
def test_a_line_that_names_an_outlet_tells_the_source(line: str, source: str) -> None:
    assert source_of(line, MAKASSAR) == source


@pytest.mark.parametrize(
    "line",
    [
        "Sumber: BPS Kota Ambon",
        "Sumber: Dinas Kesehatan",
        "Sumber: istimewa",
        "Sumber: wawancara dengan Camat Sungai Rebung",
        "Sumber air bersih di Tribun Utara mengering.",
        "Sumber kami di Kompas.com membantah kabar itu.",
        "Sumber: kantor berita itu menyebut antara lain tiga nama",
        "Ia membaca kabar itu di TribunSolo.com, Rabu pagi.",
        "Artikel ini telah tayang di koran pagi dan ditempel di balai desa",
        "Penonton memenuhi tribun timur stadion.",
        "Sumber:",
        "",
    ],
)
def test_a_line_that_names_no_outlet_tells_none(line: str) -> None:
    assert source_of(line, MAKASSAR) == ""


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Sumber: TribunPontianak.co.id", PONTIANAK),
        ("Sumber: Tribun Pontianak", PONTIANAK),
        ("Artikel ini telah tayang di tribun-timur.com dengan judul Camat Diperiksa", MAKASSAR),
        ("Sumber: makassar.tribunnews.com", MAKASSAR),
    ],
)
def test_the_outlet_itself_is_no_source(line: str, names: Names) -> None:
    assert source_of(line, names) == ""
    assert is_said(line, names) == ""


def test_where_the_template_names_sources_a_newspaper_may_be_called_anything() -> None:
    assert is_said("Sumber: Warta Kota", PONTIANAK) == "Warta Kota"
    assert is_said("Sumber: Serambi Indonesia", PONTIANAK) == "Serambi Indonesia"
    assert is_said("Editor: Sri Juliati", PONTIANAK) == ""
    assert is_said("Sumber: dari berbagai laporan warga", PONTIANAK) == ""


@given(st.text(max_size=200))
def test_any_line_can_be_asked_for_its_source(line: str) -> None:
    source = source_of(line, MAKASSAR)
    assert source == "" or source in line


@given(st.text(st.sampled_from("Sumber: TriBun.co/-( )\n"), max_size=60))
def test_a_line_much_like_one_that_names_a_source_can_be_asked_too(line: str) -> None:
    source = source_of(line, MAKASSAR)
    assert source == source.strip()
    assert source in line


def page(tail: str) -> str:
    paragraph = "Camat Sungai Rebung diperiksa karena hadir dalam acara calon bupati. " * 4
    return (
        "<html><head><title>Camat Diperiksa</title></head><body><h1>Camat Diperiksa</h1>"
        f"<div class='entry-content'><p>{paragraph}</p><p>{paragraph}</p>{tail}</div></body></html>"
    )


def test_the_line_that_names_the_source_leaves_the_text_at_any_outlet() -> None:
    article = reading_of(page("<p>Sumber: TribunSolo.com</p>")).article
    assert article.source == "TribunSolo.com"
    assert "Sumber" not in article.text
    assert article.text == reading_of(page("")).article.text


def test_a_paragraph_that_begins_like_a_source_stays() -> None:
    line = "Sumber: demikian jawaban camat ketika ditanya dari mana dana kampanye itu berasal."
    article = reading_of(page(f"<p>{line}</p>")).article
    assert article.source == ""
    assert article.text.endswith(line)


def test_a_story_without_a_source_has_none() -> None:
    assert reading_of(page("<p>Laporan sudah diterima.</p>")).article.source == ""


# names


@pytest.mark.parametrize(
    ("paragraph", "place"),
    [
        ("TRIBUN-TIMUR.COM, MAKASSAR - Bawaslu memeriksa camat.", "Makassar"),
        ("TRIBUN-TIMUR.COM, GOWA - Bawaslu memeriksa camat.", "Gowa"),
        ("TRIBUN-TIMUR.COM - Bawaslu memeriksa camat.", ""),
        ("TRIBUNPONTIANAK.CO.ID, KUBU RAYA - Bawaslu memeriksa camat.", "Kubu Raya"),
    ],
)
def test_the_city_an_edition_is_named_after_is_a_place(paragraph: str, place: str) -> None:
    assert dateline_of(paragraph, MAKASSAR)[0] == place


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://makassar.tribunnews.com", False),
        ("https://www.makassar.co.id", True),
        ("https://makassar.com", True),
        ("https://makassar.go.id", True),
        ("https://makassar.blogspot.com", True),
    ],
)
def test_the_first_word_of_a_host_is_a_masthead_unless_it_is_a_subdomain(
    url: str, is_own: bool
) -> None:
    outlet = Outlet(slug="uji", name="Media Uji", url=url)
    assert Names(outlet).is_outlet("Makassar") is is_own


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Penulis: Ferdi Asmara", "Ferdi Asmara"),
        ("Tribun Jateng, Imam Saptono", "Imam Saptono"),
        ("Tribunnews", ""),
        ("TribunSolo.com", ""),
    ],
)
def test_an_edition_is_nobody(text: str, people: str) -> None:
    assert PONTIANAK.people(text) == people


def test_every_edition_reads_by_the_networks_rules() -> None:
    assert FETCHED_AT.tzinfo is UTC
    read_by = {outlet_and_rules(slug)[1] for slug in ("tribunnews", "tribun-makassar")}
    assert read_by == {TRIBUN_RULES}
