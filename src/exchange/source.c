/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two sources that need no programming: packets which are there, and those
 * a template stands for.
 */
#include <pkw/exchange.h>
#include <pkw/tmpl.h>

static int array_next(void *arg, struct pkw_pkt **p, struct pkw_diag *d)
{
	struct pkw_array *a = arg;

	(void)d;
	if (a->at >= a->n)
		return 0;
	*p = a->pkts[a->at++];
	return 1;
}

static int array_rewind(void *arg, struct pkw_diag *d)
{
	struct pkw_array *a = arg;

	(void)d;
	a->at = 0;
	return 0;
}

struct pkw_source pkw_array_source(struct pkw_array *a)
{
	return (struct pkw_source){ array_next, array_rewind, a };
}

static int series_next(void *arg, struct pkw_pkt **p, struct pkw_diag *d)
{
	struct pkw_series *s = arg;
	int e = pkw_tmpl_next(s->tmpl, s->p);

	*p = s->p;
	return e < 0 ? pkw_fail(d, e, "cannot make packet %llu: %s",
			   (unsigned long long)pkw_tmpl_tell(s->tmpl),
			   pkw_strerror(e))
		     : e;
}

static int series_rewind(void *arg, struct pkw_diag *d)
{
	struct pkw_series *s = arg;

	(void)d;
	pkw_tmpl_seek(s->tmpl, 0);
	return 0;
}

struct pkw_source pkw_series_source(struct pkw_series *s)
{
	return (struct pkw_source){ series_next, series_rewind, s };
}
