# kasir's commands; `make help` lists them.

SHELL := /bin/bash

# These settings change the result of a build, and a build must not depend on the user's shell. Exported ones are removed from the environment.
# Those that go env -w has written are left out of a copy of Go's file. All other settings in that file, such as GOPROXY, stay in force.
GO_BUILDS := GOOS GOARCH GO386 GOAMD64 GOARM GOARM64 GOEXPERIMENT GOFIPS140 GOFLAGS GOWORK GO111MODULE GODEBUG CGO_ENABLED
unexport $(GO_BUILDS)
GO_FILE := $(shell go env GOENV 2>/dev/null)
ifneq ($(shell 2>/dev/null grep -sE '^($(subst $() ,|,$(GO_BUILDS)))=' '$(GO_FILE)'),)
export GOENV := $(CURDIR)/.kasir/go.env
$(shell mkdir -p .kasir && grep -vE '^($(subst $() ,|,$(GO_BUILDS)))=' '$(GO_FILE)' >.kasir/go.env)
endif

FUNCTIONS := $(notdir $(wildcard functions/*))
PACKAGES := . ./functions/... ./shared/... ./local/... ./cmd/... ./events/... ./simulation/... ./bench/... ./tools/...
LOCAL := .kasir/functions
# Without -race, which would compile the CDK for six minutes; without the CDK's own validator, which make lint-infra runs.
INFRA_TEST := CDK_VALIDATION=false go test -timeout 10m ./infra/...
LAMBDA_FLAGS := -trimpath -buildvcs=false -tags lambda.norpc -ldflags='-s -w -buildid='
# Each stage has an architecture. ARCH on the command line overrides it.
STAGE_ARCH := $(if $(filter command% environment%,$(origin ARCH)),ARCH=$(ARCH))
ARCH ?= arm64
CDK := node_modules/.bin/cdk
# The CDK app. make rehearse builds it once.
INFRA := go run ./infra
GORELEASER := go run github.com/goreleaser/goreleaser/v2@v2.15.1

.DEFAULT_GOAL := help
export STAGE CANARY # the CDK app describes that stage alone
.PHONY: help run demo load soak bench simulate mutants properties test test-infra lint lint-infra lint-systems build build-stages synth diff bootstrap deploy drift back outputs
.PHONY: release archive release-npm release-notes test-release facts app sam sam-template test-sam test-machine destroy lint-api test-api test-athena rehearse
.PHONY: need-stage need-go need-node functions console kasir npm clean

help: ## list the commands
	@grep -hE '^[a-z.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z.-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

run: kasir ## run everything on this machine: API, sandbox, shop, console (Ctrl-C ends it; ARGS="--port 9000 --memory")
	@exec bin/kasir local $(ARGS)

demo: kasir ## make one payment from end to end and print each step
	@bin/kasir demo

load: kasir ## make 200 payments, 32 at a time, and count how they end
	@bin/kasir load --payments 200 --parallel 32

soak: kasir ## make 1,000 payments while functions are killed, other servers answer in place of DOKU, and DOKU makes mistakes; then compare the books (8 minutes)
	@bin/kasir soak $(ARGS)

bench: ## measure every budget, and createpage and notify as they are usually written in Go, into bench/RESULTS.md (fifteen minutes; two with ARGS=-quick)
	@go run ./bench $(ARGS)
	@go test ./shared/settlement -run '^$$' -bench . -benchtime 1x

simulate: ## run 100,000 schedules of crashes and faults on a virtual clock, then a crash at every point (minutes)
	@go test ./simulation -count=1 -timeout 60m -v -schedules 100000 -replays 1000 -crashes 200 -pairs 20 \
	  -memories 3000 -outages 3000 -per-class 2000 -operations 10000

mutants: ## break the rules one by one, and check that the simulation notices each (minutes)
	@go test ./simulation -count=1 -timeout 60m -v -run TestMutants -mutants

properties: ## join reports, decisions and acts in any order, over a million generated cases (minutes; CASES=1000 runs 1,000 per property)
	@go test ./shared/order -count=1 -timeout 60m -v -rapid.nofailfile -rapid.checks=$(or $(CASES),300000) \
	  -run 'TestAnyOrder|TestJoinIs|TestNothingIsTold|TestEveryChangeOfStatus'

# A program with the race detector sleeps for a second before it exits, unless GORACE says otherwise. The tests start
# hundreds of them.
test: npm clients console ## run every test
	@echo "testing (the first time, a few minutes go into compiling)"
	@GORACE=atexit_sleep_ms=20 go test -race -timeout 25m $(PACKAGES)
	@go test ./shared/edge -count=1 -run 'TestCanaries$$' -v
	@npm --prefix console test --silent
	@$(INFRA_TEST)

test-machine: ## run the tests that depend on the machine: umask, Go's settings, TMPDIR, a full disk, /etc/hosts, open files (root, two minutes)
	@local/test/machine/run

test-infra: ## run only the tests of the deployment, and print each role's permissions and the faults that the tests find
	@$(INFRA_TEST) -count=1 -v -run 'TestLeastPrivilege|TestPlantedFaults|TestNag|TestTemplates'

lint: ## run gofmt, go vet, staticcheck, go mod tidy
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "gofmt these:"; echo "$$unformatted"; exit 1; fi
	@go vet $(PACKAGES)
	@go tool staticcheck $(PACKAGES)
	@go vet ./infra/... && go tool staticcheck ./infra/...
	@go mod tidy -diff
	@echo "lint: clean"

lint-systems: ## run go vet for macOS and Windows (it compiles everything once more for each)
	@for os in darwin windows; do GOOS=$$os go vet ./cmd/... ./functions/... || exit 1; done

lint-api: npm ## check docs/api.yaml by the recommended rules of redocly
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true node_modules/.bin/redocly lint docs/api.yaml

test-api: ## send kasir local requests made from docs/api.yaml, right and wrong ones, and compare every answer with it (two minutes; ARGS="1300 7": more, another seed; downloads schemathesis once)
	@local/test/api/run $(ARGS)

test-athena: ## run docs/settlement/books.sql on a generated export, and compare it with kasir books (downloads sqlglot and DuckDB once)
	@local/test/athena/run

build: need-go console ## build the functions for AWS into dist/<arch>/<function>/bootstrap (ARCH=arm64 or amd64)
	@case "$(ARCH)" in arm64|amd64) ;; *) echo "ARCH=$(ARCH): it must be arm64 or amd64"; exit 1;; esac
	@for f in $(FUNCTIONS); do \
	  echo "building $$f for linux/$(ARCH)"; rm -rf dist/$(ARCH)/$$f; mkdir -p dist/$(ARCH)/$$f; \
	  CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) go build $(LAMBDA_FLAGS) -o dist/$(ARCH)/$$f/bootstrap ./functions/$$f || exit 1; \
	  chmod 0755 dist/$(ARCH)/$$f/bootstrap || exit 1; \
	done

# Builds for the architecture of STAGE, or of all stages. Each architecture has its own folder, so one build does not overwrite another.
build-stages:
	@archs=$$($(STAGE_ARCH) $(INFRA) architectures $(STAGE)) && \
	  for arch in $$archs; do $(MAKE) --no-print-directory build ARCH=$$arch || exit 1; done

synth: build-stages ## write the CloudFormation templates into cdk.out; needs no account (STAGE=sandbox: only that stage; ARCH=amd64 for x86_64)
	@rm -rf cdk.out
	@$(STAGE_ARCH) CDK_OUTDIR=cdk.out $(INFRA)
	@echo "cdk.out: $$(ls cdk.out/*.template.json | xargs -n1 basename | tr '\n' ' ')"

lint-infra: synth ## run cfn-lint and the CDK's own validator on both templates
	@command -v cfn-lint >/dev/null || { echo "cfn-lint is not installed: pip install cfn-lint==1.51.0"; exit 1; }
	@cfn-lint -i W3005 -r ap-southeast-3 -t cdk.out/*.template.json && cfn-lint -r us-east-1 -t docs/waf/*.template.json && echo "cfn-lint: clean"
	@$(STAGE_ARCH) $(CDK) synth --strict --quiet && echo "the CDK's validator: clean"

diff: need-stage npm ## show what a deployment would change (STAGE=sandbox; BUILT=1: with the binaries in dist)
	@[ -n "$(BUILT)" ] || $(MAKE) --no-print-directory build-stages $(STAGE_ARCH)
	@$(STAGE_ARCH) $(CDK) diff kasir-$(STAGE) $(ARGS)

bootstrap: need-stage npm ## prepare a stage's account and region for the CDK, once (STAGE=sandbox)
	@facts=$$($(INFRA) facts $(STAGE)) && infra/deploy.sh bootstrap $(STAGE) $$facts

deploy: need-stage npm ## deploy a stage, and print its URLs and the next step (STAGE=sandbox; CANARY=off: a bad version goes at once; BUILT=1: the binaries in dist)
	@facts=$$($(INFRA) $(if $(REHEARSAL),facts,deployable) $(STAGE)) && infra/deploy.sh check $(STAGE) $$facts
	@[ -n "$(BUILT)" ] || $(MAKE) --no-print-directory build-stages kasir $(STAGE_ARCH)
	@facts=$$($(INFRA) facts $(STAGE)) && steps=$$(infra/deploy.sh steps $(STAGE) $$facts $(if $(ONLY_LISTS),lists=$(ONLY_LISTS))) && for lists in $$steps; do \
	  echo "deploying kasir-$(STAGE) with the lists $$lists, of $$(echo $$steps | wc -w) deployments in all"; \
	  LISTS=$$lists CANARY=$$(infra/deploy.sh canary $(STAGE) $$facts) $(STAGE_ARCH) $(CDK) deploy kasir-$(STAGE) --outputs-file cdk-outputs.$(STAGE).json $(ARGS) || exit 1; \
	done
	@infra/deploy.sh next $(STAGE)

drift: need-stage ## compare a deployed stage with its template, and print every resource that was changed by hand (STAGE=production)
	@facts=$$($(INFRA) facts $(STAGE)) && infra/deploy.sh drift $(STAGE) $$facts

back: need-stage ## give each function that the last deployment of a stage changed its version of before, within seconds (STAGE=production)
	@facts=$$($(INFRA) facts $(STAGE)) && infra/deploy.sh back $(STAGE) $$facts

facts: need-stage
	@$(INFRA) facts $(STAGE)

# The CDK's command runs this, see cdk.json. It runs through make, because Go's settings must be those of every build.
app:
	@$(INFRA)

outputs: need-stage ## write cdk-outputs.<stage>.json of a stage that was deployed from another machine (STAGE=sandbox)
	@facts=$$($(INFRA) facts $(STAGE)) && infra/deploy.sh outputs $(STAGE) $$facts

SAM := .kasir/sam$(if $(STAGE),-$(STAGE))
EVENTS := bin/kasir events write $(if $(STAGE),--stage $(STAGE) )$(ARGS)

sam: kasir ## write the files with which sam local runs the functions on the parts of make run (STAGE=sandbox: on that deployed stage)
	@$(EVENTS) >/dev/null # fails if neither runs
	@$(MAKE) --no-print-directory sam-template >/dev/null
	@$(EVENTS) --template $$(ls $(SAM)/cdk.out/*.template.json | head -n 1)

# The templates with the functions built for this machine.
sam-template:
	@$(MAKE) --no-print-directory build ARCH=$$(go env GOHOSTARCH)
	@rm -rf $(SAM)/cdk.out
	@ARCH=$$(go env GOHOSTARCH) CDK_OUTDIR=$(SAM)/cdk.out $(INFRA)

test-sam: ## run make sam and every event under SAM CLI, without Docker's engine (Linux, root, two minutes; downloads SAM CLI once)
	@local/test/sam/run

destroy: need-stage npm ## delete a deployed stage; every stage except sandbox needs CONFIRM=<stage> (BUILT=1: with the binaries in dist)
	@$(INFRA) facts $(STAGE) >/dev/null
	@[ "$(STAGE)" = sandbox ] || [ "$(CONFIRM)" = "$(STAGE)" ] || \
	  { echo "$(STAGE) takes payments: to destroy it, run make destroy STAGE=$(STAGE) CONFIRM=$(STAGE)"; exit 1; }
	@[ -n "$(BUILT)" ] || $(MAKE) --no-print-directory build-stages $(STAGE_ARCH)
	@facts=$$($(INFRA) facts $(STAGE)) && infra/deploy.sh unprotect $(STAGE) $$facts
	@$(STAGE_ARCH) $(CDK) destroy kasir-$(STAGE) $(ARGS)

rehearse: npm ## deploy every stage to a replacement of AWS, run the functions there, and judge their calls by their roles (three minutes; downloads moto once)
	@local/test/rehearse/run

need-stage:
	@[ -n "$(STAGE)" ] || { echo "no stage is given: add STAGE=sandbox or STAGE=production, see infra/stages.go"; exit 1; }

need-go:
	@command -v go >/dev/null || { echo "go is not on PATH: install Go 1.26 or newer, see https://go.dev/dl"; exit 1; }

need-node:
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "node or npm is not on PATH: install Node 20 or newer with npm, see https://nodejs.org"; exit 1; }
	@case "$$(node --version)" in v[2-9][0-9].*|v[1-9][0-9][0-9].*) ;; *) echo "node is $$(node --version): install Node 20 or newer, see https://nodejs.org"; exit 1;; esac

functions: need-go console ## build the functions for this machine into .kasir/functions
	@for f in $(FUNCTIONS); do \
	  echo "building $$f"; mkdir -p $(LOCAL)/$$f; \
	  CGO_ENABLED=0 go build $(LAMBDA_FLAGS) -o $(LOCAL)/$$f/bootstrap ./functions/$$f || exit 1; \
	done

# The page that functions/console embeds. It is built again when a file of it, or a type that it imports, has changed.
PAGE := functions/console/site/index.html
PAGE_SOURCES := $(shell find console clients/typescript/src -name node_modules -prune -o -type f -print 2>/dev/null)

console: $(if $(wildcard console/package.json),$(PAGE)) ## build the operator's console into functions/console/site

$(PAGE): $(PAGE_SOURCES) console/node_modules/.package-lock.json
	@echo "building the console"
	@npm --prefix console run build --silent
	@touch $(@D)/.keep $@

kasir: npm functions ## build everything for this machine, the command into bin/kasir
	@echo "building kasir"
	@CGO_ENABLED=0 go build -trimpath -buildvcs=false -o bin/kasir ./cmd/kasir

npm: node_modules/.package-lock.json

node_modules/.package-lock.json: package.json package-lock.json local/reference/scalar.mjs | need-node
	@echo "installing npm packages (dynalite, the CDK command, the page of the API, the packages for tests)"
	@npm ci --include=dev --no-audit --no-fund --loglevel=error
	@node local/reference/scalar.mjs node_modules
	@touch $@

.PHONY: clients
clients: $(foreach folder,clients/typescript examples/node,$(folder)/node_modules/.package-lock.json) ## install the packages of clients/typescript and examples/node, and build the client
	@npm --prefix clients/typescript run --silent build

# The example needs the client's build, which npm ci makes.
examples/node/node_modules/.package-lock.json: clients/typescript/node_modules/.package-lock.json
%/node_modules/.package-lock.json: %/package.json %/package-lock.json | need-node
	@echo "installing the npm packages of $*"
	@cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The newest version of CHANGELOG.md.
archive release release-notes test-release: export KASIR_VERSION = $(shell awk '$$2 ~ /^[0-9]+\.[0-9]+\.[0-9]+$$/{print $$2; exit}' CHANGELOG.md)

archive: need-go need-node ## make the archives of a release from this checkout, for every system, into .kasir/release (SBOMs if syft is installed)
	@$(GORELEASER) release --snapshot --clean $(if $(shell command -v syft),,--skip=sbom) $(ARGS)

release: release-notes ## build the release of the checked-out tag, and draft it on GitHub (CI does this)
	@$(GORELEASER) release --clean --release-notes .kasir/notes.md

# The section of CHANGELOG.md of the tag's version, which must have a date.
release-notes:
	@[ "$$(git describe --exact-match --tags 2>/dev/null)" = "v$(KASIR_VERSION)" ] || { echo "check out the tag v$(KASIR_VERSION), see docs/releases.md"; exit 1; }
	@mkdir -p .kasir
	@! grep -q '^## $(KASIR_VERSION) (unreleased)' CHANGELOG.md || { echo "$(KASIR_VERSION) is unreleased in CHANGELOG.md: write its date there"; exit 1; }
	@awk '/^## /{n++; next} n==1' CHANGELOG.md >.kasir/notes.md

# The npm packages of a release: dynalite, with LevelDB built for every system, and the page of the API.
release-npm: need-node
	@rm -rf .kasir/npm && mkdir -p .kasir/npm && cp package.json package-lock.json .kasir/npm
	@cd .kasir/npm && npm ci --omit=dev --ignore-scripts --no-bin-links --no-audit --no-fund --loglevel=error
	@node local/reference/scalar.mjs .kasir/npm/node_modules

# Makes one archive for this machine, and uses it as a user does.
test-release: need-go need-node
	@mkdir -p .kasir
	@sed -E "s/goos: \[.*/goos: [$$(go env GOOS)]/; s/goarch: \[.*/goarch: [$$(go env GOARCH)]/" .goreleaser.yaml >.kasir/goreleaser.yaml
	@$(MAKE) --no-print-directory archive ARGS="--config .kasir/goreleaser.yaml"
	@local/test/release/run .kasir/release/kasir_*.tar.gz

clean: ## remove the builds and the local data
	rm -rf bin dist .kasir cdk.out cdk-outputs.*.json clients/typescript/build clients/typescript/dist functions/console/site/*
