/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole packets: where two of them are laid side by side, and why one does not
 * answer the other.  The rules themselves are in the protocols, and how layers
 * are asked is pkw_answers()'s business.
 *
 * The explanation names the layer that said no and what is in it on both sides:
 * addresses or numbers, no lengths or checksums, since those decide nothing.
 * A network layer may have asked its upper layers by itself and only passed
 * their no on; so the transports are asked again, and blamed if it was them.
 */
#include "exchange/match.h"

#include <pkw/text.h>

enum { SHOWN = 6 };

int pkw__align(const struct pkw_pkt *q, const struct pkw_pkt *a, int *al)
{
	const struct pkw_view *qv = pkw_view(q), *av = pkw_view(a);

	if (!qv->nlayers || !av->nlayers)
		return 0;
	*al = av->first[qv->layers[0].proto->cls];
	return *al >= 0;
}

static int is_address(const struct pkw_field *f)
{
	return f->type == PKW_IP4 || f->type == PKW_IP6 || f->type == PKW_ADDR;
}

static int is_number(const struct pkw_field *f)
{
	return f->type == PKW_UINT || f->type == PKW_INT ||
	       f->type == PKW_FLAGS;
}

/* "TCP (sport=80, dport=40000, ...)" */
static void show(const struct pkw_pkt *p, int layer, struct pkw_str *out)
{
	const struct pkw_record *rec = &pkw_view(p)->layers[layer].proto->rec;
	int network = pkw_view(p)->layers[layer].proto->cls == PKW_NETWORK;
	int root = pkw_root(p, layer);
	unsigned n = 0;

	pkw_str_add(out, rec->name);
	for (unsigned f = 0; root >= 0 && f < rec->nfields && n < SHOWN; f++) {
		const struct pkw_field *x = &rec->fields[f];
		int told = network
			       ? is_address(x)
			       : is_number(x) && (x->rel.kind == PKW_PLAIN ||
						     x->rel.kind == PKW_NEXT);
		if (!told || !pkw_has(p, layer, f))
			continue;
		pkw_str_add(out, n++ ? ", " : " (");
		pkw_str_add(out, x->name);
		pkw_str_addc(out, '=');
		pkw_field_text(p, root, f, PKW_TEXT_NUMERIC, out);
	}
	if (n)
		pkw_str_addc(out, ')');
}

static void blame(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a,
    int al, struct pkw_str *why)
{
	int qt = pkw_view(q)->first[PKW_TRANSPORT];
	int at = pkw_view(a)->first[PKW_TRANSPORT];

	if (qt > ql && at > al && !pkw_answers(q, qt, a, at)) {
		ql = qt;
		al = at;
	}
	show(a, al, why);
	pkw_str_add(why, " does not answer ");
	show(q, ql, why);
}

int pkw_match(
    const struct pkw_pkt *q, const struct pkw_pkt *a, struct pkw_str *why)
{
	int al;

	if (!pkw__align(q, a, &al)) {
		if (why)
			pkw_str_add(why, "it has no layer of the kind the "
					 "question begins with");
		return 0;
	}
	if (pkw_answers(q, 0, a, al))
		return 1;
	if (why)
		blame(q, 0, a, al, why);
	return 0;
}
