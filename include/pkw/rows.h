/* SPDX-License-Identifier: BSD-2-Clause */
/* Short macros for protocol tables; included by protocol files only. */
#ifndef PKW_ROWS_H
#define PKW_ROWS_H

/*
 * A row is a macro with the field's name in front and then what is not default:
 *
 *   U8("ttl", .def = 64),
 *   U16("len", LEN(PKW_OF_LAYER)),
 *   BITS(4, "ihl", LEN(PKW_OF_RECORD, .unit = 4)),
 *   U16("chksum", HEX, SUM(&pkw_sum_inet, PKW_OF_RECORD)),
 *   U8("proto", NEXT("ipproto"), LABELS(ip_protos)),
 *   IP4("gw", IF(PKW_EQ, ICMP_TYPE, 5)),
 *   LIST(&tcp_options, "options"),
 */

#include <pkw/proto.h>
#include <pkw/shape.h>

#define PKW_N(a) (sizeof(a) / sizeof *(a))

#define BITS(n, ...) { .type = PKW_UINT, .bits = (n), .name = __VA_ARGS__ }
#define U8(...) BITS(8, __VA_ARGS__)
#define U16(...) BITS(16, __VA_ARGS__)
#define U24(...) BITS(24, __VA_ARGS__)
#define U32(...) BITS(32, __VA_ARGS__)
#define U64(...) BITS(64, __VA_ARGS__)
#define S8(...) { .type = PKW_INT, .bits = 8, .name = __VA_ARGS__ }
#define S16(...) { .type = PKW_INT, .bits = 16, .name = __VA_ARGS__ }
#define S32(...) { .type = PKW_INT, .bits = 32, .name = __VA_ARGS__ }
#define FLAGS(n, names, ...)                                                   \
	{ .type = PKW_FLAGS, .bits = (n), .labels = (names),                   \
	  .nlabels = PKW_N(names), .name = __VA_ARGS__ }
#define FIXED(whole, frac, ...)                                                \
	{ .type = PKW_FIXED, .bits = (whole) + (frac), .unit = (frac),         \
	  .name = __VA_ARGS__ }
#define MAC(...) { .type = PKW_MAC, .bits = 48, .name = __VA_ARGS__ }
#define IP4(...) { .type = PKW_IP4, .bits = 32, .name = __VA_ARGS__ }
#define IP6(...) { .type = PKW_IP6, .bits = 128, .name = __VA_ARGS__ }
#define UUID(...) { .type = PKW_UUID, .bits = 128, .name = __VA_ARGS__ }
#define ADDR(...) { .type = PKW_ADDR, .name = __VA_ARGS__ }
/* Variable: bounded by a LEN that names it, else the rest of the record. */
#define BYTES(...) { .type = PKW_BYTES, .name = __VA_ARGS__ }
#define TEXT(...) { .type = PKW_TEXT, .name = __VA_ARGS__ }
/* Fixed: n bytes. */
#define BYTESN(n, ...) { .type = PKW_BYTES, .bits = (n) * 8, .name = __VA_ARGS__ }
#define TEXTN(n, ...) { .type = PKW_TEXT, .bits = (n) * 8, .name = __VA_ARGS__ }
#define CODED(c, ...) { .type = PKW_CODED, .codec = (c), .name = __VA_ARGS__ }
#define LIST(l, ...) { .type = PKW_LIST, .list = (l), .name = __VA_ARGS__ }
#define SUB(l, ...) { .type = PKW_SUB, .list = (l), .name = __VA_ARGS__ }
#define VARIANT(k, v, ...)                                                     \
	{ .type = PKW_VARIANT, .key = (k), .variants = (v), .name = __VA_ARGS__ }

#define LEN(...) .rel = { .kind = PKW_LEN, .of = __VA_ARGS__ }
#define COUNT(...) .rel = { .kind = PKW_COUNT, .of = __VA_ARGS__ }
#define NEXT(...) .rel = { .kind = PKW_NEXT, .space = __VA_ARGS__ }
/* SUM(&pkw_sum_inet, .of = PKW_OF_LAYER, .pseudo = "ipproto") */
#define SUM(...) .rel = { .kind = PKW_SUM, .sum = __VA_ARGS__ }
#define GUARD(o, f, v) .guard = { .op = (o), .field = (f), .value = (v) }

#define IF(o, f, v) .when[0] = { .op = (o), .field = (f), .value = (v) }
#define AND(o, f, v) .when[1] = { .op = (o), .field = (f), .value = (v) }
#define IF_UNDER(n) .when[0] = { .op = PKW_UNDER, .name = (n) }
#define UNLESS_UNDER(n) .when[0] = { .op = PKW_NUNDER, .name = (n) }
/* A set of values below 64 for PKW_IN: SET(0) | SET(8) */
#define SET(v) (UINT64_C(1) << (v))

#define HEX .base = PKW_HEX
#define LABELS(t) .labels = (t), .nlabels = PKW_N(t)
/* Labels whose .of is the value of another field (ICMP codes by type). */
#define LABELS_BY(k, t)                                                        \
	.key = (k), .nlabels_by_key = 1, .labels = (t), .nlabels = PKW_N(t)

/*
 * RECORD("MSS", 2, mss_fields): name, key as a variant, rows; RECORD_WITH takes
 * more columns; EMPTY is a record without fields: an option that is its kind.
 */
#define RECORD(n, k, f) RECORD_WITH(n, k, f, .align = 0)
#define RECORD_WITH(n, k, f, ...)                                              \
	{ .name = (n), .key = (k), .fields = (f), .nfields = PKW_N(f),         \
	  .shape = &(struct pkw__shape){ .minlen = 0 }, __VA_ARGS__ }
#define EMPTY(n, k) EMPTY_WITH(n, k, .align = 0)
#define EMPTY_WITH(n, k, ...)                                                  \
	{ .name = (n), .key = (k),                                             \
	  .shape = &(struct pkw__shape){ .minlen = 0 }, __VA_ARGS__ }
#define PRESETS(p) .presets = (p), .npresets = PKW_N(p)
#define BELOW(b) .below = (b), .nbelow = PKW_N(b)
#define BINDS(b) .binds = (b), .nbinds = PKW_N(b)
#define SWITCH(...) { .type = PKW_SWITCH, .name = __VA_ARGS__ }
#define ALIGN(n) { .type = PKW_ALIGN, .unit = (n), .name = "align" }

/* Ends a file of built-in protocols; its row stands in src/proto/builtin.h. */
#define PROTOS(n, ...)                                                         \
	extern const struct pkw_proto *const pkw__protos_##n[];                \
	const struct pkw_proto *const pkw__protos_##n[] = { __VA_ARGS__, NULL }

#endif
