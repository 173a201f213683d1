/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Builds a packet from text and changes it: by name, by index, and into a lie.
 *
 *	cc craft.c $(pkg-config --cflags --libs pkw) -o craft
 */
#include <pkw.h>

#include <stdio.h>

static void print(const struct pkw_pkt *p)
{
	struct pkw_str s = PKW_STR_INIT;

	pkw_expression(p, &s);
	pkw_str_addc(&s, '\n');
	pkw_str_hex(&s, pkw_bytes(p).p, pkw_bytes(p).len);
	printf("%s\n", s.s);
	pkw_str_free(&s);
}

int main(void)
{
	struct pkw_diag d;
	struct pkw_pkt *p = pkw_pkt_new();
	int node;
	unsigned field;

	/* Text, as on the command line: what is not said is computed. */
	if (pkw_parse(p, "IP(src=192.0.2.1, dst=198.51.100.2)/UDP(dport=53)/"
	    "DNS(qd=DNSQR(qname=\"example.org\"))", &d) < 0) {
		fprintf(stderr, "column %d: %s\n", d.column, d.text);
		return 1;
	}
	print(p);

	/* A field by its path: lengths and checksums follow with the seal. */
	if (pkw_path(p, "DNS.qd[0].qname", &node, &field, &d) < 0 ||
	    pkw_field_parse(p, node, field, "www.example.org", &d) < 0) {
		fprintf(stderr, "%s\n", d.text);
		return 1;
	}
	pkw_seal(p, 0);
	print(p);

	/* Integers by index are quick.  What is set stays, however wrong. */
	const struct pkw_proto *ip = pkw_proto_find("IP");
	int version = pkw_field_find(&ip->rec, "version");
	int layer = pkw_layer_find(p, ip, 0);
	pkw_set(p, layer, (unsigned)version, 3);
	pkw_seal(p, 0);
	print(p);

	int failed = pkw_pkt_err(p) != 0; /* of any setter above */
	pkw_pkt_free(p);
	return failed;
}
