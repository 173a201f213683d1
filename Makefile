# Packetwright: one Makefile.  `make help' lists the targets.
VERSION := 0.1.0
ABI     := 0
O       ?= build
# Sanitizers to build with: address,undefined
SAN     ?=
# How long `make fuzz' runs each target, and what `make mutate' makes
SECONDS ?= 60
PACKETS ?= 10000000

# The core, protocols and text need libc alone; net and captures these.
PKGS := libpcap libmnl zlib libzstd
LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lpthread
# The command is more than the library: scripts and the shell.
CMD_PKGS := lua5.4 libedit
CMD_LIBS := $(shell pkg-config --libs $(CMD_PKGS) 2>/dev/null) -lm

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wcast-qual -Wwrite-strings -Wundef -Wvla -Wswitch-enum \
	-Wimplicit-fallthrough -Wformat=2 -Wnull-dereference \
	-Wno-missing-field-initializers $(if $(shell $(CC) --version | grep clang), \
	-Winitializer-overrides,-Wduplicated-cond -Wlogical-op -Woverride-init)
WARN += $(if $(filter true 1,$(CI) $(WERROR)),-Werror)
CFLAGS ?= -g $(if $(SAN),-O1,-O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
cflags := -std=c11 $(WARN) -fvisibility=hidden -fPIC \
	-fno-semantic-interposition $(CFLAGS) $(if $(SAN), \
	-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
cppflags := -Iinclude -Isrc -D_GNU_SOURCE -DPKW_VERSION='"$(VERSION)"' \
	$(shell pkg-config --cflags $(PKGS) $(CMD_PKGS) 2>/dev/null) \
	$(CPPFLAGS)

core_src := $(wildcard $(patsubst %,src/%/*.c,base core proto proto/* out \
	draw generate))
lib_src  := $(core_src) $(wildcard src/capture/*.c src/net/*.c src/exchange/*.c \
	src/stream/*.c src/probe/*.c)
cmd_src  := $(wildcard src/cmd/*.c src/script/*.c src/shell/*.c)
obj = $(patsubst %.c,$(O)/obj/%.o,$(1))
lib := $(O)/libpkw.a

, := ,
say = @mkdir -p $(@D) $(if $(V),,&& echo "  $(1)	$(2)")
Q := $(if $(V),,@)
# On all cores, unless a -j was given.
jobs = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
# What a test program is made of, whatever its folder.
link = $(Q)$(CC) $(cppflags) -Itests/unit -Itests/lab \
	$(cflags) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(1) $(lib) $(LIBS)

examples := $(patsubst %.c,$(O)/%,$(wildcard examples/*.c))
all: $(lib) $(O)/libpkw.so $(O)/pkw $(O)/pkw-bench $(examples) ## build it

$(O)/obj/%.o: %.c | need
	$(call say,CC,$<)
	$(Q)$(CC) $(cppflags) $(cflags) -MMD -MP -c -o $@ $<

# The walk's steps, written from the protocol tables by a tool that links them.
$(O)/walkgen: $(call obj,tools/walkgen.c $(core_src))
	$(call say,LD,$@)
	$(Q)$(CC) $(cflags) $(LDFLAGS) -o $@ $^ $(LIBS)

# Lua modules become part of the command as they stand.
lua := $(wildcard src/script/lua/*.lua src/shell/lua/*.lua)
$(O)/obj/%.lua.o: %.lua
	$(call say,LUA,$<)
	$(Q)$(LD) -r -b binary -z noexecstack -o $@ $<

$(O)/pkw: $(call obj,$(cmd_src)) $(lua:%=$(O)/obj/%.o) $(lib)
	$(call say,LD,$@)
	$(Q)$(CC) $(cflags) $(LDFLAGS) -o $@ $^ $(LIBS) $(CMD_LIBS)

$(O)/gen/fast.c: $(O)/walkgen
	$(call say,GEN,$@)
	$(Q)$< >$@.new && mv $@.new $@

$(O)/obj/gen/fast.o: $(O)/gen/fast.c
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

$(O)/pkw-bench: bench/pkw-bench.c $(lib)
	$(call say,LD,$@)
	$(call link)

# With the shared library, as a user would.
$(O)/examples/%: examples/%.c $(O)/libpkw.so
	$(call say,LD,$@)
	$(Q)$(CC) -Iinclude $(cflags) -MMD -MP -MF $@.d -o $@ $< $(LDFLAGS) \
	    -L$(O) -lpkw -Wl,-rpath,'$$ORIGIN/..'

need:
	@tools/deps -n build
# Tests: each is a program that prints TAP; perl's prove runs them.
made = $(patsubst %.c,$(O)/%,$(wildcard tests/$(1)/$(2)*.c))
unit  := $(call made,unit,test_)
lab   := $(call made,lab,test_) $(wildcard tests/lab/*.sh)
cmd   := $(wildcard tests/cmd/*.sh)
script := $(filter-out %/tap.lua,$(wildcard tests/script/*.lua))
peers := $(filter-out %/scapy_corpus.py,$(wildcard tests/peers/*.sh \
	tests/peers/*.py))
house := $(filter-out %/tap.sh,$(wildcard tests/house/*.sh))
fuzz  := $(call made,fuzz,fuzz_) $(O)/tests/fuzz/mutate
both := address,undefined
san_dir := $(if $(SAN),$(O),$(O)/asan)
PKW     := $(abspath $(O)/pkw)
FUZZERS := $(abspath $(san_dir))/tests/fuzz
export O SAN PKW FUZZERS
prove = prove $(PROVE) --exec tools/test $(1)

checks := $(wildcard tests/fuzz/check_*.c)
drive = $(if $(findstring fuzzer,$(SAN)),-fsanitize=fuzzer,tests/fuzz/drive.c)
$(O)/tests/fuzz/%: tests/fuzz/%.c tests/fuzz/drive.c $(checks) $(lib)
	$(call say,LD,$@)
	$(call link,$(checks) $(if $(filter mutate,$*),,$(drive)))

$(O)/tests/%: tests/%.c $(lib)
	$(call say,LD,$@)
	$(call link)

# Memory that runs out: see there.
$(O)/tests/unit/test_oom: private LDFLAGS += \
	$(addprefix -Wl$(,)--wrap=,malloc calloc realloc aligned_alloc \
	strdup free)

fuzzers: $(fuzz)
fuzzers-san:
	+$(Q)$(MAKE) $(jobs) O=$(san_dir) SAN=$(or $(SAN),$(both)) fuzzers

check: ## install what is missing, build, run all tests
	tools/deps build check
	+$(MAKE) $(jobs) all programs
	+$(MAKE) test

programs: $(unit) $(lab) fuzzers-san
test: all programs ## all tests; also test-unit test-lab ...
	$(call prove,$(unit) $(house) $(cmd) $(script) $(peers) $(lab) \
	    tests/fuzz/short.sh)
.SECONDEXPANSION:
test-unit test-house test-cmd test-script test-peers test-lab: test-%: all $$($$*)
	$(call prove,$($*))
test-fuzz: all fuzzers-san
	$(call prove,tests/fuzz/short.sh)

asan: ## all tests with the address and undefined behaviour sanitizers
	+$(MAKE) $(jobs) O=$(O)/asan SAN=$(both) all programs
	+$(MAKE) O=$(O)/asan SAN=$(both) test

mutate: fuzzers-san ## mutated packets under the sanitizers [PACKETS=10000000]
	$(san_dir)/tests/fuzz/mutate -n $(PACKETS) tests/data/*.pcap

fuzz: all ## libFuzzer: make fuzz [TARGET=packet] [SECONDS=60]
	tools/deps build fuzz
	+$(MAKE) $(jobs) O=$(O)/libfuzzer CC=clang \
	    SAN=fuzzer-no-link,$(both) fuzzers
	tests/fuzz/run.sh $(O)/libfuzzer/tests/fuzz $(SECONDS) $(TARGET)

demo: ## install what is missing, build, show the main job on real packets
	tools/deps build demo
	+$(MAKE) $(jobs) all
	tools/demo

bench: all ## Packetwright beside its peers, which are installed
	tools/deps build bench
	bench/run.sh

analyze: ## gcc -fanalyzer, clang-tidy, cppcheck
	tools/deps build analyze
	tools/analyze $(lib_src) $(cmd_src)

format-check: ## what clang-format would change
	@tools/format-check

docs: $(O)/pkw ## the reference of all layers, from the tables
	tools/reference docs/reference
	$(O)/pkw doc --man >docs/man/pkw-protocols.7

include tools/install.mk

clean: ## remove what was made
	rm -rf $(O) docs/reference docs/man/*.7

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1	\2/p' $(MAKEFILE_LIST) | \
	    expand -t 18
-include $(shell find $(O)/obj $(O)/tests -name '*.d' 2>/dev/null)
.PHONY: all need check test test-unit test-house test-cmd test-script \
	test-peers test-lab test-fuzz programs fuzzers fuzzers-san mutate asan fuzz demo bench \
	analyze format-check docs install uninstall clean help
