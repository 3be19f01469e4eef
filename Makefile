# Everything a newcomer needs: `make demo`, `make test`. Needs Python >= 3.11 with venv, and make.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
# run on PostgreSQL, too: whatever makes its archives by what heeds KLIPING_TEST_DATABASE
ON_POSTGRES = $(filter-out tests/test_archive_postgresql%.py tests/test_archive_web_chromium.py \
  tests/test_archive_web_schema.py, \
  $(shell grep -lE '^from (archive_rows|chosen_database|playing|sightings) ' tests/test_archive_*.py)) \
  tests/test_crawler_database.py tests/test_crawler_ingest.py

.PHONY: help install dev demo test quick lint bench bench-extract bench-topic learn-topic prove-nights prove-newsroom prove-kill \
  prove-fixity prove-as-of prove-crash \
  prove-kill-nights prove-limits prove-routes prove-wordpress prove-replay record-nights clean
.PHONY: prove-database-away test-web bench-web test-postgres prove-writers bench-archive bench-revisit

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Kliping needs Python 3.11 or newer: make PYTHON=/path/to/python3.11'; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo 'Python has no venv module here; on Debian: apt-get install python3-venv'; exit 1; }

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo 'installing Kliping into .venv (about a minute) ...'
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.dev: .venv/.installed
	@echo 'installing the test tools into .venv ...'
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# pywb wants older libraries than ours: a home of its own
.venv-pywb/.installed: tests/pywb-constraints.txt
	@echo 'installing pywb into .venv-pywb (to prove that captures replay) ...'
	@$(PYTHON) -m venv .venv-pywb
	@.venv-pywb/bin/pip install --quiet --disable-pip-version-check \
	  -c tests/pywb-constraints.txt pywb setuptools \
	  || echo 'pywb could not be installed: its tests will be skipped'
	@touch $@

install: .venv/.installed ## make .venv with the kliping command in .venv/bin

# so does py-wacz, which brings a hundred libraries
.venv-wacz/.installed:
	@echo 'installing py-wacz into .venv-wacz (to prove that WACZ files are valid) ...'
	@$(PYTHON) -m venv .venv-wacz
	@.venv-wacz/bin/pip install --quiet --disable-pip-version-check wacz==0.6.0 \
	  || echo 'py-wacz could not be installed: its tests will be skipped'
	@touch $@

# what drives a browser, opens our WACZ in it and looks for barriers; Chromium is a system package
PLAYWRIGHT := 1.65.1
REPLAYWEBPAGE := 2.5.3
AXE := 4.14.1
DATASETTE := 0.65.5
.node/.installed:
	@echo 'installing ReplayWeb.page and axe into .node (to try WACZ files and pages in a browser) ...'
	@mkdir -p .node
	@cd .node && npm install --silent --no-save --no-package-lock --no-audit --no-fund \
	    --ignore-scripts --prefix . playwright-core@$(PLAYWRIGHT) axe-core@$(AXE) >/dev/null \
	  && npm pack --silent replaywebpage@$(REPLAYWEBPAGE) >/dev/null \
	  && tar xzf replaywebpage-$(REPLAYWEBPAGE).tgz package/ui.js package/sw.js \
	  || echo 'ReplayWeb.page and axe could not be installed: their tests will be skipped'
	@touch $@

dev: .venv/.dev .venv-pywb/.installed .venv-wacz/.installed .node/.installed

demo: install ## crawl the sample newsroom over two nights and show what was found
	@$(BIN)/kliping demo

test: dev ## every test, the long proofs in their quick form
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-web: dev ## the reading room in Chromium at two widths, with axe; the API with schemathesis; pictures in build/web
	@mkdir -p build/web
	@KLIPING_SHOTS=build/web KLIPING_EXAMPLES=100 $(BIN)/pytest -n $(WORKERS) --dist loadfile tests/test_archive_web_*.py

quick: .venv/.dev ## the tests without the long proofs
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m 'not slow'

lint: .venv/.dev ## ruff and mypy, as CI runs them
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

# Budgets are checked here, never by timed tests.
bench: .venv/.dev ## check the budgets: CPU per page, requests of a second night, start-up
	@$(BIN)/python tests/bench/startup.py
	@$(BIN)/python tests/bench/second_night.py
	@$(BIN)/python tests/bench/crawl.py --rounds $(or $(ROUNDS),5)

# Paths to data that is not ours are given by variables; what is absent is skipped, and told.
bench-extract: .venv/.dev ## how well and how fast pages are read, beside the tools others use
	@BENCHMARKS="$(BENCHMARKS)" KLIPING_PAGES="$(or $(PAGES),$(KLIPING_PAGES))" \
	  $(BIN)/python tests/bench/extract.py --rounds $(or $(ROUNDS),3) $(if $(QUICK),--quick) \
	  $(if $(README),--readme README.md)

bench-topic: .venv/.dev ## how often the topic is right on stories whose writers never saw its rules
	@$(BIN)/python tests/bench/topic.py $(if $(README),--readme README.md)

# scikit-learn is large, and only this needs it: a home of its own
.venv-learn/.installed:
	@$(PYTHON) -m venv .venv-learn
	@.venv-learn/bin/pip install --quiet --disable-pip-version-check -c constraints.txt \
	  scikit-learn==1.9.1 -e .
	@touch $@

learn-topic: .venv-learn/.installed ## learn what single words say of the topic, from labelled stories
	@.venv-learn/bin/python tests/learn_topic.py

bench-archive: .venv/.dev ## what the archive's care costs: recording, copies, search, audit, exports
	@$(BIN)/python tests/bench/archive_bench.py $(if $(QUICK),--quick) $(if $(README),--readme)

bench-revisit: .venv/.dev ## a year of looking again: edits and removals seen, days late, beside fixed plans
	@$(BIN)/python tests/bench/revisit.py $(if $(QUICK),--quick) $(if $(README),--readme)

# Datasette brings libraries of its own
.venv-datasette/.installed:
	@echo 'installing Datasette into .venv-datasette (to compare the reading room with) ...'
	@$(PYTHON) -m venv .venv-datasette
	@.venv-datasette/bin/pip install --quiet --disable-pip-version-check datasette==$(DATASETTE) \
	  || echo 'Datasette could not be installed: it is not compared with'
	@touch $@

bench-web: .venv/.dev $(if $(QUICK),,.venv-datasette/.installed) ## how fast the reading room answers, at 100,000 and 1,000,000 versions, beside Datasette
	@PATH="$$PATH:$(CURDIR)/.venv-datasette/bin" $(BIN)/python tests/bench/web.py $(if $(QUICK),--quick) \
	  $(if $(SIZES),--sizes $(SIZES)) $(if $(README),--readme)

prove-as-of: .venv/.dev ## 10,000 questions to the past, against a naive oracle
	@$(BIN)/python tests/prove_as_of.py --questions $(or $(QUESTIONS),10000)

prove-crash: .venv/.dev ## kill a writer at 200 points, refuse it every write and fsync; nothing may be lost
	@$(BIN)/python tests/prove_crash.py --kills $(or $(KILLS),200)

test-postgres: .venv/.dev ## the archive's tests again, on a PostgreSQL that the tests start
	@KLIPING_TEST_DATABASE=postgresql $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
	  -m 'not slow and not sqlite' $(ON_POSTGRES)

prove-writers: .venv/.dev ## four processes write one archive, on SQLite and on PostgreSQL
	@$(BIN)/python tests/prove_writers.py --stories $(or $(STORIES),500)

prove-kill: .venv/.dev ## kill a crawl at 30 random moments; nothing may be lost
	@$(BIN)/python tests/prove_kill.py --kills $(or $(KILLS),30)

prove-fixity: .venv/.dev ## 1,400 damages to WARC, database and snapshots: named, and undone
	@$(BIN)/python tests/prove_fixity.py --flips $(or $(FLIPS),1000) --cuts $(or $(CUTS),200) \
	  --deletions $(or $(DELETIONS),200)

prove-newsroom: .venv/.dev ## four hostile nights of the whole newsroom, scored outlet by outlet
	@$(BIN)/python tests/prove_newsroom.py

prove-database-away: .venv/.dev ## PostgreSQL stopped for two minutes while the service waits and a crawl runs
	@KLIPING_TEST_AWAY=$(or $(SECONDS_AWAY),120) $(BIN)/pytest -q -k 'goes_away or is_away' tests/test_crawler_database.py

prove-nights: .venv/.dev ## thirty nights of thirty outlets: clocks moved, processes killed, outlets broken
	@$(BIN)/python tests/prove_nights.py --outlets $(or $(OUTLETS),30) --nights $(or $(NIGHTS),30) --seed $(or $(SEED),1)

prove-kill-nights: .venv/.dev ## ten hostile nights, one crawl killed on each; nothing may be lost
	@$(BIN)/python tests/prove_kill_nights.py --nights $(or $(NIGHTS),10)

prove-routes: .venv/.dev ## one hostile night through a proxy and over connect_to: the same set
	@$(BIN)/python tests/prove_routes.py

record-nights: .venv/.dev ## record a night of every outlet of the newsroom into tests/nights
	@$(BIN)/python tests/record_nights.py

prove-limits: .venv/.dev ## every bad answer through the reading workers: what it is called, time, memory
	@$(BIN)/python tests/prove_limits.py

prove-wordpress: .venv/.dev ## four nights of a real WordPress (as root: it unpacks Debian's packages)
	@$(BIN)/pytest -q -m wordpress tests/test_crawler_wordpress.py

prove-replay: dev ## every stored page in our replay and a real pywb, against what the reader read
	@$(BIN)/python tests/prove_replay.py --stories $(or $(STORIES),240)
	@$(BIN)/pytest -q -m 'pywb or chromium'

clean: ## remove what make install and the demo made
	rm -rf .venv .venv-pywb .venv-wacz .venv-bench .venv-learn .venv-datasette kliping-demo build *.egg-info .pytest_cache .mypy_cache .ruff_cache .node
