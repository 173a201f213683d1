/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables told in words: what `ls' and `doc' say about a field. */
#ifndef PKW_OUT_ABOUT_H
#define PKW_OUT_ABOUT_H

#include <pkw/proto.h>
#include <pkw/str.h>

/* "16 bits", "IPv4 address", "list of IPOption" */
void pkw__about_type(const struct pkw_field *f, struct pkw_str *out);
/* "64", "computed", "echo-request"; nothing for what is empty by default */
void pkw__about_default(
    const struct pkw_record *rec, const struct pkw_field *f,
    struct pkw_str *out);
/* "length of the header in units of 4 bytes"; nothing for plain fields */
void pkw__about_relation(const struct pkw_record *rec,
    const struct pkw_field *f, struct pkw_str *out);
/* "if type is 5"; nothing where the field is always there */
void pkw__about_condition(const struct pkw_record *rec,
    const struct pkw_field *f, struct pkw_str *out);
/* "1 icmp, 6 tcp, ..."; at most `max' bytes, 0: all */
void pkw__about_labels(
    const struct pkw_field *f, size_t max, struct pkw_str *out);
/* "ethertype 0x800, ipproto 4": where a protocol is found */
void pkw__about_binds(const struct pkw_proto *proto, struct pkw_str *out);

/* The header as RFCs draw it, each line behind `margin'. */
void pkw__diagram(const struct pkw_record *rec, const char *margin,
    struct pkw_str *out);

#endif
