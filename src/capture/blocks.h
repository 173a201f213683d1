/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoding pcapng blocks into a buffer that has room for them. */
#ifndef PKW_CAPTURE_BLOCKS_H
#define PKW_CAPTURE_BLOCKS_H

#include "reader.h"

/* Each pair: an upper bound of the block's size; its size, once written. */
size_t pkw__section_room(const struct pkw_writer_opts *o);
size_t pkw__section_put(uint8_t *p, const struct pkw_writer_opts *o, int swap);

size_t pkw__iface_room(const struct pkw_iface *i);
size_t pkw__iface_put(uint8_t *p, const struct pkw_iface *i, int swap);

/* `ifindex' and `stamp' are already those of the file. */
size_t pkw__packet_room(const struct pkw_frame *f);
size_t pkw__packet_put(uint8_t *p, const struct pkw_frame *f, uint32_t ifindex,
    uint64_t stamp, int swap);

/* Without time and interface; for f->caplen as the reader will guess it. */
size_t pkw__simple_put(uint8_t *p, const struct pkw_frame *f, int swap);

enum { STATS_ROOM = 12 + 12 + 3 * 12 + 4 };
size_t pkw__stats_put(uint8_t *p, const struct pkw_iface *i, uint32_t ifindex,
    uint64_t stamp, int swap);

#endif
