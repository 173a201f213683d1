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
 * into p and seals it.  It is the part of Python that Scapy's users write, and
 * quotes may be left out of words: IP(dst=10.0.0.1).  Strings have Python's
 * escapes and may be repeated ("x"*100), RawVal(b"...") stands in place of any
 * field, None leaves it as it is, IP(b"...") is dissected from its bytes.  Expressions that stand for several packets need
 * <pkw/tmpl.h>; here they are an error.
 */
PKW_API int pkw_parse(struct pkw_pkt *p, const char *text, struct pkw_diag *d);

/* Text that parses back to the same bytes; valid Scapy where Scapy has it. */
PKW_API int pkw_expression(const struct pkw_pkt *p, struct pkw_str *out);

/*
 * The same packet as the shell's Lua 5.4:
 * IP{dst="10.0.0.1"}/TCP{options={{"MSS", 1460}, {"NOP", none}}}/"payload".
 * Lists and tuples are tables, None is none, raw"..." a field's own bytes, and
 * bytes"..." such as would be taken for text.  0 or -PKW_ENOMEM.
 */
PKW_API int pkw_lua(const struct pkw_pkt *p, struct pkw_str *out);

/*
 * One field's value as text, without quotes; labels where it has them unless
 * PKW_TEXT_NUMERIC; or as an expression has it, quoted, so that it reads back:
 * then PKW_NO_FIELD is the record itself, an element of a list.
 * From text: what pkw_parse() takes behind `field='.
 */
enum pkw_text_flags { PKW_TEXT_NUMERIC = 1, PKW_TEXT_EXPRESSION = 2 };
PKW_API int pkw_field_text(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out);
/*
 * The same of a layer's field by its index in the protocol's table.  Addresses
 * that have a fixed place are read without laying the layer out.
 */
PKW_API int pkw_text(const struct pkw_pkt *p, int layer, unsigned field,
    unsigned flags, struct pkw_str *out);
PKW_API int pkw_field_parse(struct pkw_pkt *p, int node, unsigned field,
    const char *text, struct pkw_diag *d);
/* The label of a value, NULL if it has none. */
PKW_API const char *pkw_field_label(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t value);

/*
 * Paths: "IP.ttl", "TCP.options[0].mss", "TCP.options[MSS].mss", "IP:2.src"
 * (the second IP layer), "DNS.an[1].rdata".  Sets *node and *field; a path that
 * ends at a layer or an element has the field PKW_NO_FIELD.
 */
PKW_API int pkw_path(const struct pkw_pkt *p, const char *path, int *node,
    unsigned *field, struct pkw_diag *d);

/*
 * Edits, with semicolons between: "IP.ttl=3", "IP.id += 1", "TCP.seq -= 9",
 * "TCP.options += (\"WScale\", 7)", "del IP.chksum" (computed again), "del
 * TCP.options[1]", "del VXLAN" (and all above it).  Compiled once, applied to
 * any number of packets; what names a layer, element or field that a packet
 * lacks passes it over.
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
