#!/bin/bash
# DNS, DHCP, DHCPv6 and TFTP of dnsmasq, asked by dig, dhclient and curl, between
# two network namespaces of our own: service.pcap.  Needs root, tcpdump, dnsmasq,
# bind9-dnsutils, isc-dhcp-client, curl.
A=pkwA$$ B=pkwB$$ out=${1:-service.pcap} pids=
cleanup() {
	for p in $pids; do kill "$p" 2>/dev/null; done
	ip netns del $A; ip netns del $B
	rm -rf "$tmp"
}
trap cleanup EXIT
tmp=$(mktemp -d); chmod 755 "$tmp"
ip netns add $A; ip netns add $B
ip -n $A link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02 netns $B
ip -n $A addr add 10.9.0.1/24 dev v0; ip -n $A addr add fd00:9::1/64 dev v0 nodad
ip -n $A link set v0 up; ip -n $B link set v1 up
sleep 2		# until the link-local addresses are no longer tentative
mkdir "$tmp/tftp"; echo "hello tftp" > "$tmp/tftp/f.txt"
ip netns exec $A dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --interface=v0 \
	--bind-interfaces --user=root --pid-file= --dhcp-leasefile="$tmp/leases" --dhcp-authoritative \
	--dhcp-range=10.9.0.50,10.9.0.60,255.255.255.0,1h --dhcp-range=fd00:9::100,fd00:9::1ff,64,1h --enable-ra \
	--dhcp-option=option:router,10.9.0.1 --dhcp-option=option:ntp-server,10.9.0.1,10.9.0.2 \
	--dhcp-option=option:domain-search,a.example.org,example.org --dhcp-option=option:mtu,1400 \
	--dhcp-option=121,10.1.0.0/16,10.9.0.1,0.0.0.0/0,10.9.0.1 --dhcp-option=option6:sntp-server,[fd00:9::1] \
	--domain=example.org --enable-tftp --tftp-root="$tmp/tftp" \
	--address=/www.example.org/192.0.2.7 --address=/www.example.org/2001:db8::7 \
	--host-record=pc.example.org,192.0.2.9,2001:db8::9 --cname=alias.example.org,pc.example.org \
	--mx-host=example.org,mail.example.org,10 --txt-record=example.org,"v=spf1 -all","second string" \
	--srv-host=_sip._tcp.example.org,sip.example.org,5060,1,2 --ptr-record=9.2.0.192.in-addr.arpa,pc.example.org \
	--naptr-record=example.org,100,10,u,E2U+sip,'!^.*$!sip:info@example.org!' \
	--caa-record=example.org,0,issue,letsencrypt.org --dns-rr=example.org,44,01:01:aa:bb:cc \
	--dns-rr=svc.example.org,65,000100000100030268320003000201bb \
	--auth-zone=zone.test,10.9.0.0/24 --auth-server=ns.zone.test 2>/dev/null & pids+=" $!"
ip netns exec $A tcpdump -i v0 -U -w "$out" 'udp or tcp' 2>/dev/null & pids+=" $!"
sleep 1.5
printf '#!/bin/sh\nexit 0\n' > "$tmp/script"; chmod +x "$tmp/script"
cat > "$tmp/conf" <<C
send host-name "pc1";
send fqdn.fqdn "pc1.example.org.";
send fqdn.encoded on;
send fqdn.server-update off;
also request dhcp6.sntp-servers;
C
for v in 4 6; do
	: > "$tmp/l$v"
	timeout 6 ip netns exec $B dhclient -$v -1 -d -cf "$tmp/conf" -sf "$tmp/script" -lf "$tmp/l$v" -pf "$tmp/p$v" v1 >/dev/null 2>&1
done
ip -n $B addr add 10.9.0.55/24 dev v1
ask() { ip netns exec $B dig +tries=1 +time=2 @10.9.0.1 "$@" >/dev/null; }
ask www.example.org A
ask www.example.org AAAA +nsid +subnet=10.1.2.0/24
ask example.org MX
ask example.org TXT +nocookie
ask _sip._tcp.example.org SRV
ask alias.example.org A
ask -x 192.0.2.9
ask example.org NAPTR
ask example.org CAA
ask example.org SSHFP
ask nope.example.org A
ask zone.test SOA
ask svc.example.org HTTPS
ask example.org MX +tcp
ask example.org ANY +tcp +padding=64 +keepalive
ask www.example.org A +noedns
ask version.bind TXT CH
ip netns exec $B curl -s tftp://10.9.0.1/f.txt >/dev/null
ip netns exec $B curl -s tftp://10.9.0.1/nope
sleep 1
