"""Links to other stories inside a paragraph, lists of them between two, captions beside photos."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.credits import Credits, credits_in
from crawler.lines import Line, prune, read_lines, without_pointed
from crawler.pointers import is_caption, without_lead, without_tail
from crawler.tree import parsed


def texts(html: str) -> list[str]:
    lines = read_lines(parsed(f"<body>{html}</body>").find("body"))
    return [line.text for line in lines]


@pytest.mark.parametrize(
    "pointer",
    [
        "<strong>Baca juga: <a href='/x'>Lurah <em>Pasar Hulu</em> Diperiksa</a></strong>",
        "<br><strong>Baca juga: <a href='/x'>Lurah Diperiksa</a></strong>",
        "BACA JUGA : <a href='/x'>Lurah Diperiksa</a>",
        "Baca Juga <a href='/x'>Lurah Diperiksa</a>",
        "Baca juga: <a href='/x'>Lurah Diperiksa</a>, <a href='/y'>Camat Dilaporkan</a>",
        "(Baca juga: <a href='/x'>Lurah Diperiksa</a>)",
        "[BACA: <a href='/x'>Lurah Diperiksa</a>]",
        "(baca: <a href='/x'>Lurah Diperiksa</a>)",
        "<em>Simak juga: <a href='/x'>Lurah Diperiksa</a></em>",
        "Lihat juga » <a href='/x'>Lurah Diperiksa</a>",
        "Baca: <a href='/x'>Lurah Diperiksa</a>.",
        "<span>Baca berita terkait: <a href='/x'>Lurah Diperiksa</a></span>",
    ],
)
def test_pointer_behind_a_sentence_goes_with_its_link(pointer: str) -> None:
    assert texts(f"<p>Camat itu <a href='/t'>diperiksa</a>. {pointer}</p>") == [
        "Camat itu diperiksa."
    ]


def test_sentence_behind_a_pointer_stays() -> None:
    html = "<p>Camat hadir. (Baca juga: <a href='/x'>Lurah Hadir</a>) Ia datang sendiri.</p>"
    assert texts(html) == ["Camat hadir. Ia datang sendiri."]


@pytest.mark.parametrize(
    "html",
    [
        "Baca juga <a href='/x'>aturan netralitas</a> sebelum mencoblos, pesannya.",
        "Simak: <a href='/x'>tiga tahap</a> seleksi itu dimulai.",
        "Ia meminta warga baca juga: <a href='/x'>aturan netralitas</a>.",
        "Warga membaca juga: <a href='/x'>aturan</a>.",
        "“Baca juga: <a href='/x'>aturan itu</a>,” kata guru.",
        "Lihat <a href='/x'>aturan itu</a>, kata Rudi.",
        "Camat diperiksa <a href='/x'>Bawaslu</a>.",
    ],
)
def test_sentence_with_a_link_stays(html: str) -> None:
    plain = html.replace("<a href='/x'>", "").replace("</a>", "")
    assert texts(f"<p>{html}</p>") == [plain]


# the same before trafilatura reads a page whose template nobody has described


def pruned(html: str) -> str:
    tree = parsed(f"<body><h1>Camat</h1>{html}</body>")
    prune(tree)
    return " ".join("".join(tree.find("body").itertext()).removeprefix("Camat").split())


@pytest.mark.parametrize(
    "pointer",
    [
        "Baca juga: <a href='/x'>Lurah <em>Pasar</em> Diperiksa</a>",
        "Baca Juga <a href='/x'>Lurah Diperiksa</a>",
        "<br>BACA: <a href='/x'>Lurah Diperiksa</a>.",
        "(Baca juga: <a href='/x'>Lurah Diperiksa</a>)",
        "<b>Camat</b> Lihat juga » <a href='/x'>Lurah Diperiksa</a>",
        "<em>Baca Juga <a href='/x'>Lurah Diperiksa</a></em>",
    ],
)
def test_pointer_is_pruned_with_its_link(pointer: str) -> None:
    kept = "Ia hadir. Camat" if "<b>" in pointer else "Ia hadir."
    assert pruned(f"<p>Ia hadir. {pointer}</p>") == kept


@pytest.mark.parametrize(
    "html",
    [
        "Baca juga <a href='/x'>aturan</a> itu, pesannya.",
        "Simak: <a href='/x'>tiga tahap</a> seleksi itu dimulai.",
        "Warga membaca juga: <a href='/x'>aturan</a>.",
        "“Baca juga: <a href='/x'>aturan itu</a>,” kata guru.",
    ],
)
def test_sentence_with_a_link_is_not_pruned(html: str) -> None:
    plain = html.replace("<a href='/x'>", "").replace("</a>", "")
    assert pruned(f"<p>{html}</p>") == plain


def test_words_far_before_a_link_are_not_looked_at() -> None:
    before = "Baca juga:" + " " * 100_000
    assert without_lead(before, is_last=True) == before


WORDS = st.text(alphabet="abcABC “”–'.,:()[]", min_size=1, max_size=40)


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_text_without_links_loses_nothing(pieces: list[str]) -> None:
    expected = " ".join("".join(pieces).split())
    html = "".join(f"<em>{piece}</em>" for piece in pieces)
    assert texts(f"<p>{html}</p>") == [expected] * bool(expected)


def link(text: str) -> Line:
    return Line(text, link_characters=len(text))


@pytest.mark.parametrize(
    "heading",
    ["Baca Juga:", "Berita Terkait", "BERITA TERKAIT:", "Artikel Lainnya", "Simak juga:",
     "Baca berita terkait :", "Related Posts", "Rekomendasi untuk Anda"],
)  # fmt: skip
def test_list_of_other_stories_goes_with_its_heading_and_dates(heading: str) -> None:
    lines = [
        Line("A."),
        Line(heading),
        link("Debat Digelar"),
        Line("12 Oktober 2024"),
        link("Hujan"),
    ]
    assert without_pointed([*lines, Line("B.")]) == [Line("A."), Line("B.")]


def test_date_without_a_list_stays() -> None:
    lines = [Line("A."), Line("12 Oktober 2024"), link("Surat edaran")]
    assert without_pointed(lines) == lines


def test_caption_beside_a_photo_is_no_text() -> None:
    html = "<p><img src='/f.jpg'>Camat memberi arahan. (Foto: Humas)</p><p>Camat itu pulang.</p>"
    assert texts(html) == ["Camat itu pulang."]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Camat memberi arahan di pendapa. (Foto: Humas Pemkab)", True),
        ("Camat memberi arahan. Foto: Istimewa", True),
        ("Camat memberi arahan (ist)", True),
        ("Camat memberi arahan. (ANTARA FOTO/Rudi)", True),
        ("Camat memberi arahan. (antara)", False),
        ("Camat memberi arahan.", False),
        ("Camat memberi arahan (Senin).", False),
    ],
)
def test_caption_closes_with_its_credit(line: str, expected: bool) -> None:
    assert is_caption(line) is expected


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Camat itu pulang. (Foto: Humas)", "Camat itu pulang."),
        ("“Kami netral.” (Dok. Pemkab)", "“Kami netral.”"),
        ("Camat itu pulang. (Baca juga: Lurah Diperiksa)", "Camat itu pulang."),
        ("Camat itu pulang (foto: terlampir).", "Camat itu pulang (foto: terlampir)."),
        ("Ia anggota Komisi Pemilihan Umum (KPU)", "Ia anggota Komisi Pemilihan Umum (KPU)"),
        ("Ia hadir. (Foto itu beredar.)", "Ia hadir. (Foto itu beredar.)"),
    ],
)
def test_credit_of_a_photo_behind_a_paragraph_goes(paragraph: str, expected: str) -> None:
    assert without_tail(paragraph) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Laporan: tiga camat terbukti melanggar.",
        "Reporter: kami diusir dari ruang rapat.",
        "Editor: kami tidak pernah diminta menghapus berita itu.",
        "Penulis: buku itu menyebut ASN wajib netral.",
    ],
)
def test_sentence_behind_a_role_is_no_credit(line: str) -> None:
    assert credits_in(line) is None


def test_name_in_small_letters_is_a_credit() -> None:
    assert credits_in("Penulis: rina ayu lestari") == Credits(byline="rina ayu lestari")
