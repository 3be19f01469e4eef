"""The sample newsroom: invented outlets on loopback, for the demo and the tests."""

from crawler.demo.config import NewsroomConfig
from crawler.demo.newsroom import Newsroom
from crawler.demo.nights import NIGHTS
from crawler.demo.requestlog import Request
from crawler.demo.truth import TrueStory, TrueVersion

__all__ = ["NIGHTS", "Newsroom", "NewsroomConfig", "Request", "TrueStory", "TrueVersion"]
