"""Ctrl-C at any moment ends a crawl as what it is: stopped, not failed, and without a traceback."""

import json
from pathlib import Path

import pytest
from playing import Place

pytestmark = pytest.mark.timeout(120)

_INTERRUPTED_IN = """
import os, signal
from {module} import {owner}
was = {owner}.{method}
def interrupted(self, *args, **values):
    os.kill(os.getpid(), signal.SIGINT)
    return was(self, *args, **values)
{owner}.{method} = interrupted
from scheduler.cli import main
main()
"""


@pytest.mark.parametrize(
    ("module", "owner", "method"),
    [
        ("crawler.spider", "OutletSpider", "__init__"),
        ("crawler.spider", "OutletSpider", "start"),
        ("scrapy.core.engine", "ExecutionEngine", "open_spider_async"),
    ],
    ids=["before the spider", "as it starts", "as the engine opens"],
)
def test_ctrl_c_before_the_first_request_is_a_stop(
    tmp_path: Path, module: str, owner: str, method: str
) -> None:
    place = Place.make(tmp_path, {})
    program = _INTERRUPTED_IN.format(module=module, owner=owner, method=method)
    with place.started("crawl", "kantamedia", "--json", program=program) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (130, False), err
    assert [end["reason"] for end in json.loads(out)["crawls"]] == ["shutdown"]
