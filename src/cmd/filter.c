/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters from the command line: the words that are left are joined by blanks,
 * as tcpdump does, so that quotes are needed only for what the shell would eat.
 */
#include "cmd/filter.h"

#include <pkw/net.h>
#include <stdlib.h>
#include <string.h>

char *filter_text(const struct args *a)
{
	size_t n = 1;

	for (int i = 0; i < a->argc; i++)
		n += strlen(a->argv[i]) + 1;
	char *text = a->argc ? malloc(n) : NULL;
	char *o = text;
	for (int i = 0; text && i < a->argc; i++) {
		size_t len = strlen(a->argv[i]);
		if (i)
			*o++ = ' ';
		memcpy(o, a->argv[i], len + 1);
		o += len;
	}
	return text;
}

int filter_make(const char *text, unsigned link, struct pkw_filter **out)
{
	struct pkw_diag d;

	*out = NULL;
	if (!text || !*text)
		return STATUS_DONE;
	*out = pkw_filter_new(text, link, &d);
	return *out ? STATUS_DONE : complain(&d, text);
}
