/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing live frames to a capture file.  There interfaces have names and
 * numbers of their own, so each that frames come from is described to the
 * writer when it is first seen.
 */
#include "exchange/journal.h"

#include "net/wait.h"

#include <pkw/capture.h>

#include <stdlib.h>
#include <string.h>

struct pkw__seen {
	uint32_t ifindex; /* the kernel's */
	uint32_t number;  /* the file's */
	uint16_t link;
};

void pkw__journal_init(
    struct pkw__journal *j, struct pkw_writer *w, struct pkw_net *net)
{
	*j = (struct pkw__journal){
		.writer = w, .net = net, .flushed = pkw__now()
	};
}

static int grow(struct pkw__journal *j)
{
	size_t cap = j->cap ? j->cap * 2 : 8;

	if (j->n < j->cap)
		return 0;
	void *p = realloc(j->ifs, cap * sizeof *j->ifs);
	if (!p)
		return -PKW_ENOMEM;
	j->ifs = p;
	j->cap = cap;
	return 0;
}

static int number_of(
    struct pkw__journal *j, const struct pkw_frame *f, struct pkw_diag *d)
{
	struct pkw_iface is = { .link = f->link };

	for (size_t i = 0; i < j->n; i++)
		if (j->ifs[i].ifindex == f->ifindex &&
		    j->ifs[i].link == f->link)
			return (int)j->ifs[i].number;
	if (grow(j) < 0)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	const struct pkw_netif *n = pkw_netif_by_index(j->net, f->ifindex);
	if (n)
		strcpy(is.name, n->name);
	int e = pkw_writer_iface(j->writer, &is, d);
	if (e < 0)
		return e;
	j->ifs[j->n++] = (struct pkw__seen){ f->ifindex, (uint32_t)e, f->link };
	return e;
}

int pkw__journal_put(
    struct pkw__journal *j, const struct pkw_frame *f, struct pkw_diag *d)
{
	struct pkw_frame out = *f;

	if (!j->writer)
		return 0;
	int n = number_of(j, f, d);
	if (n < 0)
		return n;
	out.ifindex = (uint32_t)n;
	j->dirty = 1;
	return pkw_writer_put(j->writer, &out, d);
}

int pkw__journal_tick(struct pkw__journal *j, struct pkw_diag *d)
{
	if (!j->dirty || pkw__now() - j->flushed < PKW__S)
		return 0;
	j->flushed = pkw__now();
	j->dirty = 0;
	return pkw_writer_flush(j->writer, d);
}

int pkw__journal_fini(struct pkw__journal *j, int e, struct pkw_diag *d)
{
	int f = j->writer ? pkw_writer_flush(j->writer, e < 0 ? NULL : d) : 0;

	free(j->ifs);
	return e < 0 ? e : f;
}
