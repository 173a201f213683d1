/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CSV, RFC 4180: one line a packet, chosen fields as columns.
 *
 * A column of the plain form Layer.field is looked up once, and read from its
 * fixed place where it has one; anything deeper is left to pkw_path().  A field
 * that the packet does not have leaves its column empty.
 */
#include "out/value.h"

#include "core/core.h"

#include <pkw/text.h>
#include <stdlib.h>

enum column_kind {
	COLUMN_NUMBER,
	COLUMN_TIME,
	COLUMN_LEN,
	COLUMN_CAPLEN,
	COLUMN_LINE,
	COLUMN_FIELD, /* of the first layer of a protocol */
	COLUMN_PATH
};

struct column {
	int kind;
	char *text; /* as the user wrote it; the heading */
	const struct pkw_proto *proto;
	unsigned field;
};

struct pkw_columns {
	struct pkw__arena arena;
	struct pkw_str line;
	uint64_t number;
	size_t n;
	struct column at[];
};

static const char *const special[] = {
	[COLUMN_NUMBER] = "number",
	[COLUMN_TIME] = "time",
	[COLUMN_LEN] = "len",
	[COLUMN_CAPLEN] = "caplen",
	[COLUMN_LINE] = "line",
};

/* Layer.field: whether both exist is told now, not with the first packet. */
static int understand(struct column *c, int at, struct pkw_diag *d)
{
	char name[64];
	const char *dot = strchr(c->text, '.');
	size_t n = dot ? (size_t)(dot - c->text) : strlen(c->text);
	size_t plain = strcspn(c->text, ":.[");

	for (int i = 0; i <= COLUMN_LINE; i++)
		if (strcmp(c->text, special[i]) == 0) {
			c->kind = i;
			return 0;
		}
	if (!dot || plain >= sizeof name) {
		int r = pkw_fail(d, -PKW_ESYNTAX,
		    "`%.60s' is no column: Layer.field, number, time, len, "
		    "caplen or line",
		    c->text);
		if (d)
			d->column = at;
		return r;
	}
	memcpy(name, c->text, plain);
	name[plain] = '\0';
	c->proto = pkw_proto_find(name);
	if (!c->proto) {
		const char *near = pkw_proto_nearest(name);
		int r = pkw_fail(d, -PKW_ENOPROTO, "no layer `%s'%s%s%s", name,
		    near ? "; did you mean `" : "", near ? near : "",
		    near ? "'?" : "");
		if (d)
			d->column = at;
		return r;
	}
	c->kind = COLUMN_PATH;
	int k = plain == n ? pkw_field_find(&c->proto->rec, dot + 1) : -1;
	if (k >= 0) {
		c->kind = COLUMN_FIELD;
		c->field = (unsigned)k;
	} else if (plain == n && !strpbrk(dot + 1, ".[")) {
		int r = pkw_fail(d, -PKW_ENOFIELD,
		    "%s has no field `%.60s' (see `pkw ls %s')", name, dot + 1,
		    name);
		if (d)
			d->column = at + (int)(dot + 1 - c->text);
		return r;
	}
	return 0;
}

struct pkw_columns *pkw_columns_new(const char *text, struct pkw_diag *d)
{
	size_t most = 1;

	for (const char *s = text; *s; s++)
		most += *s == ',';
	struct pkw_columns *c =
	    calloc(1, sizeof *c + most * sizeof *c->at);
	if (!c) {
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		return NULL;
	}
	for (const char *s = text; *s || c->n == 0;) {
		size_t n = strcspn(s, ",");
		struct column *col = &c->at[c->n++];
		col->text = pkw__arena_dup(&c->arena, s, n);
		if (!col->text) {
			pkw_fail(d, -PKW_ENOMEM, "out of memory");
			goto fail;
		}
		if (understand(col, (int)(s - text) + 1, d) < 0)
			goto fail;
		s += n + (s[n] == ',');
	}
	return c;
fail:
	pkw_columns_free(c);
	return NULL;
}

void pkw_columns_free(struct pkw_columns *c)
{
	if (!c)
		return;
	pkw__arena_free(&c->arena);
	pkw_str_free(&c->line);
	free(c);
}

/* From `start' on the text is one value: quoted if it must be. */
static void quote(struct pen *w, size_t start)
{
	size_t len = pen_here(w) - start, quotes = 0, odd = 0;
	const char *s = w->out->s + start;

	for (size_t i = 0; i < len; i++) {
		quotes += s[i] == '"';
		odd += s[i] == ',' || s[i] == '\n' || s[i] == '\r';
	}
	if (!quotes && !odd)
		return;
	if (!pen_room(w, quotes + 2))
		return;
	char *from = w->out->s + start + len, *to = from + quotes + 2;
	w->o = to;
	*--to = '"';
	while (len-- > 0) {
		*--to = *--from;
		if (*from == '"')
			*--to = '"';
	}
	*--to = '"';
}

int pkw_csv_head(const struct pkw_columns *c, struct pkw_str *out)
{
	struct pen w;
	size_t begin = out->len;

	pen_begin(&w, out, 256);
	for (size_t i = 0; i < c->n; i++) {
		size_t n = strlen(c->at[i].text);
		if (!pen_room(&w, n + 1))
			break;
		if (i)
			*w.o++ = ',';
		size_t start = pen_here(&w);
		memcpy(w.o, c->at[i].text, n);
		w.o += n;
		quote(&w, start);
	}
	return pkw__pen_end(&w, begin);
}

static void put_time(struct voice *v, int64_t ns)
{
	uint64_t t = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	if (!pen_room(&v->w, 64 + FAST_SLACK))
		return;
	if (ns < 0)
		*v->w.o++ = '-';
	v->w.o = fast_u64(v->w.o, t / 1000000000);
	*v->w.o++ = '.';
	v->w.o = fast_fraction(v->w.o, (uint32_t)(t % 1000000000), 9);
}

static void put_path(struct voice *v, const char *path)
{
	int node;
	unsigned field;

	int r = pkw_path(v->p, path, &node, &field, NULL);
	if (r == 0)
		pkw__say_field(v, node, field);
	else if (r == -PKW_ENOMEM)
		v->pr->plates.arena.starved = 1;
}

static void put_column(struct voice *v, struct pkw_columns *cs,
    const struct column *c, const struct pkw_frame *f)
{
	const struct plate *pl;
	int layer;

	switch ((enum column_kind)c->kind) {
	case COLUMN_NUMBER:
		v->w.o = fast_u64(v->w.o, cs->number);
		return;
	case COLUMN_TIME:
		if (f && !(f->flags & PKW_FRAME_NO_TIME))
			put_time(v, f->ts_ns);
		return;
	case COLUMN_LEN:
		v->w.o = fast_u64(v->w.o, f ? f->len : v->p->v.len);
		return;
	case COLUMN_CAPLEN:
		v->w.o = fast_u64(v->w.o, v->p->v.len);
		return;
	case COLUMN_LINE:
		pkw_str_clear(&cs->line);
		if (pkw_line(v->pr, v->p, f, &cs->line) < 0)
			v->pr->plates.arena.starved = 1;
		if (cs->line.s)
			pkw__say(v, cs->line.s);
		return;
	case COLUMN_FIELD:
		layer = pkw_layer_find(v->p, c->proto, 0);
		pl = plate_of(&v->pr->plates, &c->proto->rec);
		if (layer >= 0 && pl)
			pkw__say_layer_field(v, (unsigned)layer, pl, c->field);
		return;
	case COLUMN_PATH:
		put_path(v, c->text);
		return;
	}
}

int pkw_csv(struct pkw_printer *pr, struct pkw_columns *cs,
    const struct pkw_pkt *p, const struct pkw_frame *frame, struct pkw_str *out)
{
	struct voice v = { .pr = pr, .p = p, .how = VALUE_PLAIN,
		.bytes_max = UINT32_MAX };
	size_t begin = out->len;

	cs->number++;
	pen_begin(&v.w, out, 1024);
	for (size_t i = 0; i < cs->n; i++) {
		if (!pen_room(&v.w, 64 + FAST_SLACK))
			break;
		if (i)
			*v.w.o++ = ',';
		size_t start = pen_here(&v.w);
		put_column(&v, cs, &cs->at[i], frame);
		if (pen_room(&v.w, 0))
			quote(&v.w, start);
	}
	return pkw__print_end(pr, &v.w, begin, p);
}
