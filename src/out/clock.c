/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time stamps as tcpdump writes them (-t to -ttttt).  Packets come in bursts,
 * so the text of the second is kept and made again only when it changes; the
 * zone is asked for once in a quarter of an hour, which is how often zones
 * change at most.  The calendar is computed here (days since 1970 to a date, by
 * eras of 400 years), since the C library's depends on the environment.
 */
#include "out/fast.h"
#include "out/printer.h"

enum { QUARTER = 900, DAY = 86400 };

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days since 1970-01-01 to "2023-11-14". */
static char *date(char *o, int64_t days)
{
	days += 719468; /* from 0000-03-01 */
	int64_t era = floor_div(days, 146097);
	unsigned doe = (unsigned)(days - era * 146097);
	unsigned yoe =
	    (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;
	unsigned day = doy - (153 * mp + 2) / 5 + 1;
	unsigned month = mp < 10 ? mp + 3 : mp - 9;
	int64_t year = yoe + era * 400 + (month <= 2);

	if (year >= 0 && year < 10000) {
		o = fast_pair(o, (unsigned)year / 100);
		o = fast_pair(o, (unsigned)year % 100);
	} else {
		o = fast_i64(o, year);
	}
	*o++ = '-';
	o = fast_pair(o, month);
	*o++ = '-';
	return fast_pair(o, day);
}

static char *time_of_day(char *o, unsigned s)
{
	o = fast_pair(o, s / 3600);
	*o++ = ':';
	o = fast_pair(o, s / 60 % 60);
	*o++ = ':';
	return fast_pair(o, s % 60);
}

static int zone_at(struct pkw_printer *pr, int64_t second)
{
	int64_t from = floor_div(second, QUARTER) * QUARTER;

	if (!pr->o.zone || pr->o.flags & PKW_PRINT_UTC)
		return 0;
	if (from != pr->zone_from) {
		pr->zone = pr->o.zone(second);
		pr->zone_from = from;
	}
	return pr->zone;
}

static void new_second(struct pkw_printer *pr, int64_t second)
{
	char text[sizeof pr->second_text + FAST_SLACK], *o = text;

	if (pr->o.clock == PKW_CLOCK_EPOCH) {
		o = fast_i64(o, second);
	} else {
		int64_t local = second + zone_at(pr, second);
		int64_t day = floor_div(local, DAY);
		if (pr->o.clock == PKW_CLOCK_DATE) {
			o = date(o, day);
			*o++ = ' ';
		}
		o = time_of_day(o, (unsigned)(local - day * DAY));
	}
	pr->second_len = (uint32_t)(o - text);
	memcpy(pr->second_text, text, sizeof pr->second_text);
	pr->second = second;
}

static char *fraction(const struct pkw_printer *pr, char *o, uint32_t ns)
{
	unsigned n = pr->o.digits ? pr->o.digits : 6;

	*o++ = '.';
	return fast_fraction(o, ns, n < 9 ? n : 9);
}

/* -ttt and -ttttt: " 00:00:01.234567", with a minus where time goes back */
static char *since(
    struct pkw_printer *pr, int64_t ns, int64_t from, char *o)
{
	uint64_t d = ns < from ? (uint64_t)from - (uint64_t)ns
			       : (uint64_t)ns - (uint64_t)from;
	uint64_t s = d / 1000000000;

	*o++ = ns < from ? '-' : ' ';
	if (s >= DAY) { /* as tcpdump, which has no days */
		o = fast_u64(o, s / 3600);
		*o++ = ':';
		o = fast_pair(o, (unsigned)(s / 60 % 60));
		*o++ = ':';
		o = fast_pair(o, (unsigned)(s % 60));
	} else {
		o = time_of_day(o, (unsigned)s);
	}
	return fraction(pr, o, (uint32_t)(d % 1000000000));
}

char *pkw__clock_text(struct pkw_printer *pr, int64_t ns, char *o)
{
	int64_t second = floor_div(ns, 1000000000);
	int64_t from;

	switch (pr->o.clock) {
	case PKW_CLOCK_NONE:
	case PKW_CLOCK__N:
		return o;
	case PKW_CLOCK_DELTA:
	case PKW_CLOCK_FIRST:
		from = !pr->begun ? ns
		    : pr->o.clock == PKW_CLOCK_DELTA ? pr->last_ns
						     : pr->first_ns;
		if (!pr->begun)
			pr->first_ns = ns;
		pr->begun = 1;
		pr->last_ns = ns;
		o = since(pr, ns, from, o);
		*o++ = ' ';
		return o;
	case PKW_CLOCK_TIME:
	case PKW_CLOCK_EPOCH:
	case PKW_CLOCK_DATE:
		break;
	}
	if (second != pr->second)
		new_second(pr, second);
	memcpy(o, pr->second_text, sizeof pr->second_text);
	o = fraction(pr, o + pr->second_len,
	    (uint32_t)(ns - second * 1000000000));
	*o++ = ' ';
	return o;
}
