# flakefs: build, check, install.
#
#   make                 the program, build/flakefs
#   make check           unit tests, language cases, whole-program tests
#   make check SANITIZE=1        the same under ASan and UBSan (build-san/)
#   make fuzz            look for inputs that crash, with clang
#   make demo            mount an example, read it, toggle something
#   make fuzz FUZZ="regex drv" FUZZ_SECONDS=60       tests/fuzz/README.md
#   make bench           speed, as ratios to the peers that are installed
#   make format lint     clang-format; clang-tidy and cppcheck
#   make install         PREFIX=/usr/local DESTDIR=
#   make V=1             any of these, each command as it is run
#
# Every .c in fs/ eval/ cache/ belongs to the program; every
# tests/<part>/test_*.c is a Check program of its own, linked with all of them.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man

PKG_CONFIG ?= pkg-config
PACKAGES := fuse3 libgit2 libxxhash jansson sqlite3 libcurl libarchive \
	libseccomp nettle

ifdef SANITIZE
BUILD ?= build-san
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
OPT ?= -O1
else
BUILD ?= build
OPT ?= -O2
endif
ifdef WERROR
WARNERR := -Werror
endif

ifdef V
Q :=
say = @:
else
Q := @
say = @printf '  %-4s %s\n'
endif

CFLAGS ?= -g
LIBFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lcmark -lm -pthread
ALL_CFLAGS := -std=gnu11 $(OPT) -Wall -Wextra -Wmissing-prototypes \
	-Wstrict-prototypes -Wshadow -Wpointer-arith -Wno-unused-parameter \
	-Wno-missing-field-initializers -Wno-sign-compare \
	-Wno-gnu-variable-sized-type-not-at-end $(WARNERR) \
	-fno-strict-aliasing -ffile-prefix-map=$(CURDIR)=. \
	-D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DFUSE_USE_VERSION=314 -I. \
	$(LIBFLAGS) $(SANFLAGS) $(CFLAGS)
ALL_LDFLAGS := $(SANFLAGS) $(LDFLAGS)

SRCS := $(sort $(wildcard fs/*.c eval/*.c cache/*.c))
OBJS := $(SRCS:%.c=$(BUILD)/%.o)
LIBOBJS := $(filter-out $(BUILD)/fs/main.o,$(OBJS))
TEST_SRCS := $(sort $(wildcard tests/eval/test_*.c tests/fs/test_*.c \
	tests/cache/test_*.c))
TESTS := $(TEST_SRCS:%.c=$(BUILD)/%)
FUZZ_SRCS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZERS := $(FUZZ_SRCS:%.c=$(BUILD)/%)

.PHONY: all check unit fuzz demo bench install format lint clean
.DEFAULT_GOAL := all
all: $(BUILD)/flakefs

$(BUILD)/flakefs: $(OBJS)
	$(say) LD $@
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(OBJS) $(LIBS)

$(BUILD)/%.o: %.c
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libflakefs.a: $(LIBOBJS)
	$(say) AR $@
	$(Q)rm -f $@
	$(Q)ar crD $@ $(LIBOBJS)

$(BUILD)/tests/%: tests/%.c $(BUILD)/libflakefs.a
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(shell $(PKG_CONFIG) --cflags check) -MMD -MP \
		$(ALL_LDFLAGS) -o $@ $< $(BUILD)/libflakefs.a \
		$(shell $(PKG_CONFIG) --libs check) $(LIBS)

$(BUILD)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c \
		$(BUILD)/libflakefs.a
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< tests/fuzz/replay.c \
		$(BUILD)/libflakefs.a $(LIBS)

unit: $(TESTS)
	@tests/each $(TESTS)

# Programs that look for inputs that crash, with clang: FUZZ_SECONDS for each
# of FUZZ. To add 0 to a null pointer is no finding: an empty list has no items
# (C2y allows it, N3322).
FUZZ_SECONDS ?= 60
FUZZ ?= $(FUZZ_SRCS:tests/fuzz/fuzz_%.c=%)
FUZZ_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-sanitize=pointer-overflow
fuzz:
	$(MAKE) CC=clang BUILD=build-fuzz OPT=-O1 WARNERR= \
		SANFLAGS="$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link" \
		build-fuzz/libflakefs.a
	@set -e; for f in $(FUZZ); do \
		mkdir -p build-fuzz/$$f; \
		clang -std=gnu11 -g -D_GNU_SOURCE -I. $(LIBFLAGS) \
			$(FUZZ_FLAGS) -fsanitize=fuzzer -o build-fuzz/fuzz_$$f \
			tests/fuzz/fuzz_$$f.c build-fuzz/libflakefs.a $(LIBS); \
		dict=tests/fuzz/$$f.dict; \
		build-fuzz/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) \
			$$(test -f $$dict && echo -dict=$$dict) -timeout=25 \
			-artifact_prefix=build-fuzz/ build-fuzz/$$f \
			tests/fuzz/$$f; done

# After the unit tests the whole-program tests: each is an executable that finds
# the program in FLAKEFS, makes its own temporary folder, and exits with 77 to
# say that it was skipped.
check: $(BUILD)/flakefs $(TESTS) $(FUZZERS)
	@FLAKEFS=$(abspath $(BUILD)/flakefs) \
		tests/each $(TESTS) $(sort $(wildcard tests/*/*.sh))

demo:
	sh mnt-examples/demo

# Each can be run alone; tests/bench/mount wants a repository.
BENCH := $(BUILD)/tests/bench/noop $(BUILD)/tests/bench/files
$(BENCH): $(BUILD)/%: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(LIBS)

bench: $(BUILD)/flakefs $(BUILD)/tests/fs/test_fake $(BENCH)
	tests/bench/run $(abspath $(BUILD)/flakefs)
	tests/bench/limits $(BUILD)/flakefs $(BUILD)/tests/fs/test_fake $(BENCH)
	tests/bench/change $(BUILD)/flakefs

install: $(BUILD)/flakefs
	install -D -m 755 $(BUILD)/flakefs $(DESTDIR)$(BINDIR)/flakefs
	install -d $(DESTDIR)$(SBINDIR)
	ln -sf $(BINDIR)/flakefs $(DESTDIR)$(SBINDIR)/mount.flakefs
	set -e; for page in $(wildcard docs/*.[1578]); do install -D -m 644 $$page \
		$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done

SOURCES_ALL = $(wildcard fs/*.[ch] eval/*.[ch] cache/*.[ch] tests/*/*.[ch])

format:
	clang-format -i $(SOURCES_ALL)

# What is switched off, and why, stands in .clang-tidy.
lint:
	clang-format --dry-run -Werror $(SOURCES_ALL)
	printf '%s\n' $(SRCS) | xargs -P "$$(nproc)" -n 8 sh -c \
		'clang-tidy --quiet "$$@" -- $(ALL_CFLAGS)' lint
	cppcheck --quiet -j "$$(nproc)" --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,portability \
		--suppress=missingIncludeSystem -I. $(SRCS)

clean:
	rm -rf build build-san build-fuzz

-include $(OBJS:.o=.d) $(TESTS:=.d) $(BENCH:=.d)
