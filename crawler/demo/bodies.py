"""What stands between the headline and the footer: a story's text as the_content() gives it."""

from html import escape

from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.printed import texturized

__all__ = ["content", "excerpt", "widget"]

_ADVERT = (
    '<div class="ads-single"><small>ADVERTISEMENT</small>'
    '<div id="div-gpt-ad-tengah"></div><small>SCROLL TO RESUME CONTENT</small></div>'
)
_ADVERT_ALT = (
    '<div class="code-block code-block-2"><p>ini tampilan gambar iklan:</p>'
    '<img src="/wp-content/uploads/iklan/banner-728.jpg" alt="Iklan layanan" width="728"></div>'
)


def content(edition: Edition, post: Post, *, part: int = 0) -> str:
    """The HTML of one page of a story, counted from 1; part 0 is all of them with their marks."""
    parts = range(1, len(post.pages) + 1) if part == 0 else (part,)
    pages = [_page(edition, post, part=number) for number in parts]
    return "\n<p><!--nextpage--></p>\n".join(pages)


def excerpt(post: Post) -> str:
    """The first 40 words, as WordPress shortens a post."""
    words = f"{post.dateline} – {' '.join(post.paragraphs)}".split()
    return texturized(" ".join(words[:40])) + " [&hellip;]"


def widget(related: Post, host: str) -> str:
    """One 'Baca juga' box, as the Inline Related Posts plugin prints it."""
    return (
        f'<div class="u{related.id:08x}"><a href="https://{host}{related.path}" '
        f'target="_self" rel="dofollow" class="u{related.id:08x}">'
        '<div style="padding-left:1em; padding-right:1em;"><span class="ctaText">Baca juga:</span>'
        f'&nbsp; <span class="postTitle">{texturized(related.headline)}</span></div></a></div>'
    )


def _page(edition: Edition, post: Post, *, part: int) -> str:
    texts = [texturized(text) for text in post.pages[part - 1]]
    if part == 1:
        texts[0] = f"<strong>{texturized(post.dateline)}</strong> &#8211; {texts[0]}"
    blocks = [f"<p>{text}</p>" for text in texts]
    is_last = part == len(post.pages)
    return "\n".join(_dressed(edition, post, blocks=blocks, is_last=is_last))


def _dressed(edition: Edition, post: Post, *, blocks: list[str], is_last: bool) -> list[str]:
    theme = edition.site.theme
    if theme == "kantamedia":
        return _with_widgets(edition, post, blocks) + (_initials(post) if is_last else [])
    if theme == "lintastungkal":
        return [*blocks[:2], _ADVERT, *blocks[2:]]
    tail = [f"<p>Editor: {escape(post.editor)}</p>"] if is_last and post.editor else []
    return [*blocks[:3], _ADVERT_ALT, *blocks[3:], *tail]


def _with_widgets(edition: Edition, post: Post, blocks: list[str]) -> list[str]:
    boxes = [widget(other, edition.site.host) for other in edition.related(post, 3)]
    dressed: list[str] = []
    for number, block in enumerate(blocks):
        dressed.append(block)
        # the plugin drops a box after the first, third and fifth paragraph
        if number in (0, 2, 4) and number // 2 < len(boxes):
            dressed.append(boxes[number // 2])
    return dressed


def _initials(post: Post) -> list[str]:
    return [f"<p><strong>({escape(post.byline)})</strong></p>"] if post.byline else []
