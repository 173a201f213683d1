/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one copy of the protocol numbers' names; numbers.h is where a new one is
 * added.
 */
#include "proto/network/numbers.h"

const struct pkw_label pkw__ip_protos[PKW__IP_PROTOS_N] = {
#define PKW_X(number, scapy, iana) { .value = (number), .name = (scapy) },
	PKW_IP_PROTOS(PKW_X)
#undef PKW_X
};

const struct pkw_label pkw__ip6_next[PKW__IP6_NEXT_N] = {
#define PKW_X(number, label) { .value = (number), .name = (label) },
	PKW_IP6_NEXT(PKW_X)
#undef PKW_X
#define PKW_X(number, scapy, iana) { .value = (number), .name = (iana) },
	PKW_IP_PROTOS(PKW_X)
#undef PKW_X
};
