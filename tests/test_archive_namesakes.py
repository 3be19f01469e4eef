"""Which stories a new page may be: the same text, or much the same of the same moment."""

from datetime import timedelta

from sightings import NIGHT_1, OUTLET, TEXT, Nights, article

OTHER = "Kepala desa itu membantah ikut berkampanye.\n\nIa diperiksa selama dua jam."
NOON = NIGHT_1 - timedelta(hours=6)


def _held(nights: Nights) -> str:
    with nights.night() as night:
        night.show("/satu", article(headline="Camat Diperiksa", published_at=NOON))
        night.show("/lain", article(OTHER, headline="Kades", published_at=NOON - timedelta(days=1)))
        shown = night.show("/satu", article(headline="Camat Diperiksa", published_at=NOON))
    return shown.story_id


def test_same_text_is_a_namesake_under_any_headline(nights: Nights) -> None:
    held = _held(nights)
    new = article(headline="Tiga Jam Camat Diperiksa", published_at=None)
    assert nights.archive.namesakes(OUTLET.slug, new) == [held]


def test_edited_text_of_the_same_moment_is_a_namesake(nights: Nights) -> None:
    held = _held(nights)
    edited = TEXT.replace("pekan depan", "besok pagi di kantor kecamatan")
    new = article(edited, headline="Baru", published_at=NOON)
    assert nights.archive.namesakes(OUTLET.slug, new) == [held]


def test_another_text_of_the_same_day_is_none(nights: Nights) -> None:
    _held(nights)  # outlets that print no clock time date all stories of a day alike
    new = article("Harga cabai di pasar naik dua kali lipat.", headline="Baru", published_at=NOON)
    assert nights.archive.namesakes(OUTLET.slug, new) == []


def test_another_text_of_another_moment_is_none(nights: Nights) -> None:
    _held(nights)
    new = article("Naskah lain sama sekali.", headline="Camat Diperiksa", published_at=None)
    assert nights.archive.namesakes(OUTLET.slug, new) == []


def test_stories_without_a_date_are_no_namesakes_by_it(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/satu", article(headline="Camat Diperiksa", published_at=None))
    edited = article(TEXT.replace("pekan depan", "besok pagi"), published_at=None)
    assert nights.archive.namesakes(OUTLET.slug, edited) == []


def test_story_of_another_outlet_is_none(nights: Nights) -> None:
    _held(nights)
    assert nights.archive.namesakes("lain", article(headline="Camat Diperiksa")) == []
