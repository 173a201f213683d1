-- The automata among the examples against real servers.
local t = dofile "tests/script/tap.lua"
local T = ...
local pkw = os.getenv "PKW"

local function run(command)
	local p = io.popen(pkw .. " run " .. command .. " 2>&1")
	local out = p:read "a"
	return out, select(3, p:close())
end

local out, status = run("examples/tcp_client.lua near 10.9.0.70 10.9.0.2 7778 "
	.. "world " .. T .. "/tcp.dot")
t.is(#out, #"hello world" + 5000, "the TCP client gets all")
t.is(status, 0, "... and exits 0")
local dot = io.open(T .. "/tcp.dot"):read "a"
t.has(dot, '"DONE" [peripheries=2, fillcolor=', "its log shows where it ended")
out, status = run "examples/tcp_client.lua near 10.9.0.70 10.9.0.2 7999 x"
t.has(out, "refused", "a closed port")
t.is(status, 1, "... exits 1")

os.execute("mkdir -p " .. T .. "/tftp && seq 1 500 >" .. T .. "/tftp/numbers")
os.execute("ip netns exec far in.tftpd -l -s -a 10.9.0.2:69 " .. T .. "/tftp")
out = run("examples/tftp_read.lua near 10.9.0.71 10.9.0.2 numbers")
t.is(out, io.open(T .. "/tftp/numbers"):read "a", "the TFTP client reads a file")
out, status = run("examples/tftp_read.lua near 10.9.0.71 10.9.0.2 nosuch")
t.has(out, "not found", "... or says why not")

-- a crash leaves the log where it was
local a = automaton "Crash"
a:state("ONE", { initial = true })
a:condition("ONE", "go", "TWO")
a:state("TWO", function() error "boom" end)
a:state("END", { final = true })
a:condition("TWO", "never", "END")
local ok, why = pcall(function() a {}:run { log = T .. "/crash.dot" } end)
t.ok(not ok, "an error in a state")
t.has(why, "boom", "... is told")
t.has(io.open(T .. "/crash.dot"):read "a", '"TWO" [fillcolor="#D55E00"]',
	"... and the log shows where")
t.is(os.execute("dot -Tsvg " .. T .. "/crash.dot >/dev/null"), true,
	"Graphviz reads it")
a:condition("END", "wrong", "TOW")
ok, why = pcall(function() a:graph() end)
t.has(why, "did you mean TWO", "a state that is not there")
t.done()
