/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fixed point numbers: `frac' bits behind the point, the others before it.
 *
 * A decimal text means the largest representable number not above it, as in
 * Scapy.  So the text of a number is the shortest decimal in [v, v + 2^-frac):
 * digits are produced until the exact rest is zero or rounding the last one up
 * stays below the next number.  All in integers; 32 bits of fraction need up to
 * ten digits, and more than 18 digits of a text cannot change the outcome of
 * fractions that short, so the rest are not looked at.
 */
#include "core/expr.h"

#include "base/addr.h"

enum { DIGITS_MAX = 18, FRAC_MAX = 32 };

/* floor(digits / 10^k * 2^frac) by doubling. */
static uint64_t scale(uint64_t digits, uint64_t ten_k, unsigned frac)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < frac; i++) {
		digits *= 2;
		v = v << 1 | (digits >= ten_k);
		if (digits >= ten_k)
			digits -= ten_k;
	}
	return v;
}

/* The digits of a mantissa, and how many of them stand before the point. */
struct decimal {
	char digit[64];
	int n, point;
};

static int read_decimal(const char *s, size_t n, struct decimal *d)
{
	size_t i = 0;
	int point = -1, exp = 0, neg = 0;

	d->n = 0;
	if (i < n && s[i] == '+')
		i++;
	for (; i < n && s[i] != 'e' && s[i] != 'E'; i++) {
		if (s[i] == '.' && point < 0)
			point = d->n;
		else if (s[i] < '0' || s[i] > '9')
			return -PKW_ESYNTAX;
		else if (d->n < (int)sizeof d->digit)
			d->digit[d->n++] = (char)(s[i] - '0');
		else if (point < 0)
			return -PKW_ERANGE;
	}
	if (d->n == 0)
		return -PKW_ESYNTAX;
	d->point = point < 0 ? d->n : point;
	if (i == n)
		return 0;
	i++;
	if (i < n && (s[i] == '-' || s[i] == '+'))
		neg = s[i++] == '-';
	if (i == n)
		return -PKW_ESYNTAX;
	for (; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -PKW_ESYNTAX;
		if (exp < 1000)
			exp = exp * 10 + (s[i] - '0');
	}
	d->point += neg ? -exp : exp;
	return 0;
}

static unsigned digit_at(const struct decimal *d, int i)
{
	return i >= 0 && i < d->n ? (unsigned)d->digit[i] : 0;
}

int pkw__fixed_parse(
    const char *s, size_t n, unsigned bits, unsigned frac, uint64_t *v)
{
	struct decimal d;
	uint64_t whole = 0, rest = 0, ten_k = 1;
	unsigned int_bits = bits - frac;
	int r = read_decimal(s, n, &d);

	if (r < 0)
		return r;
	for (int i = 0; i < d.point; i++) {
		if (whole > (UINT64_MAX - 9) / 10)
			return -PKW_ERANGE;
		whole = whole * 10 + digit_at(&d, i);
	}
	if (int_bits < 64 && whole >> int_bits)
		return -PKW_ERANGE;
	for (int i = 0; i < DIGITS_MAX; i++) {
		rest = rest * 10 + digit_at(&d, d.point + i);
		ten_k *= 10;
	}
	*v = (frac < 64 ? whole << frac : 0) | scale(rest, ten_k, frac);
	return 0;
}

void pkw__fixed_text(struct pkw_str *out, uint64_t v, unsigned frac)
{
	char digits[24];
	unsigned n = 0;

	if (frac > FRAC_MAX)
		frac = FRAC_MAX;
	uint64_t one = UINT64_C(1) << frac, rest = v & (one - 1), ten_k = 1;
	pkw_str_u64(out, v >> frac);
	if (rest == 0)
		return;
	while (rest && n < sizeof digits - 1) {
		rest *= 10;
		ten_k *= 10;
		digits[n++] = (char)('0' + (rest >> frac));
		rest &= one - 1;
		if (rest && one - rest < ten_k) {
			/* v lies below the next number, so no carry leaves */
			unsigned k = n - 1;
			while (digits[k] == '9')
				digits[k--] = '0';
			digits[k]++;
			break;
		}
	}
	pkw_str_addc(out, '.');
	pkw_str_addn(out, digits, n);
}
