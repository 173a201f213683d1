/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and addresses as text, both ways, without allocation or locale. */
#ifndef PKW_BASE_ADDR_H
#define PKW_BASE_ADDR_H

#include <stddef.h>
#include <stdint.h>

/* Room that the longest text of each kind takes; none writes a NUL. */
enum {
	PKW__U64_MAX = 20,
	PKW__I64_MAX = 21,
	PKW__MAC_MAX = 17,
	PKW__IP4_MAX = 15,
	PKW__IP6_MAX = 45,
	PKW__UUID_MAX = 36
};

/* Formatters: the length written. IPv6 is RFC 5952's form. */
size_t pkw__fmt_u64(char *out, uint64_t v);
size_t pkw__fmt_i64(char *out, int64_t v);
size_t pkw__fmt_hex(char *out, const uint8_t *b, size_t n);
/* at least `digits' digits, lower case, no 0x; 16 bytes at most */
size_t pkw__fmt_hex64(char *out, uint64_t v, unsigned digits);
size_t pkw__fmt_mac(char *out, const uint8_t *b);
size_t pkw__fmt_ip4(char *out, const uint8_t *b);
size_t pkw__fmt_ip6(char *out, const uint8_t *b);
size_t pkw__fmt_uuid(char *out, const uint8_t *b);

/*
 * Parsers take exactly the n characters: 0, or -PKW_ESYNTAX (-PKW_ERANGE: a
 * number of more than 64 bits); `out' is untouched then.
 *
 * mac: six groups of one or two digits with `:' or `-', or Cisco's
 *      aabb.ccdd.eeff.
 * num: 10, -10, 0x1f, 0o17, 0b101, with `_' between digits; *neg tells of a
 *      minus sign and *v is the absolute value.
 */
int pkw__addr_parse_mac(const char *s, size_t n, uint8_t out[6]);
int pkw__addr_parse_ip4(const char *s, size_t n, uint8_t out[4]);
int pkw__addr_parse_ip6(const char *s, size_t n, uint8_t out[16]);
int pkw__addr_parse_uuid(const char *s, size_t n, uint8_t out[16]);
int pkw__num_parse(const char *s, size_t n, int *neg, uint64_t *v);

/* The value of a hexadecimal digit, -1 for anything else. */
int pkw__hex_digit(char c);

#endif
