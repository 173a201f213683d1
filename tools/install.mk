# Putting things where they belong, and taking them away again.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
SHARE  ?= $(PREFIX)/share
root   := $(DESTDIR)$(PREFIX)
libdir := $(DESTDIR)$(LIBDIR)
share  := $(DESTDIR)$(SHARE)
pages  := $(notdir $(wildcard docs/man/*.1))
bash   := bash-completion/completions/pkw
zsh    := zsh/site-functions/_pkw
fish   := fish/vendor_completions.d/pkw.fish
shells := bash zsh fish

install: all ## DESTDIR= PREFIX= LIBDIR= SHARE=
	install -d $(root)/bin $(root)/include/pkw $(libdir)/pkgconfig \
	    $(share)/man/man1 $(share)/man/man7 \
	    $(foreach s,$(shells),$(dir $(share)/$($s)))
	install $(O)/pkw $(root)/bin
	ln -sf pkw $(root)/bin/pkw-hping3
	install -m644 include/pkw.h $(root)/include
	install -m644 include/pkw/*.h $(root)/include/pkw
	install -m644 $(lib) $(O)/libpkw.so.$(VERSION) $(libdir)
	ln -sf libpkw.so.$(VERSION) $(libdir)/libpkw.so.$(ABI)
	ln -sf libpkw.so.$(ABI) $(libdir)/libpkw.so
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|' \
	    -e 's|@VERSION@|$(VERSION)|; s|@PKGS@|$(PKGS)|' \
	    tools/pkw.pc.in >$(libdir)/pkgconfig/pkw.pc
	install -m644 $(pages:%=docs/man/%) $(share)/man/man1
	$(O)/pkw doc --man >$(share)/man/man7/pkw-protocols.7
	set -e; $(foreach s,$(shells),$(O)/pkw completion $s >$(share)/$($s);)

uninstall: ## with the same variables
	rm -rf $(root)/bin/pkw $(root)/bin/pkw-hping3 $(root)/include/pkw $(root)/include/pkw.h \
	    $(libdir)/libpkw.a $(libdir)/libpkw.so* $(libdir)/pkgconfig/pkw.pc \
	    $(pages:%=$(share)/man/man1/%) $(share)/man/man7/pkw-protocols.7 \
	    $(foreach s,$(shells),$(share)/$($s))
