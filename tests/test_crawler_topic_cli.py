"""`kliping topic explain` and `kliping topic test`: why, and how often right."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from archive_rows import three_nights

from archive.errors import ConfigError
from archive.settings_file import settings_file
from crawler.topic import Topic
from crawler.topics.account import account, told
from crawler.topics.trial import labelled, try_topic
from scheduler.cli import main

CAMAT = "https://media-uji.example/camat"
YES = {"title": "ASN tidak netral", "text": "Laporan pilkada.", "label": "yes"}
NO = {"title": "Hujan", "text": "Banjir di kota.", "label": "no"}
WRONG = {"title": "Hujan di kota", "text": "Banjir.", "label": "yes", "id": "w-1", "hard": True}
FLOOD = """
name = "banjir"
version = 1
[groups]
flood = ["banjir"]
[[rules]]
name = "banjir"
groups = ["flood"]
weight = 0.8
"""


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `kliping topic …` in an empty folder: exit code, what it printed and complained."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kliping.toml").write_text(settings_file(), encoding="utf-8")

    def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kliping", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


def lines_in(folder: Path, *stories: Any) -> str:
    path = folder / "cerita.jsonl"
    lines = [one if isinstance(one, str) else json.dumps(one) for one in stories]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


# ------------------------------------------------------------------------------------- explain


def test_text_is_explained(ask: Any) -> None:
    code, out, _ = ask("topic", "explain", "--text", "-", typed="ASN tidak netral\n\nPilkada dekat")
    assert code == 0
    assert out.startswith("on topic: score 0.60, needs 0.42 (netralitas-asn/2/")
    assert "+0.60  netralitas, in the headline: 'ASN' at 0, 'netral' at 10" in out


def test_explanation_as_json_has_each_span_with_rule_and_place(ask: Any) -> None:
    code, out, _ = ask(
        "topic", "explain", "--text", "-", "--json", typed="Jelang pilkada\n\nASN tidak netral."
    )
    given = json.loads(out)
    assert (code, given["on_topic"], given["score"]) == (0, True, 0.6)
    [counted] = given["counted"]
    assert (counted["rule"], counted["place"], counted["sentence"]) == ("netralitas", "lead", 1)
    assert [(word["text"], word["start"]) for word in counted["words"]] == [
        ("ASN", 16),
        ("netral", 26),
    ]
    assert given["label"] is None


def test_rule_nearly_met_is_named_with_what_was_missing(ask: Any) -> None:
    _, out, _ = ask("topic", "explain", "--text", "-", typed="Warga diminta netral di pilkada")
    assert out.startswith("off topic: score 0.00")
    assert "netralitas, but no civil_servant near: 'netral' at 14" in out


def test_what_did_not_suffice_is_no_reason(ask: Any) -> None:
    asked = ("topic", "explain", "--text", "-", "--topic", "banjir.toml")
    weak = FLOOD.replace("0.8", "0.3")
    Path("banjir.toml").write_text(weak, encoding="utf-8")
    _, out, _ = ask(*asked, typed="Banjir")
    verdict, found, counted = out.splitlines()
    assert verdict.startswith("off topic: score 0.30, needs 0.50 (banjir/1/")
    assert found == "  these rules were met, but that is 0.20 too little:"
    assert counted == "  +0.30  banjir, in the headline: 'Banjir' at 0"
    assert json.loads(ask(*asked, "--json", typed="Banjir")[1])["short"] == 0.2


def test_nothing_found_is_said() -> None:
    lines = list(told(account(Topic.load(), "Hujan di kota", "Jalan banjir.")))
    assert "  no rule that speaks for the topic was met" in lines


def test_words_without_what_the_topic_requires_count_for_nothing() -> None:
    lines = list(told(account(Topic.load(), "ASN diminta tetap netral", "")))
    assert "  so nothing counts; these rules would have counted otherwise:" in lines
    assert any(line.startswith("  +0.") for line in lines)


def test_rule_cancelled_by_another_subject_is_named() -> None:
    given = account(Topic.load(), "Camat dan prajurit netral di pilkada", "")
    assert "police in the sentence" in {near.why for near in given.nearly}


def test_doubt_is_shown_with_its_sign() -> None:
    lines = list(told(account(Topic.load(), "Gaji ASN naik jelang pilkada", "")))
    assert any(line.startswith("  -0.") for line in lines)


def test_missing_group_is_named() -> None:
    lines = list(told(account(Topic.load(), "ASN diminta tetap netral", "")))
    assert lines[1] == "  the story holds no word of election, which the topic requires"


def test_archived_story_is_explained_with_the_label_of_a_person(ask: Any, tmp_path: Path) -> None:
    three_nights(tmp_path / "kliping-data").archive.close()
    assert "score" in ask("topic", "explain", CAMAT)[1]
    by = ("--by", "Rina Ayu", "--reason", "Beritanya soal kepala desa")
    ask("label", CAMAT, "topic", "no", *by)
    code, out, _ = ask("topic", "explain", CAMAT)
    assert code == 0
    assert out.startswith("Rina Ayu says no, which holds: Beritanya soal kepala desa; the machine")
    assert json.loads(ask("topic", "explain", CAMAT, "--json")[1])["label"]["value"] == "no"


PAGE = """<html><head><title>ASN di Kota Uji Diminta Netral</title></head><body><article>
<h1>ASN di Kota Uji Diminta Netral</h1><p>Wali Kota Uji meminta seluruh aparatur sipil negara
menjaga jarak dari semua pasangan calon dalam pemilihan kepala daerah.</p><p>Permintaan itu
disampaikannya pada apel pagi di halaman balai kota, yang dihadiri ratusan pegawai.</p>
<p>Apel ditutup dengan penyerahan piagam kepada lima dinas yang pelayanannya dinilai paling baik
oleh warga sepanjang tahun ini, disusul pembagian bibit pohon untuk halaman kantor.</p>
</article></body></html>"""


def test_saved_page_is_explained(ask: Any, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    code, out, _ = ask("topic", "explain", "--html", "page.html")
    assert code == 0
    assert out.startswith("on topic")


def test_page_without_a_story_is_a_problem(ask: Any, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>x", encoding="utf-8")
    code, out, err = ask("topic", "explain", "--html", "page.html")
    assert (code, out) == (1, "")
    assert "page.html: not-article" in err


@pytest.mark.parametrize(
    "arguments",
    [(), (CAMAT, "--text", "-"), ("--text", "tiada.txt"), (CAMAT, "--topic", "tiada.toml")],
    ids=["nothing", "two", "no file", "no topic file"],
)
def test_misuse_of_explain_is_exit_code_2(ask: Any, tmp_path: Path, arguments: Any) -> None:
    three_nights(tmp_path / "kliping-data").archive.close()
    code, out, err = ask("topic", "explain", *arguments)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err


# ---------------------------------------------------------------------------------------- test


def test_all_right_is_exit_code_0(ask: Any, tmp_path: Path) -> None:
    code, out, _ = ask("topic", "test", lines_in(tmp_path, YES, "", NO))
    assert (code, out) == (0, "precision 1.0000, recall 1.0000: 0 of 2 stories missed\n")


def test_miss_is_shown_with_its_score_and_spans(ask: Any, tmp_path: Path) -> None:
    path = lines_in(tmp_path, YES, WRONG, {**YES, "label": "no"})
    code, out, _ = ask("topic", "test", path)
    assert code == 1
    assert "line 2 w-1: Hujan di kota\n  labelled yes, score 0.00: -\n" in out
    assert "line 3: ASN tidak netral\n  labelled no, score 0.60: netralitas 'ASN' at 0" in out


def test_json_has_precision_recall_and_misses(ask: Any, tmp_path: Path) -> None:
    path = lines_in(tmp_path, YES, WRONG, NO)
    code, out, _ = ask("topic", "test", path, "--json")
    given = json.loads(out)
    assert (code, given["precision"], given["recall"]) == (1, 1.0, 0.5)
    assert (given["stories"], given["yes"], given["no"]) == (3, 2, 1)
    [miss] = given["misses"]
    assert (miss["id"], miss["line"], miss["label"], miss["score"]) == ("w-1", 2, "yes", 0.0)
    assert miss["evidence"] == []


@pytest.mark.parametrize("how", ["option", "setting"])
def test_own_topic_file_is_tried(ask: Any, tmp_path: Path, how: str) -> None:
    (tmp_path / "banjir.toml").write_text(FLOOD, encoding="utf-8")
    path = lines_in(tmp_path, {**NO, "label": "yes"}, {**YES, "label": "no"})
    if how == "option":
        assert ask("topic", "test", path, "--topic", "banjir.toml")[0] == 0
        return
    settings = settings_file().replace('# topic = "my-topic.toml"', 'topic = "banjir.toml"')
    (tmp_path / "kliping.toml").write_text(settings, encoding="utf-8")
    assert ask("topic", "test", path)[0] == 0
    _, out, _ = ask("topic", "explain", "--text", "-", typed="Banjir")
    assert out.startswith("on topic: score 0.80, needs 0.50 (banjir/1/")


BAD = {
    "no JSON": ("{", "line 2: Invalid JSON: EOF while parsing an object at column 1"),
    "no text": ({"title": "x", "label": "no"}, "line 2: text: Field required"),
    "other label": ({**NO, "label": "maybe"}, "line 2: label: Input should be 'yes' or 'no'"),
    "no object": ("[1]", "line 2:"),
    "number": ({**NO, "title": 3}, "line 2: title: Input should be a valid string"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_line_is_named_by_its_number(ask: Any, tmp_path: Path, name: str) -> None:
    line, message = BAD[name]
    code, out, err = ask("topic", "test", lines_in(tmp_path, YES, line, NO))
    assert (code, out) == (2, "")
    assert message in err


def test_lines_after_one_that_is_too_long_keep_their_numbers(tmp_path: Path) -> None:
    path = Path(lines_in(tmp_path, "x" * 33_000_000, YES, "y"))
    with pytest.raises(ConfigError, match=r"line 1: longer than 16000000 bytes; line 3: Invalid"):
        list(labelled(path))


def test_each_bad_line_is_named(tmp_path: Path) -> None:
    path = Path(lines_in(tmp_path, "x", YES, "y"))
    with pytest.raises(ConfigError, match=r"line 1: .*line 3: "):
        try_topic(Topic.load(), path)


def test_line_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(json.dumps(YES).encode() + b"\n\xff\n")
    with pytest.raises(ConfigError, match="line 2: not UTF-8"):
        try_topic(Topic.load(), path)


def test_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(YES).encode() + b"\r\n\r\n")
    assert [story.title for story in labelled(path)] == ["ASN tidak netral"]


def test_file_without_a_story_is_refused(ask: Any, tmp_path: Path) -> None:
    code, _, err = ask("topic", "test", lines_in(tmp_path, ""))
    assert code == 2
    assert "holds no story" in err


def test_stories_are_read_one_by_one(tmp_path: Path) -> None:
    path = Path(lines_in(tmp_path, YES, "x"))
    assert next(labelled(path)).title == "ASN tidak netral"


# ---------------------------------------------------------------------------- the documentation

DOCS = (Path(__file__).parent.parent / "docs" / "topics.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("headline", "text", "expected"),
    [
        ("Banjir di Kota Uji", "", True),
        ("Rumah terendam", "Genangan datang di desa.", True),
        ("Kali di desa itu kembali meluap", "", True),
        ("Banjir pujian di Kota Uji", "", False),
        ("Pameran banjir di Kota Uji", "", False),
    ],
)
def test_topic_of_the_documentation_decides(
    tmp_path: Path, headline: str, text: str, expected: bool
) -> None:
    example = next(
        block for block in DOCS.split("```toml\n") if block.startswith('name = "banjir"')
    )
    (tmp_path / "banjir.toml").write_text(example.partition("```")[0], encoding="utf-8")
    assert Topic.load(tmp_path / "banjir.toml").decide(headline, text).on_topic is expected


def test_account_of_the_documentation_is_what_is_printed(tmp_path: Path) -> None:
    example = next(
        block for block in DOCS.split("```toml\n") if block.startswith('name = "banjir"')
    )
    (tmp_path / "banjir.toml").write_text(example.partition("```")[0], encoding="utf-8")
    topic = Topic.load(tmp_path / "banjir.toml")
    lines = told(account(topic, "Pameran foto banjir di Kota Uji", "Pameran dibuka wali kota."))
    assert f"```\n{chr(10).join(lines)}\n```" in DOCS


def test_doubt_about_a_story_on_topic_is_no_reason() -> None:
    given = account(Topic.load(), "ASN tidak netral di pilkada", "Gaji ASN naik.")
    assert given.decision.on_topic
    assert [one.value for one in given.counted if one.value < 0]
    assert "in spite of those with a minus:" in list(told(given))[1]


def test_evidence_starts_where_the_documentation_says() -> None:
    headline, text = "Jelang Pilkada, Kisah “Édi”", "Bawaslu meminta ASN netral dalam pilkada."
    given = account(Topic.load(), headline, text)
    joined = f"{headline}\n\n{text}"
    assert given.decision.evidence
    assert {
        joined[one.start :][: len(one.text)] == one.text for one in given.decision.evidence
    } == {True}


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["plain", "json"])
def test_text_that_is_not_utf8_is_told_in_one_line(
    ask: Any, tmp_path: Path, more: tuple[str, ...]
) -> None:
    (tmp_path / "cerita.txt").write_bytes("Judul\nPegawai café".encode("latin-1"))
    code, _, complaint = ask("topic", "explain", "--text", "cerita.txt", *more)
    assert code == 1
    assert complaint == "kliping: cerita.txt: not UTF-8 from byte 17 on; save the text as UTF-8\n"
