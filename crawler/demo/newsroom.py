"""The sample newsroom: a loopback server that answers for every outlet by its Host header."""

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from crawler.demo.blogger import JAWAPES, blogger
from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition, edition, truth
from crawler.demo.nights import NIGHTS, evenings
from crawler.demo.photos import CDN_HOSTS, cdn_reply
from crawler.demo.reply import Asked, Reply, finished, redirect
from crawler.demo.requestlog import Request, RequestLog
from crawler.demo.rusak import rusak_answer
from crawler.demo.server import Server
from crawler.demo.site import answer
from crawler.demo.sites import RUSAK, SITES, Site
from crawler.demo.traps import STRANGERS, TRAPS, weather
from crawler.demo.tribun import tribun_answer
from crawler.demo.tribun_sites import TRIBUN
from crawler.demo.truth import TrueStory

__all__ = ["Newsroom"]

_ANSWERS = {"wordpress": answer, "blogger": blogger, "tribun": tribun_answer}
"""How the sites of each platform answer."""
_ORDINARY = (*SITES, JAWAPES, *TRIBUN)
"""The sites that answer well, but for the weather of hostile mode."""


class Newsroom:
    """Invented outlets on loopback, over several nights. A context manager.

    >>> with Newsroom(NewsroomConfig(today=date(2026, 9, 10))) as newsroom:
    ...     newsroom.connect_to["https://kantamedia.com"]
    'http://127.0.0.1:40123'
    """

    def __init__(
        self, config: NewsroomConfig, *, night: int = 1, port: int = 0, log_file: Path | None = None
    ) -> None:
        self.config = config
        self.log = RequestLog(log_file)
        self._night = self._turned = 1
        self.ahead = timedelta()
        """How far the newsroom's clock runs ahead: nights a day apart are played in minutes."""
        self._moments = evenings(config.today)
        traps = (trap.site for trap in TRAPS.values()) if config.hostile else ()
        self.sites: tuple[Site, ...] = (*_ORDINARY, RUSAK, *traps)
        self._by_host = {host: site for site in self.sites for host in site.hosts}
        self._views: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._edition = cache(self._made)
        self._server = Server(self._exchange, port)
        self._plain = Server(self._to_https)
        self._private = Server(self._exchange)
        self.night = night

    def __enter__(self) -> Self:
        self._server.start()
        self._plain.start()
        self._private.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()
        self._plain.stop()
        self._private.stop()

    @property
    def night(self) -> int:
        """The night that is shown, from 1. To turn to another one dates its changes now."""
        return self._night

    @night.setter
    def night(self, night: int) -> None:
        now = self._now().replace(microsecond=0)
        for turned in range(self._turned + 1, min(night, NIGHTS) + 1):
            # HTTP dates have whole seconds: two nights played at once must still differ
            now = max(now, self._moments[self._turned] + timedelta(seconds=1))
            self._moments[turned] = now
            self._turned = turned
        self._night = max(1, night)

    @property
    def url(self) -> str:
        """The loopback origin that answers for every https origin."""
        return self._server.origin

    @property
    def private_url(self) -> str:
        """A loopback origin that is no outlet's: hostile links lead there, a leak is in the log."""
        return self._private.origin

    @property
    def connect_to(self) -> dict[str, str]:
        """For `crawl.connect_to`: the outlets' origins, with and without www, https and http."""
        hosts = [f"{www}{name}" for name in self._by_host for www in ("", "www.")]
        hosts += STRANGERS if self.config.hostile else ()
        hosts = [*CDN_HOSTS, *hosts]
        secure = {f"https://{host}": self._server.origin for host in hosts}
        return secure | {f"http://{host}": self._plain.origin for host in hosts}

    @property
    def outlet_entries(self) -> list[dict[str, str]]:
        """`[[outlet]]` entries for the sites that are no built-in outlets: the broken ones."""
        return [
            {"slug": site.outlet.slug, "url": site.outlet.url, "platform": site.outlet.platform}
            for site in self.sites
            if site not in _ORDINARY
        ]

    @property
    def requests(self) -> list[Request]:
        """Every request since the start or the last reset."""
        return self.log.all()

    def reset_log(self) -> None:
        """Forget the requests so far."""
        self.log.clear()

    def truth(self, night: int | None = None) -> tuple[TrueStory, ...]:
        """What a perfect crawler must hold after each night until `night` (default: this one)."""
        last = self.night if night is None else night
        return tuple(story for site in self.sites for story in truth(site, self.config, last))

    def _made(self, slug: str, night: int) -> Edition:
        site = next(site for site in self.sites if site.outlet.slug == slug)
        return edition(site, self.config, night, moments=self._moments)

    def _exchange(self, asked: Asked) -> Reply:
        """The reply to one request, and its line in the log."""
        started, started_at, night = time.monotonic(), self._now(), self.night
        if self.config.latency:
            time.sleep(self.config.latency)
        with self._lock:
            self._views[asked.host, asked.path] += 1
            views = self._views[asked.host, asked.path]
        asked = asked.seen(views=views, private=self.private_url, now=started_at)
        reply = finished(self._answer(asked, night), asked)
        self.log.add(
            Request(
                host=asked.host,
                path=asked.path + (f"?{asked.query}" if asked.query else ""),
                method=asked.method,
                status=reply.status,
                started=started,
                ended=time.monotonic(),
                started_at=started_at,
                ended_at=self._now(),
                if_none_match=asked.headers.get("if-none-match", ""),
                if_modified_since=asked.headers.get("if-modified-since", ""),
                user_agent=asked.headers.get("user-agent", ""),
                accept_encoding=asked.headers.get("accept-encoding", ""),
                night=night,
                retry_after=dict(reply.headers).get("Retry-After", ""),
                has_validators=not {"ETag", "Last-Modified"}.isdisjoint(dict(reply.headers)),
            )
        )
        return reply

    def _answer(self, asked: Asked, night: int) -> Reply:
        name = asked.host.partition(":")[0].lower().removeprefix("www.")
        site = self._by_host.get(name)
        if site is None:
            return cdn_reply(asked) if name in CDN_HOSTS else _stranger(asked)
        shown = self._edition(site.outlet.slug, night)
        return self._twisted(shown, asked) or self._plain_answer(shown, asked)

    def _twisted(self, shown: Edition, asked: Asked) -> Reply | None:
        """What a trap or a bad night answers instead."""
        if not self.config.hostile or shown.site is RUSAK:
            return None
        trap = TRAPS.get(shown.site.outlet.slug)
        return (trap.twist if trap else weather)(shown, asked, self.config)

    def _plain_answer(self, shown: Edition, asked: Asked) -> Reply:
        if shown.site is RUSAK:
            return rusak_answer(shown, asked, self.config)
        config = self.config
        if shown.site.outlet.slug in TRAPS:
            config = replace(config, rest=False)
        return _ANSWERS[shown.site.outlet.platform](shown, asked, config)

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def _to_https(self, asked: Asked) -> Reply:
        query = f"?{asked.query}" if asked.query else ""
        return redirect(f"https://{asked.host}{quote(asked.path)}{query}")


def _stranger(asked: Asked) -> Reply:
    """What the bare loopback address answers: a crawler that follows a hostile link gets here."""
    if asked.host in STRANGERS:
        return STRANGERS[asked.host](asked)
    headers = (("Content-Type", "text/plain; charset=utf-8"),)
    if asked.path == "/rahasia/":
        return Reply(body=b"rahasia: this address must never be fetched\n", headers=headers)
    return Reply(status=404, body=b"no outlet answers to this Host header\n", headers=headers)
