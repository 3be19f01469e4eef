"""The archive: stories, their versions, and the captured bytes behind them.

Opening and reading an archive needs neither Scrapy nor trafilatura.
"""
