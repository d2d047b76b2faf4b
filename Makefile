# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A front for meson, for people who do not know it. Packages that are missing on
# Debian are installed; `make PACKAGES= ...` leaves them alone.

BUILD = build
PREFIX = /usr/local
DESTDIR =
PYTHON = /usr/bin/python3
MESON_OPTIONS =

build_dir = $(abspath $(BUILD))
root_dir = $(build_dir)/root
stagecraft = $(root_dir)$(PREFIX)/bin/stagecraft

PACKAGES = build run demo
test: PACKAGES = all
bench: PACKAGES = all
lint: PACKAGES = all
install: PACKAGES = build run

# What the build directory was configured with; another line configures it again.
configuration = --prefix=$(PREFIX) $(MESON_OPTIONS)
stamp = $(build_dir)/configuration

help:
	@echo 'make up          build, and start the demo rig from here (nothing is installed)'
	@echo 'make down        stop it, in order'
	@echo 'make test        all tests; the last line counts them'
	@echo 'make bench       measure recovery, start and stop'
	@echo 'make lint        format, layers, clang-tidy and the other checks of the text'
	@echo 'make install     into PREFIX ($(PREFIX)), under DESTDIR where one is given;'
	@echo '                 nothing is started, see docs/boot.md'
	@echo 'make uninstall   take that away again'
	@echo 'make clean       remove what was built'
	@echo
	@echo 'Variables: PREFIX DESTDIR BUILD PACKAGES MESON_OPTIONS'

up: stage
	@$(stagecraft) up --demo

down:
	@if [ -x $(stagecraft) ]; then $(stagecraft) down; \
	else echo 'make: nothing was built here, so nothing of it is up'; fi

test: packages
	@$(PYTHON) tests/run --build $(build_dir)/rows

bench: stage
	@PATH=$(root_dir)$(PREFIX)/bin:$$PATH $(PYTHON) bench/run

lint: packages
	@$(PYTHON) tests/run --build $(build_dir)/rows --lint

install: build
	@DESTDIR=$(DESTDIR) meson install -C $(build_dir) --no-rebuild --only-changed
	@if [ -z '$(DESTDIR)' ]; then \
		ninja -C $(build_dir) --quiet how-to-enable; \
	fi

uninstall: configure
	@$(PYTHON) tools/uninstall $(build_dir) '$(DESTDIR)'

clean:
	@if [ -x $(stagecraft) ] && \
		$(stagecraft) status --json 2>/dev/null | grep -q '"up": *true'; then \
		echo 'make: a rig is up, perhaps from here; make down first' >&2; \
		exit 1; \
	fi
	rm -rf $(build_dir)

# A copy of the installation inside the build directory; programs find their
# files from where they stand.
stage: build
	@meson install -C $(build_dir) --no-rebuild --only-changed --quiet \
		--destdir $(root_dir)

build: configure
	@ninja -C $(build_dir) --quiet

configure: packages
	@mkdir -p $(build_dir)
	@if [ "$$(cat $(stamp) 2>/dev/null)" != '$(configuration)' ] || \
		[ ! -f $(build_dir)/build.ninja ]; then \
		if [ -f $(build_dir)/build.ninja ]; then again=--reconfigure; fi; \
		meson setup $$again $(configuration) $(build_dir) . && \
		echo '$(configuration)' >$(stamp); \
	fi

packages:
	@if [ -n '$(PACKAGES)' ]; then tools/install-packages $(PACKAGES); fi

.PHONY: help up down test bench lint install uninstall clean
.PHONY: stage build configure packages
