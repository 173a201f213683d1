/* SPDX-License-Identifier: BSD-2-Clause */
/* Colours, by what they mean. */
#ifndef PKW_OUT_COLOR_H
#define PKW_OUT_COLOR_H

#include <pkw/proto.h>
#include <pkw/str.h>

enum color {
	COLOR_OFF,
	COLOR_HEAD,   /* names of layers */
	COLOR_FIELD,  /* names of fields */
	COLOR_VALUE,
	COLOR_LABEL,
	COLOR_DIM,    /* remarks */
	COLOR_BAD,    /* what is wrong */
	COLOR_LAYER0, /* layers in a hexdump take turns */
	COLOR__N = COLOR_LAYER0 + 6
};

/* Writes the escape sequence; at most 16 bytes. */
char *pkw__color(char *o, unsigned color);
/* The same into a string, if `on'. */
void pkw__str_color(struct pkw_str *s, int on, unsigned color);
/* The colour of a layer of that class (enum pkw_class). */
unsigned pkw__class_color(unsigned cls);

#endif
