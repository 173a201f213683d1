/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A protocol of one's own, in a program that links the library: a beacon over
 * UDP port 7777 with a name in it.  One table; crafting, dissecting and showing
 * it come by themselves.  CONTRIBUTING.md tells how to build one in.
 *
 *	cc protocol.c $(pkg-config --cflags --libs pkw) -o protocol
 */
#include <pkw.h>
#include <pkw/rows.h>

#include <stdio.h>

enum { BEACON_KIND, BEACON_SEQ, BEACON_NAMELEN, BEACON_NAME };

static const struct pkw_label kinds[] = {
	{ 1, "hello", 0 },
	{ 2, "goodbye", 0 },
};
static const struct pkw_field fields[] = {
	[BEACON_KIND] = U8("kind", .def = 1, LABELS(kinds)),
	[BEACON_SEQ] = U16("seq", .doc = "grows by one in each beacon"),
	[BEACON_NAMELEN] = U8("namelen", LEN(BEACON_NAME)),
	[BEACON_NAME] = TEXT("name", .doc = "who is there"),
};
static const struct pkw_bind binds[] = {
	{ .space = "udp.port", .value = 7777, .build = { 7777, 7777 } },
};
static const struct pkw_proto beacon = {
	.rec = RECORD("Beacon", 0, fields),
	.title = "A beacon",
	.summary = "{kind} {seq} {name}",
	BINDS(binds),
};

int main(void)
{
	struct pkw_diag d;
	struct pkw_str s = PKW_STR_INIT;
	struct pkw_pkt *p = pkw_pkt_new(), *q = pkw_pkt_new();
	struct pkw_printer *pr = pkw_printer_new(NULL);

	if (pkw_register(&beacon, &d) < 0 ||
	    pkw_parse(p, "IP(src=192.0.2.1, dst=192.0.2.255)/UDP()/"
	    "Beacon(kind=goodbye, seq=7, name=\"cellar\")", &d) < 0) {
		fprintf(stderr, "%s\n", d.text);
		return 1;
	}
	/* There and back: the bytes alone tell what they are. */
	pkw_dissect(q, pkw_proto_find("IP"), pkw_bytes(p).p, pkw_bytes(p).len,
	    0);
	pkw_show(pr, q, NULL, &s);
	printf("%s", s.s);
	pkw_printer_free(pr);
	pkw_str_free(&s);
	pkw_pkt_free(p);
	pkw_pkt_free(q);
	return 0;
}
