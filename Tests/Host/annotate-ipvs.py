#!/usr/bin/env python3
"""Turns what strace told of ipvsadm's messages into annotated hexadecimal: the second half of capture-ipvs.

annotate-ipvs.py CAPTURED FIXTURES: one file per command, one line per field, `>` before what was sent, `<` before what came back.
"""
import pathlib
import re
import struct
import sys

COMMANDS = "- NEW_SERVICE SET_SERVICE DEL_SERVICE GET_SERVICE NEW_DEST SET_DEST DEL_DEST GET_DEST NEW_DAEMON DEL_DAEMON " \
    "GET_DAEMON SET_CONFIG GET_CONFIG SET_INFO GET_INFO ZERO FLUSH".split()
STATS = "- CONNS INPKTS OUTPKTS INBYTES OUTBYTES CPS INPPS OUTPPS INBPS OUTBPS PAD".split()
SERVICE = "- AF PROTOCOL ADDR PORT FWMARK SCHED_NAME FLAGS TIMEOUT NETMASK STATS PE_NAME STATS64".split()
DESTINATION = "- ADDR PORT FWD_METHOD WEIGHT U_THRESH L_THRESH ACTIVE_CONNS INACT_CONNS PERSIST_CONNS STATS ADDR_FAMILY " \
    "STATS64 TUN_TYPE TUN_PORT TUN_FLAGS".split()
COMMAND = "- SERVICE DEST DAEMON TIMEOUT_TCP TIMEOUT_TCP_FIN TIMEOUT_UDP".split()
INFO = "- VERSION CONN_TAB_SIZE".split()
NESTED = {"SERVICE": ("IPVS_SVC_ATTR_", SERVICE), "DEST": ("IPVS_DEST_ATTR_", DESTINATION),
          "STATS": ("IPVS_STATS_ATTR_", STATS), "STATS64": ("IPVS_STATS_ATTR_", STATS)}
NLMSG_ERROR, NLMSG_DONE, NLCTRL = 2, 3, 0x10


def messages(trace):
    """(direction, bytes) of each message in an strace, without those that were only peeked at."""
    direction, datagram = None, b""
    found = []

    def finish():
        rest = datagram
        while direction and rest:
            size = struct.unpack_from("I", rest)[0]
            found.append((direction, rest[:size]))
            rest = rest[(size + 3) & ~3:]

    for line in trace.splitlines():
        line = re.sub(r"^\d+ +", "", line)
        call = re.match(r"(sendmsg|recvmsg)\(", line)
        if call:
            finish()
            datagram = b""
            direction = None if "MSG_PEEK" in line else {"sendmsg": ">", "recvmsg": "<"}[call[1]]
        dump = re.match(r" \| [0-9a-f]+  (.{48})", line)
        if dump:
            datagram += bytes.fromhex(dump[1].replace(" ", ""))
    finish()
    return found


def line(data, comment, depth=0):
    return [f"{'  ' * depth}{data.hex(' ')}  {comment}"] if len(data) else []


def meaning(name, value):
    if name.endswith("NAME"):
        return f'"{value.rstrip(bytes(1)).decode()}"'
    if not value:
        return ""
    if name == "FLAGS":
        return "flags {:#x}, mask {:#x}".format(*struct.unpack("II", value))
    if name == "ADDR":
        return "address"
    order = ">" if name in ("PORT", "TUN_PORT") else "<"
    return str(struct.unpack(order + {1: "B", 2: "H", 4: "I", 8: "Q"}[len(value)], value)[0])


def attributes(data, prefix, names, depth):
    lines = []
    while data:
        size, kind = struct.unpack_from("HH", data)
        name = names[kind & 0x3fff]
        nested = NESTED.get(name)
        lines += line(data[:4], f"{prefix}{name}, {size} bytes" + (", nested" if kind & 0x8000 else ""), depth)
        value = data[4:size]
        if nested:
            lines += attributes(value, *nested, depth + 1)
        else:
            lines += line(value, meaning(name, value), depth + 1)
        padded = (size + 3) & ~3
        lines += line(data[size:padded], "padding", depth + 1)
        data = data[padded:]
    return lines


def annotate(direction, data):
    size, kind, flags, sequence, port = struct.unpack_from("IHHII", data)
    lines = [direction]
    name = {NLMSG_ERROR: "NLMSG_ERROR", NLMSG_DONE: "NLMSG_DONE"}.get(kind, "the IPVS family")
    for begin, end, comment in ((0, 4, f"length {size}"), (4, 6, name), (6, 8, f"flags {flags:#x}"),
                                (8, 12, "sequence number"), (12, 16, "port id")):
        lines += line(data[begin:end], comment)
    body = data[16:]
    if kind in (NLMSG_ERROR, NLMSG_DONE):
        lines += line(body[:4], f"error {struct.unpack('i', body[:4])[0]}")
        return lines + line(body[4:], "the request")
    lines += line(body[:4], f"IPVS_CMD_{COMMANDS[body[0]]}, version {body[1]}")
    prefix, names = ("IPVS_INFO_ATTR_", INFO) if COMMANDS[body[0]] == "SET_INFO" else ("IPVS_CMD_ATTR_", COMMAND)
    return lines + attributes(body[4:], prefix, names, 0)


captured, fixtures = map(pathlib.Path, sys.argv[1:])
origin = f"# {(captured / 'ipvsadm').read_text().strip()}, Linux {(captured / 'kernel').read_text().strip()}"
for trace in sorted(captured.glob("*.strace")):
    # Numbers repeat (each exchange has a socket of its own), so answers are told by their place.
    exchanges = []
    for direction, data in messages(trace.read_text()):
        if direction == ">":
            exchanges.append([])
        exchanges[-1].append((direction, data))
    # Before what was asked for, ipvsadm looks for the family and for the version; only the fixture "info" keeps the latter.
    found = []
    for exchange in exchanges:
        request = exchange[0][1]
        if struct.unpack_from("H", request, 4)[0] == NLCTRL:
            continue
        if COMMANDS[request[16]] != "GET_INFO" or trace.stem == "info":
            found += exchange
    lines = [origin, "# " + (captured / f"{trace.stem}.command").read_text().strip()]
    lines += ["#   " + text for text in (captured / f"{trace.stem}.output").read_text().splitlines()]
    for direction, data in found:
        lines += annotate(direction, data)
    (fixtures / f"{trace.stem}.txt").write_text("\n".join(lines) + "\n")
