"""The bad nights of ordinary outlets in hostile mode."""

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply

__all__ = ["weather"]


def weather(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """An answer that an ordinary outlet gives on a bad night instead of its own, or None."""
    del edition, asked, config
    return None
