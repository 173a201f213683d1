/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Colours are the sixteen that every terminal has and every user can change.
 * A layer has the colour of its class wherever it is named; in a hexdump six
 * take turns, so that neighbours differ.
 */
#include "out/color.h"

#include <string.h>

static const char *const codes[COLOR__N] = {
	[COLOR_OFF] = "\033[0m",
	[COLOR_HEAD] = "\033[1m",
	[COLOR_FIELD] = "\033[34m",
	[COLOR_VALUE] = "\033[0m",
	[COLOR_LABEL] = "\033[32m",
	[COLOR_DIM] = "\033[2m",
	[COLOR_BAD] = "\033[1;31m",
	[COLOR_LAYER0 + 0] = "\033[36m",
	[COLOR_LAYER0 + 1] = "\033[33m",
	[COLOR_LAYER0 + 2] = "\033[32m",
	[COLOR_LAYER0 + 3] = "\033[35m",
	[COLOR_LAYER0 + 4] = "\033[34m",
	[COLOR_LAYER0 + 5] = "\033[31m",
};

char *pkw__color(char *o, unsigned color)
{
	size_t n = strlen(codes[color]);

	memcpy(o, codes[color], n);
	return o + n;
}

void pkw__str_color(struct pkw_str *s, int on, unsigned color)
{
	if (on)
		pkw_str_add(s, codes[color]);
}

unsigned pkw__class_color(unsigned cls)
{
	static const uint8_t by_class[] = {
		[PKW_OTHER] = COLOR_HEAD,
		[PKW_LINK] = COLOR_LAYER0,
		[PKW_NETWORK] = COLOR_LAYER0 + 1,
		[PKW_TRANSPORT] = COLOR_LAYER0 + 2,
		[PKW_APP] = COLOR_LAYER0 + 3,
	};

	return cls < sizeof by_class ? by_class[cls] : COLOR_HEAD;
}
