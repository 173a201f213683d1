/* SPDX-License-Identifier: BSD-2-Clause */
/* Checksums: what a SUM relation computes. Part of <pkw/proto.h>. */
#ifndef PKW_SUM_H
#define PKW_SUM_H

#include <stddef.h>
#include <stdint.h>
#include <pkw/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_pkt;

/*
 * Checksums.  `fn' gets the bytes with the checksum field as it stands (it must
 * treat the field, at `at' bytes from the start, as zero) and the pseudo
 * header's partial sum.
 */
struct pkw_sum_in {
	const struct pkw_pkt *pkt;
	int layer;
	const uint8_t *bytes;
	size_t len;
	size_t at;
	uint64_t pseudo;
};
typedef uint64_t (*pkw_sum_fn)(const struct pkw_sum_in *in);
struct pkw_sum {
	const char *name;
	pkw_sum_fn fn;
	int inet; /* RFC 1071: may be updated by differences (RFC 1624) */
};
PKW_API extern const struct pkw_sum pkw_sum_inet;    /* RFC 1071 */
PKW_API extern const struct pkw_sum pkw_sum_crc32c;  /* RFC 9260 appendix A */

#ifdef __cplusplus
}
#endif
#endif
