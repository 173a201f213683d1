/* SPDX-License-Identifier: BSD-2-Clause */
/* The lint: all built-in tables pass it, and wrong ones do not. */
#include "tap.h"

#include <pkw/rows.h>

/* A length of something that comes before it cannot be used to dissect. */
static const struct pkw_field backwards_fields[] = {
	BYTES("data"),
	U8("len", LEN(0)),
};
static const struct pkw_proto backwards = {
	.rec = RECORD("TestBackwards", 0, backwards_fields),
	.title = "a table with a fault",
};

/* Nine bits are no whole number of bytes. */
static const struct pkw_field nine_fields[] = { BITS(9, "nine") };
static const struct pkw_proto nine = {
	.rec = RECORD("TestNine", 0, nine_fields),
	.title = "a table with a fault",
};

/* Two fields that are there at the same time need two names. */
static const struct pkw_field twice_fields[] = { U8("x"), U8("x") };
static const struct pkw_proto twice = {
	.rec = RECORD("TestTwice", 0, twice_fields),
	.title = "a table with a fault",
};

/* A condition on a field that has not been read yet. */
static const struct pkw_field early_fields[] = {
	U8("a", IF(PKW_EQ, 1, 3)),
	U8("b"),
};
static const struct pkw_proto early = {
	.rec = RECORD("TestEarly", 0, early_fields),
	.title = "a table with a fault",
};

static void wrong(const struct pkw_proto *q, const char *line)
{
	struct pkw_str s = PKW_STR_INIT;

	is_int(pkw_check(q, &s), 1, "one fault");
	is_str(s.s, line, "... and it is named");
	pkw_str_free(&s);
}

int main(void)
{
	struct pkw_str s = PKW_STR_INIT;

	is_int(pkw_check(NULL, &s), 0, "no fault in any built-in table");
	for (char *line = s.s; line && *line; line = strchr(line, '\n') + 1)
		printf("# %.*s\n", (int)strcspn(line, "\n"), line);
	pkw_str_free(&s);
	wrong(&backwards, "TestBackwards.len: what it counts must come later: "
	    "move this row before it\n");
	wrong(&nine, "TestNine.*: does not end at a byte: 7 more bits would "
	    "fill it\n");
	wrong(&twice, "TestTwice.x: the name is taken: rename one, or give "
	    "both conditions that exclude each other\n");
	wrong(&early,
	    "TestEarly.a: a condition must name an earlier field: "
	    "move that row before this one\n");
	return done();
}
