"""What a newsroom is asked to be."""

from dataclasses import dataclass
from datetime import date

__all__ = ["NewsroomConfig"]


@dataclass(frozen=True, kw_only=True)
class NewsroomConfig:
    """The settings of one sample newsroom; the same settings always give the same stories."""

    today: date
    """The date of night 1, in Jakarta; the stories' dates are counted back from it."""
    rest: bool = True
    """False: wp-json is closed, in another way at each outlet (401 JSON, 200 HTML, 404)."""
    feeds: bool = True
    sitemaps: bool = True
    grown: int = 0
    """Extra generated stories over all outlets, spread over 28 days, 5 % of them on topic."""
    crawl_delay: float | None = None
    """The Crawl-delay that robots.txt asks for, in seconds."""
    latency: float = 0.0
    """Seconds that every answer takes."""
    jump_break: bool = False
    """Blogger's feeds show each story only up to its jump break."""
    hostile: bool = False
    """The web as it is: the trap sites answer too, and ordinary outlets have bad nights."""
