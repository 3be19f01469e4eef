"""Blogger: one account posts for all, so that the name in brackets at the end is the writer's.

Captions stand in brackets, and what the desk and its telephones are follows the text.
"""

from archive.types import Outlet
from crawler.platforms.blogger import BloggerSpider
from crawler.rules import Rules

__all__ = ["JurnalJawapes"]


class JurnalJawapes(BloggerSpider):
    status = "confirmed"
    outlet = Outlet(
        slug="jurnaljawapes",
        name="Jurnal Jawapes",
        url="https://jurnaljawapes.com",
        region="Jawa Timur",
        zone="Asia/Jakarta",
        platform="blogger",
    )
    rules = Rules(
        body=".post-body",
        headline="h1.post-title, h3.post-title",
        lines=(
            r"(?:(?:wakil )?(?:pimpinan|pemimpin)|penanggung jawab|staf) "
            r"(?:umum|perusahaan|redaksi)\s*:\s*\S.{0,80}",
            r"(?:kontak|telp|telepon|hp|wa|whatsapp)\b[^.:]{0,30}[.:]\s*[+\d(][\d\s()/+-]{6,40}",
        ),
        signed=True,
    )
