/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Overlap policies as a table.
 *
 * All of them are decided by comparing two pieces: does the new one begin
 * before, with or after the old one, and does it end before, with or after it?
 * These are nine cases, so that a policy is nine bits.  The facts are those of
 * Novak and Sturges, who tried real systems, as Snort and Suricata use them;
 * where those two differ about segments it is about systems left out here.
 *
 * "Solaris", segments: the new one wins where it begins with or before the old
 * one and does not end before it, and where it begins and ends after it.
 *
 * Linux' present way (net/ipv4/inet_fragment.c since 4.19) knows runs: a
 * fragment that continues the last one exactly is of the same run, and what
 * lies within one run is taken for a duplicate, whatever it says.
 */
#include "stream/policy.h"

#include <string.h>
#include <strings.h>

enum {
	BEGINS_BEFORE = PKW__WINS(PKW__BEFORE, PKW__BEFORE) |
	    PKW__WINS(PKW__BEFORE, PKW__SAME) |
	    PKW__WINS(PKW__BEFORE, PKW__AFTER),
	BEGINS_SAME = PKW__WINS(PKW__SAME, PKW__BEFORE) |
	    PKW__WINS(PKW__SAME, PKW__SAME) | PKW__WINS(PKW__SAME, PKW__AFTER),
	BEGINS_AFTER = PKW__WINS(PKW__AFTER, PKW__BEFORE) |
	    PKW__WINS(PKW__AFTER, PKW__SAME) |
	    PKW__WINS(PKW__AFTER, PKW__AFTER),
	ALWAYS = BEGINS_BEFORE | BEGINS_SAME | BEGINS_AFTER,
	COVERS = PKW__WINS(PKW__BEFORE, PKW__AFTER),
	COVERS_END = COVERS | PKW__WINS(PKW__BEFORE, PKW__SAME)
};

const struct pkw__policy pkw__policies[PKW_POLICY__N] = {
	[PKW_POLICY_BSD] = { "bsd", BEGINS_BEFORE, BEGINS_BEFORE, PKW__KEEP },
	[PKW_POLICY_FIRST] = { "first", 0, 0, PKW__KEEP },
	[PKW_POLICY_LAST] = { "last", ALWAYS, ALWAYS, PKW__KEEP },
	[PKW_POLICY_BSD_RIGHT] = { "bsd-right", BEGINS_SAME | BEGINS_AFTER,
	    BEGINS_SAME | BEGINS_AFTER, PKW__KEEP },
	[PKW_POLICY_LINUX] = { "linux", BEGINS_BEFORE | BEGINS_SAME,
	    BEGINS_BEFORE | PKW__WINS(PKW__SAME, PKW__AFTER), PKW__KEEP },
	[PKW_POLICY_WINDOWS] = { "windows", COVERS, BEGINS_BEFORE, PKW__KEEP },
	[PKW_POLICY_SOLARIS] = { "solaris", COVERS_END,
	    COVERS_END | PKW__WINS(PKW__SAME, PKW__SAME) |
	    PKW__WINS(PKW__SAME, PKW__AFTER) |
	    PKW__WINS(PKW__AFTER, PKW__AFTER), PKW__KEEP },
	[PKW_POLICY_LINUX_DROP] = { "linux-drop", 0, 0, PKW__DROP },
	[PKW_POLICY_RFC5722] = { "rfc5722", 0, 0, PKW__DROP_FOREVER },
};

const char *pkw_policy_name(unsigned policy)
{
	return policy < PKW_POLICY__N ? pkw__policies[policy].name : NULL;
}

static const char *nth_name(const void *arg, size_t n)
{
	(void)arg;
	return n < PKW_POLICY__N ? pkw__policies[n].name : NULL;
}

int pkw_policy_find(const char *name, struct pkw_diag *d)
{
	struct pkw_str all = PKW_STR_INIT;

	for (int i = 0; i < PKW_POLICY__N; i++)
		if (strcasecmp(name, pkw__policies[i].name) == 0)
			return i;
	const char *near = pkw_nearest(name, nth_name, NULL);
	if (near)
		return pkw_fail(d, -PKW_ENOENT,
		    "no policy `%s'; did you mean `%s'?", name, near);
	for (int i = 0; i < PKW_POLICY__N; i++)
		pkw_str_fmt(&all, "%s%s", i ? ", " : "", pkw__policies[i].name);
	int r = pkw_fail(d, -PKW_ENOENT, "no policy `%s'; there are %s", name,
	    all.s ? all.s : "others");
	pkw_str_free(&all);
	return r;
}
