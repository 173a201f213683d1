/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does one packet answer another?  The rules are the protocols' (their
 * `answers' hooks); this file only walks the two stacks of layers side by side
 * and decides where nobody has a rule.  <pkw/exchange.h> tells it to users.
 *
 * The answer's protocol is asked and not the question's, because answers of one
 * kind go to questions of many: an ICMP error to whatever it quotes, an
 * advertisement to a solicitation.
 */
#include <pkw/pkt.h>

/* Bytes that no protocol claims: Raw, Padding. */
static int unexplained(const struct pkw_proto *p)
{
	return p->flags & PKW_WHOLE && p->cls == PKW_OTHER && !p->nbinds;
}

/* As a hook: bytes that nobody explains may be all that is asked for. */
static int by_default(const struct pkw_proto *q, const struct pkw_proto *a)
{
	if (unexplained(q) || unexplained(a))
		return 2;
	return q == a;
}

int pkw_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a,
    int al)
{
	const struct pkw_view *qv = pkw_view(q), *av = pkw_view(a);

	if (ql < 0 || al < 0)
		return 0;
	for (; (uint32_t)ql < qv->nlayers; ql++, al++) {
		const struct pkw_proto *qp = qv->layers[ql].proto;
		if ((uint32_t)al >= av->nlayers)
			return unexplained(qp);
		const struct pkw_proto *ap = av->layers[al].proto;
		int r = ap->answers ? ap->answers(q, ql, a, al)
				    : by_default(qp, ap);
		if (r != 1)
			return r > 1;
	}
	return 1;
}
