/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots: fields at fixed places, for hot loops. */
#ifndef PKW_SLOT_H
#define PKW_SLOT_H

/*
 * A slot looked up once reads a field of any packet's layer in a nanosecond.
 * It is for fields that are always there with nothing of varying size before
 * them; all others are read through <pkw/pkt.h>, which includes this header.
 * The layer must be one of the protocol that the slot was looked up for.
 */

#include <pkw/pkt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The slot of a layer's field; .fixed is 0 where it has no fixed place. */
PKW_API struct pkw_slot pkw_slot(
    const struct pkw_proto *proto, const char *field);

static inline uint64_t pkw_slot_get(const struct pkw_view *v,
    const struct pkw_layer *l, const struct pkw_slot *s)
{
	const uint8_t *b = v->bytes + l->off + s->off;
	uint64_t x = 0;

	if (s->le) {
		for (unsigned i = s->bytes; i-- > 0;)
			x = x << 8 | b[i];
		return x >> s->shift & s->mask;
	}
	switch (s->bytes) {
	case 1:
		x = b[0];
		break;
	case 2:
		x = (uint64_t)b[0] << 8 | b[1];
		break;
	case 4:
		x = (uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 |
		    (uint64_t)b[2] << 8 | b[3];
		break;
	case 8:
		x = (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 |
		    (uint64_t)b[2] << 40 | (uint64_t)b[3] << 32 |
		    (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
		    (uint64_t)b[6] << 8 | b[7];
		break;
	}
	return x >> s->shift & s->mask;
}

/*
 * The same of a field that the caller knows to fill 1, 2 or 4 bytes in network
 * order (an address, a port): nothing is left to be found out.
 */
static inline uint8_t pkw_slot_u8(const struct pkw_view *v,
    const struct pkw_layer *l, const struct pkw_slot *s)
{
	return v->bytes[l->off + s->off];
}
static inline uint16_t pkw_slot_u16(const struct pkw_view *v,
    const struct pkw_layer *l, const struct pkw_slot *s)
{
	const uint8_t *b = v->bytes + l->off + s->off;

	return (uint16_t)(b[0] << 8 | b[1]);
}
static inline uint32_t pkw_slot_u32(const struct pkw_view *v,
    const struct pkw_layer *l, const struct pkw_slot *s)
{
	const uint8_t *b = v->bytes + l->off + s->off;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

#ifdef __cplusplus
}
#endif
#endif
