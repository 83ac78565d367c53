# Everything a person or a CI does with this project.

VERSION := $(shell sed -n 's/.*current = "\(.*\)"/\1/p' Sources/ControlAPI/Version.swift)

SWIFT := swift
PACKAGE := .build/package
DEB = .build/deb/service-manager_$(VERSION)_$(shell dpkg --print-architecture).deb
SWIFT_FOLDERS := Package.swift $(wildcard Sources Tests)
SCRIPTS := $(shell grep -rlE '^\#! ?/bin/(ba)?sh' Tests Systemd .ci 2>/dev/null)
# The kind of test host for `image` and `host`, and those that `test` and `test-all` use.
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

# Flags for the programs that contain Swift's libraries. The memory of an idle daemon is mostly the mapped part of its file.
# Smaller code, no unused symbol table and packed relocations (glibc 2.36) more than halve that.
PORTABLE := --configuration release --static-swift-stdlib -Xswiftc -Osize -Xswiftc -use-ld=lld \
	-Xlinker --no-export-dynamic -Xlinker --icf=safe
STATIC := $(PORTABLE) -Xlinker -z -Xlinker pack-relative-relocs

# The oldest glibc that the archive's programs run with: that of Enterprise Linux 9. Ubuntu 22.04 has 2.35.
OLDEST_GLIBC := 2.34
TARBALL := .build/tarball

.PHONY: help build test check test-all transcripts mutants coverage tsan asan lint format deb release tarball check-abi tools host image demo run system-packages

help: ## Lists the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | column -t -s '|'

build: system-packages ## All programs, for debugging
	$(SWIFT) build

test: system-packages ## All tests, including those in the test hosts, except for the longest
	Tests/run

check: system-packages ## The tests that need no host: formatting, unit, simulation and protocol tests
	Tests/run check

test-all: system-packages ## All tests, with every host test
	Tests/run all

transcripts: system-packages ## Rewrites the golden files of the rollout; review them with git diff
	REWRITE_TRANSCRIPTS=1 $(SWIFT) test --filter 'StateTableTests|TranscriptTests'

mutants: system-packages ## Tests the tests: plants bugs, one at a time, and lists those that no test finds; BUG=name for one
	Tests/PlantedBugs/run $(BUG)

coverage: system-packages ## Which lines of the sources the unit tests run
	Tests/instrumented coverage

tsan: system-packages ## The unit tests with ThreadSanitizer
	Tests/instrumented thread

asan: system-packages ## The unit tests with AddressSanitizer
	Tests/instrumented address

lint: ## Checks the formatting, switches over our own enums, references in the pages, imports of ICU, and the scripts if shellcheck is installed
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_FOLDERS)
	@Tests/lint-switches
	@Tests/lint-pages
	@Tests/lint-imports
	@if command -v shellcheck >/dev/null; then shellcheck --severity=warning $(SCRIPTS); fi

format: ## Formats the sources
	$(SWIFT) format --in-place --recursive --parallel $(SWIFT_FOLDERS)

# The products are built one after the other: a single build would pass the static library's flag to all of them, and `launch`,
# which is Embedded Swift, doesn't build with it.
release: system-packages ## The programs of the package, in .build/package
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

# The programs are linked again, without what needs a newer C library.
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

tools: system-packages ## The programs that the tests run besides the package, in .build/tools
	@mkdir -p .build/tools
	@set -e; for product in $(TOOLS); do \
		echo "swift build: $$product"; \
		$(SWIFT) build $(STATIC) --product $$product; \
		strip -o .build/tools/$$product "$$($(SWIFT) build --configuration release --show-bin-path)/$$product"; \
	done

image: system-packages ## A test host's disk image, HOST=debian13 or uml
	Tests/Host/build-image --on $(HOST)

host: system-packages ## A shell in a test host with the package, HOST=debian13 or uml; RUN=script runs a script instead
	Tests/Host/run --on $(HOST) $(RUN)

demo: system-packages ## Replaces containers under load, in a test host
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
