#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""DNS, DHCP, DHCPv6, NTP and TFTP beside tshark, both ways.

    tshark_service.py [PKW]              TAP; PKW is build/pkw unless given

1. ROWS: what tshark reads in packets that `pkw craft' builds, for what Scapy has no class for.
2. tests/data/service.pcap (dnsmasq, dig, dhclient, curl): for every packet the key fields of `pkw read --json' are
   those of tshark.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tshark_link import craft, tshark     # noqa: E402

IPS = 'IP(src="192.0.2.1",dst="198.51.100.2")/'
DNS = IPS + "UDP(sport=53,dport=4000)/DNS(qr=1,qd=[],an=%s)"
OPT = IPS + "UDP(sport=53,dport=4000)/DNS(qr=1,qd=[],ar=DNSRROPT(rdata=[%s]))"
DHCP = IPS + 'UDP(sport=67,dport=68)/BOOTP(op=2)/DHCP(options=[("message-type","ack"),%s,"end"])'
DHCP6 = 'IPv6(src="fe80::1",dst="ff02::1:2")/UDP()/DHCP6_Solicit()/%s'
ROWS = [
    (DNS % 'DNSRR(type="NAPTR",rdata=NAPTR(order=100,preference=10,flags="u",services="E2U+sip",'
     'regexp="!a!b!",replacement="r.example"))',
     "dns.naptr.order=100 dns.naptr.preference=10 dns.naptr.flags=u dns.naptr.service=E2U+sip dns.naptr.regex=!a!b! "
     "dns.naptr.replacement=r.example"),
    (DNS % 'DNSRR(type="CAA",rdata=CAA(flags=0x80,tag="issue",value="ca.example"))',
     "dns.caa.flags.issuer_critical=1 dns.caa.tag=issue dns.caa.issue=ca.example"),
    (DNS % 'DNSRR(type="HINFO",rdata=HINFO(cpu="ARM",os="Linux"))', "dns.hinfo.cpu=ARM dns.hinfo.os=Linux"),
    (DNS % 'DNSRR(type="DNAME",rdata="d.example")', "dns.dname=d.example"),
    (DNS % 'DNSRR(type="SVCB",rdata=SVCB(svc_priority=1,target_name="t.example",svc_params=[param(key="alpn",'
     'value=["h2","h3"]),param(key="port",value=8443),param(key="ipv4hint",value=["192.0.2.9","192.0.2.10"])]))',
     "dns.svcb.svcpriority=1 dns.svcb.targetname=t.example dns.svcb.svcparam.key=1,3,4 dns.svcb.svcparam.alpn=h2,h3 "
     "dns.svcb.svcparam.port=8443 dns.svcb.svcparam.ipv4hint.ip=192.0.2.9,192.0.2.10"),
    (DNS % 'DNSRR(type="TLSA",rdata=TLSA(usage=3,selector=1,matching_type=1,data=b"\\xab\\xcd"))',
     "dns.tlsa.certificate_usage=3 dns.tlsa.selector=1 dns.tlsa.matching_type=1"),
    (DNS % 'DNSRR(type="SSHFP",rdata=SSHFP(algorithm=4,fp_type=2,fingerprint=b"\\xab"))',
     "dns.sshfp.algorithm=4 dns.sshfp.fingerprint.type=2 dns.sshfp.fingerprint=ab"),
    (DNS % 'DNSRR(type="LOC",rdata=LOC(altitude=10000100))', "dns.loc.version=0 dns.loc.size=18 dns.loc.altitude=10000100"),
    (DNS % 'DNSRR(type="APL",rdata=APL(items=[item(family=1,prefix=24,n=1,address=b"\\x0a\\x01\\x02")]))',
     "dns.apl.address_family=1 dns.apl.coded_prefix=24 dns.apl.negation=1 dns.apl.afdlength=3"),
    (DNS % 'DNSRRNSEC(nextname="n.example",typebitmaps=["A","MX","RRSIG"])', "dns.nsec.next_domain_name=n.example"),
    (DNS % 'DNSRRNSEC3(hashalg=1,iterations=5,salt=b"\\xaa\\xbb",nexthashedownername=b"\\xcc")',
     "dns.nsec3.algo=1 dns.nsec3.iterations=5 dns.nsec3.salt_length=2 dns.nsec3.salt_value=aabb dns.nsec3.hash_length=1"),
    (DNS % 'DNSRRDS(keytag=7,algorithm=8,digesttype=2,digest=b"\\x01\\x02")',
     "dns.ds.key_id=0x0007 dns.ds.algorithm=8 dns.ds.digest_type=2 dns.ds.digest=0102"),
    (DNS % 'DNSRRTSIG(algo_name="hmac-sha256",fudge=300,mac_data=b"\\x01\\x02",original_id=9)',
     "dns.tsig.algorithm_name=hmac-sha256 dns.tsig.fudge=300 dns.tsig.mac_size=2 dns.tsig.original_id=9"),
    (OPT % 'EDNS0ClientSubnet(address="10.1.2.0"),EDNS0TLV(optcode="COOKIE",optdata=b"12345678abcdefgh")',
     "dns.opt.code=8,10 dns.opt.client.family=1 dns.opt.client.netmask=24 dns.opt.client.addr4=10.1.2.0 "
     "dns.opt.cookie.client=3132333435363738 dns.opt.cookie.server=6162636465666768"),
    (OPT % 'EDNS0TLV(optcode="Extended-DNS-Error",optdata=EDE(info_code=18,extra_text="no"))',
     "dns.opt.code=15 dns.opt.ext_error.info_code=18 dns.opt.ext_error.extra_text=no"),
    (DHCP % '("domain-search","a.example. b.a.example.")', "dhcp.option.type=53,119,0 "
     "dhcp.option.dhcp_dns_domain_search_list_fqdn=a.example,b.a.example"),
    (DHCP % '("relay_agent_information",[suboption(code="circuit-id",data="eth0"),'
     'suboption(code="link-selection",data="10.0.0.1")])',
     "dhcp.option.agent_information_option.suboption=1,5 dhcp.option.agent_information_option.agent_circuit_id=65746830 "
     "dhcp.option.agent_information_option.link_selection=10.0.0.1"),
    (DHCP % '("classless_static_routes","10.1.0.0/16:10.0.0.1","0.0.0.0/0:10.0.0.2")', "dhcp.option.type=53,121,0"),
    (DHCP % '("ipv6-only-preferred",300),("pxe_client_architecture",7)', "dhcp.option.type=53,108,93,0"),
    (DHCP6 % 'DHCP6OptUnknown(optcode=56,data=NTP_SERVER(suboptions=[suboption(code=1,value="2001:db8::1")]))',
     "dhcpv6.option.type=56 dhcpv6.ntpserver.option.type=1 dhcpv6.ntpserver.addr=2001:db8::1"),
    (DHCP6 % 'DHCP6OptUnknown(optcode=64,data=aftr.example)', "dhcpv6.option.type=64 dhcpv6.aftr_name=aftr.example."),
    ('IPv6(src="2001:db8::1",dst="2001:db8::2")/UDP()/DHCP6_RelayForward(peeraddr="fe80::9")/DHCP6OptRelayMsg('
     'message=DHCP6_Solicit(trid=7)/DHCP6OptElapsedTime(elapsedtime=5))/DHCP6OptIfaceId(ifaceid="ge-0")',
     "dhcpv6.msgtype=12,1 dhcpv6.peeraddr=fe80::9 dhcpv6.xid=0x000007 dhcpv6.option.type=9,8,18 dhcpv6.elapsed_time=50"),
    (IPS + "UDP()/NTP(version=4,mode=\"server\",ref=3974121375.5)/NTPAuthenticator(key_id=3,dgst=b\"0123456789abcdef\")",
     "ntp.flags.mode=4 ntp.flags.vn=4 ntp.keyid=00000003 ntp.mac=30313233343536373839616263646566"),
]

FIELDS = {      # tshark's field: where ours is
    "dns.id": ("DNS", "id"), "dns.flags.rcode": ("DNS", "rcode"), "dns.flags.authoritative": ("DNS", "aa"),
    "dns.qry.name": ("DNS", "qd.qname"), "dns.qry.type": ("DNS", "qd.qtype"), "dns.resp.name": ("DNS", "an.rrname ns.rrname ar.rrname"),
    "dns.resp.type": ("DNS", "an.type ns.type ar.type"), "dns.a": ("DNS", "an.rdata:1"), "dns.aaaa": ("DNS", "an.rdata:28"),
    "dns.cname": ("DNS", "an.rdata:5"), "dns.ptr.domain_name": ("DNS", "an.rdata:12"), "dns.mx.mail_exchange": ("DNS", "an.exchange"),
    "dns.srv.target": ("DNS", "an.target"), "dns.srv.port": ("DNS", "an.port"), "dns.soa.mname": ("DNS", "an.mname"),
    "dns.opt.code": ("DNS", "ar.rdata.optcode"), "dns.txt": ("DNS", "an.rdata:16"),
    "dhcp.id": ("BOOTP", "xid"), "dhcp.ip.your": ("BOOTP", "yiaddr"), "dhcp.option.type": ("DHCP", "options.code"),
    "dhcp.option.dhcp": ("DHCP", "options.value:53"), "dhcp.option.hostname": ("DHCP", "options.value:12"),
    "dhcp.option.router": ("DHCP", "options.value:3"), "dhcp.option.request_list_item": ("DHCP", "options.value:55"),
    "dhcp.option.ip_address_lease_time": ("DHCP", "options.value:51"), "dhcp.option.ntp_server": ("DHCP", "options.value:42"),
    "dhcp.option.interface_mtu": ("DHCP", "options.value:26"), "dhcp.fqdn.name": ("DHCP", "options.value:81.name"),
    "dhcpv6.msgtype": ("DHCP6_", "msgtype"), "dhcpv6.xid": ("DHCP6_", "trid"), "dhcpv6.option.type": ("DHCP6Opt", "optcode"),
    "dhcpv6.iaaddr.ip": ("DHCP6Opt", "ianaopts.addr"), "dhcpv6.dns_server": ("DHCP6Opt", "dnsservers"),
    "tftp.opcode": ("TFTP", "op"), "tftp.source_file": ("TFTP_RRQ", "filename"),
    "tftp.option.name": ("TFTP_Options", "options.oname"),
}


def simple(v):
    """A value's leaves: of a record with one field that field's."""
    if isinstance(v, list):
        return [x for i in v for x in simple(i)]
    if isinstance(v, dict):
        return [x for k, i in v["fields"].items() if k != "len" for x in simple(i)]
    return [v]


def follow(fields, path):
    """All values at a path like an.rdata:1 (only of records of type or code 1)."""
    head, _, rest = path.partition(".")
    name, _, kind = head.partition(":")
    if name not in fields or kind and fields.get("type", fields.get("code")) != int(kind):
        return []
    v = fields[name]
    if not rest:
        return simple(v)
    return [x for i in (v if isinstance(v, list) else [v]) if isinstance(i, dict) for x in follow(i["fields"], rest)]


def options6(fields):
    """Option numbers in the order of the bytes, those inside others too."""
    out = [fields["optcode"]]
    for v in fields.values():
        for i in v if isinstance(v, list) else []:
            if isinstance(i, dict) and "optcode" in i["fields"]:
                out += options6(i["fields"])
    return out


def ours(packet, where):
    layer, paths = where
    out = []
    for l in packet["layers"]:
        exact = l["name"] == layer or (layer[-1] in "_t" and l["name"].startswith(layer) and layer != "TFTP_RRQ")
        if not exact:
            continue
        if paths == "optcode":
            out += options6(l["fields"])
        elif paths:
            for p in paths.split():
                out += follow(l["fields"], p)
    return out


def plain(v):
    """tshark's and our ways to write one value, made one."""
    v = str(v)
    if v.startswith("0x"):
        return str(int(v, 16))
    if v in ("True", "False"):
        return str(int(v == "True"))
    if v == "<Root>":
        return "."
    return v.rstrip(".") if len(v) > 1 else v


def compare(pkw, capture):
    fields = list(FIELDS)
    args = [x for f in fields for x in ("-e", f)]
    r = subprocess.run(["tshark", "-r", capture, "-T", "fields", "-E", "separator=|", "-E", "aggregator=;"] + args,
                       capture_output=True, text=True)
    lines = r.stdout.split("\n")[:-1]
    mine = subprocess.run([pkw, "read", "-r", capture, "--json"], capture_output=True, text=True).stdout.split("\n")[:-1]
    yield len(lines) == len(mine), "as many packets", []
    for n, (t, m) in enumerate(zip(lines, mine), 1):
        packet, wrong = json.loads(m), []
        names = [l["name"] for l in packet["layers"]]
        for f, v in zip(fields, t.split("|")):
            if f.startswith("tftp") and "TFTP" not in names:
                continue        # tshark follows a transfer to the server's new port
            want = [plain(x) for x in v.split(";")] if v else []
            got = [plain(x) for x in ours(packet, FIELDS[f])]
            if f == "dhcp.option.type":     # to tshark 255 is 0 and padding nothing
                got = ["0" if c == "255" else c for c in got if c != "0"]
            if f.startswith("dns.flags") and not want:      # of responses only
                continue
            if f == "dns.resp.name" and "33" in t.split("|")[fields.index("dns.resp.type")].split(";"):
                continue        # it splits the owner of an SRV record
            if want != got:
                wrong.append("%s: tshark %s, we %s" % (f, want, got))
        yield not wrong, "packet %d: %s" % (n, "/".join(names)), wrong


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    pkw = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../build/pkw")
    n = failed = 0
    for expr, facts in ROWS:
        want = dict(w.split("=", 1) for w in facts.split())
        frame, why = craft(pkw, expr)
        got, err = tshark(101, frame, list(want)) if frame else ({}, "")
        wrong = ["%s is %s, wanted %s" % (k, got.get(k), v) for k, v in want.items() if got.get(k) != v]
        n += 1
        failed += bool(wrong)
        print("%sok %d - %s" % ("not " if wrong else "", n, expr.replace("#", " ")))
        for w in ([why] if not frame else wrong) + (err.split("\n") if "aren't valid" in err else []):
            print("# " + w)
    for good, what, wrong in compare(pkw, os.path.join(here, "../data/service.pcap")):
        n += 1
        failed += not good
        print("%sok %d - %s" % ("" if good else "not ", n, what))
        for w in wrong:
            print("# " + w)
    print("1..%d" % n)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
