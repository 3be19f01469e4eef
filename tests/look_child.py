"""Looks at many sites in one process, as `kliping outlets add` and `check` do at one each.

Reads `{"add": [address, …], "check": [slug, …]}`, and writes what was found by address or slug.
"""

import json
import sys
from pathlib import Path

from archive.config import Settings
from crawler.outlet_add import Added, Wanted, added_of
from crawler.outlet_check import Checked, differences
from crawler.outlet_entry import entry_of, unfit
from crawler.outlets import known_spiders
from crawler.site_facts import SiteFacts
from crawler.site_look import Subject, look, stranger_at
from crawler.site_printing import added_as_json, checked_as_json


def main(config: str) -> None:
    """Look, and write JSON to standard output."""
    settings = Settings.load(Path(config))
    wanted = json.load(sys.stdin)
    spiders = {slug: known_spiders(settings)[slug] for slug in wanted["check"]}
    subjects = [stranger_at(url) for url in wanted["add"]]
    subjects += [Subject(spider.outlet, spider.rules) for spider in spiders.values()]
    facts = look(settings, subjects, tell=lambda _: None)
    found = dict(zip((*wanted["add"], *spiders), facts, strict=True))
    told = {url: added_as_json(_added(settings, found[url])) for url in wanted["add"]}
    for slug, spider in spiders.items():
        others = tuple(differences(found[slug], spider))
        told[slug] = checked_as_json(Checked(slug=slug, facts=found[slug], differences=others))
    json.dump(told, sys.stdout, default=str)


def _added(settings: Settings, facts: SiteFacts) -> Added:
    """As `add` has it, also for the outlets that are built in."""
    if any(facts.url == spider.outlet.url for spider in known_spiders(settings).values()):
        return Added(facts=facts, obstacle=unfit(facts), entry=entry_of(facts))
    return added_of(settings, facts, Wanted(url=facts.url))


if __name__ == "__main__":
    main(sys.argv[1])
