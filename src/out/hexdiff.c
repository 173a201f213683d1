/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two byte strings compared, in the manner of Scapy's hexdiff: rows that are
 * the same stand once, with both offsets, the others below each other.
 *
 *  0000 0000  45 00 00 28 00 01 00 00 40 06 7c cd 7f 00 00 01  E..(....@.|.....
 *  0010       7f 00 00 01 00 14 00 50                          .......P
 *       0010  7f 00 00 01 00 14 00 51                          .......Q
 *                                  ^^
 *
 * They are aligned so that as few bytes as possible are changed, put in or left
 * out: Myers' greedy search along diagonals (An O(ND) Difference Algorithm,
 * 1986), with changes as a third kind of step as Ukkonen has them (1985).
 * Diagonal k has the places where b is k bytes further than a; reach[d][k] is
 * how far in a one comes on it with d steps, since equal bytes cost nothing.
 *
 * Work and memory grow with the square of d, so it is given up at STEPS_MAX;
 * then bytes are compared offset by offset, and the tail of the longer one is
 * what was put in or left out.
 */
#include "out/color.h"

#include <pkw/show.h>

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 768, ROW = 16, NEVER = -2 };

enum edit { EDIT_SAME, EDIT_CHANGED, EDIT_DELETED, EDIT_INSERTED };

/* A script: what happens to the bytes, one after another. */
struct script {
	uint8_t *edits;
	size_t n;
};

struct strings {
	const uint8_t *a, *b;
	size_t alen, blen;
};

/* ---- aligning ---- */

/* Rows of 2d+1 diagonals, one for each d. */
static int32_t *reach_at(int32_t *reach, int d, int k)
{
	return &reach[d * d + d + k];
}

static int32_t reached(int32_t *reach, int d, int k)
{
	return d < 0 || k < -d || k > d ? NEVER : *reach_at(reach, d, k);
}

/* How far diagonal k comes with one step more; and what that step is.  Among
   equals it is no change, so that in a row of changes the gap is at its end. */
static int32_t advance(const struct strings *s, int32_t *reach, int d, int k,
    enum edit *by)
{
	int32_t changed = reached(reach, d - 1, k) + 1;
	int32_t deleted = reached(reach, d - 1, k + 1) + 1;
	int32_t inserted = reached(reach, d - 1, k - 1);
	int32_t x = NEVER, alen = (int32_t)s->alen, blen = (int32_t)s->blen;

	*by = EDIT_CHANGED;
	if (changed > 0 && changed <= alen && changed + k <= blen)
		x = changed;
	if (deleted > 0 && deleted >= x && deleted <= alen) {
		x = deleted;
		*by = EDIT_DELETED;
	}
	if (inserted >= 0 && inserted >= x && inserted + k <= blen) {
		x = inserted;
		*by = EDIT_INSERTED;
	}
	return x;
}

static int32_t slide(const struct strings *s, int32_t x, int k)
{
	while (x >= 0 && x < (int32_t)s->alen && x + k < (int32_t)s->blen &&
	    s->a[x] == s->b[x + k])
		x++;
	return x;
}

/* The number of steps, or STEPS_MAX: too many. */
static int search(const struct strings *s, int32_t *reach)
{
	int goal = (int)((int64_t)s->blen - (int64_t)s->alen);
	enum edit by;

	for (int d = 0; d < STEPS_MAX; d++) {
		for (int k = -d; k <= d; k++) {
			int32_t x = d ? advance(s, reach, d, k, &by) : 0;
			*reach_at(reach, d, k) = slide(s, x, k);
		}
		if (reached(reach, d, goal) == (int32_t)s->alen)
			return d;
	}
	return STEPS_MAX;
}

static void put_edits(struct script *out, enum edit e, size_t n)
{
	memset(out->edits + out->n, (int)e, n);
	out->n += n;
}

/* From the end back to the beginning; written backwards, then turned round. */
static void trace(const struct strings *s, int32_t *reach, int d,
    struct script *out)
{
	int k = (int)((int64_t)s->blen - (int64_t)s->alen);
	size_t start = out->n;

	for (; d > 0; d--) {
		enum edit by;
		int32_t end = *reach_at(reach, d, k);
		int32_t from = advance(s, reach, d, k, &by);
		put_edits(out, EDIT_SAME, (size_t)(end - from));
		put_edits(out, by, 1);
		k += by == EDIT_DELETED ? 1 : by == EDIT_INSERTED ? -1 : 0;
	}
	put_edits(out, EDIT_SAME, (size_t)*reach_at(reach, 0, 0));
	for (size_t i = start, j = out->n; i + 1 < j; i++) {
		uint8_t e = out->edits[i];
		out->edits[i] = out->edits[--j];
		out->edits[j] = e;
	}
}

static void by_offset(const struct strings *s, struct script *out)
{
	size_t both = s->alen < s->blen ? s->alen : s->blen;

	for (size_t i = 0; i < both; i++)
		put_edits(
		    out, s->a[i] == s->b[i] ? EDIT_SAME : EDIT_CHANGED, 1);
	put_edits(out, EDIT_DELETED, s->alen - both);
	put_edits(out, EDIT_INSERTED, s->blen - both);
}

static size_t distance(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

/* What both begin and end with needs no search. */
static int align(struct strings s, struct script *out)
{
	size_t head = 0, tail = 0;
	int d = STEPS_MAX;

	while (head < s.alen && head < s.blen && s.a[head] == s.b[head])
		head++;
	s.a += head;
	s.b += head;
	s.alen -= head;
	s.blen -= head;
	while (tail < s.alen && tail < s.blen &&
	    s.a[s.alen - 1 - tail] == s.b[s.blen - 1 - tail])
		tail++;
	s.alen -= tail;
	s.blen -= tail;
	put_edits(out, EDIT_SAME, head);
	if (s.alen < INT32_MAX && s.blen < INT32_MAX &&
	    distance(s.alen, s.blen) < STEPS_MAX) {
		/* no more steps than the longer one has bytes */
		size_t longer = s.alen > s.blen ? s.alen : s.blen;
		size_t most = longer < STEPS_MAX ? longer + 1 : STEPS_MAX;
		int32_t *reach = malloc(most * most * sizeof *reach);
		if (!reach)
			return -PKW_ENOMEM;
		d = search(&s, reach);
		if (d < STEPS_MAX)
			trace(&s, reach, d, out);
		free(reach);
	}
	if (d == STEPS_MAX)
		by_offset(&s, out);
	put_edits(out, EDIT_SAME, tail);
	return 0;
}

/* ---- writing ---- */

/* One row of at most sixteen edits, and where both strings are before it. */
struct row {
	const uint8_t *edits;
	size_t n, at[2];
};

static int is_there(uint8_t edit, int side)
{
	return edit != (side ? EDIT_DELETED : EDIT_INSERTED);
}

static void put_side(const struct strings *s, const struct row *r, int side,
    int same, unsigned flags, struct pkw_str *out)
{
	const uint8_t *b = side ? s->b : s->a;
	size_t at = r->at[side];
	int on = flags & PKW_PRINT_COLOR;
	char text[ROW + 1];

	for (int i = 0; i < 2; i++) {
		if (same || i == side)
			pkw_str_hex64(out, r->at[i], 4);
		else
			pkw_str_add(out, "    ");
		pkw_str_addc(out, ' ');
	}
	for (size_t i = 0; i < ROW; i++) {
		text[i] = ' ';
		pkw_str_addc(out, ' ');
		if (i >= r->n || !is_there(r->edits[i], side)) {
			pkw_str_add(out, "  ");
			continue;
		}
		int changed = r->edits[i] != EDIT_SAME;
		pkw__str_color(out, on && changed,
		    side ? COLOR_LAYER0 + 4 : COLOR_LAYER0 + 1);
		pkw_str_hex(out, &b[at], 1);
		pkw__str_color(out, on && changed, COLOR_OFF);
		text[i] = b[at] > 0x20 && b[at] < 0x7f ? (char)b[at] : '.';
		at++;
	}
	size_t n = ROW;
	while (n && text[n - 1] == ' ')
		n--;
	pkw_str_add(out, "  ");
	pkw_str_addn(out, text, n);
	pkw_str_addc(out, '\n');
}

/* Under what differs: ^^ changed, -- left out, ++ put in. */
static void put_marks(const struct row *r, struct pkw_str *out)
{
	static const char *const marks[] = { [EDIT_SAME] = "  ",
		[EDIT_CHANGED] = "^^", [EDIT_DELETED] = "--",
		[EDIT_INSERTED] = "++" };
	size_t n = r->n;

	while (n && r->edits[n - 1] == EDIT_SAME)
		n--;
	pkw_str_add(out, "          ");
	for (size_t i = 0; i < n; i++)
		pkw_str_fmt(out, " %s", marks[r->edits[i]]);
	pkw_str_addc(out, '\n');
}

static void put_rows(const struct strings *s, const struct script *script,
    unsigned flags, struct pkw_str *out)
{
	size_t at[2] = { 0, 0 };

	for (size_t i = 0; i < script->n; i += ROW) {
		struct row r = { script->edits + i, script->n - i,
			{ at[0], at[1] } };
		int same = 1, here[2] = { 0, 0 };
		if (r.n > ROW)
			r.n = ROW;
		for (size_t k = 0; k < r.n; k++) {
			same &= r.edits[k] == EDIT_SAME;
			for (int side = 0; side < 2; side++)
				here[side] += is_there(r.edits[k], side);
		}
		if (same || here[0])
			put_side(s, &r, 0, same, flags, out);
		if (!same && here[1])
			put_side(s, &r, 1, 0, flags, out);
		if (!same)
			put_marks(&r, out);
		at[0] += (size_t)here[0];
		at[1] += (size_t)here[1];
	}
}

int pkw_hexdiff(const void *a, size_t alen, const void *b, size_t blen,
    unsigned flags, struct pkw_str *out)
{
	struct strings s = { a, b, alen, blen };
	/* never more edits than bytes */
	struct script script = { malloc(alen + blen + 1), 0 };
	size_t start = out->len;
	int r = script.edits ? align(s, &script) : -PKW_ENOMEM;

	if (r == 0)
		put_rows(&s, &script, flags, out);
	else
		out->err = r;
	if (out->err)
		out->len = start;
	free(script.edits);
	return out->err;
}
