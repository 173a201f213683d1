/* SPDX-License-Identifier: BSD-2-Clause */
/* The protocols that are known: add some, find one, check their tables. */
#ifndef PKW_REGISTRY_H
#define PKW_REGISTRY_H

/*
 * The built-in protocols are there from the start.  What is added is never
 * removed.  Adding is not safe while other threads use the library; looking up
 * is.
 */

#include <stddef.h>
#include <stdint.h>
#include <pkw/error.h>
#include <pkw/proto.h>
#include <pkw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes a protocol known, with all the records it uses.  The records that are
 * elements of its lists become layers of their own under their names (so that
 * `IPOption_Router_Alert()' can stand anywhere).  Built-in ones are
 * there from the start.  A name that exists is replaced for later look-ups.
 * Not safe while other threads use the library.
 */
PKW_API int pkw_register(const struct pkw_proto *proto, struct pkw_diag *d);

/*
 * Adds one row to a selector space at run time; the last one wins, for what is
 * dissected and what is built.  -PKW_ENOENT: nobody looks into such a space.
 * pkw_unbind() takes it back: what the space gave for the value before does not
 * return.  -PKW_ENOENT: it gives another protocol, or none.
 */
PKW_API int pkw_bind(const struct pkw_bind *row, const struct pkw_proto *proto,
    struct pkw_diag *d);
PKW_API int pkw_unbind(const struct pkw_bind *row,
    const struct pkw_proto *proto, struct pkw_diag *d);

/* By name as users type it (case matters first, then not); NULL: none. */
PKW_API const struct pkw_proto *pkw_proto_find(const char *name);
/* The nth registered protocol, sorted by registration; NULL past the end. */
PKW_API const struct pkw_proto *pkw_proto_at(size_t n);
/* The registered name nearest to a misspelt one; NULL if none is near. */
PKW_API const char *pkw_proto_nearest(const char *name);
/* What a space gives for a number; NULL: nothing bound. */
PKW_API const struct pkw_proto *pkw_bound(const char *space, uint32_t value);
/* The number under which a protocol is found in a space; negative: not. */
PKW_API int64_t pkw_bound_number(
    const char *space, const struct pkw_proto *proto);

/*
 * Index of the field of that name in a record, -PKW_ENOFIELD.  Where several
 * alternatives share the name it is the first: see pkw_field_named().
 */
PKW_API int pkw_field_find(const struct pkw_record *rec, const char *name);

/*
 * Lints one table (NULL: all that are registered).  Each fault is one line
 * "IP.ihl: ..." appended to out; returns how many there are.
 */
PKW_API int pkw_check(const struct pkw_proto *proto, struct pkw_str *out);

#ifdef __cplusplus
}
#endif
#endif
