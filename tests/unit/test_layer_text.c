/* SPDX-License-Identifier: BSD-2-Clause */
/* pkw_text(): addresses read in place, and what cannot be read there. */
#include "pkw/field.h"
#include "pkw/text.h"
#include "tap.h"

static void is_text(const char *expr, int layer, const char *name,
    const char *want)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_str s = PKW_STR_INIT;
	struct pkw_pkt *p = pkw_pkt_new();

	is_int(pkw_parse(p, expr, &d), 0, expr);
	const struct pkw_view *v = pkw_view(p);
	int k = pkw_field_find(&v->layers[layer].proto->rec, name);
	is_int(pkw_text(p, layer, (unsigned)k, 0, &s), 0, name);
	is_str(s.s ? s.s : "", want, expr);
	pkw_str_free(&s);
	pkw_pkt_free(p);
}

static void refused(void)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_str s = PKW_STR_INIT;
	struct pkw_pkt *p = pkw_pkt_new();

	pkw_parse(p, "IP()/UDP()", &d);
	is_int(pkw_text(p, 2, 0, 0, &s), -PKW_EINVAL, "no such layer");
	is_int(pkw_text(p, -1, 0, 0, &s), -PKW_EINVAL, "no layer at all");
	is_int(pkw_text(p, 1, 99, 0, &s), -PKW_ENOFIELD, "no such field");
	is_int((int64_t)s.len, 0, "nothing was written");
	pkw_str_free(&s);
	pkw_pkt_free(p);
}

int main(void)
{
	is_text("Ether(dst='02:00:00:00:0a:01')/IP()", 0, "dst",
	    "02:00:00:00:0a:01");
	is_text("Ether()/IP(src='192.0.2.1')", 1, "src", "192.0.2.1");
	is_text("IPv6(src='2001:db8:0:0:1:0:0:1')", 0, "src",
	    "2001:db8::1:0:0:1"); /* RFC 5952 §4.2.3 */
	is_text("ARP(psrc='192.0.2.7')", 0, "psrc", "192.0.2.7");
	/* bytes of other sizes in the address's place move what follows */
	is_text("IP(src=RawVal(b'abcdef'), dst='192.0.2.9')", 0, "dst",
	    "192.0.2.9");
	is_text("IP(ttl=7)", 0, "ttl", "7");
	is_text("IP(dst='192.0.2.1')/TCP(flags='SA')", 1, "flags", "SA");
	refused();
	return done();
}
