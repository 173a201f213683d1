/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets as text: expressions, field values, trees, lines, JSON, hex, docs. */
#ifndef PKW_TEXT_H
#define PKW_TEXT_H

/*
 * All writers append to a caller's struct pkw_str; none prints.  Values are
 * read and written as Scapy users type them: numbers, addresses, labels
 * ("echo-request"), flag letters ("SA"), strings, b"..." bytes.
 */

#include <pkw/error.h>
#include <pkw/pkt.h>
#include <pkw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Parses one expression, `IP(dst="10.0.0.1", ttl=3)/TCP(flags="S")/"payload"',
 * into p and seals it.  Expressions that stand for several packets need
 * <pkw/tmpl.h>; here they are an error.
 */
PKW_API int pkw_parse(struct pkw_pkt *p, const char *text, struct pkw_diag *d);

/* Text that parses back to the same bytes; valid Scapy where Scapy has it. */
PKW_API int pkw_expression(const struct pkw_pkt *p, struct pkw_str *out);

/*
 * One field's value as text, without quotes; labels where it has them unless
 * PKW_TEXT_NUMERIC.  From text: what pkw_parse() takes behind `field='.
 */
enum pkw_text_flags { PKW_TEXT_NUMERIC = 1 };
PKW_API int pkw_field_text(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out);
PKW_API int pkw_field_parse(struct pkw_pkt *p, int node, unsigned field,
    const char *text, struct pkw_diag *d);
/* The label of a value, NULL if it has none. */
PKW_API const char *pkw_field_label(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t value);

/*
 * Paths: "IP.ttl", "TCP.options[0].mss", "IP:2.src" (the second IP layer),
 * "DNS.an[1].rdata".  Sets *node and *field.
 */
PKW_API int pkw_path(const struct pkw_pkt *p, const char *path, int *node,
    unsigned *field, struct pkw_diag *d);

/*
 * Edits: "IP.ttl=3; del IP.chksum; TCP.options[0].mss=1200".  Compiled once,
 * applied to any number of packets; packets that lack the layer pass unchanged.
 */
struct pkw_edit;
PKW_API struct pkw_edit *pkw_edit_new(const char *text, struct pkw_diag *d);
PKW_API void pkw_edit_free(struct pkw_edit *e);
/* 1 changed (and sealed), 0 nothing applied, negative error. */
PKW_API int pkw_edit_apply(
    const struct pkw_edit *e, struct pkw_pkt *p, struct pkw_diag *d);

#ifdef __cplusplus
}
#endif
#endif
