# The README's two commands are `make demo` and `make test`; both set up .venv by themselves.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
# SCONES_ENGINE=portable takes an environment without MXNet, as machines have for which it has no wheel.
ENVIRONMENT := $(if $(filter portable,$(SCONES_ENGINE)),.venv/portable,.venv)
LOCKED := $(if $(filter portable,$(SCONES_ENGINE)),.venv/portable,requirements)
BIN := $(ENVIRONMENT)/bin
# Makes an environment and installs a lock into it.
INSTALL := $(PYTHON) requirements/install.py
export OMP_NUM_THREADS ?= 1
export PATH := $(CURDIR)/.venv/npm/node_modules/.bin:$(PATH)
export SAGEMAKER_SUPPRESS_V2_WARNING := 1
# The end-to-end tests start Python some hundred times: bytecode is kept also where a machine says otherwise.
unexport PYTHONDONTWRITEBYTECODE
# Where the end-to-end tests leave what roles were used for; tests/access holds it against the template.
export SCONES_ACCESS_DIR := $(CURDIR)/.access

.PHONY: help image wheel installation examples demo test check container static types style template format unit e2e access rehearsal aws-trial faults artifacts upgrades soak bench fuzz coverage mutants docs tour install lock sbom sdk3 clean browser

help: ## this list
	@awk '/^# /{if (!said) said = substr($$0, 3); next} \
		/^[a-z0-9-]+:( [^=]*)?$$/{name = $$1; sub(":.*", "", name); if (match($$0, "## ")) said = substr($$0, RSTART + 3); \
		if (said && !(name in seen)) {seen[name] = 1; printf "%-14s %s\n", name, said}} {said = ""}' Makefile

# Its training may take all cores; tests take one, so that they see the same everywhere.
demo: export SCONES_TRAINING_CORES ?= $(shell getconf _NPROCESSORS_ONLN)
demo: $(ENVIRONMENT)/laptop ## the whole loop on a laptop: README, first command
	@$(BIN)/scones demo

# Whole files go to the workers, the longest first; see tests/balance.py. Three keep two cores busy; a fourth is no faster.
WORKERS ?= 3
test: $(ENVIRONMENT)/compiled .venv/wheels/ready browser ## every test
	@rm -rf $(SCONES_ACCESS_DIR)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest -s tests/access/replay.py

# The bytecode of the tests and of all that they import: workers that begin together would each compile the same.
$(ENVIRONMENT)/compiled: $(ENVIRONMENT)/test
	@echo "Compiling the tests (once) ..."
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null
	@touch $@

# Which lines the quick tests and the page's run; measuring takes half as long again, so no other target does it.
coverage: $(ENVIRONMENT)/test browser
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=85 \
		tests/browser tests/unit tests/contract tests/security

# What the page's tests drive: Chromium without its own surface, which takes 2.6 times the processor. Without root or
# apt-get they fail with a sentence that says what to install.
browser:
	@test -x /usr/bin/chromium-headless-shell || test -x /usr/bin/chromium || ! command -v apt-get >/dev/null || \
		test "$$(id -u)" != 0 || \
		{ echo "Installing Chromium (once) ..." && apt-get update -qq && apt-get install -y -qq chromium-headless-shell; }

check: static container test ## what CI runs

static: types style template ## format, lint, types, import rules, template

types: $(ENVIRONMENT)/test
	$(BIN)/mypy

style: $(ENVIRONMENT)/test .venv/packaging
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	PYTHONPATH=lambdas $(BIN)/lint-imports --no-cache
	$(BIN)/hadolint seedcode/Dockerfile Dockerfile
	.venv/packaging/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml seedcode/github/*.yml
	.venv/packaging/bin/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	.venv/packaging/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

template: $(ENVIRONMENT)/test .venv/checkov
	$(BIN)/cfn-lint seedcode/template.yaml
	.venv/checkov/bin/checkov --config-file .ci/checkov.yaml --file seedcode/template.yaml

# What the image would install and run, in a plain environment; there is no Docker here.
container: .venv/container/ready
	$(PYTHON) -m requirements.container try .venv/container

.venv/container/ready: requirements/container.lock requirements/container.py requirements/install.py seedcode/Dockerfile
	@echo "Installing what the image holds into .venv/container (once) ..."
	@$(PYTHON) -m requirements.container install .venv/container
	@touch $@

format: $(ENVIRONMENT)/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

unit: $(ENVIRONMENT)/test .venv/wheels/ready
	$(BIN)/python -m pytest tests/unit tests/contract

e2e: .venv/test .venv/wheels/ready
	$(BIN)/python -m pytest tests/e2e

# The end-to-end tests in random order, then what roles were used for: make access ROUNDS=10 SEED=1.
access: $(ENVIRONMENT)/test .venv/wheels/ready
	ROUNDS=$(ROUNDS) SEED=$(SEED) $(BIN)/python -m tests.access

# docs/aws.md, command by command against a local AWS of its own: make rehearsal ACCOUNT=existing.
rehearsal: $(ENVIRONMENT)/test .venv/wheels/ready
	$(BIN)/python -m tests.rehearsal --account $(or $(ACCOUNT),new)

# The same page in an account of yours: make aws-trial REGION=eu-west-1 MAIL=you@example.com. It says what it costs, and asks.
aws-trial: $(ENVIRONMENT)/test
	$(BIN)/python -m tests.trial $(if $(REGION),--region $(REGION)) $(if $(MAIL),--mail $(MAIL)) $(if $(YES),--yes)

# What the functions' layer and the jobs' toolkit are made of: what tests would ask a package index for.
.venv/wheels/ready: seedcode/layer-requirements.txt localaws/jobs/script_mode/toolkit-requirements.txt $(ENVIRONMENT)/test
	@$(BIN)/python -m tests.rehearsal.wheels
	@touch $@

# Kills at random moments under load: make faults ROUNDS=300 SEED=1. The table of those so far is in .scones/faults.md.
faults: $(ENVIRONMENT)/test
	FAULT_ROUNDS=$(or $(ROUNDS),300) FAULT_SEED=$(or $(SEED),1) $(BIN)/python -m pytest -n 2 tests/faults/at_length.py

# What an upgrade of MiniStack would break: of its newest release, or VERSION=1.6.0.
upgrades: $(ENVIRONMENT)/test
	$(BIN)/python -m tests.upgrades $(VERSION)

# Some thousand requests, and memory that must not grow.
soak: $(ENVIRONMENT)/test
	$(BIN)/python -m pytest -s tests/faults/soak.py

# BENCH=quick takes minutes, BENCH=full (the default) an hour or more; peers are installed under .venv/peers/ once.
bench: $(ENVIRONMENT)/test
	$(BIN)/python -m benchmarks

# MXNet judges every network that the algorithm offers: its files byte for byte, and answers to 200 images each.
artifacts: .venv/test
	$(BIN)/python -m pytest -s tests/unit/common/artifact/at_length.py

# Every reader for FUZZ_SECONDS (60) each, or READERS="capture definition". What breaks one lies in .fuzz/.
fuzz: .venv/fuzz
	PYTHONPATH=$(CURDIR):$(CURDIR)/lambdas:$$($(BIN)/python -c "import site; print(site.getsitepackages()[0])") \
		.venv/fuzz/bin/python -m tests.fuzz $(READERS)

# Small faults put into the product one at a time, and how many of them the quick tests find: make mutants MUTANTS=40 SEED=1.
mutants: $(ENVIRONMENT)/test
	MUTANTS=$(MUTANTS) SEED=$(SEED) $(BIN)/python -m tests.mutants

# The documentation as a site in dist/site, with search.
docs: .venv/docs
	@mkdir -p dist
	@.venv/docs/bin/python docs/build.py

# The README's animated picture, from the real page; it takes some minutes.
tour: $(ENVIRONMENT)/test browser
	@PYTHONPATH=$(CURDIR) $(BIN)/python docs/tour.py

.venv/docs: requirements/docs.lock
	@echo "Installing what builds the documentation into .venv/docs (once) ..."
	@$(INSTALL) $@ requirements/docs.lock --without-pip
	@touch $@

install: $(ENVIRONMENT)/test

# checkov pins its own boto3, so it lives in an environment of its own.
.venv/checkov: requirements/checkov.lock
	@echo "Installing checkov into .venv/checkov (once) ..."
	@$(INSTALL) $@ requirements/checkov.lock --without-pip
	@touch $@

# The AWS CLI 1 asks the local AWS in a test; its versions of what the project has are its own.
.venv/awscli: requirements/awscli.lock
	@echo "Installing the AWS CLI 1 into .venv/awscli (once) ..."
	@$(INSTALL) $@ requirements/awscli.lock --without-pip
	@touch $@

# atheris is for fuzzing alone, has wheels for Linux alone, and reads the project through .venv's packages.
.venv/fuzz: requirements/fuzz.lock $(ENVIRONMENT)/test
	@echo "Installing atheris into .venv/fuzz (once) ..."
	@$(INSTALL) $@ requirements/fuzz.lock --without-pip
	@touch $@

# The SageMaker SDK 3 beside SDK 2, with a local AWS of its own: the same definitions, and a run that it starts. It takes
# Python 3.13 as well: make sdk3 SDK3_PYTHON=python3.13.
sdk3: .venv/sdk3/ready $(ENVIRONMENT)/test .venv/wheels/ready
	$(BIN)/python -m pytest tests/contract/test_sdk3.py tests/contract/test_core_resources.py tests/e2e/test_sdk3.py

SDK3_PYTHON ?= $(PYTHON)
.venv/sdk3/ready: requirements/sdk3.lock setup.py
	@echo "Installing the SageMaker SDK 3 into .venv/sdk3 (once; 1.3 GB) ..."
	@$(SDK3_PYTHON) requirements/install.py .venv/sdk3 requirements/sdk3.lock --editable --without-pip
	@touch $@

# What the project is made of, as CycloneDX JSON in dist/; the library that has its schema lives in an environment of its own.
sbom: .venv/sbom
	@$(PYTHON) requirements/sbom.py
	@.venv/sbom/bin/python requirements/validate_sbom.py dist/scones.cdx.json

.venv/sbom: requirements/sbom.lock
	@echo "Installing what validates the SBOM into .venv/sbom (once) ..."
	@$(INSTALL) $@ requirements/sbom.lock --without-pip
	@touch $@

# What pip installs without a clone: dist/scones-<version>-py3-none-any.whl and dist/scones_localaws-<version>-..., the
# local AWS alone, which the first one needs. Equal files make equal bytes.
wheel: .venv/packaging
	@rm -rf dist/scones*.whl
	@for one in . ./distributions/localaws; do SOURCE_DATE_EPOCH=315532800 .venv/packaging/bin/python -m pip \
		--disable-pip-version-check --quiet wheel --no-deps --no-build-isolation --wheel-dir dist $$one || exit 1; done
	@.venv/packaging/bin/twine check --strict dist/scones*.whl
	@.venv/packaging/bin/check-wheel-contents dist/scones*.whl

# The wheel as a stranger has it, from an empty folder. FORM=whole: installed by pip from the index, and the whole demo.
installation: wheel $(ENVIRONMENT)/laptop
	@$(BIN)/python requirements/installation.py $(or $(FORM),short)

# The examples from the wheel of the local AWS alone, in an environment of their own. FORM=whole: packages from the index,
# and PyTorch as well (Debian's python3-torch where it is installed; otherwise gigabytes are fetched).
examples: wheel $(ENVIRONMENT)/laptop .venv/wheels/ready
	@$(BIN)/python requirements/examples.py $(or $(FORM),short)

# The root Dockerfile's pip lines in a plain environment, and what it would run; there is no Docker here.
image: .venv/laptop
	@$(BIN)/python -m requirements.image

.venv/packaging: requirements/packaging.lock
	@echo "Installing what builds and checks the wheel into .venv/packaging (once) ..."
	@$(INSTALL) $@ requirements/packaging.lock
	@touch $@

# Write the locks again after a change in setup.py, or some of them: make lock LOCKS="laptop test". uv is needed for this alone.
lock: $(ENVIRONMENT)/test
	$(BIN)/python -m requirements.lock $(LOCKS)

.venv/portable/%.lock: requirements/%.lock requirements/portable.py
	@test -x .venv/portable/bin/python || $(PYTHON) -m venv .venv/portable
	@.venv/portable/bin/python requirements/portable.py $< $@

$(ENVIRONMENT)/laptop: $(LOCKED)/laptop.lock setup.py
	@$(PYTHON) requirements/check_platform.py
	@echo "Installing the local AWS and its algorithm into $(ENVIRONMENT) (once; a minute) ..."
	@$(INSTALL) $(ENVIRONMENT) $(LOCKED)/laptop.lock --editable
	@touch $@

$(ENVIRONMENT)/test: $(LOCKED)/test.lock requirements/npm/package-lock.json setup.py
	@$(PYTHON) requirements/check_platform.py
	@echo "Installing what runs and checks the project into $(ENVIRONMENT) (once; a minute) ..."
	@$(INSTALL) $(ENVIRONMENT) $(LOCKED)/test.lock --editable
	@mkdir -p .venv/npm && cp requirements/npm/*.json .venv/npm/
	@if command -v npm >/dev/null; then npm ci --silent --ignore-scripts --prefix .venv/npm; else echo "No npm: the ASL is not validated."; fi
	@touch $@ $(ENVIRONMENT)/laptop

clean:
	rm -rf .venv .scones .mypy_cache .ruff_cache .pytest_cache .coverage *.egg-info
