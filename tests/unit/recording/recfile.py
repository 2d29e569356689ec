# SPDX-License-Identifier: MIT
"""Reads recordings as docs/recording.md describes them; a reader that shares nothing with ours."""

import struct

TYPES = {1: "process", 2: "object", 3: "fd", 4: "ioctl", 5: "contents", 6: "job", 7: "missing"}
KINDS = {1: "device", 2: "dma-buf", 3: "sync_file", 4: "syncobj"}
REASONS = {1: "start", 2: "fork", 3: "exit"}

IOCTLS = {
    (0x64, 0x00): "VERSION", (0x64, 0x09): "GEM_CLOSE", (0x64, 0x2d): "PRIME_HANDLE_TO_FD",
    (0x64, 0x2e): "PRIME_FD_TO_HANDLE", (0x64, 0xbf): "SYNCOBJ_CREATE",
    (0x64, 0xc0): "SYNCOBJ_DESTROY", (0x64, 0xc1): "SYNCOBJ_HANDLE_TO_FD",
    (0x64, 0xc2): "SYNCOBJ_FD_TO_HANDLE", (0x64, 0xc3): "SYNCOBJ_WAIT",
    (0x64, 0x40): "GET_PARAMS", (0x64, 0x41): "GET_TIME", (0x64, 0x42): "VM_CREATE",
    (0x64, 0x43): "VM_DESTROY", (0x64, 0x44): "VM_BIND", (0x64, 0x45): "GEM_CREATE",
    (0x64, 0x46): "GEM_MMAP_OFFSET", (0x64, 0x47): "GEM_BIND_OBJECT",
    (0x64, 0x48): "QUEUE_CREATE", (0x64, 0x49): "QUEUE_DESTROY", (0x64, 0x4a): "SUBMIT",
    (0x3e, 4): "SYNC_FILE_INFO",
}


class Record:
    """A record: type, pid, tid, time, and what else its type has."""

    def __init__(self, record_type, pid, tid, time, **values):
        self.type, self.pid, self.tid, self.time = record_type, pid, tid, time
        self.__dict__.update(values)

    def __repr__(self):
        return repr(self.__dict__)


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        padded = (size + 7) & ~7
        assert self.at + padded <= len(self.data), "a record ends too soon"
        assert not any(self.data[self.at + size:self.at + padded]), "padding is not zero"
        data = self.data[self.at:self.at + size]
        self.at += padded
        return data

    def unpack(self, layout):
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))

    def string(self, size):
        data = self.take(size)
        assert data[-1:] == b"\0"
        return data[:-1].decode()


def parse(kind, body):
    if kind == "process":
        reason, parent, size, _ = body.unpack("IIII")
        return {"reason": REASONS[reason], "parent": parent, "name": body.string(size)}
    if kind == "object":
        number, what, flags, size, path, params = body.unpack("QIIQII")
        return {"object": number, "kind": KINDS[what], "foreign": bool(flags & 1), "size": size,
                "path": body.string(path), "params": body.take(params)}
    if kind == "fd":
        fd, _, number = body.unpack("iIQ")
        return {"fd": fd, "object": number}
    if kind == "ioctl":
        number, fd, result, request, size, arrays, flags, duration = body.unpack("QiiIIIIQ")
        values = {"object": number, "fd": fd, "result": result, "request": request,
                  "name": IOCTLS.get((request >> 8 & 0xff, request & 0xff), hex(request)),
                  "bad_arg": bool(flags & 1), "duration": duration,
                  "before": body.take(size), "after": body.take(size), "arrays": {}}
        for _ in range(arrays):
            pointer, flags, size = body.unpack("IIQ")
            values["arrays"][pointer] = None if flags & 2 else body.take(size)
        return values
    if kind == "contents":
        number, handle, by_job, offset, size = body.unpack("QIIQQ")
        return {"object": number, "handle": handle, "by_job": bool(by_job), "offset": offset,
                "data": body.take(size)}
    if kind == "job":
        number, queue, status = body.unpack("QIi")
        return {"object": number, "queue_id": queue, "status": status}
    number, handle, error = body.unpack("QIi")
    return {"object": number, "handle": handle, "error": error}


def read(path):
    """All records, and whether contents are recorded."""
    with open(path, "rb") as file:
        data = file.read()
    magic, version, first, flags = struct.unpack("<8sIII", data[:20])
    assert magic == b"agx-rec\n" and version == 1 and first == 40
    records, at = [], first
    while at < len(data):
        magic, number, size, pid, tid, _, time = struct.unpack("<IIIIIIQ", data[at:at + 32])
        assert magic == 0x72786761 and size % 8 == 0
        body = Bytes(data[at + 32:at + size])
        kind = TYPES[number]
        records.append(Record(kind, pid, tid, time, **parse(kind, body)))
        assert body.at == len(body.data), "a record is too long"
        at += size
    return records, bool(flags & 1)
