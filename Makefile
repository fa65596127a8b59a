# Every word a contributor needs; `make help` lists them. Continuous integration runs the same ones.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS   += --no-print-directory

GO    ?= go
TOOL  := $(GO) tool -modfile=tools/go.mod
LINT  := $(TOOL) golangci-lint

# What `make run` starts, and with which arguments.
CMD   ?= demo
ARGS  ?=

# SEED and STEPS are one random run, as the message of a failure gives them; SEEDS is how
# many worlds `make sim` lives through.
SEED  ?=
STEPS ?= 1000
SEEDS ?= 200

# T is how long each fuzz target runs; PKG narrows most targets to some packages.
T     ?= 60s
PKG   ?= ./...
BASE  ?= main

# A tree that git cannot read (an archive, another user's clone) builds all the same, unstamped.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
VCS     := $(if $(shell git rev-parse --verify -q HEAD 2>/dev/null),auto,false)
BUILD   := $(GO) build -trimpath -buildvcs=$(VCS) -ldflags '-X main.version=$(VERSION)'

# One package may take this long; all of them together stay below ten minutes on two cores.
TIMEOUT := 9m

##@ Everyday

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nVariables: CMD and ARGS (run), PKG=./acd/... (test, fuzz, bench, cover), T=60s (fuzz), BASE=main (bench), SEEDS=200 or SEED=1 STEPS=1000 (sim).\n'

.PHONY: run
run: build ## build what is missing and start the system (ARGS='--http :8080 …')
	exec bin/bandeau $(CMD) $(ARGS)

# go build knows better than make what is stale, so it is always asked.
.PHONY: build
build: web ## build bin/bandeau, with the front end
	$(BUILD) -o bin/bandeau ./cmd/bandeau

.PHONY: web
web: web/dist/index.html ## build the front end into web/dist, where sources are newer

WEB := $(shell find web/src web/public web/tools -type f -not -name '*.test.*' 2>/dev/null) \
	web/index.html web/vite.config.ts web/tsconfig.json web/package.json

web/dist/index.html: web/node_modules/.package-lock.json $(WEB)
	cd web && npm run --silent build

# npm writes this file last.
web/node_modules/.package-lock.json: web/package-lock.json web/package.json
	cd web && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

.PHONY: clean
clean: ## remove what the targets build; never a node's data
	rm -rf bin web/dist coverage.out coverage.html bench-*.txt
	find . -name '*.test' -type f -not -path './.git/*' -delete

##@ Tests

.PHONY: test
test: test-deps unit long web-unit e2e browser ## install what the tests need, then run them all

.PHONY: test-deps
test-deps: ## install the programs that the tests drive (sipp, baresip, Chromium), where absent
	tools/install-test-deps.sh

# The race detector makes these ten times slower and finds nothing in the core, which has one goroutine.
.PHONY: long
long: ## 200 000 random steps of the core, and a day of 20 000 calls taken again, without the race detector
	$(GO) test -count=1 -timeout $(TIMEOUT) -run '^(TestLongRun|TestDayTakenAgain)$$' ./acd ./sim

.PHONY: sim
sim: ## live through SEEDS (200) random worlds, or through the one of SEED and STEPS
	tools/sim.sh '$(SEEDS)' '$(SEED)' '$(STEPS)'

.PHONY: nightly
nightly: ## the long proof: 10 million random steps, 2 000 worlds, each fuzz target for T (5m), mutants
	tools/nightly.sh '$(if $(filter 60s,$(T)),5m,$(T))'

.PHONY: mutants
mutants: ## plant faults in the core, one at a time; each must be found by its tests
	tools/mutants.sh

# The chains of app are whole nodes with phones that listen: they take the real time of calls, and under the race
# detector three times as much. Each of their parts is raced by itself, and the nightly run races them together.
# End-to-end tests measure time on real processes, so they run after the others and not beside them.
.PHONY: unit
unit: ## all tests but the end-to-end ones
	@all=$$($(GO) list $(PKG)); parts=$$(grep -v '^bandeau/\(e2e\|app$$\)' <<<"$$all" || true); \
		chains=$$(grep '^bandeau/app$$' <<<"$$all" || true); set -x; \
		if [ -n "$$parts" ]; then $(GO) test -race -timeout $(TIMEOUT) $$parts; fi; \
		if [ -n "$$chains" ]; then $(GO) test -timeout $(TIMEOUT) $$chains; fi

.PHONY: e2e
e2e: ## the end-to-end tests: the real binary, sipp, a real phone
	@if [ -d e2e ]; then set -x; $(GO) test -race -count=1 -timeout $(TIMEOUT) ./e2e/...; fi

.PHONY: web-unit
web-unit: web/node_modules/.package-lock.json ## the unit tests of the front end
	cd web && npm run --silent unit

.PHONY: browser
browser: web ## the browser tests: Chromium, the real program, real SIP callers
	cd web && npm run --silent browser

.PHONY: budgets
budgets: web ## measure what the pages cost, on a quiet machine; fails over budget
	cd web && npm run --silent budgets

.PHONY: screens
screens: web ## take the pictures of docs/screens
	cd web && npm run --silent screens

.PHONY: scenarios
scenarios: ## run the text scenarios and rewrite their expected traces; the review is the diff
	tools/scenarios.sh
	@git --no-pager diff --stat -- '*/testdata/*'

.PHONY: rules
rules: web ## run the tests that prove the operator's rules and write docs/operator-rules.md from those that passed
	tools/rules.sh

.PHONY: fuzz
fuzz: ## run each fuzz target in turn for T (60s)
	tools/fuzz.sh $(T) $(PKG)

.PHONY: bench
bench: ## run the benchmarks and compare them with those of BASE (main)
	tools/bench.sh $(BASE) $(PKG)

.PHONY: cover
cover: ## write coverage.out and coverage.html and print the total
	$(GO) test -timeout $(TIMEOUT) -coverpkg=./... -coverprofile=coverage.out $(PKG)
	$(GO) tool cover -html=coverage.out -o coverage.html
	$(GO) tool cover -func=coverage.out | tail -1

##@ Conventions

.PHONY: check
check: fmt-diff mod-diff tidy vet lint web-check gen-diff ## all that a change must satisfy besides the tests

.PHONY: fmt
fmt: ## format the Go files
	$(LINT) fmt

.PHONY: fmt-diff
fmt-diff: ## fail where a Go file is not formatted
	$(LINT) fmt --diff

.PHONY: mod-diff
mod-diff: ## fail where go.mod is not tidy
	$(GO) mod tidy -diff
	cd tools && $(GO) mod tidy -diff

.PHONY: tidy
tidy: ## the conventions that are tests (tidy_test.go)
	$(GO) test -count=1 .

.PHONY: vet
vet: ## go vet
	$(GO) vet $(PKG)

.PHONY: lint
lint: ## golangci-lint; its first run builds it, which takes minutes
	$(LINT) run --allow-parallel-runners $(PKG)

.PHONY: web-check
web-check: web/node_modules/.package-lock.json ## the front end: types, ESLint, unit tests
	cd web && npm run --silent check

.PHONY: gen
gen: web/node_modules/.package-lock.json ## run the generators
	$(GO) generate ./...

.PHONY: gen-diff
gen-diff: ## fail where a generated file is stale
	tools/gen-diff.sh

.PHONY: dead
dead: ## fail where a function is reached from no program and no test
	@found=$$($(TOOL) deadcode -test ./...); [ -z "$$found" ] || { echo "$$found"; exit 1; }

.PHONY: vuln
vuln: ## known vulnerabilities in what is called (needs the network)
	$(TOOL) govulncheck ./...
