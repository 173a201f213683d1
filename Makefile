# Packetwright: one Makefile. `make help' lists the targets.
VERSION := 0.1.0
ABI     := 0
PREFIX  ?= /usr/local
CC      ?= cc
O       ?= build

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wcast-qual -Wwrite-strings -Wundef -Wvla -Wswitch-enum \
	-Wimplicit-fallthrough -Wformat=2 -Wnull-dereference \
	-Wno-missing-field-initializers
HARD := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
OPT  ?= -O2 $(HARD)
CFLAGS += -std=c11 $(OPT) -g $(WARN) -fvisibility=hidden -fPIC
CPPFLAGS += -Iinclude -Isrc -D_GNU_SOURCE -DPKW_VERSION='"$(VERSION)"'

# The core, protocols and text need libc alone; the rest is probed.
core_src := $(wildcard src/base/*.c src/core/*.c src/proto/*.c src/proto/*/*.c \
	src/out/*.c src/generate/*.c)
sys_src  := $(wildcard src/capture/*.c src/net/*.c src/exchange/*.c)
cmd_src  := $(wildcard src/cmd/*.c)
bench_src := $(wildcard bench/pkw-bench.c)
lib_src  := $(core_src) $(sys_src)
LIBS     := -lpcap -lz -lzstd -lmnl -lpthread

obj = $(patsubst %.c,$(O)/obj/%.o,$(1))
lib_obj := $(call obj,$(lib_src)) $(O)/obj/gen/fast.o
Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)	$(2)")

all: $(O)/libpkw.a $(O)/libpkw.so $(if $(cmd_src),$(O)/pkw) \
	$(if $(bench_src),$(O)/pkw-bench)

$(O)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The walk's steps, written from the protocol tables by a tool that links them.
$(O)/walkgen: $(call obj,tools/walkgen.c $(core_src))
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpthread

$(O)/gen/fast.c: $(O)/walkgen
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$< >$@.new && mv $@.new $@

$(O)/obj/gen/fast.o: $(O)/gen/fast.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -O3 -MMD -MP -c -o $@ $<

$(O)/libpkw.a: $(lib_obj)
	$(call say,AR,$@)
	$(Q)rm -f $@; $(AR) rcs $@ $^

$(O)/libpkw.so: $(lib_obj)
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(LDFLAGS) -Wl,-soname,libpkw.so.$(ABI) \
	    -o $(O)/libpkw.so.$(ABI) $^ $(LIBS)
	$(Q)ln -sf libpkw.so.$(ABI) $@

$(O)/pkw: $(call obj,$(cmd_src)) $(O)/libpkw.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/pkw-bench: $(call obj,$(bench_src)) $(O)/libpkw.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# Unit tests: TAP programs, run by perl's prove.
unit := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test_*.c))

$(O)/tests/%: tests/unit/%.c $(O)/libpkw.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

test-unit: $(unit)
	prove -e '' $(unit)

# Lab tests: the same, but each in a network of its own; they need root.
lab := $(patsubst tests/lab/%.c,$(O)/lab/%,$(wildcard tests/lab/test_*.c))

$(O)/lab/%: tests/lab/%.c tests/lab/lab.h $(O)/libpkw.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CPPFLAGS) -Itests/unit -Itests/lab $(CFLAGS) $(LDFLAGS) \
	    -o $@ $< $(O)/libpkw.a $(LIBS)

test-lab: $(lab)
	prove -e '' $(lab)

clean:
	rm -rf $(O)

-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)
.PHONY: all test-unit test-lab clean
