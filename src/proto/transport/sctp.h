/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of SCTP share: names of chunks, and the parameters. */
#ifndef PKW_PROTO_SCTP_H
#define PKW_PROTO_SCTP_H

#include <pkw/proto.h>

extern const struct pkw_label pkw__sctp_chunk_types[23];
extern const struct pkw_list pkw__sctp_params;

#endif
