/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ARP, BPDUs, LLDP, tags, PPP.
 *
 * tests/data/link.pcap was taken by tests/data/link.sh between two namespaces of
 * Linux 6.18: the kernel's ARP, its bridge's BPDUs (among them a notification of
 * a topology change) and lldpd 1.0.16 as a telephone and as a switch.  The
 * values wanted are what tshark 4.0 prints for the frames and what lldpd was
 * told to send.  Other bytes are Scapy 2.5's unless another source is named.
 */
#include "pkw/capture.h"
#include "pkw/pkt.h"
#include "pkw/text.h"
#include "tap.h"

enum { FRAMES = 10 };

static uint8_t bytes[FRAMES][512];
static size_t len[FRAMES];

static void load(void)
{
	struct pkw_diag d = { 0 };
	struct pkw_frame f;
	struct pkw_reader *r = pkw_reader_open("tests/data/link.pcap", 0, &d);
	int n = 0;

	while (r && n < FRAMES && pkw_reader_next(r, &f, &d) > 0 &&
	    f.caplen <= sizeof bytes[0]) {
		memcpy(bytes[n], f.data, f.caplen);
		len[n++] = f.caplen;
	}
	if (!ok(n == FRAMES, "the capture's frames"))
		printf("# %d, %s\n", n, d.text);
	if (r)
		pkw_reader_close(r);
}

/* Frame number n, from 1 as tshark counts. */
static struct pkw_pkt *frame(int n)
{
	struct pkw_pkt *p = pkw_pkt_new();

	pkw_dissect(p, pkw_link_proto(1), bytes[n - 1], len[n - 1], 0);
	return p;
}

/* The layers' names with slashes between. */
static void stack(const struct pkw_pkt *p, char *out, size_t size)
{
	const struct pkw_view *v = pkw_view(p);
	size_t n = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < v->nlayers && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? "/" : "",
		    v->layers[i].proto->rec.name);
}

static void is_stack(const struct pkw_pkt *p, const char *want, const char *what)
{
	char got[2048];

	stack(p, got, sizeof got);
	is_str(got, want, what);
}

static void captured_stacks(void)
{
	static const char *const want[FRAMES] = {
		"Ether/ARP",
		"Ether/ARP",
		"Ether/ARP",
		"Ether/ARP",
		"Dot3/LLC/STP",
		"Dot3/LLC/STP",
		"Dot3/LLC/STP_TCN",
		"Dot3/LLC/STP",
		"Ether/LLDPDUChassisID/LLDPDUPortID/LLDPDUTimeToLive/"
		"LLDPDUSystemName/LLDPDUSystemDescription/"
		"LLDPDUSystemCapabilities/LLDPDUManagementAddress/"
		"LLDPDUPortDescription/"
		"LLDPDUOrgSpecific_IEEE8023_Link_Aggregation/"
		"LLDPDUOrgSpecific_IEEE8023_MAC_PHY/LLDPDUPowerViaMDIDDL/"
		"LLDPDUOrgSpecific_MED_Capabilities/"
		"LLDPDUOrgSpecific_MED_Software_Revision/"
		"LLDPDUOrgSpecific_MED_Location/"
		"LLDPDUOrgSpecific_MED_Location/"
		"LLDPDUOrgSpecific_MED_Location/"
		"LLDPDUOrgSpecific_MED_Network_Policy/"
		"LLDPDUOrgSpecific_MED_Extended_Power_Via_MDI/"
		"LLDPDUGenericOrganisationSpecific/LLDPDUEndOfLLDPDU",
		"Ether/LLDPDUChassisID/LLDPDUPortID/LLDPDUTimeToLive/"
		"LLDPDUSystemName/LLDPDUSystemDescription/"
		"LLDPDUSystemCapabilities/LLDPDUManagementAddress/"
		"LLDPDUPortDescription/"
		"LLDPDUOrgSpecific_IEEE8023_Link_Aggregation/"
		"LLDPDUOrgSpecific_IEEE8023_MAC_PHY/LLDPDUPowerViaMDI/"
		"LLDPDUOrgSpecific_MED_Capabilities/"
		"LLDPDUOrgSpecific_MED_Software_Revision/LLDPDUEndOfLLDPDU",
	};

	for (int n = 1; n <= FRAMES; n++) {
		struct pkw_pkt *p = frame(n);
		const struct pkw_note *notes;
		is_stack(p, want[n - 1], "layers of a captured frame");
		is_int((int64_t)pkw_notes(p, &notes), 0, "nothing to note");
		pkw_pkt_free(p);
	}
}

static void captured_values(void)
{
	static const struct {
		int frame;
		const char *path, *text;
	} want[] = {
		{ 1, "ARP.op", "who-has" },
		{ 1, "ARP.hwsrc", "02:00:00:00:00:01" },
		{ 1, "ARP.psrc", "192.0.2.1" },
		{ 1, "ARP.hwdst", "00:00:00:00:00:00" },
		{ 1, "ARP.pdst", "192.0.2.2" },
		{ 2, "ARP.op", "is-at" },
		{ 2, "ARP.psrc", "192.0.2.2" },
		{ 5, "Dot3.len", "38" },
		{ 5, "STP.bpduflags", "0" },
		{ 5, "STP.rootid", "32768" },
		{ 5, "STP.rootmac", "02:00:00:00:00:01" },
		{ 5, "STP.portid", "32769" },
		{ 5, "STP.hellotime", "1" },
		{ 5, "STP.fwddelay", "2" },
		{ 5, "STP.maxage", "20" },
		{ 6, "STP.bpduflags", "1" },
		{ 7, "STP_TCN.bpdutype", "topology-change" },
		{ 9, "LLDPDUChassisID.id", "02:00:00:00:00:01" },
		{ 9, "LLDPDUPortID.subtype", "MAC address" },
		{ 9, "LLDPDUTimeToLive.ttl", "4" },
		{ 9, "LLDPDUSystemName.system_name", "phone" },
		{ 9, "LLDPDUSystemDescription.description",
		    "lldpd in a namespace" },
		{ 9, "LLDPDUSystemCapabilities.telephone_available", "1" },
		{ 9, "LLDPDUSystemCapabilities.telephone_enabled", "1" },
		{ 9, "LLDPDUSystemCapabilities.router_available", "1" },
		{ 9, "LLDPDUSystemCapabilities.router_enabled", "0" },
		{ 9, "LLDPDUManagementAddress.management_address",
		    "192.0.2.1" },
		{ 9, "LLDPDUPortDescription.description", "v0" },
		{ 9, "LLDPDUOrgSpecific_IEEE8023_Link_Aggregation."
		     "aggregation_status", "capable" },
		{ 9, "LLDPDUOrgSpecific_IEEE8023_MAC_PHY.advertised", "other" },
		{ 9, "LLDPDUOrgSpecific_IEEE8023_MAC_PHY.mau_type",
		    "10GBASE-T" },
		{ 9, "LLDPDUPowerViaMDIDDL.power_class", "class 3" },
		{ 9, "LLDPDUPowerViaMDIDDL.PSE_power_pair", "alt B" },
		{ 9, "LLDPDUPowerViaMDIDDL.power_type_no", "type 2" },
		{ 9, "LLDPDUPowerViaMDIDDL.power_type_dir", "PD" },
		{ 9, "LLDPDUPowerViaMDIDDL.power_source", "PSE and local" },
		{ 9, "LLDPDUPowerViaMDIDDL.power_prio", "low" },
		{ 9, "LLDPDUPowerViaMDIDDL.PD_requested_power", "100" },
		{ 9, "LLDPDUOrgSpecific_MED_Capabilities.device_type",
		    "endpoint class III" },
		{ 9, "LLDPDUOrgSpecific_MED_Location.location."
		     "latitude_resolution", "26" },
		{ 9, "LLDPDUOrgSpecific_MED_Location.location.altitude",
		    "30072" },
		{ 9, "LLDPDUOrgSpecific_MED_Location:2.location.country",
		    "DE" },
		{ 9, "LLDPDUOrgSpecific_MED_Location:2.location.elements[0]."
		     "value", "Berlin" },
		{ 9, "LLDPDUOrgSpecific_MED_Location:2.location.elements[2]."
		     "type", "house number" },
		{ 9, "LLDPDUOrgSpecific_MED_Location:3.location.elin",
		    "4930123456789" },
		{ 9, "LLDPDUOrgSpecific_MED_Network_Policy.application",
		    "voice" },
		{ 9, "LLDPDUOrgSpecific_MED_Network_Policy.tagged", "1" },
		{ 9, "LLDPDUOrgSpecific_MED_Network_Policy.vlan", "100" },
		{ 9, "LLDPDUOrgSpecific_MED_Network_Policy.prio", "5" },
		{ 9, "LLDPDUOrgSpecific_MED_Network_Policy.dscp", "46" },
		{ 9, "LLDPDUOrgSpecific_MED_Extended_Power_Via_MDI."
		     "power_source", "PSE" },
		{ 9, "LLDPDUOrgSpecific_MED_Extended_Power_Via_MDI.power",
		    "65" },
		{ 9, "LLDPDUGenericOrganisationSpecific.org_code",
		    "0x334455" },
		{ 9, "LLDPDUGenericOrganisationSpecific.subtype", "44" },
		{ 10, "LLDPDUPowerViaMDI.MDI_power_support",
		    "port class PSE+PSE MDI power supported+"
		    "PSE MDI power enabled+PSE pairs controlled" },
	};

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		struct pkw_pkt *p = frame(want[i].frame);
		struct pkw_str s = PKW_STR_INIT;
		struct pkw_diag d = { 0 };
		unsigned field;
		int node;
		if (pkw_path(p, want[i].path, &node, &field, &d) < 0 ||
		    pkw_field_text(p, node, field, 0, &s) < 0)
			printf("# %s: %s\n", want[i].path, d.text);
		is_str(s.s, want[i].text, want[i].path);
		pkw_str_free(&s);
		pkw_pkt_free(p);
	}
}

/* Printed as an expression and parsed again, a frame has the same bytes. */
static void captured_expressions(void)
{
	for (int n = 1; n <= FRAMES; n++) {
		struct pkw_pkt *p = frame(n), *q = pkw_pkt_new();
		struct pkw_str s = PKW_STR_INIT;
		struct pkw_diag d = { 0 };
		if (pkw_expression(p, &s) < 0 || pkw_parse(q, s.s, &d) < 0)
			printf("# %s\n", d.text);
		is_mem(pkw_bytes(q).p, pkw_bytes(q).len, bytes[n - 1],
		    len[n - 1], s.s);
		pkw_str_free(&s);
		pkw_pkt_free(p);
		pkw_pkt_free(q);
	}
}

/* One field of a captured frame is set: only it and its lengths change. */
static void edits(void)
{
	struct pkw_diag d = { 0 };
	struct pkw_edit *e = pkw_edit_new(
	    "LLDPDUSystemName.system_name=\"longer name\"", &d);
	struct pkw_pkt *p = frame(10);

	is_int(e ? pkw_edit_apply(e, p, &d) : -1, 1, "a name is set");
	struct pkw_span s = pkw_bytes(p);
	is_int((int64_t)s.len, (int64_t)len[9] + 9, "nine bytes more");
	size_t at = 14 + 9 + 9 + 4; /* Ethernet and the first three TLVs */
	is_mem(s.p + at, 13, "\x0a\x0blonger name", 13, "its TLV");
	is_mem(s.p + at + 13, s.len - at - 13, bytes[9] + at + 4,
	    len[9] - at - 4, "what follows is as it was");
	pkw_edit_free(e);
	pkw_pkt_free(p);
}

static struct pkw_pkt *parsed(const char *text)
{
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_diag d = { 0 };

	if (pkw_parse(p, text, &d) < 0)
		printf("# %s: %s\n", text, d.text);
	return p;
}

static struct pkw_pkt *reread(const struct pkw_pkt *p, unsigned link)
{
	struct pkw_pkt *q = pkw_pkt_new();
	struct pkw_span s = pkw_bytes(p);

	pkw_dissect(q, pkw_link_proto(link), s.p, s.len, 0);
	return q;
}

/* How frames come apart that neither Scapy nor the capture has. */
static void other_stacks(void)
{
	static const struct {
		unsigned link;
		const char *text, *stack;
	} want[] = {
		{ 1, "Ether()/Dot1Q(type=38)/LLC()/STP()/b\"\\0\\0\\0\"",
		    "Ether/Dot1Q/LLC/STP/Padding" },
		{ 1, "Ether(type=0x9100)/Dot1AD()/Dot1Q()/ARP()",
		    "Ether/Dot1AD/Dot1Q/ARP" },
		{ 1, "Ether(type=0x8035)/ARP(op=3)", "Ether/ARP" },
		{ 1, "Ether()/ARP()/b\"\\0\\0\"", "Ether/ARP/Padding" },
		{ 1, "Ether()/Dot1AD()/Dot1AH()/Ether()/ARP()",
		    "Ether/Dot1AD/Dot1AH/Ether/ARP" },
		{ 1, "Dot3()/LLC()/RSTP()", "Dot3/LLC/RSTP" },
		{ 1, "Dot3()/LLC()/MSTP(instances=[MSTI()])",
		    "Dot3/LLC/MSTP" },
		{ 1, "Dot3()/LLC()/SNAP(OUI=12,code=0x10b)/RSTP()/PVST()",
		    "Dot3/LLC/SNAP/RSTP/PVST" },
		{ 1, "Ether()/MPLS()/MPLS()/EoMCW()/Ether()/ARP()",
		    "Ether/MPLS/MPLS/EoMCW/Ether/ARP" },
		{ 1, "Ether()/MPLS()/IPv6()/UDP()", "Ether/MPLS/IPv6/UDP" },
		{ 1, "Ether()/PPPoE()/PPP()/PPP_LCP_Echo(len=8,data=\"x\")",
		    "Ether/PPPoE/PPP/PPP_LCP_Echo/Padding" },
		{ 1, "Ether()/PPPoE()/PPP()/PPP_IPV6CP()",
		    "Ether/PPPoE/PPP/PPP_IPV6CP" },
		{ 0, "Loopback()/IP()/UDP()", "Loopback/IP/UDP" },
		{ 0, "LoopbackBE(type=30)/IPv6()/UDP()",
		    "LoopbackBE/IPv6/UDP" },
		{ 108, "LoopbackBE()/IP()/UDP()", "LoopbackBE/IP/UDP" },
		{ 9, "HDLC()/PPP()/IP()/UDP()", "HDLC/PPP/IP/UDP" },
		{ 9, "PPP_()/IP()/UDP()", "PPP_/IP/UDP" },
		{ 50, "CHDLC()/IP()/UDP()", "CHDLC/IP/UDP" },
		{ 50, "HDLC()/PPP()/PPP_LCP()", "HDLC/PPP/PPP_LCP_Terminate" },
		{ 104, "CHDLC()/SLARP()", "CHDLC/SLARP" },
		{ 51, "PPPoED()/PPPoED_Tags(tag_list=[PPPoETag()])",
		    "PPPoED/PPPoED_Tags" },
		{ 113, "CookedLinux(proto=4)/LLC()/STP()",
		    "CookedLinux/LLC/STP" },
		{ 276, "CookedLinuxV2()/ARP()", "CookedLinuxV2/ARP" },
		{ 204, "DIR_PPP()/PPP()/IP()/UDP()", "DIR_PPP/PPP/IP/UDP" },
	};

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		struct pkw_pkt *p = parsed(want[i].text);
		struct pkw_pkt *q = reread(p, want[i].link);
		is_stack(q, want[i].stack, want[i].text);
		pkw_pkt_free(p);
		pkw_pkt_free(q);
	}
}

/* RFC 4391 §9.1: hardware type 32, 20 bytes of address; RFC 2734: 16. */
static void long_addresses(void)
{
	static const uint8_t want[] = {
		0, 32, 8, 0, 20, 4, 0, 1,                 /* heads */
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
		18, 19,                                   /* hwsrc */
		10, 0, 0, 1,                              /* psrc */
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		10, 0, 0, 2,                              /* pdst */
	};
	struct pkw_pkt *p = parsed("ARP(hwtype=32, hwsrc=b\"\\x00\\x01\\x02"
	    "\\x03\\x04\\x05\\x06\\x07\\x08\\x09\\x0a\\x0b\\x0c\\x0d\\x0e"
	    "\\x0f\\x10\\x11\\x12\\x13\", psrc=\"10.0.0.1\", "
	    "pdst=\"10.0.0.2\")");

	is_mem(pkw_bytes(p).p, pkw_bytes(p).len, want, sizeof want,
	    "ARP over InfiniBand");
	pkw_pkt_free(p);
}

/* A frame that was read gets no padding by an edit; one that is built does. */
static void padding(void)
{
	static const uint8_t shorty[] = {
		0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e, /* dst */
		0x02, 0x00, 0x00, 0x00, 0x00, 0x01, /* src */
		0x88, 0xcc,
		0x06, 0x02, 0x00, 0x78,             /* ttl 120 */
		0x00, 0x00,                         /* end */
	};
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_diag d = { 0 };
	struct pkw_edit *e = pkw_edit_new("LLDPDUTimeToLive.ttl=1", &d);

	pkw_dissect(p, pkw_link_proto(1), shorty, sizeof shorty, 0);
	is_int(e ? pkw_edit_apply(e, p, &d) : -1, 1, "a ttl is set");
	is_int((int64_t)pkw_bytes(p).len, sizeof shorty, "as short as before");
	pkw_edit_free(e);
	pkw_pkt_free(p);
	p = parsed("Ether()/LLDPDUTimeToLive()/LLDPDUEndOfLLDPDU()");
	is_int((int64_t)pkw_bytes(p).len, 60, "built: the shortest frame");
	is_stack(p, "Ether/LLDPDUTimeToLive/LLDPDUEndOfLLDPDU/Padding",
	    "filled up by padding");
	pkw_pkt_free(p);
}

static void answers(void)
{
#define PPP "PPP()/"
	static const struct {
		const char *q, *a;
		int yes;
	} want[] = {
		/* RFC 826 */
		{ "ARP(psrc=\"10.0.0.1\",pdst=\"10.0.0.2\")",
		    "ARP(op=2,psrc=\"10.0.0.2\",pdst=\"10.0.0.1\")", 1 },
		{ "ARP(psrc=\"10.0.0.1\",pdst=\"10.0.0.2\")",
		    "ARP(op=2,psrc=\"10.0.0.3\",pdst=\"10.0.0.1\")", 0 },
		{ "ARP(psrc=\"10.0.0.1\",pdst=\"10.0.0.2\")",
		    "ARP(op=1,psrc=\"10.0.0.2\",pdst=\"10.0.0.1\")", 0 },
		/* RFC 903: who has this hardware address */
		{ "ARP(op=3,hwdst=\"02:00:00:00:00:05\")",
		    "ARP(op=4,hwdst=\"02:00:00:00:00:05\",pdst=\"10.0.0.5\")",
		    1 },
		/* RFC 1661, 1334, 1994 */
		{ PPP "PPP_LCP_Configure(id=3)",
		    PPP "PPP_LCP_Configure(code=2,id=3)", 1 },
		{ PPP "PPP_LCP_Configure(id=3)",
		    PPP "PPP_LCP_Configure(code=2,id=4)", 0 },
		{ PPP "PPP_LCP_Echo(id=3)", PPP "PPP_LCP_Echo(code=10,id=3)",
		    1 },
		{ PPP "PPP_LCP_Terminate(id=3)",
		    PPP "PPP_LCP_Terminate(code=6,id=3)", 1 },
		{ PPP "PPP_IPCP(id=3)", PPP "PPP_IPCP(code=3,id=3)", 1 },
		{ PPP "PPP_IPCP(id=3)", PPP "PPP_IPV6CP(code=3,id=3)", 0 },
		{ PPP "PPP_PAP_Request(id=3)", PPP "PPP_PAP_Response(id=3)",
		    1 },
		{ PPP "PPP_CHAP_ChallengeResponse(id=3)",
		    PPP "PPP_CHAP_ChallengeResponse(code=2,id=3)", 1 },
		{ PPP "PPP_CHAP_ChallengeResponse(code=2,id=3)",
		    PPP "PPP_CHAP(code=4,id=3)", 1 },
		{ PPP "PPP_CHAP_ChallengeResponse(id=3)",
		    PPP "PPP_CHAP(code=4,id=3)", 0 },
		/* RFC 2516 */
		{ "PPPoED()", "PPPoED(code=7)", 1 },
		{ "PPPoED()", "PPPoED(code=0x65)", 0 },
		{ "PPPoED(code=0x19)", "PPPoED(code=0x65)", 1 },
		{ "Dot1Q(vlan=7)/ARP(pdst=\"10.0.0.2\")",
		    "Dot1Q(vlan=7)/ARP(op=2,psrc=\"10.0.0.2\")", 1 },
		{ "Dot1Q(vlan=7)/ARP(pdst=\"10.0.0.2\")",
		    "Dot1Q(vlan=8)/ARP(op=2,psrc=\"10.0.0.2\")", 0 },
	};

	for (int n = 1; n <= 3; n += 2) {
		struct pkw_pkt *q = frame(n), *a = frame(n + 1);
		is_int(pkw_answers(q, 0, a, 0), 1, "the kernel's own answer");
		is_int(pkw_answers(a, 0, q, 0), 0, "not the other way");
		pkw_pkt_free(q);
		pkw_pkt_free(a);
	}
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		struct pkw_pkt *q = parsed(want[i].q), *a = parsed(want[i].a);
		is_int(pkw_answers(q, 0, a, 0), want[i].yes, want[i].a);
		pkw_pkt_free(q);
		pkw_pkt_free(a);
	}
}

int main(void)
{
	load();
	captured_stacks();
	captured_values();
	captured_expressions();
	edits();
	other_stacks();
	long_addresses();
	padding();
	answers();
	return done();
}
