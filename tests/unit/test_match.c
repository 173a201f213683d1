/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What answers what, for whole packets; and that the keys by which an ask finds
 * its questions never stand between a question and its answer.
 */
#include "tap.h"

#include "exchange/key.h"

#include <pkw/exchange.h>
#include <pkw/text.h>

#define HERE "src='10.0.0.1',dst='10.0.0.2'"
#define BACK "src='10.0.0.2',dst='10.0.0.1'"
#define ROUTER "src='10.9.9.9',dst='10.0.0.1'"
#define HERE6 "src='fd00::1',dst='fd00::2'"
#define BACK6 "src='fd00::2',dst='fd00::1'"

/* `by' says how an ask finds the question: by its full key, by the addresses
   alone, by what is quoted, or only because it looks at all of them. */
enum by { NONE, FULL, PAIR, QUOTED, ALL };

static const struct {
	const char *what, *q, *a;
	enum by by;
} cases[] = {
	{ "echo reply", "IP(" HERE ")/ICMP(id=1,seq=2)",
	    "Ether()/IP(" BACK ")/ICMP(type=0,id=1,seq=2)", FULL },
	{ "another sequence number", "IP(" HERE ")/ICMP(id=1,seq=2)",
	    "IP(" BACK ")/ICMP(type=0,id=1,seq=3)", NONE },
	{ "the question itself", "IP(" HERE ")/ICMP(id=1)",
	    "IP(" HERE ")/ICMP(id=1)", NONE },
	{ "from somebody else", "IP(" HERE ")/ICMP(id=1)",
	    "IP(src='10.0.0.3',dst='10.0.0.1')/ICMP(type=0,id=1)", NONE },
	{ "SYN and SYN/ACK", "IP(" HERE ")/TCP(sport=1000,dport=80,seq=5)",
	    "IP(" BACK ")/TCP(sport=80,dport=1000,flags='SA',ack=6)", FULL },
	{ "SYN and RST", "IP(" HERE ")/TCP(sport=1000,dport=80,seq=5)",
	    "IP(" BACK ")/TCP(sport=80,dport=1000,flags='RA',ack=6)", FULL },
	{ "another port", "IP(" HERE ")/TCP(sport=1000,dport=80,seq=5)",
	    "IP(" BACK ")/TCP(sport=81,dport=1000,flags='SA',ack=6)", NONE },
	{ "an acknowledgement of something else",
	    "IP(" HERE ")/TCP(sport=1000,dport=80,seq=5)",
	    "IP(" BACK ")/TCP(sport=80,dport=1000,flags='SA',ack=99)", NONE },
	{ "UDP", "IP(" HERE ")/UDP(sport=1000,dport=7)/'x'",
	    "IP(" BACK ")/UDP(sport=7,dport=1000)/'y'", FULL },
	{ "UDP without a payload", "IP(" HERE ")/UDP(sport=1000,dport=7)/'x'",
	    "IP(" BACK ")/UDP(sport=7,dport=1000)", FULL },
	{ "UDP from another port (TFTP)",
	    "IP(" HERE ")/UDP(sport=1000,dport=69)/TFTP()/TFTP_RRQ()",
	    "IP(" BACK ")/UDP(sport=4444,dport=1000)/TFTP()/TFTP_DATA(block=1)", PAIR },
	{ "DNS", "IP(" HERE ")/UDP(sport=1000)/DNS(id=77)",
	    "IP(" BACK ")/UDP(sport=53,dport=1000)/DNS(id=77,qr=1)", FULL },
	{ "DNS of another id", "IP(" HERE ")/UDP(sport=1000)/DNS(id=77)",
	    "IP(" BACK ")/UDP(sport=53,dport=1000)/DNS(id=78,qr=1)", NONE },
	{ "port unreachable", "IP(" HERE ")/UDP(sport=1000,dport=9)/'x'",
	    "IP(" BACK ")/ICMP(type=3,code=3)/IPerror(" HERE ")/"
	    "UDPerror(sport=1000,dport=9)", QUOTED },
	{ "time exceeded on the way", "IP(" HERE ",ttl=1)/ICMP(id=4)",
	    "IP(" ROUTER ")/ICMP(type=11)/IPerror(" HERE ")/ICMPerror(id=4)",
	    QUOTED },
	{ "time exceeded of TCP", "IP(" HERE ",ttl=1)/TCP(sport=1,dport=2)",
	    "IP(" ROUTER ")/ICMP(type=11)/IPerror(" HERE ")/"
	    "TCPerror(sport=1,dport=2)", QUOTED },
	{ "... but of another packet", "IP(" HERE ",ttl=1)/TCP(sport=1,dport=2)",
	    "IP(" ROUTER ")/ICMP(type=11)/IPerror(" HERE ")/"
	    "TCPerror(sport=1,dport=3)", NONE },
	{ "an error to somebody else", "IP(" HERE ")/UDP(sport=1,dport=9)/'x'",
	    "IP(src='10.0.0.2',dst='10.0.0.7')/ICMP(type=3,code=3)/"
	    "IPerror(" HERE ")/UDPerror(sport=1,dport=9)", NONE },
	{ "ICMPv6 echo", "IPv6(" HERE6 ")/ICMPv6EchoRequest(id=1,seq=2)",
	    "Ether()/IPv6(" BACK6 ")/ICMPv6EchoReply(id=1,seq=2)", FULL },
	{ "behind an extension header", "IPv6(" HERE6 ")/"
	    "IPv6ExtHdrHopByHop()/ICMPv6EchoRequest(id=1)",
	    "IPv6(" BACK6 ")/ICMPv6EchoReply(id=1)", FULL },
	{ "before one", "IPv6(" HERE6 ")/UDP(sport=1,dport=2)/'x'",
	    "IPv6(" BACK6 ")/IPv6ExtHdrDestOpt()/UDP(sport=2,dport=1)", FULL },
	{ "ICMPv6 time exceeded", "IPv6(" HERE6 ",hlim=1)/UDP(sport=1,dport=2)",
	    "IPv6(src='fd00::99',dst='fd00::1')/ICMPv6TimeExceeded()/"
	    "IPerror6(" HERE6 ")/UDPerror(sport=1,dport=2)", QUOTED },
	{ "Neighbour Advertisement",
	    "IPv6(src='fd00::1',dst='ff02::1:ff00:2')/"
	    "ICMPv6ND_NS(tgt='fd00::2')",
	    "IPv6(" BACK6 ")/ICMPv6ND_NA(tgt='fd00::2')", ALL },
	{ "ARP", "Ether()/ARP(psrc='10.0.0.1',pdst='10.0.0.2')",
	    "Ether()/ARP(op=2,psrc='10.0.0.2',pdst='10.0.0.1')", FULL },
	{ "ARP about another", "Ether()/ARP(psrc='10.0.0.1',pdst='10.0.0.2')",
	    "Ether()/ARP(op=2,psrc='10.0.0.3',pdst='10.0.0.1')", NONE },
	{ "echo to a group", "IP(src='10.0.0.1',dst='224.0.0.1')/ICMP(id=5)",
	    "IP(" BACK ")/ICMP(type=0,id=5)", ALL },
	{ "in the same VLAN", "Ether()/Dot1Q(vlan=5)/IP(" HERE ")/ICMP(id=6)",
	    "Ether()/Dot1Q(vlan=5)/IP(" BACK ")/ICMP(type=0,id=6)", FULL },
	{ "in another VLAN", "Ether()/Dot1Q(vlan=5)/IP(" HERE ")/ICMP(id=6)",
	    "Ether()/Dot1Q(vlan=6)/IP(" BACK ")/ICMP(type=0,id=6)", NONE },
	{ "a routed question, answered in a tagged frame",
	    "IP(" HERE ")/ICMP(id=6)",
	    "Ether()/Dot1Q(vlan=5)/IP(" BACK ")/ICMP(type=0,id=6)", FULL },
	{ "in a tunnel", "IP(" HERE ")/GRE()/IP(src='10.1.0.1',dst='10.1.0.2')/"
	    "ICMP(id=8)", "IP(" BACK ")/GRE()/IP(src='10.1.0.2',dst='10.1.0.1')"
	    "/ICMP(type=0,id=8)", FULL },
	{ "a protocol without rules", "IP(" HERE ",proto=200)/'abc'",
	    "IP(" BACK ",proto=200)/'def'", FULL },
	{ "nothing in common", "IP(" HERE ")/ICMP()",
	    "Ether()/ARP(psrc='10.0.0.2')", NONE },
	{ "another version", "IP(" HERE ")/ICMP()",
	    "IPv6(" BACK6 ")/ICMPv6EchoReply()", NONE },
};

static enum by found_by(const struct pkw_pkt *q, const struct pkw_pkt *a)
{
	struct pkw__key kq = pkw__key_of(q), ka = pkw__key_of(a);
	struct pkw__key quoted = pkw__key_quoted(a);

	if (kq.pair && kq.full == ka.full)
		return FULL;
	if (kq.pair && kq.full == quoted.full)
		return QUOTED;
	return kq.pair && kq.pair == ka.pair ? PAIR : ALL;
}

static void test_cases(struct pkw_pkt *q, struct pkw_pkt *a)
{
	struct pkw_pkt *again = pkw_pkt_new();
	struct pkw_diag d = { 0 };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (pkw_parse(q, cases[i].q, &d) < 0 ||
		    pkw_parse(a, cases[i].a, &d) < 0) {
			ok(0, "%s: %s", cases[i].what, d.text);
			continue;
		}
		int want = cases[i].by != NONE;
		is_int(pkw_match(q, a, NULL), want, cases[i].what);
		/* as an ask sees them: dissected */
		struct pkw_span s = pkw_bytes(a);
		pkw_dissect(again, pkw_view(a)->layers[0].proto, s.p, s.len, 0);
		is_int(pkw_match(q, again, NULL), want, "... as it comes");
		if (want)
			is_int(found_by(q, again), cases[i].by, "... is found");
	}
	pkw_pkt_free(again);
}

static void test_why(struct pkw_pkt *q, struct pkw_pkt *a, const char *qe,
    const char *ae, const char *want)
{
	struct pkw_str why = PKW_STR_INIT;

	pkw_parse(q, qe, NULL);
	pkw_parse(a, ae, NULL);
	is_int(pkw_match(q, a, &why), 0, qe);
	is_str(why.s, want, "... explained");
	pkw_str_free(&why);
}

int main(void)
{
	struct pkw_pkt *q = pkw_pkt_new(), *a = pkw_pkt_new();

	test_cases(q, a);
	test_why(q, a, "IP(" HERE ")/UDP(sport=1000,dport=53)",
	    "IP(" BACK ")/UDP(sport=53,dport=1001)",
	    "UDP (sport=53, dport=1001) does not answer "
	    "UDP (sport=1000, dport=53)");
	test_why(q, a, "IP(" HERE ")/ICMP(id=1)",
	    "IP(src='10.0.0.9',dst='10.0.0.1')/ICMP(type=0,id=1)",
	    "IP (src=10.0.0.9, dst=10.0.0.1) does not answer "
	    "IP (src=10.0.0.1, dst=10.0.0.2)");
	test_why(q, a, "Ether()/IP(" HERE ")", "IP(" BACK ")",
	    "it has no layer of the kind the question begins with");
	pkw_pkt_free(q);
	pkw_pkt_free(a);
	return done();
}
