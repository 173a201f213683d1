#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Scapy expressions and the bytes Scapy builds for them: the oracle of scapy_compare.py.

    scapy_corpus.py [--only REGEX] [--seed N]        prints lines `expression<TAB>hex`
    scapy_corpus.py --table                          prints `protocol<TAB>cases`

Run with Debian's /usr/bin/python3 and python3-scapy 2.5.0.  Three sources of expressions:
  1. scapy_expressions.txt, written by hand;
  2. ROWS below: every class with defaults, then with random values for random fields, the generator chosen by the
     field's Scapy type, some of them pinned lies (lengths, checksums, counts);
  3. what Scapy's own .command() prints for 1 and 2.
A case is kept only if Scapy builds it, builds the same bytes twice (clock moved in between) and asked neither the
routing table, nor ARP/ND, nor an interface for anything: what is left has one right answer on any machine.
"""
import argparse
import logging
import os
import random
import re
import sys
import time
import warnings

logging.getLogger("scapy").setLevel(logging.CRITICAL)
warnings.simplefilter("ignore")
from scapy.config import conf                                    # noqa: E402
import scapy.fields as F                                         # noqa: E402
import scapy.packet                                              # noqa: E402

MODULES = ("layers.l2 layers.inet layers.inet6 layers.ppp layers.vxlan layers.sctp layers.dns layers.llmnr layers.ntp "
           "layers.tftp layers.dhcp layers.dhcp6 layers.ipsec contrib.igmp contrib.igmpv3 contrib.mpls contrib.geneve "
           "contrib.lldp").split()
NS = {"RawVal": F.RawVal, "Net": scapy.base_classes.Net, "Raw": scapy.packet.Raw, "Padding": scapy.packet.Padding}
for m in MODULES:
    mod = __import__("scapy." + m, fromlist=["*"])
    NS.update({k: v for k, v in vars(mod).items() if isinstance(v, type) and issubclass(v, scapy.packet.Packet)})

HERE = os.path.dirname(os.path.abspath(__file__))
ETH = 'Ether(src="02:00:00:00:00:01",dst="02:00:00:00:00:02")/'
IP4 = 'IP(src="192.0.2.1",dst="198.51.100.2")/'
IP6 = 'IPv6(src="2001:db8::1",dst="2001:db8::2")/'
QUOTE = 'IPerror(src="192.0.2.1",dst="203.0.113.9",ttl=1)/'
UDP = IP4 + "UDP(sport=40000,dport=%d)/"
PAY = ["", '/"x"', '/Raw(load="hello world")', '/Raw(b"\\x00\\x01\\xfe\\xff")', '/b"\\xde\\xad\\xbe\\xef"', '/Padding(b"\\x00\\x00")', '/"x"/Padding("pad")']
NOPAY = [""]


def names(pattern, without="-"):
    """Scapy's classes whose whole name matches."""
    return sorted(n for n in NS if re.fullmatch(pattern, n) and not re.fullmatch(without, n))


# protocol, carriers, classes, suffixes, random cases per class
ROWS = [
    ("Ether", [""], ["Ether"], ["", '/"x"', "/" + IP4[:-1], "/" + IP6[:-1], "/ARP(hwsrc=\"02:00:00:00:00:01\",psrc=\"192.0.2.1\")"], 25),
    ("Dot3", [""], ["Dot3"], ['/LLC()/"x"', "/LLC(dsap=0xaa,ssap=0xaa,ctrl=3)/SNAP(OUI=0x0c,code=0x2000)/\"x\"", '/LLC()/STP()', '/"x"'], 12),
    ("LLC", ['Dot3(src="02:00:00:00:00:01",dst="01:80:c2:00:00:00")/'], ["LLC"], PAY, 10),
    ("SNAP", ['Dot3(src="02:00:00:00:00:01",dst="02:00:00:00:00:02")/LLC()/'], ["SNAP"], PAY + ["/" + IP4[:-1]], 10),
    ("STP", ["", 'Dot3(src="02:00:00:00:00:01",dst="01:80:c2:00:00:00")/LLC()/'], ["STP"], NOPAY, 20),
    ("Dot1Q", [ETH, ETH + "Dot1Q(vlan=7)/", ETH + "Dot1AD(vlan=9)/"], ["Dot1Q", "Dot1AD"], ["", '/"x"', "/" + IP4[:-1], "/" + IP6[:-1] + "/UDP()"], 14),
    ("ARP", [ETH, ""], ["ARP"], ["", "", "/Padding(b\"\\x00\\x00\\x00\")"], 40),
    ("CookedLinux", [""], ["CookedLinux", "CookedLinuxV2"], ["", '/"x"', "/" + IP4 + "UDP()", "/" + IP6[:-1]], 15),
    ("Loopback", [""], ["Loopback"], ["", '/"x"', "/" + IP4 + "ICMP()", "/" + IP6[:-1]], 12),
    ("IP", ["", ETH], ["IP"], ["", '/"x"', "/UDP()", "/TCP()", "/ICMP()", "/" + IP4 + "UDP()", "/" + IP6 + "UDP()"] + PAY, 110),
    ("IPOption", [""], names("IPOption(_.*)?", ".*HDR"), NOPAY, 6),
    ("IPv6", ["", ETH], ["IPv6"], ["", '/"x"', "/UDP()", "/TCP()", "/ICMPv6EchoRequest()", "/" + IP4 + "UDP()"] + PAY, 60),
    ("IPv6ExtHdr", [IP6], names("IPv6ExtHdr(HopByHop|DestOpt|Routing|SegmentRouting|Fragment)"), ["", '/"x"', '/UDP()/"abc"', "/TCP()", "/ICMPv6EchoRequest()"], 25),
    ("IPv6Option", [""], ["HAO", "HBHOptUnknown", "Jumbo", "Pad1", "PadN", "RouterAlert"], NOPAY, 5),
    ("SRv6TLV", [""], names("IPv6ExtHdrSegmentRoutingTLV.*"), NOPAY, 5),
    ("AH", [IP4, IP6], ["AH"], ["", "/UDP()", '/"x"'], 20),
    ("ICMP", [IP4, IP4, ""], ["ICMP"], PAY + ["/" + QUOTE + "UDPerror(sport=1,dport=2)", "/" + QUOTE + "TCPerror(seq=7)"], 90),
    ("IPerror", [IP4 + "ICMP(type=3,code=3)/", IP4 + "ICMP(type=11)/"], ["IPerror"], ["", "/UDPerror()", "/TCPerror()", "/ICMPerror()", '/"x"'], 20),
    ("quoted", [IP4 + "ICMP(type=3,code=1)/" + QUOTE], ["TCPerror", "UDPerror", "ICMPerror"], PAY, 15),
    ("IPerror6", [IP6 + "ICMPv6DestUnreach()/", IP6 + "ICMPv6TimeExceeded()/", IP6 + "ICMPv6PacketTooBig()/"], ["IPerror6"], ["", "/UDPerror()", "/TCPerror()", '/"x"'], 15),
    ("ICMPv6", [IP6], names("ICMPv6(DestUnreach|PacketTooBig|TimeExceeded|ParamProblem|Echo.*|Unknown|MRD_.*|HAAD.*|MP.*|NI.*)"), PAY[:4], 6),
    ("ICMPv6ND", ['IPv6(src="fe80::1",dst="ff02::1",hlim=255)/'], names("ICMPv6ND_.*"), ["", '/ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01")', '/ICMPv6NDOptMTU(mtu=1400)/ICMPv6NDOptPrefixInfo(prefix="2001:db8:1::")'], 8),
    ("ICMPv6NDOpt", ['IPv6(src="fe80::1",dst="ff02::1",hlim=255)/ICMPv6ND_RA()/', ""], names("ICMPv6NDOpt.*"), NOPAY, 6),
    ("MLD", ['IPv6(src="fe80::1",dst="ff02::16",hlim=1)/IPv6ExtHdrHopByHop(options=RouterAlert())/'], names("ICMPv6ML(Query2?|Report2?|Done)"), NOPAY, 10),
    ("MLDrecord", [""], ["ICMPv6MLDMultAddrRec"], NOPAY, 8),
    ("IGMP", ['IP(src="192.0.2.1",dst="224.0.0.1",ttl=1,options=[IPOption_Router_Alert()])/', 'IP(src="192.0.2.1",dst="224.0.0.1")/'], ["IGMP"], NOPAY, 15),
    ("IGMPv3", ['IP(src="192.0.2.1",dst="224.0.0.22",ttl=1)/IGMPv3()/', 'IP(src="192.0.2.1",dst="224.0.0.22")/IGMPv3(type=0x22)/', "IGMPv3(type=0x30)/"], ["IGMPv3mq", "IGMPv3mr", "IGMPv3mra"], NOPAY, 9),
    ("IGMPv3", [IP4, ""], ["IGMPv3", "IGMPv3gr"], NOPAY, 6),
    ("TCP", [IP4, IP4, IP6, ETH + IP4], ["TCP"], PAY, 150),
    ("UDP", [IP4, IP6, ETH + IP4], ["UDP"], PAY, 50),
    ("SCTP", [IP4, IP6, ""], ["SCTP"], ["", "/SCTPChunkInit(init_tag=1,a_rwnd=2,n_out_streams=3,n_in_streams=4,init_tsn=5)", "/SCTPChunkCookieAck()"], 12),
    ("SCTPChunk", [IP4 + "SCTP(sport=1,dport=2,tag=3)/", ""], names("SCTPChunk.*", "SCTPChunkParam.*"), ["", "", "/SCTPChunkCookieAck()"], 8),
    ("SCTPParam", [""], names("SCTPChunkParam.*"), NOPAY, 4),
    ("GRE", [IP4, IP6], ["GRE"], ["", '/"x"', "/" + IP4 + "UDP()", "/" + IP6[:-1], "/" + ETH[:-1]], 30),
    ("GRE", [IP4, IP4 + "GRE(routing_present=1)/"], ["GRE_PPTP", "GRErouting"], ['/"x"'], 6),
    ("MPLS", [ETH, ETH + "MPLS(label=100,s=0,ttl=9)/", IP4 + "UDP(sport=1,dport=6635)/", IP4 + "GRE()/"], ["MPLS"], ["", '/"x"', "/" + IP4 + "UDP()", "/" + IP6[:-1]], 20),
    ("MPLS", [ETH + "MPLS(label=100,s=1,ttl=9)/"], ["EoMCW"], ["/" + ETH + '"x"'], 5),
    ("VXLAN", [UDP % 4789, ""], ["VXLAN"], ["", "/" + ETH + IP4 + "UDP()", '/"x"'], 25),
    ("GENEVE", [UDP % 6081, ""], ["GENEVE"], ["", "/" + ETH + IP4 + "UDP()", "/" + IP4 + "UDP()", '/"x"'], 25),
    ("GENEVE", [""], ["GeneveOptions"], NOPAY, 8),
    ("PPPoE", [ETH], ["PPPoE"], ["", '/"x"', "/PPP()/" + IP4 + "UDP()", "/PPP(proto=0x57)/" + IP6[:-1]], 15),
    ("PPPoED", [ETH], ["PPPoED"], ["", "/PPPoED_Tags(tag_list=[PPPoETag(tag_type=0x101),PPPoETag(tag_type=0x103,tag_value=\"abc\")])", '/"x"'], 12),
    ("PPPoED", [""], ["PPPoETag", "PPPoED_Tags"], NOPAY, 10),
    ("PPP", [ETH + "PPPoE(sessionid=5)/", "", "HDLC()/"], ["PPP"], ["", '/"x"', "/" + IP4[:-1], "/" + IP6[:-1]], 12),
    ("PPPcontrol", ["PPP()/", ETH + "PPPoE(sessionid=5)/PPP()/"], names("PPP_(LCP(_.*)?|IPCP|PAP.*|CHAP.*)", ".*Option.*"), NOPAY, 6),
    ("PPPoption", [""], names("PPP_(LCP|IPCP)(_.*)?_Option(_.*)?"), NOPAY, 4),
    ("HDLC", [""], ["HDLC"], ["/PPP()", '/"x"'], 4),
    ("LLDP", ['Ether(src="02:00:00:00:00:01",dst="01:80:c2:00:00:0e")/LLDPDUChassisID(subtype=4,id="02:00:00:00:00:01")/LLDPDUPortID(subtype=5,id="eth0")/LLDPDUTimeToLive(ttl=120)/'],
     names("LLDPDU.*", "LLDPDU"), ["", "/LLDPDUEndOfLLDPDU()"], 12),
    ("LLDP", [""], names("LLDPDU.*", "LLDPDU"), NOPAY, 5),
    ("DNS", [UDP % 53, IP4 + "TCP(sport=40000,dport=53,flags=\"PA\")/", UDP % 5353], ["DNS"], NOPAY, 90),
    ("DNSRR", [""], names("DNS[QR]R.*"), NOPAY, 10),
    ("EDNS0", [""], names("EDNS0.*"), NOPAY, 8),
    ("LLMNR", [UDP % 5355], ["LLMNRQuery", "LLMNRResponse"], NOPAY, 12),
    ("BOOTP", [IP4 + "UDP(sport=68,dport=67)/", IP4 + "UDP(sport=67,dport=68)/", ""], ["BOOTP"], ["", '/DHCP(options=[("message-type","discover"),"end"])'], 25),
    ("DHCP", [IP4 + "UDP(sport=68,dport=67)/BOOTP(chaddr=b\"\\x02\\x00\\x00\\x00\\x00\\x01\",xid=7)/", ""], ["DHCP"], NOPAY, 50),
    ("DHCP6", [IP6 + "UDP(sport=546,dport=547)/"], names("DHCP6(_.*)?"), ["", "/DHCP6OptElapsedTime(elapsedtime=3)/DHCP6OptRapidCommit()"], 4),
    ("DHCP6Opt", [IP6 + "UDP(sport=546,dport=547)/DHCP6_Solicit(trid=0x123456)/", ""], names("DHCP6Opt.*"), NOPAY, 5),
    ("DUID", [""], names("DUID_.*|USER_CLASS_DATA|VENDOR_CLASS_DATA|VENDOR_SPECIFIC_OPTION"), NOPAY, 5),
    ("NTP", [UDP % 123], ["NTPHeader"], NOPAY, 35),
    ("TFTP", [UDP % 69, ""], ["TFTP"], ['/TFTP_RRQ(filename="f")', "/TFTP_ACK(block=3)", ""], 6),
    ("TFTP", [UDP % 69 + "TFTP()/", ""], names("TFTP_.*"), ["", "", "/TFTP_Options(options=[TFTP_Option(oname=\"blksize\",value=\"1432\")])"], 6),
    ("Raw", ["", IP4 + "UDP()/"], ["Raw", "Padding"], NOPAY, 10),
]

# elements of packet-valued and list-valued fields
ELEMENTS = {
    "IP.options": names("IPOption_.*"), "IPerror.options": names("IPOption_.*"),
    "IPv6ExtHdrHopByHop.options": ["RouterAlert", "Jumbo", "Pad1", "PadN", "HBHOptUnknown"],
    "IPv6ExtHdrDestOpt.options": ["HAO", "Pad1", "PadN", "HBHOptUnknown"],
    "IPv6ExtHdrSegmentRouting.tlv_objects": names("IPv6ExtHdrSegmentRoutingTLV.+"),
    "ICMPv6MLReport2.records": ["ICMPv6MLDMultAddrRec"], "IGMPv3mr.records": ["IGMPv3gr"],
    "GENEVE.options": ["GeneveOptions"], "PPPoED_Tags.tag_list": ["PPPoETag"], "TFTP_Options.options": ["TFTP_Option"],
    "PPP_LCP_Configure.options": names("PPP_LCP_.*Option"), "PPP_IPCP.options": names("PPP_IPCP_Option.+"),
    "PPP_LCP_Code_Reject.rejected_packet": ["PPP_LCP_Echo"], "PPP_LCP_Protocol_Reject.rejected_information": ["Raw"],
    "DNSRROPT.rdata": ["EDNS0TLV"], "DHCP6OptGeoConf.ca_elts": ["DHCP6OptGeoConfElement"],
    "DHCP6OptIA_NA.ianaopts": ["DHCP6OptIAAddress", "DHCP6OptStatusCode"], "DHCP6OptIA_TA.iataopts": ["DHCP6OptIAAddress"],
    "DHCP6OptIA_PD.iapdopt": ["DHCP6OptIAPrefix", "DHCP6OptStatusCode"], "DHCP6OptIAAddress.iaaddropts": ["DHCP6OptStatusCode"],
    "DHCP6OptIAPrefix.iaprefopts": ["DHCP6OptStatusCode"], "DHCP6OptRelaySuppliedOpt.relaysupplied": ["DHCP6OptPref"],
    "DHCP6OptClientId.duid": names("DUID_.*"), "DHCP6OptServerId.duid": names("DUID_.*"),
    "DHCP6OptRelayMsg.message": ["DHCP6_Solicit", "DHCP6_Reply"], "DHCP6OptUserClass.userclassdata": ["USER_CLASS_DATA"],
    "DHCP6OptVendorClass.vcdata": ["VENDOR_CLASS_DATA"], "DHCP6OptVendorSpecificInfo.vso": ["VENDOR_SPECIFIC_OPTION"],
    "SCTPChunkInit.params": names("SCTPChunkParam.*"), "SCTPChunkInitAck.params": names("SCTPChunkParam.*"),
    "SCTPChunkAddressConf.params": names("SCTPChunkParam(Add|Del).*"), "SCTPChunkAddressConfAck.params": names("SCTPChunkParam(Success|Error).*"),
    "SCTPChunkHeartbeatReq.params": ["SCTPChunkParamHeartbeatInfo"], "SCTPChunkHeartbeatAck.params": ["SCTPChunkParamHeartbeatInfo"],
}
DNS_RRS = names("DNSRR.+", "DNSRROPT")
# fields that Scapy would fill from the machine or the clock: always given
MUST = {"Ether": "src dst", "Dot3": "src dst", "IP": "src dst", "IPerror": "src dst", "IPv6": "src dst", "IPerror6": "src dst",
        "ARP": "hwsrc psrc", "ICMP": "ts_ori ts_rx ts_tx", "ICMPerror": "ts_ori ts_rx ts_tx", "NTPHeader": "orig sent ref recv",
        "DHCP6OptServerUnicast": "srvaddr", "SCTPChunkParamRandom": "random", "PPP_LCP_Magic_Number_Option": "magic_number"}
# tables read from /etc or too long to be worth every name
LABELS = {"IP.proto": "tcp udp icmp gre ipv6 igmp sctp ospf esp ah", "IPerror.proto": "tcp udp icmp",
          "IPv6.nh": "TCP UDP ICMPv6", "Ether.type": "IPv4 ARP IPv6", "Dot1Q.type": "IPv4 ARP IPv6",
          "TCP.sport": "http https ssh domain", "TCP.dport": "http https ssh domain", "UDP.sport": "domain ntp tftp", "UDP.dport": "domain ntp tftp snmp"}
NO_LABELS = re.compile(r"(Dot1AD|CookedLinux.*|SNAP|GRE.*|GENEVE|AH|TCPerror|UDPerror|IPv6ExtHdr.*|SCTP|SCTPerror|PPP|IPerror6|LLMNR.*)\.(type|proto|sport|dport|nh|code)")
WORDS = ["a", "eth0", "hello world", "example", "boot/pxelinux.0", "octet", "router1", "x" * 40]
HOSTS = ["example.com", "www.example.com.", "a.b.c.example.org", "_sip._tcp.example.net.", ".", "x", "host-1.example.com"]

R = random.Random(1)


def q(s):
    return '"%s"' % s


def blob(lo=0, hi=20):
    return "b" + q("".join("\\x%02x" % R.randrange(256) for _ in range(R.randint(lo, hi))))


def number(bits):
    top = (1 << bits) - 1
    v = R.choice([0, 1, top, top >> 1, R.randint(0, top), R.randint(0, top), R.randint(0, min(top, 255))])
    return hex(v) if R.random() < 0.3 else str(v)


def ip4():
    return q(R.choice(["192.0.2.", "198.51.100.", "203.0.113.", "10.0.0.", "224.0.0.", "255.255.255."]) + str(R.randrange(256)))


def ip6():
    return q(R.choice(["2001:db8::%x", "fe80::%x", "ff02::%x", "2001:db8:%x::1", "::%x", "2001:db8:1:2:3:4:5:%x"]) % R.randint(1, 65535))


def mac():
    return q(R.choice(["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:%02x" % R.randrange(256), "02:" + ":".join("%02x" % R.randrange(256) for _ in range(5))]))


def text():
    return q(R.choice(WORDS)) if R.random() < 0.6 else blob(0, 12)


def some(f, lo=0, hi=3):
    return "[%s]" % ",".join(f() for _ in range(R.randint(lo, hi)))


def tcp_option():
    return R.choice([
        lambda: '("MSS",%d)' % R.randint(0, 65535), lambda: '("NOP",None)', lambda: '("WScale",%d)' % R.randint(0, 14),
        lambda: '("SAckOK",b"")', lambda: '("Timestamp",(%d,%d))' % (R.getrandbits(32), R.getrandbits(32)),
        lambda: '("SAck",(%s))' % ",".join(str(R.getrandbits(32)) for _ in range(2 * R.randint(1, 3))),
        lambda: '("EOL",None)', lambda: '("MD5",b"%s")' % ("\\x5a" * 16), lambda: '("TFO",(%d,%d))' % (R.getrandbits(32), R.getrandbits(32)),
        lambda: '(30,%s)' % blob(2, 10), lambda: '(254,%s)' % blob(2, 6), lambda: '("UTO",%d)' % R.getrandbits(16),
        lambda: '("AltChkSum",(%d,%d))' % (R.randrange(3), R.getrandbits(16)), lambda: '(%d,%s)' % (R.randint(40, 200), blob(0, 6)),
        lambda: '("Mood",b":)")', lambda: '("AltChkSumOpt",None)'])()


def dhcp_option():
    return R.choice([
        lambda: '("message-type",%s)' % R.choice(['"discover"', '"offer"', '"request"', '"ack"', '"nak"', '"decline"', '"release"', '"inform"', "5"]),
        lambda: '("subnet_mask","255.255.%d.0")' % R.randrange(256), lambda: '("router",%s)' % ip4(), lambda: '("router",%s,%s)' % (ip4(), ip4()),
        lambda: '("name_server",%s,%s,%s)' % (ip4(), ip4(), ip4()), lambda: '("hostname","pc1")', lambda: '("domain",b"example.com")',
        lambda: '("requested_addr",%s)' % ip4(), lambda: '("lease_time",%s)' % number(32), lambda: '("server_id",%s)' % ip4(),
        lambda: '("param_req_list",[1,3,6,15,%d])' % R.randrange(256), lambda: '("client_id",%s)' % blob(1, 9), lambda: '("renewal_time",%s)' % number(32),
        lambda: '("rebinding_time",%d)' % R.getrandbits(20), lambda: '("max_dhcp_size",%d)' % R.getrandbits(16), lambda: '("vendor_class_id","udhcp 1.30")',
        lambda: '"pad"', lambda: '"end"', lambda: '(%d,%s)' % (R.randint(128, 254), blob(1, 8)), lambda: '("broadcast_address",%s)' % ip4(),
        lambda: '("NTP_server",%s)' % ip4(), lambda: '("interface-mtu",%d)' % R.getrandbits(16), lambda: '("static-routes",%s,%s)' % (ip4(), ip4()),
        lambda: '("relay_agent_information",%s)' % blob(2, 8), lambda: '("default_ttl",%d)' % R.getrandbits(8), lambda: '("time_zone",%d)' % R.getrandbits(16),
        lambda: '("TFTP_server_name","tftp.example.com")', lambda: '("boot-file-name",b"pxe.0")', lambda: '("error_message","no")',
        lambda: '("boot-size",%d)' % R.getrandbits(16), lambda: '("ip_forwarding",%d)' % R.randrange(2), lambda: '("classless_static_routes","10.0.0.0/8:10.0.0.1")'])()


def dns_record():
    name = R.choice(["DNSRR"] * 6 + DNS_RRS)
    if name != "DNSRR":
        return instance(name, 1)
    kind, data = R.choice([("A", ip4), ("AAAA", ip6), ("NS", lambda: q(R.choice(HOSTS))), ("CNAME", lambda: q(R.choice(HOSTS))), ("PTR", lambda: q(R.choice(HOSTS))),
                           ("TXT", lambda: '["v=spf1","-all"]' if R.random() < .5 else '"hello"'), ("HINFO", lambda: blob(1, 5)), (99, lambda: blob(0, 5))])
    kind = q(kind) if isinstance(kind, str) and R.random() < .6 else {"A": 1, "AAAA": 28, "NS": 2, "CNAME": 5, "PTR": 12, "TXT": 16, "HINFO": 13}.get(kind, kind)
    return 'DNSRR(rrname="%s",type=%s,ttl=%s,rdata=%s)' % (R.choice(HOSTS), kind, number(31), data())


def dns_records():
    if R.random() < .25:
        return 'DNSRROPT(rclass=%d,z=%d,rdata=%s)' % (R.getrandbits(16), R.choice([0, 0x8000]), some(lambda: instance("EDNS0TLV", 1), 0, 2))
    return "/".join(dns_record() for _ in range(R.randint(1, 3)))


def dns_questions():
    return "/".join('DNSQR(qname="%s",qtype=%s%s)' % (R.choice(HOSTS), R.choice(['"A"', '"AAAA"', '"MX"', '"TXT"', '"ANY"', "255", "33"]), R.choice(["", ',qclass="CH"', ",qclass=0x8001"])) for _ in range(R.randint(1, 2)))


# generators of fields whose type alone does not tell what belongs there
FIELDS = {
    "TCP.options": lambda: some(tcp_option, 0, 4), "TCPerror.options": lambda: some(tcp_option, 0, 2), "DHCP.options": lambda: some(dhcp_option, 0, 6),
    "DNS.length": lambda: number(16), "ARP.hwsrc": mac, "ARP.psrc": ip4, "ARP.hwdst": mac, "ARP.pdst": ip4,
    "DNS.qd": dns_questions, "DNS.an": dns_records, "DNS.ns": dns_records, "DNS.ar": dns_records,
    "LLMNRQuery.qd": dns_questions, "LLMNRQuery.an": dns_records, "LLMNRResponse.an": dns_records, "LLMNRResponse.qd": dns_questions,
    "BOOTP.options": lambda: R.choice(['b"c\\x82Sc"', 'b""', '"x"']), "ICMPv6NDOptRedirectedHdr.pkt": lambda: IP6 + '"quoted"',
    "SCTPChunkParamSupportedAddrTypes.addr_type_list": lambda: R.choice(["[5]", "[5,6]", '["ipv4","ipv6"]']),
    "SCTPChunkParamRequestedHMACFunctions.HMAC_functions_list": lambda: R.choice(["[1]", "[1,3]", '["SHA-1"]']),
    "SCTPChunkParamChunkList.chunk_list": lambda: R.choice(["[]", "[1,2,3]", '["data","init"]']),
    "SCTPChunkParamSupportedExtensions.supported_extensions": lambda: R.choice(["[192]", "[15,193,128]", '["asconf","pad"]']),
    "SCTPChunkSACK.gap_ack_list": lambda: some(lambda: '"%d:%d"' % (R.randrange(9), R.randrange(9, 99))), "SCTPChunkSACK.dup_tsn_list": lambda: some(lambda: number(32)),
    "SCTPChunkParamRandom.random": lambda: blob(32, 32), "EDNS0ClientSubnet.address": ip4, "DUID_UUID.uuid": lambda: q("12345678-1234-5678-1234-56781234567%d" % R.randrange(10)),
    "DHCP6OptClientArchType.archtypes": lambda: some(lambda: number(16)), "GRErouting.routing_info": lambda: blob(4, 12),
    "LLDPDUChassisID.id": lambda: R.choice([mac, ip4, ip6, text])(), "LLDPDUPortID.id": lambda: R.choice([mac, ip4, ip6, text])(),
    "SCTPChunkParamAddIPAddr.addr": lambda: R.choice([ip4, ip6])(), "SCTPChunkParamDelIPAddr.addr": lambda: R.choice([ip4, ip6])(),
    "SCTPChunkParamSetPrimaryAddr.addr": lambda: R.choice([ip4, ip6])(), "DHCP6OptServerUnicast.srvaddr": ip6, "BOOTP.chaddr": lambda: blob(6, 16),
    "DNSRRNSEC.typebitmaps": lambda: R.choice(['["A","NS"]', "[1,2,28,46]", 'b"\\x00\\x01\\x40"']), "DNSRRNSEC3.typebitmaps": lambda: '[1,2]',
    "DNSRR.rdata": ip4, "ICMPv6NDOptRouteInfo.prefix": ip6, "NTPHeader.id": ip4, "NTPHeader.ref_id": lambda: R.choice(['"GPS"', '"LOCL"', 'b"PPS\\x00"']),
}
# first match of the field's class chain wins; the function gets the field
TYPES = [
    (F.FlagsField, lambda f: R.choice([number(f.size), q("".join(n for n in f.names if R.random() < .4)) if isinstance(f.names, str) and len(set(f.names)) == len(f.names) else
                                       q("+".join(R.sample(list(f.names), min(2, len(f.names)))))])),
    (F.BCDFloatField, lambda f: R.choice(["0", "1", "20", "2.5", "15.25", "255"])),
    (F.FixedPointField, lambda f: R.choice(["0", "1", "0.5", "2.25", "1000"]) if f.__class__ is F.FixedPointField else str(R.getrandbits(31))),
    (F.IPField, lambda f: ip4()), (F.IP6Field, lambda f: ip6()), (F.MACField, lambda f: mac()),
    (F.FieldListField, lambda f: some(lambda: value(f.field, ""), 0, 3)),
    (F.StrFixedLenField, lambda f: R.choice([blob(1, 4), text()])),
    (F.StrField, lambda f: text()), (F.BitField, lambda f: number(abs(f.size))), (F.UTCTimeField, lambda f: str(R.getrandbits(31))),
    (F.Field, lambda f: number(8 * f.sz) if isinstance(f.sz, int) and not f.fmt.endswith("s") else text()),
]
BY_NAME = {"DNSStrField": lambda: q(R.choice(HOSTS)), "DomainNameListField": lambda: some(lambda: q(R.choice(HOSTS[:4])), 0, 2),
           "IP6ListField": lambda: some(ip6, 0, 3), "_OptReqListField": lambda: some(lambda: number(16)), "_PhantomAutoPadField": lambda: "0",
           "_LLAddrField": mac, "NonceField": lambda: blob(8, 8), "_IP6PrefixField": ip6, "StrNullField": lambda: q(R.choice(WORDS)), "OUIField": lambda: number(24)}


def core_of(f):
    """The field inside Conditional/Emph/Pad wrappers."""
    while hasattr(f, "fld"):
        f = f.fld
    return f


def label_of(f, key):
    """A label of the field's table, or None."""
    if key in LABELS:
        return q(R.choice(LABELS[key].split()))
    if NO_LABELS.fullmatch(key):
        return None
    table = getattr(f, "s2i", None) or {}
    usable = sorted(s for s in table if isinstance(s, str) and s and '"' not in s and isinstance(table[s], int))
    return q(R.choice(usable)) if usable else None


def value(field, key, depth=0):
    """A random value for the field, as text."""
    f = core_of(field)
    if key in FIELDS:
        return FIELDS[key]()
    if key in ELEMENTS:
        elem = lambda: instance(R.choice(ELEMENTS[key]), depth + 1)
        return some(elem, 0, 3) if f.islist or "Class" in type(f).__name__ else elem()
    if type(f).__name__ in BY_NAME:
        return BY_NAME[type(f).__name__]()
    if getattr(f, "islist", 0) and not isinstance(f, F.FieldListField):
        return "[]"
    label = label_of(f, key) if R.random() < .4 else None
    if label:
        return label
    if R.random() < .02 and depth == 0:
        return "RawVal(%s)" % blob(1, 6)
    return next(make(f) for cls, make in TYPES if isinstance(f, cls))


def ask(cls_name, args):
    return "%s(%s)" % (cls_name, ",".join("%s=%s" % a for a in args.items()))


def instance(cls_name, depth=0, fill=None):
    """Text of one layer: MUST fields, and each other field with probability FILL (computed ones, so lies, rarer)."""
    must = MUST.get(cls_name, "").split()
    fill = R.choice([.15, .4, .9]) if fill is None else fill
    args = {}
    for f in NS[cls_name].fields_desc:
        lie = core_of(f).default is None or isinstance(core_of(f), (F.FieldLenField, F.LenField))
        computed = lie and not isinstance(core_of(f), (F.StrField,)) and "list" not in f.name
        if f.name in must or R.random() < (fill * .3 if computed and f.name not in ("hwdst", "pdst", "data", "duid", "id") else fill):
            args[f.name] = value(f, "%s.%s" % (cls_name, f.name), depth)
    try:        # a field that is absent under these values would be dropped without a word by Scapy: leave it out
        p = eval(ask(cls_name, args), NS)
        for f in p.fields_desc:
            if f.name in args and isinstance(f, F.ConditionalField) and not f._evalcond(p):
                del args[f.name]
    except Exception:
        pass
    return ask(cls_name, args)


class World:
    """Replaces what Scapy would ask the machine; notes that it was asked."""
    asked = False

    @classmethod
    def install(cls):
        def asked(result):
            def f(*_a, **_k):
                cls.asked = True
                return result
            return f
        conf.route.route = asked(("lo", "192.0.2.254", "0.0.0.0"))
        conf.route6.route = asked(("lo", "2001:db8::fe", "::"))
        conf.neighbor.resolve = asked("02:ff:ff:ff:ff:ff")
        import scapy.layers.l2, scapy.fields
        for m in (scapy.layers.l2, scapy.fields):
            for name, r in (("get_if_hwaddr", "02:ff:ff:ff:ff:fe"), ("get_if_addr", "192.0.2.254"), ("getmacbyip", "02:ff:ff:ff:ff:ff")):
                if hasattr(m, name):
                    setattr(m, name, asked(r))


def build(expr):
    """Bytes of the expression, or None where there is no one answer."""
    now = time.time
    try:
        World.asked = False
        a = bytes(eval(expr, NS))
        time.time = lambda: now() + 1e6
        p = eval(expr, NS)
        b = bytes(p)
        if a != b or World.asked or not a or len(a) > 9000:
            return None
        return p, a
    except Exception:
        return None
    finally:
        time.time = now


def expand(line):
    macro = {"@E@": ETH[:-1], "@I@": IP4[:-1], "@J@": IP6[:-1]}
    return re.sub("@.@", lambda m: macro[m.group()], line)


def by_hand():
    """(protocol, expression) of scapy_expressions.txt; macros @E@ @I@ @J@ stand for Ether, IP and IPv6 with addresses."""
    proto = "?"
    with open(os.path.join(HERE, "scapy_expressions.txt")) as f:
        for line in f:
            line = line.rstrip("\n")
            if line.startswith("# "):
                proto = line[2:].split()[0]
            elif line and not line.startswith("#"):
                yield proto, expand(line), 1


def candidates(only):
    """(protocol, expression, by hand or not) in a fixed order; each row has a seed of its own."""
    for proto, expr, _ in by_hand():
        if only.search(proto):
            yield proto, expr, True
    for proto, carriers, classes, suffixes, n in ROWS:
        if not only.search(proto):
            continue
        for cls in classes:
            R.seed("%s %s %s" % (SEED, proto, cls))
            for c in carriers:
                yield proto, c + instance(cls, fill=0), False
            for _ in range(n):
                yield proto, R.choice(carriers) + instance(cls) + R.choice(suffixes), False


SEED = 1


def corpus(only="", failed=None):
    """Yields (protocol, expression, bytes); FAILED collects hand-written ones Scapy cannot build."""
    World.install()
    seen = set()
    for proto, expr, hand in candidates(re.compile(only)):
        r = build(expr)
        if r is None:
            if hand and failed is not None:
                failed.append(expr)
            continue
        p, data = r
        forms = [expr]
        try:
            forms.append(p.command())
        except Exception:
            pass
        for i, form in enumerate(forms):
            if form in seen or "\n" in form or "\t" in form:
                continue
            if i and (build(form) or (0, 0))[1] != data:
                continue        # .command() is not exact for every class
            seen.add(form)
            yield proto, form, data


def main():
    global SEED
    a = argparse.ArgumentParser()
    a.add_argument("--only", default="", help="regular expression on the protocol name")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--table", action="store_true", help="print counts per protocol instead")
    opt = a.parse_args()
    SEED = opt.seed
    count, failed = {}, []
    for proto, expr, data in corpus(opt.only, failed):
        count[proto] = count.get(proto, 0) + 1
        if not opt.table:
            print("%s\t%s" % (expr, data.hex()))
    if opt.table:
        for k in sorted(count):
            print("%s\t%d" % (k, count[k]))
        print("all\t%d" % sum(count.values()))
    for e in failed:
        print("not built by Scapy: " + e, file=sys.stderr)


if __name__ == "__main__":
    main()
