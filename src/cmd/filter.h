/* SPDX-License-Identifier: BSD-2-Clause */
/* Trailing words as a filter in libpcap's language. */
#ifndef PKW_CMD_FILTER_H
#define PKW_CMD_FILTER_H

#include "cmd/cmd.h"

struct pkw_filter;

/* The words as one text, to be freed; NULL if there is none (or no memory). */
char *filter_text(const struct args *a);
/* 0 and the filter (NULL: all match), or an exit status. */
int filter_make(const char *text, unsigned link, struct pkw_filter **out);

#endif
