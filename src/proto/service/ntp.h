/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two files about NTP share. */
#ifndef PKW_PROTO_SERVICE_NTP_H
#define PKW_PROTO_SERVICE_NTP_H

#include <pkw/rows.h>

#define TIMESTAMP(...) FIXED(32, 32, __VA_ARGS__)

enum { PKW__NTP_MODES_N = 8 };
extern const struct pkw_label pkw__ntp_modes[PKW__NTP_MODES_N];

#endif
