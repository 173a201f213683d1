/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text that comes from anywhere: expressions, templates, edits and paths.  For
 * any text:
 *
 *   - it parses or fails with a diagnosis; nothing is read outside of it;
 *   - what parsed is printed as an expression that gives the same bytes;
 *   - its bytes, dissected, are printed so as well;
 *   - a template of it gives packets, patched as if set and sealed;
 *   - as an edit or a path it does to a packet what it says, or fails.
 *
 * Built for libFuzzer by `make fuzz'.
 */
#include <pkw/text.h>
#include <pkw/tmpl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX = 8192, STEPS = 3 };

#define MUST(x)                                                                \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
			    #x);                                               \
			abort();                                               \
		}                                                              \
	} while (0)

static struct pkw_pkt *p, *q;

static int same(const struct pkw_pkt *a, const struct pkw_pkt *b)
{
	struct pkw_span x = pkw_bytes(a), y = pkw_bytes(b);

	return x.len == y.len && (!x.len || memcmp(x.p, y.p, x.len) == 0);
}

static void prints(const struct pkw_pkt *k)
{
	struct pkw_str s = PKW_STR_INIT;

	MUST(pkw_expression(k, &s) == 0 && s.s);
	MUST(pkw_parse(q, s.s, NULL) == 0);
	MUST(same(k, q));
	pkw_str_free(&s);
}

static void as_expression(const char *text)
{
	struct pkw_diag d = { 0 };
	int r = pkw_parse(p, text, &d);

	MUST(r == 0 || (r < 0 && d.code == r && d.text[0]));
	if (r < 0) {
		MUST(pkw_bytes(p).len == 0);
		return;
	}
	prints(p);
	if (pkw_view(p)->nlayers == 0)
		return;
	struct pkw_pkt *k = pkw_pkt_new();
	struct pkw_span b = pkw_bytes(p);
	pkw_dissect(k, pkw_view(p)->layers[0].proto, b.p, b.len, 0);
	prints(k);
	pkw_pkt_free(k);
}

static void as_template(const char *text)
{
	struct pkw_diag d = { 0 };
	struct pkw_tmpl *t = pkw_tmpl_parse(text, &d);
	const struct pkw_pkt *x;

	MUST(t || (d.code < 0 && d.text[0]));
	if (!t)
		return;
	MUST(pkw_tmpl_count(t) > 0);
	pkw_tmpl_limit(t, UINT64_MAX);
	for (unsigned i = 0; i < STEPS; i++) {
		pkw_tmpl_seek(t, i * UINT64_C(0x123456789));
		if (pkw_tmpl_step(t, &x) > 0)
			pkw_tmpl_step(t, &x);
	}
	pkw_tmpl_free(t);
}

static void as_edit(const char *text)
{
	struct pkw_diag d = { 0 };
	struct pkw_edit *e = pkw_edit_new(text, &d);
	unsigned field;
	int node;

	MUST(e || (d.code < 0 && d.text[0]));
	pkw_parse(p, "Ether()/IP(options=[IPOption_NOP()])/TCP(options=["
	    "(\"MSS\",1),(\"NOP\",None)])/\"abc\"", NULL);
	struct pkw_span b = pkw_bytes(p);
	pkw_dissect(q, pkw_view(p)->layers[0].proto, b.p, b.len, 0);
	if (e && pkw_edit_apply(e, q, &d) >= 0)
		MUST(pkw_pkt_err(q) == 0);
	pkw_edit_free(e);
	pkw_path(p, text, &node, &field, &d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[MAX];

	if (size >= sizeof text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!p) {
		p = pkw_pkt_new();
		q = pkw_pkt_new();
	}
	as_expression(text);
	as_template(text);
	as_edit(text);
	return 0;
}
