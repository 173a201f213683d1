/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one copy of the EtherType names; ethertypes.h is where a new one is
 * added.
 */
#include "proto/link/ethertypes.h"

const struct pkw_label pkw__ethertypes[PKW__ETHERTYPES_N] = {
#define PKW_X(number, label) { .value = (number), .name = (label) },
	PKW_ETHERTYPES(PKW_X)
#undef PKW_X
};
