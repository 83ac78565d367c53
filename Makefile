# Everything a person or a CI does with this project.

VERSION := $(shell sed -n 's/.*current = "\(.*\)"/\1/p' Sources/ControlAPI/Version.swift)

SWIFT := swift
PACKAGE := .build/package
DEB = .build/deb/service-manager_$(VERSION)_$(shell dpkg --print-architecture).deb
SWIFT_FOLDERS := Package.swift $(wildcard Sources Tests)
SCRIPTS := $(shell grep -rlE '^\#! ?/bin/(ba)?sh' Tests Systemd .ci 2>/dev/null)
# The kind of test host that `image` and `host` are about, and those that `test` and `test-all` use.
HOST := uml
TEST_HOSTS ?= debian13 uml
export TEST_HOSTS

# What the build needs, and what the test hosts need.
SYSTEM_PACKAGES := libnl-3-dev libnl-genl-3-dev libsystemd-dev pkg-config binutils \
	user-mode-linux uml-utilities mmdebstrap e2fsprogs util-linux iproute2 iptables curl
ifneq ($(filter debian13,$(TEST_HOSTS) $(HOST)),)
SYSTEM_PACKAGES += qemu-system-x86 qemu-utils zstd
endif

# The programs of the tests.
TOOLS := reaction-times traffic standin-couchdb ipvs-check network-check docker-check systemd-check

# How the programs are built that have Swift's libraries in them. What costs memory while the daemon is idle is how much of
# its file is mapped: smaller code, no table of symbols that nobody links with, and packed relocations (glibc 2.36) more
# than halve that.
PORTABLE := --configuration release --static-swift-stdlib -Xswiftc -Osize -Xswiftc -use-ld=lld \
	-Xlinker --no-export-dynamic -Xlinker --icf=safe
STATIC := $(PORTABLE) -Xlinker -z -Xlinker pack-relative-relocs

# The oldest glibc that the archive's programs run with: that of Enterprise Linux 9, Ubuntu 22.04 has 2.35.
OLDEST_GLIBC := 2.34
TARBALL := .build/tarball

.PHONY: help build test check test-all transcripts mutants coverage tsan asan lint format deb release tarball check-abi tools host image demo run system-packages

help: ## What can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | column -t -s '|'

build: system-packages ## All programs, for debugging
	$(SWIFT) build

test: system-packages ## All tests, those in the test hosts included
	Tests/run

check: system-packages ## The tests that need no host: formatting, unit, simulation and protocol tests
	Tests/run check

test-all: system-packages ## The same, with every host test
	Tests/run all

transcripts: system-packages ## Writes the golden files of the rollout again: look at git diff
	REWRITE_TRANSCRIPTS=1 $(SWIFT) test --filter 'StateTableTests|TranscriptTests'

mutants: system-packages ## A test of the tests: plants bugs, one at a time, and tells which are not found; BUG=name for one
	Tests/PlantedBugs/run $(BUG)

coverage: system-packages ## Which lines of the sources the unit tests run
	Tests/instrumented coverage

tsan: system-packages ## The unit tests with ThreadSanitizer
	Tests/instrumented thread

asan: system-packages ## The unit tests with AddressSanitizer
	Tests/instrumented address

lint: ## Checks the formatting, that no switch over our own enums has a default, that the pages name what is there, that nothing imports ICU, and the scripts where shellcheck is installed
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_FOLDERS)
	@Tests/lint-switches
	@Tests/lint-pages
	@Tests/lint-imports
	@if command -v shellcheck >/dev/null; then shellcheck --severity=warning $(SCRIPTS); fi

format: ## Formats the sources
	$(SWIFT) format --in-place --recursive --parallel $(SWIFT_FOLDERS)

# One after the other: `launch` is Embedded Swift, which the static library's flag doesn't go with, and a single build
# of several products would give it to all of them.
release: system-packages ## The programs as they are shipped, in .build/package
	@mkdir -p $(PACKAGE)
	$(SWIFT) build --configuration release --product launch
	@cp "$$($(SWIFT) build --configuration release --show-bin-path)/launch" $(PACKAGE)/
	@set -e; for product in service-managerd smctl service-managerd-generator; do \
		echo "swift build: $$product"; \
		$(SWIFT) build $(STATIC) --product $$product; \
		cp "$$($(SWIFT) build --configuration release --show-bin-path)/$$product" $(PACKAGE)/; \
	done

deb: release ## The Debian package, in .build/deb
	@Systemd/package/build-deb $(PACKAGE) '$(VERSION)' .build/deb

# Linked once more, without what only newer C libraries understand.
tarball: release ## An archive with an install script, for hosts without dpkg, in .build/tarball
	@mkdir -p $(TARBALL)/programs
	@cp $(PACKAGE)/launch $(TARBALL)/programs/
	@set -e; for product in service-managerd smctl service-managerd-generator; do \
		echo "swift build: $$product, for glibc $(OLDEST_GLIBC)"; \
		$(SWIFT) build $(PORTABLE) --product $$product; \
		cp "$$($(SWIFT) build --configuration release --show-bin-path)/$$product" $(TARBALL)/programs/; \
	done
	@Systemd/package/check-abi $(OLDEST_GLIBC) $(TARBALL)/programs/*
	@Systemd/package/build-tarball $(TARBALL)/programs '$(VERSION)' $(TARBALL)

check-abi: tarball ## Checks that the archive's programs run with an old C library

tools: system-packages ## What the tests run besides the package, in .build/tools
	@mkdir -p .build/tools
	@set -e; for product in $(TOOLS); do \
		echo "swift build: $$product"; \
		$(SWIFT) build $(STATIC) --product $$product; \
		strip -o .build/tools/$$product "$$($(SWIFT) build --configuration release --show-bin-path)/$$product"; \
	done

image: system-packages ## A test host's disk image, HOST=debian13 or uml
	Tests/Host/build-image --on $(HOST)

host: system-packages ## A test host with the package, HOST=debian13 or uml: a shell in it, or RUN=script
	Tests/Host/run --on $(HOST) $(RUN)

demo: system-packages ## Replaces a container under load, in a test host
	Tests/Host/demo

run: build ## The daemon in the foreground, without units; ARGS=…
	"$$($(SWIFT) build --show-bin-path)/service-managerd" --units none $(ARGS)

system-packages: ## Installs the Debian packages that are missing
	@missing=; for package in $(SYSTEM_PACKAGES); do \
		dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then root=; else root=sudo; fi; \
		echo "installing$$missing"; \
		$$root apt-get update -qq; \
		$$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing; \
	fi
