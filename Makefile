# One menu of verbs; continuous integration calls the same ones.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
CORPUS ?= build/corpus
BENCH  ?= ../shared/bench

.DEFAULT_GOAL := help
.PHONY: help install corpus deploy test test-slow test-train test-readers test-clusters test-s3 check format docs bench-label bench-html bench-metadata bench-dedup bench-dedup-scale bench-warc train-label clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed ## create the virtual environment and install copydesk into it

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("copydesk needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
# compiled loops, side by side; each takes some ten seconds
	$(BIN)/python -m pipeline.label.tools & labels=$$!; \
	$(BIN)/python -m pipeline.split.walk.tools & walk=$$!; \
	$(BIN)/python -m pipeline.dedup.compiled && wait $$labels && wait $$walk
	@touch $@

corpus: install ## clean seeds/ with a Prefect flow, publish them, and show the result
	@$(BIN)/copydesk run seeds --corpus $(CORPUS) --config config/default.toml
	@$(BIN)/copydesk status --corpus $(CORPUS)
	@$(BIN)/copydesk export --corpus $(CORPUS) --format jsonl --out build/articles.jsonl
	@$(BIN)/copydesk export --corpus $(CORPUS) --format markdown --out build/articles
	@$(BIN)/copydesk review --corpus $(CORPUS) --out build/review.html
	@echo "Articles: build/articles.jsonl and build/articles/. Look at them: build/review.html. Every line with its reason: copydesk explain 002 --corpus $(CORPUS)"

deploy: install ## put prefect.yaml, the work pool and the automations on the server that PREFECT_API_URL names
	$(BIN)/python -m flows.automations
	$(BIN)/prefect --no-prompt deploy --all

test: install ## fast tests
	$(BIN)/pytest -m 'not slow' -n 2 --dist loadfile --no-loadscope-reorder

test-slow: install ## tests with a Prefect server, large inputs, many random cases
	$(BIN)/pytest -m slow

test-train: install ## tests that train, and types with PyTorch's; installs it
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[train]'
	$(BIN)/mypy pipeline/train
	COPYDESK_TEST_TRAINING=1 $(BIN)/pytest -m slow tests/test_train_slow.py tests/test_train_markup.py

test-readers: install ## every recipe of docs/consuming.md; installs the tools that consumers use
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[readers]'
	COPYDESK_TEST_READERS=1 $(BIN)/pytest -m slow tests/test_consuming.py

test-clusters: install ## runs on real clusters of Dask and Ray; installs both
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dask,ray]'
	COPYDESK_TEST_CLUSTERS=1 $(BIN)/pytest -m slow tests/test_clusters_slow.py

test-s3: install ## a corpus in an object store; installs an S3 client and a server
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[s3]' 'moto[server]'
	COPYDESK_TEST_S3=1 $(BIN)/pytest -m slow tests/test_s3_slow.py

check: install ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install ## put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: install ## write the generated pages again
	$(BIN)/python -m pipeline.corpus.schema > docs/schema.md

bench-label: install ## quality of the line labeller beside its peers (labelled pages in BENCH); fails below the floors
	@mkdir -p build
	$(BIN)/copydesk evaluate --local --bench $(BENCH) --folds benchmarks/label_folds --gate config/quality.toml --json build/quality.json
	$(BIN)/python -m benchmarks.label_speed --bench $(BENCH)

bench-metadata: install ## text and metadata of HTML pages beside the peers (labelled pages in BENCH)
	$(BIN)/copydesk evaluate --local --html --bench $(BENCH) --folds benchmarks/label_folds

bench-html: install ## speed of the road for HTML beside trafilatura, resiliparse and readability-lxml (labelled pages in BENCH)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks.html_speed --bench $(BENCH) --stages --parsers

bench-dedup: install build/peers/text-dedup build/peers/datatrove ## quality of near-duplicate search on planted truth, beside the peers (SEED, PARAGRAPHS)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks.dedup_quality --seed $(or $(SEED),1) --paragraphs $(or $(PARAGRAPHS),20000)
	$(BIN)/python -m benchmarks.dedup_articles --seed $(or $(SEED),1)
	$(BIN)/python -m benchmarks.dedup_containment --seed $(or $(SEED),1) --ensemble
	$(BIN)/python -m benchmarks.dedup_peers --seed $(or $(SEED),1) --text-dedup build/peers/text-dedup/bin/python --datatrove build/peers/datatrove/bin/python

# Peers that cannot live beside our dependencies. One that does not install has a row that says so.
build/peers/text-dedup: PEER = text-dedup==0.4.0
build/peers/datatrove: PEER = 'datatrove[io,processing]==0.10.1' spacy
build/peers/%:
	$(PYTHON) -m venv $@
	-$@/bin/pip install --quiet --disable-pip-version-check $(PEER)

bench-dedup-scale: install ## what near-duplicates cost from 100 thousand to 10 million paragraphs, as a chart (20 GB of disk; SIZES)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[report]'
	@mkdir -p build && rm -f build/dedup_scale.jsonl
	@for size in $(or $(SIZES),100000 300000 1000000 3000000 10000000); do $(BIN)/python -m benchmarks.dedup_scale --paragraphs $$size | tee -a build/dedup_scale.jsonl || exit; done
	$(BIN)/python -m benchmarks.dedup_chart build/dedup_scale.jsonl docs/near_duplicates_cost.svg

bench-warc: install ## speed and memory on web archives of growing size (pages of BENCH; MEGABYTES, default 200)
	$(BIN)/python -m benchmarks.warc_memory --bench $(BENCH) --megabytes $(or $(MEGABYTES),200)

train-label: install ## train the line network on the labelled pages in BENCH; writes build/labeller
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[train]'
	$(BIN)/copydesk train --local --bench $(BENCH) --out build/labeller

clean: ## remove what was built
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
