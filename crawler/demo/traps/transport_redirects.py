"""`pindah.example`: redirects in every form, and a domain that on one night belongs to others."""

import re
from dataclasses import replace

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply, html_reply, redirect
from crawler.demo.traps.transport_wire import feed_with, html_page, own_answer, story_number
from crawler.demo.traps.trap import Trap, trap

__all__ = ["AWAY", "STRANGERS", "TRAP"]

_HOST = "pindah.example"
_HOPS = 8
"""With the way over http and www, ten redirects: as many as are followed."""

AWAY = "https://lapak.example/lurah-tanjung-biru-dilaporkan/"
"""Where a stranger shows a story that is on the topic, and not the outlet's."""

_FIXED = {
    "/lingkar-a/": "/lingkar-b/",
    "/lingkar-b/": "/lingkar-a/",
    "/diri/": "",
    "/asing/": AWAY,
    "/asing-sibuk/": "https://lapak.example/sibuk/",
    "/javascript/": "javascript:alert(document.domain)",
    "/surel/": "mailto:redaksi@pindah.example",
    "/rusak-lokasi/": "http://[::1",
    "/rusak-port/": "https://pindah.example:delapan/",
    "/acak/": "http:// /%zz\\",
}
_REFRESHED = {
    "/segar-asing/": f"0;url={AWAY}",
    "/segar-lambat/": "30; url=/segar-sampai/",
    "/segar-dua-kali/": "0; url=/segar-lagi/",
    "/segar-lagi/": "0; url=/segar-sampai/",
    "/segar-diri/": "2",
}
_LINKS = (*_FIXED, *_REFRESHED, "/tanpa-lokasi/", "/jauh/1/")
_STORY = (
    "<article><h1>Lurah Tanjung Biru Dilaporkan ke Bawaslu</h1><div class='entry-content'>"
    "<p>Lurah Tanjung Biru dilaporkan ke Bawaslu karena diduga melanggar netralitas ASN dalam "
    "pilkada. Laporan disampaikan warga, Senin.</p><p>Lurah itu hadir di kampanye pasangan calon "
    "bupati dan mengajak warga memilih calon tersebut.</p><p>Bawaslu menyatakan laporan itu "
    "memenuhi syarat formal dan segera dikaji bersama badan kepegawaian.</p></div></article>"
)


def _twist(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    number = story_number(edition, asked)
    if number == 1:
        return _chain(asked)
    if number == 2 and edition.night == 2:
        return redirect(AWAY)
    if number == 2:
        return _restless(own_answer(edition, asked, config))
    if number == 3 and not asked.query:
        return _refresh(f"1; URL='{asked.path}?lihat=1'")
    return _bad(asked) or feed_with(edition, asked, _LINKS)


def _chain(asked: Asked) -> Reply | None:
    """http, https, relative, www, a stranger and back: after ten redirects the story is there."""
    hop = int(asked.value("h") or 0)
    if asked.host.startswith("www.") or hop == _HOPS:
        return None
    form = {
        0: "http://{host}{path}?h=1",
        1: "?h=2",
        2: "//www.{host}{path}?h=3",
        3: "../..{path}?h=4",
        4: "https://lapak.example/izin/?ke={path}",
    }.get(hop, "{path}?h={next}")
    target = form.format(host=_HOST, path=asked.path, next=hop + 1)
    return redirect(target, (301, 302, 303, 307, 308)[hop % 5])


def _bad(asked: Asked) -> Reply | None:
    if asked.path in _FIXED:
        return redirect(_FIXED[asked.path], 302)
    if asked.path in _REFRESHED:
        return _refresh(_REFRESHED[asked.path])
    if asked.path == "/tanpa-lokasi/":
        return Reply(status=301, headers=(("Content-Type", "text/html"),))
    far = re.fullmatch(r"/jauh/(\d{1,4})/", asked.path)
    return redirect(f"/jauh/{int(far[1]) + 1}/", 307) if far else None


def _refresh(content: str) -> Reply:
    head = f'<meta http-equiv="refresh" content="{content}">'
    return html_reply(html_page("<p>Mengalihkan…</p>", title="Mengalihkan", head=head))


def _restless(own: Reply) -> Reply:
    """A story whose page means to send its reader on: the story is what was asked for."""
    refresh = b'<head><meta http-equiv="refresh" content="3; url=/segar-sampai/?dari=berita">'
    return replace(own, body=own.body.replace(b"<head>", refresh, 1))


def _lapak(asked: Asked) -> Reply:
    """A stranger: it has no robots.txt, and one page. It sends readers back, or is busy."""
    if asked.path == "/izin/":
        return redirect(f"https://{_HOST}{asked.value('ke')}?h=6", 302)
    if asked.path == "/sibuk/":
        return Reply(status=503, headers=(("Retry-After", "86400"),))
    if asked.path != "/lurah-tanjung-biru-dilaporkan/":
        return html_reply(html_page("<h1>Lapak</h1>"), 404)
    return html_reply(html_page(_STORY))


STRANGERS = {"lapak.example": _lapak}
"""Hosts that are no outlet's, to which outlets lead."""

TRAP: Trap = trap(
    "pindah",
    _twist,
    status_kinds=("redirect-loop", "error", "elsewhere", "not-article"),
)
