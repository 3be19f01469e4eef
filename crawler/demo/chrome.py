"""What surrounds a story on every page: styles, scripts, menu, sidebar, footer.

Real pages of these outlets are 30 to 60 KB, most of it this.
"""

import json
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.printed import texturized
from crawler.demo.sites import Site

__all__ = ["links", "menu", "page", "scripts", "styles", "template"]

_FOLDER = Path(__file__).with_name("templates")
_SECTIONS = ("Berita", "Daerah", "Politik", "Hukum", "Ekonomi", "Olahraga", "Opini")


@cache
def template(name: str) -> Template:
    """The template `templates/<name>.html`."""
    return Template((_FOLDER / f"{name}.html").read_text(encoding="utf-8"))


@cache
def styles(slug: str) -> str:
    """The inline style sheets of a theme."""
    presets = "".join(f"--wp--preset--spacing--{n}:{n * 0.11:.2f}rem;" for n in range(10, 90))
    rules = "\n".join(
        f".{slug}-module-{n} .entry-thumb{{width:{100 + n}px;height:{70 + n // 2}px;"
        f"background-color:#{n * 65537 % 16777215:06x};margin:0 {n % 9}px {n % 7}px 0}}"
        for n in range(150)
    )
    return f"<style id='global-styles-inline-css'>:root{{{presets}}}\n{rules}</style>"


@cache
def scripts(slug: str) -> str:
    """The inline scripts of a theme: settings, an advertising queue, a menu."""
    settings = {
        "baseUrl": "https://s.w.org/images/core/emoji/15.0.3/72x72/",
        "ext": ".png",
        "slots": [
            {
                "id": f"div-gpt-ad-{slug}-{n}",
                "sizes": [[300, 250], [728, 90]],
                "unit": f"/2{n:07d}/",
            }
            for n in range(60)
        ],
    }
    return (
        f"<script id='{slug}-js-extra'>\nvar _settings = {json.dumps(settings)};\n"
        "(function(w,d){w.adQueue=w.adQueue||[];_settings.slots.forEach(function(s){"
        "w.adQueue.push(s);});var m=d.getElementById('menu-toggle');if(m){"
        "m.addEventListener('click',function(){d.body.classList.toggle('menu-open');});}"
        "})(window,document);\n</script>"
    )


def menu(site: Site) -> str:
    """The main menu."""
    rows = "".join(
        f'<li class="menu-item menu-item-type-taxonomy"><a href="{site.outlet.url}/category/'
        f'{name.lower()}/">{name}</a></li>'
        for name in _SECTIONS
    )
    return f'<ul id="primary-menu" class="menu">{rows}</ul>'


def links(edition: Edition, posts: tuple[Post, ...], *, kind: str) -> str:
    """A list of other stories, one `<li>` each."""
    url = edition.site.outlet.url
    rows = "\n".join(
        f'<li class="{kind}-item"><a href="{url}{post.path}" title="{escape(post.headline)}">'
        f'<img src="{url}/wp-content/uploads/{post.id}-150x150.jpg" width="150" height="150" '
        f'alt="" loading="lazy"><span class="{kind}-title">{texturized(post.headline)}</span></a>'
        "</li>"
        for post in posts
    )
    return f'<ul class="{kind}-list">\n{rows}\n</ul>'


def page(site: Site, *, title: str, main: str, head: str = "", kind: str = "archive") -> str:
    """A whole page of a theme around `main`; `kind` is the body's first class."""
    return template("base").substitute(
        name=escape(site.outlet.name),
        url=site.outlet.url,
        theme=site.theme,
        kind=kind,
        title=title,
        head=head,
        main=main,
        styles=styles(site.theme),
        scripts=scripts(site.theme),
        menu=menu(site),
    )
