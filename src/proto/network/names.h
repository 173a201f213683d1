/* SPDX-License-Identifier: BSD-2-Clause */
/* Domain names without compression, as neighbours tell them to each other. */
#ifndef PKW_PROTO_NETWORK_NAMES_H
#define PKW_PROTO_NETWORK_NAMES_H

#include <pkw/proto.h>

/* One name: labels with their lengths, then a zero (RFC 1035 §3.1). */
extern const struct pkw_codec pkw__plain_name;

/* What a node information query asks about: a name or an address. */
extern const struct pkw_codec pkw__ni_subject;
enum pkw__ni_kind { PKW__NI_NAME, PKW__NI_IP6, PKW__NI_IP4 };
enum pkw__ni_kind pkw__ni_subject_kind(const uint8_t *b, size_t n);

/* A reply's names, behind how many seconds they hold. */
extern const struct pkw_codec pkw__ni_names;

#endif
