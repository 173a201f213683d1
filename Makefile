# Packetwright: one Makefile.  `make help' lists the targets.
VERSION := 0.1.0
ABI     := 0
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
SHARE   ?= $(PREFIX)/share
O       ?= build
# Sanitizers to build with: address,undefined
SAN     ?=
# How long `make fuzz' runs each target
SECONDS ?= 60
# How many packets `make mutate' makes
PACKETS ?= 10000000

# The core, protocols and text need libc alone; the net and captures these.
PKGS := libpcap libmnl zlib libzstd
LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lpthread

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wcast-qual -Wwrite-strings -Wundef -Wvla -Wswitch-enum \
	-Wimplicit-fallthrough -Wformat=2 -Wnull-dereference \
	-Wno-missing-field-initializers $(if $(shell $(CC) --version | grep clang), \
	-Winitializer-overrides,-Wduplicated-cond -Wlogical-op -Woverride-init)
ifneq ($(filter true 1,$(CI) $(WERROR)),)
WARN += -Werror
endif
CFLAGS ?= -g $(if $(SAN),-O1,-O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
cflags := -std=c11 $(WARN) -fvisibility=hidden -fPIC $(CFLAGS) $(if $(SAN), \
	-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
cppflags := -Iinclude -Isrc -D_GNU_SOURCE -DPKW_VERSION='"$(VERSION)"' \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null) $(CPPFLAGS)

core_src := $(wildcard src/base/*.c src/core/*.c src/proto/*.c src/proto/*/*.c \
	src/out/*.c src/generate/*.c)
lib_src  := $(core_src) $(wildcard src/capture/*.c src/net/*.c src/exchange/*.c)
obj = $(patsubst %.c,$(O)/obj/%.o,$(1))
lib := $(O)/libpkw.a

say = $(if $(V),,@echo "  $(1)	$(2)")
Q := $(if $(V),,@)
# At all cores, unless a -j was given.
jobs = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
# What a test program is made of, whatever its folder.
link = $(Q)mkdir -p $(@D) && $(CC) $(cppflags) -Itests/unit -Itests/lab \
	$(cflags) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(1) $(lib) $(LIBS)

examples := $(patsubst %.c,$(O)/%,$(wildcard examples/*.c))

all: $(lib) $(O)/libpkw.so $(O)/pkw $(O)/pkw-bench $(examples) ## build it (the default)

$(O)/obj/%.o: %.c | need
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(cppflags) $(cflags) -MMD -MP -c -o $@ $<

# The walk's steps, written from the protocol tables by a tool that links them.
$(O)/walkgen: $(call obj,tools/walkgen.c $(core_src))
	$(call say,LD,$@)
	$(Q)$(CC) $(cflags) $(LDFLAGS) -o $@ $^ -lpthread

$(O)/gen/fast.c: $(O)/walkgen
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$< >$@.new && mv $@.new $@

$(O)/obj/gen/fast.o: $(O)/gen/fast.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(cppflags) $(cflags) $(if $(SAN),,-O3) -MMD -MP -c -o $@ $<

$(lib): $(call obj,$(lib_src)) $(O)/obj/gen/fast.o
	$(call say,AR,$@)
	$(Q)rm -f $@; $(AR) rcs $@ $^

$(O)/libpkw.so: $(call obj,$(lib_src)) $(O)/obj/gen/fast.o
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(cflags) $(LDFLAGS) -Wl,-soname,libpkw.so.$(ABI) \
	    $(if $(SAN),,-Wl,-z,defs) -o $@.$(VERSION) $^ $(LIBS)
	$(Q)ln -sf libpkw.so.$(VERSION) $@.$(ABI) && ln -sf libpkw.so.$(ABI) $@

$(O)/pkw: $(call obj,$(wildcard src/cmd/*.c)) $(lib)
	$(call say,LD,$@)
	$(Q)$(CC) $(cflags) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/pkw-bench: bench/pkw-bench.c $(lib)
	$(call say,LD,$@)
	$(call link)

# As a user of the installed library would.
$(O)/examples/%: examples/%.c $(O)/libpkw.so
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -std=c11 -Iinclude $(WARN) $(CFLAGS) $(if $(SAN), \
	    -fsanitize=$(SAN)) -MMD -MP -MF $@.d -o $@ $< $(LDFLAGS) \
	    -L$(O) -lpkw -Wl,-rpath,'$$ORIGIN/..'

need:
	@tools/deps -n build

# Tests: each is a program that prints TAP; perl's prove runs them.
made = $(patsubst tests/$(1)/%.c,$(O)/tests/$(1)/%,$(wildcard \
	tests/$(1)/$(2)*.c))
unit  := $(call made,unit,test_)
lab   := $(call made,lab,test_) $(wildcard tests/lab/*.sh)
cmd   := $(wildcard tests/cmd/*.sh)
peers := $(filter-out %/scapy_corpus.py,$(wildcard tests/peers/*.sh \
	tests/peers/*.py))
house := $(filter-out %/tap.sh,$(wildcard tests/house/*.sh))
fuzz  := $(call made,fuzz,fuzz_)
san_dir := $(if $(SAN),$(O),$(O)/asan)
export O
export PKW := $(abspath $(O)/pkw)
export FUZZERS := $(abspath $(san_dir))/tests/fuzz
prove = prove $(PROVE) --exec tools/test $(1)

checks := $(wildcard tests/fuzz/check_*.c)
$(O)/tests/fuzz/%: tests/fuzz/%.c tests/fuzz/drive.c $(checks) $(lib)
	$(call say,LD,$@)
	$(call link,$(checks) $(if $(findstring fuzzer,$(SAN)),-fsanitize=fuzzer, \
	    tests/fuzz/drive.c))

$(O)/tests/fuzz/mutate: tests/fuzz/mutate.c $(checks) $(lib)
	$(call say,LD,$@)
	$(call link,$(checks))

$(O)/tests/%: tests/%.c $(lib)
	$(call say,LD,$@)
	$(call link)

fuzzers: $(fuzz) $(O)/tests/fuzz/mutate
fuzzers-san:
	+$(Q)$(MAKE) $(jobs) O=$(san_dir) SAN=$(or $(SAN),address,undefined) \
	    fuzzers

check: ## install what is missing, build, run all tests
	tools/deps build check
	+$(MAKE) $(jobs) all $(filter $(O)/%,$(unit) $(lab)) fuzzers-san
	+$(MAKE) test

test: all $(unit) $(lab) fuzzers-san ## all tests; also test-unit test-lab ...
	$(call prove,$(unit) $(house) $(cmd) $(peers) $(lab) tests/fuzz/short.sh)
.SECONDEXPANSION:
test-unit test-house test-cmd test-peers test-lab: test-%: all $$($$*)
	$(call prove,$($*))
test-fuzz: all fuzzers-san
	$(call prove,tests/fuzz/short.sh)

asan: ## all tests with the address and undefined behaviour sanitizers
	+$(MAKE) $(jobs) O=$(O)/asan SAN=address,undefined all
	+$(MAKE) O=$(O)/asan SAN=address,undefined test

mutate: fuzzers-san ## mutated packets under the sanitizers [PACKETS=10000000]
	$(san_dir)/tests/fuzz/mutate -n $(PACKETS) tests/data/*.pcap

fuzz: all ## libFuzzer: make fuzz [TARGET=packet] [SECONDS=60]
	tools/deps build fuzz
	+$(MAKE) $(jobs) O=$(O)/libfuzzer CC=clang CI= WERROR= \
	    SAN=fuzzer-no-link,address,undefined fuzzers
	tests/fuzz/run.sh $(O)/libfuzzer/tests/fuzz $(SECONDS) $(TARGET)

demo: ## install what is missing, build, show the main job on real packets
	tools/deps build demo
	+$(MAKE) $(jobs) all
	tools/demo

bench: all ## Packetwright beside its peers
	bench/run.sh

analyze: ## gcc -fanalyzer, clang-tidy, cppcheck
	tools/deps build analyze
	tools/analyze "$(cppflags)" $(lib_src) $(wildcard src/cmd/*.c)

format-check: ## what clang-format would change
	@clang-format --dry-run $(shell git ls-files '*.c' '*.h') 2>&1 | \
	    grep warning: | cut -d: -f1 | sort | uniq -c

docs: $(O)/pkw ## the reference, from the tables: docs/reference/
	tools/reference docs/reference

completions := bash:bash-completion/completions/pkw \
	zsh:zsh/site-functions/_pkw fish:fish/vendor_completions.d/pkw.fish
root = $(DESTDIR)$(PREFIX)
install: all ## DESTDIR= PREFIX= LIBDIR=
	install -Dm755 $(O)/pkw $(root)/bin/pkw
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(root)/include/pkw \
	    $(DESTDIR)$(SHARE)/man/man1 $(DESTDIR)$(SHARE)/man/man7
	install -m644 $(lib) $(DESTDIR)$(LIBDIR)
	install -m755 $(O)/libpkw.so.$(VERSION) $(DESTDIR)$(LIBDIR)
	ln -sf libpkw.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libpkw.so.$(ABI)
	ln -sf libpkw.so.$(ABI) $(DESTDIR)$(LIBDIR)/libpkw.so
	install -m644 include/pkw.h $(root)/include
	install -m644 include/pkw/*.h $(root)/include/pkw
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|' \
	    -e 's|@VERSION@|$(VERSION)|; s|@PKGS@|$(PKGS)|' \
	    tools/pkw.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/pkw.pc
	install -m644 docs/man/*.1 $(DESTDIR)$(SHARE)/man/man1
	$(O)/pkw doc --man >$(DESTDIR)$(SHARE)/man/man7/pkw-protocols.7
	$(foreach c,$(completions),install -Dm644 /dev/null \
	    $(DESTDIR)$(SHARE)/$(word 2,$(subst :, ,$(c))) && \
	    $(O)/pkw completion $(word 1,$(subst :, ,$(c))) \
	    >$(DESTDIR)$(SHARE)/$(word 2,$(subst :, ,$(c))) &&) :

uninstall:
	rm -rf $(root)/bin/pkw $(root)/include/pkw $(root)/include/pkw.h \
	    $(DESTDIR)$(LIBDIR)/libpkw.* $(DESTDIR)$(LIBDIR)/pkgconfig/pkw.pc \
	    $(DESTDIR)$(SHARE)/man/man7/pkw-protocols.7 \
	    $(patsubst docs/man/%,$(DESTDIR)$(SHARE)/man/man1/%,$(wildcard docs/man/*.1)) \
	    $(foreach c,$(completions),$(DESTDIR)$(SHARE)/$(word 2,$(subst :, ,$(c))))

clean: ## remove what was made
	rm -rf $(O) docs/reference

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1	\2/p' Makefile | expand -t 18

-include $(shell find $(O)/obj $(O)/tests -name '*.d' 2>/dev/null)
.PHONY: all need check test test-unit test-house test-cmd test-peers test-lab \
	test-fuzz fuzzers fuzzers-san mutate asan fuzz demo bench analyze \
	format-check docs install uninstall clean help
