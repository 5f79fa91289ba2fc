"""
Loads rule sets into a network namespace of its own and sends it packets from another one: run by `unshare -n`.
In: {"sets": [iptables-save text], "probes": [{"source", "protocol", "port"}]} on stdin.
Out: for each set what iptables-save, nft list ruleset and nft -j print, and which probes came in.
"""
import ctypes, json, os, select, socket, subprocess, sys, time

SERVER = "10.1.2.3"


def run(*command, text=None):
    return subprocess.run(command, input=text, text=True, check=True, capture_output=True).stdout


def client(requests, answers, sources):
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000) != 0:
        os._exit(1)
    answers.write("ready\n"); answers.flush()
    requests.readline()
    run("ip", "link", "set", "lo", "up")
    for source in sources:
        run("ip", "address", "add", f"{source}/32", "dev", "away")
    run("ip", "link", "set", "away", "up")
    run("ip", "route", "add", "default", "dev", "away")
    for line in requests:
        answers.write(json.dumps(send(json.loads(line))) + "\n"); answers.flush()


def send(probes):
    pending = []
    for number, probe in enumerate(probes):
        kind = socket.SOCK_STREAM if probe["protocol"] == "tcp" else socket.SOCK_DGRAM
        each = socket.socket(socket.AF_INET, kind)
        each.setblocking(False)
        each.bind((probe["source"], 0))
        if kind == socket.SOCK_DGRAM:
            each.sendto(str(number).encode(), (SERVER, probe["port"]))
            pending.append(None)
        else:
            each.connect_ex((SERVER, probe["port"]))
            pending.append(each)
    time.sleep(0.4)
    connected = []
    for each in pending:
        writable = each is not None and each in select.select([], [each], [], 0)[1]
        connected.append(writable and each.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0)
    return connected


def listen(ports):
    datagrams = []
    keep = []
    for port in ports:
        stream = socket.create_server((SERVER, port), backlog=1000)
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagram.bind((SERVER, port))
        datagram.setblocking(False)
        datagrams.append(datagram)
        keep.append(stream)
    return datagrams, keep


def received(datagrams):
    numbers = set()
    for each in datagrams:
        while True:
            try:
                numbers.add(int(each.recv(100)))
            except BlockingIOError:
                break
    return numbers


def main():
    job = json.load(sys.stdin)
    sources = sorted({probe["source"] for probe in job["probes"]})
    to_child, from_parent = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        client(os.fdopen(to_child[0]), os.fdopen(from_parent[1], "w"), sources)
        os._exit(0)
    os.close(from_parent[1])
    requests, answers = os.fdopen(to_child[1], "w"), os.fdopen(from_parent[0])
    answers.readline()
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "away")
    run("ip", "link", "set", "away", "netns", str(pid))
    run("ip", "address", "add", f"{SERVER}/32", "dev", "eth0")
    run("ip", "link", "set", "eth0", "up")
    for name in ("all", "eth0"):
        with open(f"/proc/sys/net/ipv4/conf/{name}/rp_filter", "w") as setting:
            setting.write("0")
    requests.write("go\n"); requests.flush()
    time.sleep(0.5)
    run("ip", "route", "add", "default", "dev", "eth0")
    datagrams, keep = listen(sorted({probe["port"] for probe in job["probes"]}))
    results = []
    for rules in job["sets"]:
        run("nft", "flush", "ruleset")
        run("iptables-restore", text=rules)
        found = {"save": run("iptables-save"), "translated": run("nft", "list", "ruleset")}
        received(datagrams)
        requests.write(json.dumps(job["probes"]) + "\n"); requests.flush()
        connected = json.loads(answers.readline())
        numbers = received(datagrams)
        found["came"] = [is_connected or number in numbers for number, is_connected in enumerate(connected)]
        run("nft", "flush", "ruleset")
        run("nft", "-f", "-", text=found["translated"])
        found["text"], found["json"] = run("nft", "list", "ruleset"), run("nft", "-j", "list", "ruleset")
        results.append(found)
    json.dump(results, sys.stdout)
    os.kill(pid, 9)


main()
