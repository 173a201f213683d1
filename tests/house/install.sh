#!/bin/bash
# make install puts everything in its place below DESTDIR, and make uninstall
# takes all of it away again.
. tests/house/tap.sh

at=$tmp/dest/usr
check "make install" make -s install DESTDIR="$tmp/dest" PREFIX=/usr
for f in bin/pkw bin/pkw-hping3 lib/libpkw.a lib/libpkw.so lib/libpkw.so.0 \
    lib/pkgconfig/pkw.pc include/pkw.h include/pkw/pkt.h \
    share/man/man1/pkw.1 share/man/man7/pkw-protocols.7 \
    share/bash-completion/completions/pkw share/zsh/site-functions/_pkw \
    share/fish/vendor_completions.d/pkw.fish; do
	check "$f" test -s "$at/$f"
done
is "public headers, all of them" "$(cd "$at/include" && find . -name '*.h' | sort)" \
    "$(cd include && find . -name '*.h' | sort)"
is "the version" "$("$at/bin/pkw" version)" "pkw $(PKG_CONFIG_PATH=$at/lib/pkgconfig \
    pkg-config --modversion pkw)"
is "DESTDIR stands nowhere in the files" "$(grep -rlI "$tmp" "$tmp/dest")" ""
check "make uninstall" make -s uninstall DESTDIR="$tmp/dest" PREFIX=/usr
is "... leaves no file" "$(find "$tmp/dest" ! -type d)" ""
tap_done
