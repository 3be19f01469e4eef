"""What a Tribun page prints inside `div.txt-article`: the story, and everything put between."""

from collections.abc import Sequence
from html import escape

from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.photos import CDN_HOSTS

__all__ = ["body", "has_summary", "signed"]

_ADVERT = (
    '<div id="div-Inside-{name}" class="ads-placeholder" style="text-align:center;margin:auto">'
    "<small>ADVERTISEMENT</small><span>SCROLL TO CONTINUE WITH CONTENT</span></div>"
)
_MARK = "(*)"


def body(edition: Edition, post: Post, *, parts: Sequence[int]) -> str:
    """The HTML of some pages of a story, counted from 1, with the noise between its paragraphs."""
    texts = [text for part in parts for text in post.pages[part - 1]]
    blocks = [f"<p>{_linked(edition, post, text)}</p>" for text in texts]
    if 1 in parts:
        blocks[0] = f"<p><strong>{escape(post.dateline, quote=False)}</strong> - {blocks[0][3:]}"
    head = _head(edition, post) if 1 in parts else []
    tail = _tail(edition, post) if len(post.pages) in parts else []
    return "\n".join([*head, *_dressed(edition, post, blocks), *tail])


def has_summary(post: Post) -> bool:
    """Whether the page opens with a box of its main points."""
    return not post.old and post.id % 2 == 0


def signed(post: Post) -> bool:
    """Whether the text opens with a line that names its reporter."""
    return bool(post.byline) and "," not in post.byline and post.id % 3 == 0


def _linked(edition: Edition, post: Post, text: str) -> str:
    """The text, with the first mention of each tag linked to the tag's page, as the CMS does."""
    html = escape(text, quote=False)
    for tag in post.tags:
        name = tag.replace("-", " ").title()
        link = f'<a href="{edition.site.outlet.url}/tag/{tag}" class="blue">{name}</a>'
        html = html.replace(name, link, 1)
    return html


def _head(edition: Edition, post: Post) -> list[str]:
    rows = []
    if has_summary(post):
        points = "".join(
            f"<li>{escape(text.partition('. ')[0], quote=False)}</li>"
            for text in post.paragraphs[1:4]
        )
        rows.append(
            '<blockquote class="summary-article"><p><strong>Ringkasan Berita:</strong></p>'
            f"<ul>{points}</ul></blockquote>"
        )
    if signed(post):
        name = f"{edition.site.outlet.name}, {escape(post.byline, quote=False)}"
        rows.append(f"<p><strong>Laporan Wartawan {name}</strong></p>")
    return rows


def _dressed(edition: Edition, post: Post, blocks: list[str]) -> list[str]:
    """The paragraphs with what the CMS drops behind the first, second and fourth of them."""
    between = {0: _read_also(edition, post, 0), 1: _ADVERT.format(name="MediumRectangle")}
    if not post.old:
        between[3] = _figure(edition, post) + _read_also(edition, post, 1)
    dressed: list[str] = []
    for number, block in enumerate(blocks):
        dressed += [block, *([between[number]] if number in between else [])]
    return dressed


def _read_also(edition: Edition, post: Post, number: int) -> str:
    related = edition.related(post, 3)
    other = related[number % len(related)]
    href = f"{edition.site.outlet.url}{other.path}"
    title = escape(other.headline)
    words = "Baca" if post.old else "Baca juga"
    return (
        f'<p class="baca"><strong>{words}: <a title="{title}" href="{href}">{title}</a>'
        "</strong></p>"
    )


def _figure(edition: Edition, post: Post) -> str:
    name = escape(edition.site.outlet.name)
    return (
        f'<figure><img src="https://{CDN_HOSTS[-1]}/foto/bank/images/{post.id}-2.jpg" '
        'alt="suasana" width="700">'
        f"<figcaption>Suasana di lokasi kejadian. ({name}/Dokumentasi)</figcaption></figure>"
    )


def _tail(edition: Edition, post: Post) -> list[str]:
    rows = [f"<p>{_MARK}</p>"] if post.id % 4 else []
    if post.source:
        rows.append(f"<p><strong>Sumber: {escape(post.source)}</strong></p>")
    if post.old:
        return [*rows, f"<p>Penulis: {escape(post.byline)} | Editor: {escape(post.editor)}</p>"]
    name = escape(edition.site.outlet.name)
    return [
        *rows,
        "<p><strong>Baca Berita Terbaru Lainnya di "
        '<a href="https://news.google.com/publications/x">GOOGLE NEWS</a></strong></p>',
        f"<p><strong>* Dapatkan Berita Terkini dan Viral {name} Via Saluran WhatsApp "
        '<a href="https://whatsapp.com/channel/x">DI SINI</a></strong></p>',
        '<p><a href="https://whatsapp.com/channel/x">Saluran WhatsApp</a></p>',
    ]
